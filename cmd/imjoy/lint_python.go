package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"slices"

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
		if s.facts == nil {
			continue
		}
		facts = append(facts, s.facts)
		for _, script := range s.facts.Scripts {
			if script.Language == tags.Python {
				scripts++
			}
		}
	}
	if scripts == 0 || l.o.noPython {
		return nil
	}
	interpreter := l.interpreter()
	if _, err := exec.LookPath(interpreter); err != nil {
		if l.o.python != "" {
			return withExit(exitMissing, fmt.Errorf("start %s: %w", l.o.python, err), "name an interpreter of Python 3.8 or later, or use --no-python")
		}
		fmt.Fprintf(l.app.Stderr, "%s not looked into: there is no %s on the PATH (--python names one, --no-python is quiet)\n", counted(scripts, "Python script"), interpreter)
		return nil
	}
	if err := analysis.WithPython(ctx, l.app.PythonReader(interpreter), &l.cache, facts...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return withExit(exitMissing, fmt.Errorf("read Python scripts: %w", err), "use --python for another interpreter, or --no-python")
	}
	return nil
}

// prefetch reads Python ahead. What goes wrong is told by readPython, which finds nothing
// then.
func (l *linter) prefetch(ctx context.Context, docs []*pluginfile.Document) {
	if l.o.noPython {
		return
	}
	interpreter := l.interpreter()
	if _, err := exec.LookPath(interpreter); err == nil {
		_ = analysis.Prefetch(ctx, l.app.PythonReader(interpreter), &l.cache, docs...)
	}
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
