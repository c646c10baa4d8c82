package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/rogpeppe/go-internal/diff"

	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// fix makes the fixes that flags ask for: it writes the files, or shows with --diff what
// would change. The subjects hold the new texts afterwards.
func (l *linter) fix(ctx context.Context, subjects []*subject) (changed bool, err error) {
	if !l.o.fix && !l.o.diff {
		return false, nil
	}
	fixed := make([]lint.Fixed, len(subjects))
	parallel(len(subjects), func(i int) { fixed[i] = l.fixOne(subjects[i]) })
	settled := 0
	for i, s := range subjects {
		if bytes.Equal(fixed[i].Text, s.text) {
			continue
		}
		changed = true
		settled += len(fixed[i].Made)
		if l.o.diff {
			if err := l.showDiff(s.file.shown, s.text, fixed[i].Text); err != nil {
				return changed, err
			}
			continue
		}
		if err := l.app.ReplaceFile(absolute(l.app, s.file.path), fixed[i].Text); err != nil {
			return changed, withExit(exitMissing, fmt.Errorf("write %s: %w", s.file.shown, cause(err)), "")
		}
		*s = *l.subjectOf(s.file, fixed[i].Text)
	}
	switch {
	case settled > 0 && l.o.diff:
		fmt.Fprintf(l.app.Stderr, "%s would be fixed\n", counted(settled, "finding"))
	case settled > 0:
		fmt.Fprintf(l.app.Stderr, "%s fixed\n", counted(settled, "finding"))
		if err := l.readPython(ctx, subjects); err != nil {
			return changed, err
		}
		return changed, l.askOthers(ctx, subjects)
	}
	return changed, nil
}

// fixOne makes the fixes of one file, as far as they follow from its present text. What
// others said is used for the first round only: they are not asked about each.
func (l *linter) fixOne(s *subject) lint.Fixed {
	first := true
	return lint.Fix(s.text, l.o.unsafeFixes, func(text []byte) []source.Diagnostic {
		if first {
			first = false
			return l.judgeOne(s)
		}
		return l.judgeOne(l.subjectOf(s.file, text))
	})
}

// subjectOf reads a text in the place of a file's.
func (l *linter) subjectOf(f lintFile, text []byte) *subject {
	if f.manifest() {
		m, found := manifest.Parse(f.shown, text)
		return &subject{file: f, text: text, found: found, manifest: m}
	}
	doc, parsed := pluginfile.Parse(f.shown, text)
	return &subject{file: f, text: text, facts: analysis.Of(doc, parsed, &l.cache)}
}

// showDiff writes what changes as a unified diff.
func (l *linter) showDiff(name string, before, after []byte) error {
	text := diff.Diff("a/"+name, before, "b/"+name, after)
	_, rest, _ := bytes.Cut(text, []byte("\n")) // "diff a/x b/x" is for several files of a repository
	_, err := l.app.Stdout.Write(diag.CleanDiff(rest, l.colors()))
	return err
}
