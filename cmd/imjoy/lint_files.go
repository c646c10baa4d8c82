package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/lintcache"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// lintFile is a file to lint: where it is, and what findings call it.
type lintFile struct{ path, shown string }

func (f lintFile) manifest() bool { return filepath.Base(f.shown) == address.ManifestName }

// findFiles lists the files that paths name, each once, and what failed.
func (l *linter) findFiles(paths []string) (files []lintFile, failed []error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		if path == "-" {
			files = append(files, lintFile{"-", l.o.stdinName})
			continue
		}
		l.seen.Path(absolute(l.app, path))
		info, err := os.Stat(absolute(l.app, path))
		switch {
		case err != nil:
			failed = append(failed, unread(path, err))
		case info.IsDir():
			w := walk{top: absolute(l.app, path), shown: path, all: l.o.all, seen: l.seen}
			below, errs := w.files()
			l.nearby = append(l.nearby, w.near...)
			for _, f := range below {
				if !l.settings.Excludes(l.relative(f.shown)) {
					files = append(files, f)
				}
			}
			failed = append(failed, errs...)
		default:
			files = append(files, lintFile{path, filepath.ToSlash(filepath.Clean(path))})
		}
	}
	slices.Sort(l.nearby)
	l.nearby = slices.Compact(l.nearby)
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(f lintFile) bool {
		path := f.path // standard input can be read once only
		if path != "-" {
			path = absolute(l.app, path)
		}
		again := seen[path]
		seen[path] = true
		return again
	})
	return files, failed
}

func lintable(name string) bool {
	return strings.HasSuffix(name, address.PluginSuffix) || strings.HasSuffix(name, address.HyphaSuffix) || name == address.ManifestName || workflow.IsFileName(name)
}

// subject is a file that was read: the facts of a plugin, or what is known to be found
// in it, or what was found in a manifest.
type subject struct {
	file     lintFile
	text     []byte
	doc      *pluginfile.Document
	parsed   []source.Diagnostic
	facts    *analysis.Facts
	found    []source.Diagnostic
	manifest *manifest.Manifest

	src    *source.Source      // of a plugin whose answer is known
	answer *lintcache.Answer   // what was found in the same text before; there are no facts then
	sum    []byte              // hash of the text
	key    lintcache.Key       // of the answer
	others []source.Diagnostic // what other linters say
}

// readSubjects reads files on all processors. While their JavaScript is read, a child
// reads their Python.
func (l *linter) readSubjects(ctx context.Context, files []lintFile) (subjects []*subject, failed []error) {
	read := make([]*subject, len(files))
	errs := make([]error, len(files))
	parallel(len(files), func(i int) { read[i], errs[i] = l.readSubject(files[i]) })
	var docs []*pluginfile.Document
	for i := range files {
		if errs[i] != nil {
			failed = append(failed, errs[i])
			continue
		}
		subjects = append(subjects, read[i])
		if read[i].doc != nil {
			docs = append(docs, read[i].doc)
		}
	}
	var ahead sync.WaitGroup
	ahead.Go(func() { l.prefetch(ctx, docs) })
	parallel(len(subjects), func(i int) {
		if s := subjects[i]; s.doc != nil {
			s.facts = analysis.Of(s.doc, s.parsed, &l.cache)
		}
	})
	ahead.Wait()
	return subjects, failed
}

func (l *linter) readSubject(f lintFile) (*subject, error) {
	l.seen.Path(absolute(l.app, f.path))
	if f.manifest() && f.path != "-" {
		text, m, found, err := readManifest(l.app, f.shown)
		return &subject{file: f, text: text, found: found, manifest: m}, err
	}
	if f.path != "-" && workflow.MayBe(f.path) {
		l.seen.Refuse() // it looks at installed plugins
		return l.workflowSubject(f)
	}
	text, err := readPluginText(l.app, f.path)
	if err != nil {
		return nil, err
	}
	if f.manifest() { // on standard input
		return l.subjectOf(f, text), nil
	}
	s := &subject{file: f, text: text}
	if l.disk.Cache != nil {
		s.sum = l.sum(f, text)
		s.key = l.fileKey(f, s.sum)
		if !l.wantsFacts() {
			src := source.New(f.shown, text)
			if answer, ok := l.disk.Findings(s.key, src); ok {
				s.src, s.answer = src, answer
				if l.o.format == findings.Full && len(answer.Findings) > 0 {
					src.LineCount() // finds the lines here, where all processors work
				}
				return s, nil
			}
		}
	}
	s.doc, s.parsed = pluginfile.Parse(f.shown, text)
	return s, nil
}
