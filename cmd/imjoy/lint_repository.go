package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// across judges the files of each repository together: those below a manifest, or those
// of one folder.
func (l *linter) across(subjects []*subject) (found []source.Diagnostic) {
	manifests := map[string]*subject{} // by folder
	for _, s := range subjects {
		if s.manifest != nil {
			manifests[path.Dir(s.file.shown)] = s
		}
	}
	plugins := map[string][]*subject{}
	for _, s := range subjects {
		if s.facts != nil {
			folder := repositoryOf(path.Dir(s.file.shown), manifests)
			plugins[folder] = append(plugins[folder], s)
		}
	}
	for folder, m := range manifests {
		found = append(found, l.compare(folder, m, plugins[folder])...)
	}
	for folder, list := range plugins {
		var o lint.Options
		if manifests[folder] == nil { // files that happen to lie together
			o.Ignore = []string{"repository-name-repeated"}
		}
		summaries := make([]lint.Summary, len(list))
		for i, s := range list {
			summaries[i] = lint.Summarize(s.facts)
		}
		found = append(found, lint.Across(summaries, o)...)
	}
	return l.filterByFile(found)
}

// repositoryOf returns the nearest folder with a manifest, or the folder itself.
func repositoryOf(folder string, manifests map[string]*subject) string {
	for at := folder; ; at = path.Dir(at) {
		if manifests[at] != nil {
			return at
		}
		if at == "." || at == "/" || path.Dir(at) == at {
			return folder
		}
	}
}

// compare compares a manifest with the plugins below its folder. A file that an entry
// names and that was not asked for is looked at as well: it is not missing.
func (l *linter) compare(folder string, m *subject, plugins []*subject) []source.Diagnostic {
	var inputs []manifest.BuildInput
	var files []string
	there := map[string]bool{}
	for _, s := range plugins {
		relative := below(folder, s.file.shown)
		there[relative] = true
		files = append(files, relative)
		if !slices.Contains(strings.Split(relative, "/"), "testdata") {
			inputs = append(inputs, manifest.BuildInput{Path: relative, Document: s.facts.Document})
		}
	}
	for _, near := range l.nearby {
		if strings.HasPrefix(near, folder+"/") || folder == "." {
			files = append(files, below(folder, near))
		}
	}
	for i := range m.manifest.Plugins {
		place, err := m.manifest.Locate(&m.manifest.Plugins[i])
		if err != nil || place.Path == "" || there[place.Path] {
			continue
		}
		there[place.Path] = true
		shown := path.Join(folder, place.Path)
		if info, err := os.Stat(absolute(l.app, filepath.FromSlash(shown))); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if text, err := readPluginText(l.app, filepath.FromSlash(shown)); err == nil {
			doc, _ := pluginfile.Parse(shown, text)
			inputs, files = append(inputs, manifest.BuildInput{Path: place.Path, Document: doc}), append(files, place.Path)
		}
	}
	return manifest.Check(m.manifest, inputs, files)
}

func below(folder, name string) string {
	if folder == "." {
		return name
	}
	return strings.TrimPrefix(name, folder+"/")
}

// filterByFile applies to each finding the options of its file.
func (l *linter) filterByFile(found []source.Diagnostic) (kept []source.Diagnostic) {
	for _, d := range found {
		o := lint.Options{Select: l.flags.Select, Ignore: l.flags.Ignore, Severity: l.flags.Severity}
		if d.Place.Known() {
			o = l.optionsFor(lintFile{shown: d.Place.Name})
		}
		kept = append(kept, lint.Filter([]source.Diagnostic{d}, o)...)
	}
	return kept
}
