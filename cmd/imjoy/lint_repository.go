package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/lintcache"
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
		if s.facts != nil || s.answer != nil {
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
			summaries[i] = s.summary()
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

// summary is what rules over a repository want to know of a plugin.
func (s *subject) summary() lint.Summary {
	if s.answer != nil {
		return s.answer.Summary
	}
	return lint.Summarize(s.facts)
}

// listed is a plugin below a manifest.
type listed struct {
	path string // from the folder of the manifest
	src  *source.Source
	sum  []byte               // of its config and where that stands, or of the text
	doc  *pluginfile.Document // nil where it was not needed yet
	test bool                 // it is data of a test, which no manifest lists
}

func (c *lintCache) newListed(path string, s *subject) listed {
	p := listed{path: path, src: s.src, test: slices.Contains(strings.Split(path, "/"), "testdata")}
	if s.answer != nil {
		p.sum = s.answer.Config
	}
	if s.facts != nil {
		p.doc, p.src, p.sum = s.facts.Document, s.facts.Document.Source, c.configSum(s.facts.Document)
	}
	return p
}

// compare compares a manifest with the plugins below its folder. A file that an entry
// names and that was not asked for is looked at as well: it is not missing.
func (l *linter) compare(folder string, m *subject, subjects []*subject) []source.Diagnostic {
	var plugins []listed
	var files []string
	there := map[string]bool{}
	for _, s := range subjects {
		relative := below(folder, s.file.shown)
		there[relative] = true
		files = append(files, relative)
		plugins = append(plugins, l.disk.newListed(relative, s))
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
		l.seen.Path(absolute(l.app, filepath.FromSlash(shown)))
		if info, err := os.Stat(absolute(l.app, filepath.FromSlash(shown))); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if text, err := readPluginText(l.app, filepath.FromSlash(shown)); err == nil {
			plugins = append(plugins, listed{path: place.Path, src: source.New(shown, text), sum: l.disk.Sum(text)})
			files = append(files, place.Path)
		}
	}
	return l.check(m, plugins, files)
}

// check compares a manifest with plugins, unless they were compared before.
func (l *linter) check(m *subject, plugins []listed, files []string) []source.Diagnostic {
	texts := []*source.Source{m.manifest.Source}
	for _, p := range plugins {
		texts = append(texts, p.src)
	}
	var key lintcache.Key
	if l.disk.Cache != nil {
		key = l.disk.compareKey(m, plugins, files)
		if a, ok := l.disk.Findings(key, texts...); ok {
			return a.Findings
		}
	}
	var inputs []manifest.BuildInput
	for i, p := range plugins {
		if p.test {
			continue
		}
		if p.doc == nil {
			p.doc, _ = pluginfile.Parse(p.src.Name, p.src.Text)
			texts[1+i] = p.doc.Source
		}
		inputs = append(inputs, manifest.BuildInput{Path: p.path, Document: p.doc})
	}
	found := manifest.Check(m.manifest, inputs, files)
	l.disk.Keep(key, &lintcache.Answer{Findings: found}, texts...)
	return found
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
