package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// lintFile is a file to lint: where it is, and what findings call it.
type lintFile struct{ path, shown string }

// findLintFiles lists the files that paths name, each once, and what failed.
func findLintFiles(a *app.App, o lintOptions, paths []string) (files []lintFile, failed []error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		if path == "-" {
			files = append(files, lintFile{"-", o.stdinName})
			continue
		}
		info, err := os.Stat(absolute(a, path))
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("read %s: %w", path, cause(err)))
		case info.IsDir():
			below, err := lintFilesBelow(a, path)
			files = append(files, below...)
			failed = append(failed, err...)
		default:
			files = append(files, lintFile{path, filepath.ToSlash(filepath.Clean(path))})
		}
	}
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(f lintFile) bool {
		path := f.path // standard input can be read once only
		if path != "-" {
			path = absolute(a, path)
		}
		again := seen[path]
		seen[path] = true
		return again
	})
	return files, failed
}

// lintFilesBelow lists the plugin files and manifests below a folder. A folder that
// cannot be read does not keep the others from being linted.
func lintFilesBelow(a *app.App, dir string) (files []lintFile, failed []error) {
	top := absolute(a, dir)
	_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		name := ""
		if entry != nil {
			name = entry.Name()
		}
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("read %s: %w", path, cause(err)))
			if entry != nil && entry.IsDir() {
				return filepath.SkipDir
			}
		case entry.IsDir() && path != top && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return filepath.SkipDir
		case entry.Type().IsRegular() && lintable(name):
			relative, _ := filepath.Rel(top, path)
			shown := filepath.Join(dir, relative)
			files = append(files, lintFile{path, filepath.ToSlash(shown)})
		}
		return nil
	})
	return files, failed
}

func lintable(name string) bool {
	return strings.HasSuffix(name, address.PluginSuffix) || name == address.ManifestName
}

// subject is a file that was read: the facts of a plugin, or what was found in a
// manifest.
type subject struct {
	facts *analysis.Facts
	found []source.Diagnostic
}

// readSubjects reads files on all processors.
func readSubjects(a *app.App, files []lintFile) (subjects []*subject, failed []error) {
	read := make([]*subject, len(files))
	errs := make([]error, len(files))
	parallel(len(files), func(i int) { read[i], errs[i] = readSubject(a, files[i]) })
	for i := range files {
		if errs[i] != nil {
			failed = append(failed, errs[i])
			continue
		}
		subjects = append(subjects, read[i])
	}
	return subjects, failed
}

func readSubject(a *app.App, f lintFile) (*subject, error) {
	if filepath.Base(f.path) == address.ManifestName {
		_, _, found, err := readManifest(a, f.shown)
		return &subject{found: found}, err
	}
	text, err := readPluginText(a, f.path)
	if err != nil {
		return nil, err
	}
	doc, parsed := pluginfile.Parse(f.shown, text)
	return &subject{facts: analysis.Of(doc, parsed, nil)}, nil
}
