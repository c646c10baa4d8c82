package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// maxShownFrames is how much of a stack is shown; the rest is counted.
const maxShownFrames = 12

// runFailure shows what a plugin did wrong, at its lines, and gives every failure of
// a run its exit code and advice.
func runFailure(a *app.App, err error) error {
	var (
		script  *engine.ScriptError
		ended   *engine.Ended
		runtime *engine.NoRuntime
		input   *workspace.InputError
		schema  *workspace.SchemaError
		method  *workspace.NoMethodError
		missing *workspace.NotFoundError
		word    *app.ArgumentError
		file    *app.FileError
		python  *app.PythonError
		denied  *app.PermissionError
	)
	switch {
	case errors.As(err, &script):
		showRunError(a, script)
		if module := missingModule(script); module != "" {
			return withExit(exitMissing, fmt.Errorf("the Python that ran it has no module %s", diag.Clean(module)),
				"make an environment that has it (python3 -m venv env && env/bin/pip install ...), then run with --python env/bin/python")
		}
		return findings()
	case errors.As(err, &ended):
		showRunError(a, ended)
		return &failure{code: endedCode(ended.Reason), err: ended, silent: true}
	case errors.As(err, &input):
		showViolations(a, fmt.Sprintf("plugin %q does not take this data", diag.Clean(input.Plugin)), source.Error, input.Violations)
		return findings()
	case errors.As(err, &schema):
		_ = showFindings(a, a.Stderr, a.StderrTTY, schema.Diagnostics)
		return findings()
	case errors.As(err, &runtime):
		return withExit(exitMissing, err, runtimeHint(runtime))
	case errors.As(err, &method):
		return withExit(exitUsage, err, "call one of those with --method NAME")
	case errors.As(err, &word):
		hint := word.Hint
		if hint == "" {
			hint = "`imjoy plan` shows the settings and inputs of a plugin"
		}
		return withExit(exitUsage, errors.New(diag.Clean(err.Error())), hint)
	case errors.As(err, &file):
		return withExit(exitMissing, errors.New(diag.Clean(err.Error())), "")
	case errors.As(err, &python):
		return withExit(exitMissing, err, "install Python 3.8 or newer, or name one with --python PATH")
	case errors.As(err, &denied):
		return withExit(exitRefused, err, "read it first (`imjoy info`), then run it with "+denied.Flag)
	case errors.As(err, &missing), errors.Is(err, fs.ErrPermission):
		return withExit(exitMissing, errors.New(diag.Clean(err.Error())), "")
	}
	return repositoryFailure(a, err)
}

func endedCode(reason engine.Reason) int {
	switch reason {
	case engine.Timeout:
		return exitTimeout
	case engine.Memory, engine.Killed:
		return exitKilled
	}
	return exitBroken
}

func runtimeHint(e *engine.NoRuntime) string {
	for _, name := range e.Plan.Runtimes {
		if name == tags.Browser {
			return "windows need a page to live in, which this version cannot open; `imjoy docs serve` shows its documentation"
		}
	}
	return "`imjoy lint` says more about its type"
}

// missingModule is the module that an import did not find.
func missingModule(e *engine.ScriptError) string {
	if e.Name != "ModuleNotFoundError" {
		return ""
	}
	_, rest, _ := strings.Cut(e.Message, "'")
	name, _, _ := strings.Cut(rest, "'")
	return name
}

// showRunError draws an error of a plugin like a finding: where, what, the lines,
// and how it came there.
func showRunError(a *app.App, err error) {
	var script *engine.ScriptError
	var ended *engine.Ended
	o := diag.Options{Color: useColor(a)}
	switch {
	case errors.As(err, &script):
		drawError(a, script.Plugin, script.Error(), script.Frames, o)
	case errors.As(err, &ended):
		drawError(a, ended.Plugin, ended.Error(), ended.Frames, o)
		if tail := strings.TrimSpace(ended.Tail); tail != "" && ended.Reason == engine.Crash {
			for line := range strings.Lines(tail) {
				fmt.Fprintf(a.Stderr, "  | %s\n", diag.Clean(strings.TrimRight(line, "\n")))
			}
		}
	default:
		fmt.Fprintf(a.Stderr, "error: %s\n", diag.Clean(err.Error()))
	}
}

func drawError(a *app.App, plugin, message string, frames []engine.At, o diag.Options) {
	where := plugin
	if len(frames) > 0 {
		where = position(frames[0].Place)
	}
	fmt.Fprintf(a.Stderr, "%s: error: %s\n", diag.Clean(where), cleanLines(message))
	if len(frames) == 0 {
		return
	}
	fmt.Fprint(a.Stderr, diag.Frame(frames[0].Place, source.Error, nil, o))
	if len(frames) == 1 && frames[0].Function == "" {
		return
	}
	for i, frame := range frames {
		if i == maxShownFrames {
			fmt.Fprintf(a.Stderr, "  ... and %d more\n", len(frames)-i)
			break
		}
		name := frame.Function
		if name == "" {
			name = "(script)"
		}
		fmt.Fprintf(a.Stderr, "  at %s (%s)\n", diag.Clean(name), diag.Clean(position(frame.Place)))
	}
}

func cleanLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = diag.Clean(lines[i])
	}
	return strings.Join(lines, "\n  ")
}

func position(p source.Place) string {
	start, _ := p.Range()
	return fmt.Sprintf("%s:%d:%d", p.Source.Name, start.Line, start.Column)
}
