package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"slices"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/delegate"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// readPython adds what python3 knows of the Python scripts.
func (l *linter) readPython(ctx context.Context, subjects []*subject) error {
	var facts []*analysis.Facts
	scripts := 0
	for _, s := range subjects {
		switch {
		case s.answer != nil:
			scripts += s.answer.Python
		case s.facts != nil:
			facts = append(facts, s.facts)
			scripts += len(pythonScripts(s.facts))
		}
	}
	if scripts == 0 || l.o.noPython {
		return nil
	}
	if l.python.Path == "" {
		if l.o.python != "" {
			return withExit(exitMissing, fmt.Errorf("start %s: %w", l.o.python, l.noPython), "name an interpreter of Python 3.8 or later, or use --no-python")
		}
		fmt.Fprintf(l.app.Stderr, "%s not looked into: there is no %s on the PATH (--python names one, --no-python is quiet)\n", counted(scripts, "Python script"), l.interpreter())
		return nil
	}
	if err := analysis.WithPython(ctx, l.pythonReader(), &l.cache, facts...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return withExit(exitMissing, fmt.Errorf("read Python scripts: %w", err), "use --python for another interpreter, or --no-python")
	}
	for _, f := range facts {
		if !wellRead(f) {
			l.seen.Refuse()
		}
	}
	return nil
}

// wellRead reports whether all Python was read. What was not may go better another time.
func wellRead(f *analysis.Facts) bool {
	return !slices.ContainsFunc(pythonScripts(f), func(s *analysis.Script) bool { return s.Reason != "" })
}

func pythonScripts(f *analysis.Facts) (list []*analysis.Script) {
	for _, s := range f.Scripts {
		if s.Language == tags.Python {
			list = append(list, s)
		}
	}
	return list
}

// prefetch reads Python ahead. What goes wrong is told by readPython, which finds nothing
// then.
func (l *linter) prefetch(ctx context.Context, docs []*pluginfile.Document) {
	if l.python.Path != "" {
		_ = analysis.Prefetch(ctx, l.pythonReader(), &l.cache, docs...)
	}
}

// findPython finds who reads Python, unless nobody shall.
func (l *linter) findPython() {
	l.python, l.noPython = app.ReadingPython{}, nil
	if l.o.noPython {
		return
	}
	l.python, l.noPython = l.app.FindReadingPython(l.interpreter())
	l.notePython()
}

func (l *linter) interpreter() string {
	switch {
	case l.o.python != "":
		return l.o.python
	case runtime.GOOS == "windows":
		return "python"
	}
	return "python3"
}

// tools are the other linters to ask: those of the flag, or of the settings.
func (l *linter) tools() []string {
	if l.given("with") {
		return l.o.with
	}
	return l.settings.With
}

// checkTools refuses linters that are not known, or not here.
func (l *linter) checkTools() error {
	for _, name := range l.tools() {
		if delegate.Find(name) == nil {
			hint := "there are ruff and pyright for Python, biome and oxlint for JavaScript"
			if near := source.Nearest(name, delegate.Names()); near != "" {
				hint = "did you mean " + near + "?"
			}
			return usageError(hint, "%s is no linter that can be asked", name)
		}
		if _, err := exec.LookPath(name); err != nil {
			return withExit(exitMissing, fmt.Errorf("ask %s: it is not on the PATH", name), "install it, or leave it out of --with")
		}
	}
	return nil
}

// askOthers adds what other linters say about the scripts.
func (l *linter) askOthers(ctx context.Context, subjects []*subject) error {
	tools := l.tools()
	if len(tools) == 0 {
		return nil
	}
	bySource := map[*source.Source]*subject{}
	var scripts []delegate.Script
	for _, s := range subjects {
		if s.facts == nil {
			continue
		}
		bySource[s.facts.Document.Source] = s
		for _, script := range s.facts.Scripts {
			if script.External() {
				continue
			}
			language := script.Language
			if language == tags.TypeScript {
				language = delegate.JavaScript
			}
			scripts = append(scripts, delegate.Script{Body: script.Block.Body(), Language: language, Module: script.Module, Types: script.Language == tags.TypeScript})
		}
	}
	answers, errs := make([][]source.Diagnostic, len(tools)), make([]error, len(tools))
	parallel(len(tools), func(i int) {
		answers[i], errs[i] = delegate.Run(ctx, delegate.Find(tools[i]), scripts, delegate.Options{Env: l.app.Env, Dir: l.app.Dir})
	})
	for _, err := range errs {
		if err != nil {
			return withExit(exitMissing, err, "leave it out of --with")
		}
	}
	for _, d := range slices.Concat(answers...) {
		if s := bySource[d.Place.Source]; s != nil {
			s.others = append(s.others, d)
		}
	}
	return nil
}
