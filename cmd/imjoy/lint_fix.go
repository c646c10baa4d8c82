package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// maxFixRounds is how often other linters are asked again about what was fixed.
const maxFixRounds = 8

// fix makes the fixes that flags ask for: it writes the files, or shows with --diff what
// would change. The subjects hold the new texts afterwards. Others are asked again until
// they have nothing more to fix, so that fixing once more would change nothing.
func (l *linter) fix(ctx context.Context, subjects []*subject) (changed bool, err error) {
	if !l.o.fix && !l.o.diff {
		return false, nil
	}
	settled, rounds := 0, 1
	if len(l.o.with) > 0 && !l.o.diff {
		rounds = maxFixRounds
	}
	for range rounds {
		n, err := l.fixRound(ctx, subjects)
		if err != nil {
			return changed, err
		}
		settled += n
		if n == 0 {
			break
		}
		changed = true
	}
	switch {
	case settled > 0 && l.o.diff:
		fmt.Fprintf(l.app.Stderr, "%s would be fixed\n", counted(settled, "finding"))
	case settled > 0:
		fmt.Fprintf(l.app.Stderr, "%s fixed\n", counted(settled, "finding"))
	}
	return changed, nil
}

// fixRound makes the fixes of all files once and looks at what is left. It returns how many
// findings it settled.
func (l *linter) fixRound(ctx context.Context, subjects []*subject) (settled int, err error) {
	fixed := make([]lint.Fixed, len(subjects))
	locks := &knownLocks{l: l, read: map[string]*repository.Lock{}}
	parallel(len(subjects), func(i int) { fixed[i] = l.fixOne(subjects[i], locks.of(subjects[i].file)) })
	for i, s := range subjects {
		if bytes.Equal(fixed[i].Text, s.text) {
			continue
		}
		settled += len(fixed[i].Made)
		if l.o.diff {
			if err := l.showDiff(s.file.shown, s.text, fixed[i].Text); err != nil {
				return settled, err
			}
			continue
		}
		if err := l.app.ReplaceFile(absolute(l.app, s.file.path), fixed[i].Text); err != nil {
			return settled, withExit(exitMissing, fmt.Errorf("write %s: %w", s.file.shown, cause(err)), "")
		}
		*s = *l.subjectOf(s.file, fixed[i].Text)
	}
	if settled == 0 || l.o.diff {
		return settled, nil
	}
	if err := l.readPython(ctx, subjects); err != nil {
		return settled, err
	}
	return settled, l.askOthers(ctx, subjects)
}

// fixOne makes the fixes of one file, as far as they follow from its present text. What
// others said is used for the first round only: they are not asked about each.
func (l *linter) fixOne(s *subject, locked *lint.Locked) lint.Fixed {
	first := true
	return lint.Fix(s.text, l.o.unsafeFixes, func(text []byte) []source.Diagnostic {
		if first {
			first = false
			return l.judgeForFix(s, locked)
		}
		return l.judgeForFix(l.subjectOf(s.file, text), locked)
	})
}

// judgeForFix finds what can be fixed, also with what a lock knows.
func (l *linter) judgeForFix(s *subject, locked *lint.Locked) []source.Diagnostic {
	if s.facts == nil {
		return l.judgeOne(s)
	}
	o := l.optionsFor(s.file)
	o.Extra, o.Locked = s.others, locked
	return lint.Run(s.facts, o)
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
	_, err := l.app.Stdout.Write(findings.CleanDiff(rest, l.colors()))
	return err
}
