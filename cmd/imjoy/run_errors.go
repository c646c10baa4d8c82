package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/server"
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
		op      *workspace.NoOperatorError
		missing *workspace.NotFoundError
		word    *app.ArgumentError
		file    *app.FileError
		python  *app.PythonError
		denied  *app.PermissionError
		pyodide *app.PyodideError

		document *repository.DocumentError
		step     *app.StepError
		chain    *app.WorkflowError
	)
	switch {
	case errors.As(err, &step):
		showStep(a, step)
		return runFailure(a, step.Err)
	case errors.As(err, &chain):
		return workflowFailure(a, chain)
	}
	if failed := environmentFailure(a, err); failed != nil {
		return failed
	}
	switch {
	case errors.As(err, &script) && script.Name == server.MissingResource:
		return withExit(exitMissing, fmt.Errorf("%s: %s", findings.Clean(script.Plugin), cleanLines(script.Message)), "")
	case errors.As(err, &script):
		showScriptError(a, script)
		if script.Name == "NotAllowedError" { // what was refused is in its message, with the flag
			return &failure{code: exitRefused, err: script, silent: true}
		}
		if module := missingModule(script); module != "" {
			return withExit(exitMissing, fmt.Errorf("the Python that ran it has no module %s", findings.Clean(module)),
				"add it to `requirements` in the plugin's config, or try --with PACKAGE; --as-of DATE has packages as they were then")
		}
		return foundSomething()
	case errors.As(err, &ended):
		showRunError(a, ended)
		return &failure{code: endedCode(ended.Reason), err: ended, silent: true}
	case errors.As(err, &input):
		showViolations(a, fmt.Sprintf("plugin %q does not take this data", findings.Clean(input.Plugin)), source.Error, input.Violations)
		return foundSomething()
	case errors.As(err, &schema):
		showDocument(a, schema.Diagnostics)
		return foundSomething()
	case errors.As(err, &document):
		if code, _ := advice(err); code == exitUsage { // the finding says it all
			showDocument(a, document.Diagnostics)
			return &failure{code: code, err: err, silent: true}
		}
	case errors.As(err, &runtime):
		if faults := typeFaults(runtime.Plan); len(faults) > 0 {
			showDocument(a, faults)
			return &failure{code: exitRefused, err: err, silent: true}
		}
		return withExit(exitMissing, err, runtimeHint(runtime))
	case errors.As(err, &method):
		return withExit(exitUsage, errors.New(findings.Clean(err.Error())), methodHint(method))
	case errors.As(err, &op):
		hint := "--op list tells them with their settings"
		if near := source.Nearest(op.Name, op.Offered); near != "" {
			hint = "did you mean --op " + findings.Clean(near) + "?"
		}
		return withExit(exitUsage, errors.New(findings.Clean(err.Error())), hint)
	case errors.As(err, &word):
		hint := word.Hint
		if hint == "" {
			hint = "`imjoy plan` shows the settings and inputs of a plugin"
		}
		return withExit(exitUsage, errors.New(findings.Clean(err.Error())), hint)
	case errors.As(err, &file):
		return withExit(exitMissing, errors.New(findings.Clean(err.Error())), "")
	case errors.As(err, &python):
		return withExit(exitMissing, err, "install Python 3.8 or newer, or name one with --python PATH")
	case errors.As(err, &pyodide):
		return withExit(exitMissing, errors.New(findings.Clean(err.Error())), pyodide.Hint())
	case errors.As(err, &denied):
		return withExit(exitRefused, err, "read it first (`imjoy info`), then run it with "+denied.Flag)
	case errors.As(err, &missing), errors.Is(err, fs.ErrPermission):
		return withExit(exitMissing, errors.New(findings.Clean(err.Error())), "")
	}
	return repositoryFailure(a, err)
}

func showDocument(a *app.App, found []source.Diagnostic) {
	_ = findings.Write(a.Stderr, findings.Full, found, findings.Options{Color: useColor(a)})
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

// typeFaults are the findings that say why a plan has no type that anything runs.
func typeFaults(plan *tags.Plan) []source.Diagnostic {
	if tags.Advice(plan.Type) != "" || len(plan.Runtimes) > 0 {
		return nil
	}
	_, found := tags.Resolve(plan.Document, plan.Tag)
	found = slices.DeleteFunc(found, func(d source.Diagnostic) bool { return d.Code != "type-missing" && d.Code != "type-unsupported" })
	for i := range found {
		found[i].Severity = source.Error // it ends the run
	}
	return found
}

func methodHint(e *workspace.NoMethodError) string {
	switch near := source.Nearest(e.Method, e.Exports); {
	case e.Method != "run":
	case near != "":
		return fmt.Sprintf("rename %s to run, or call it with --method %[1]s", findings.Clean(near))
	case !slices.ContainsFunc(e.Exports, callable):
		return "add a function run(ctx) to what it exports; `imjoy new NAME` shows one"
	}
	if near := source.Nearest(e.Method, e.Exports); near != "" {
		return "did you mean --method " + findings.Clean(near) + "?"
	}
	return "call one of those with --method NAME"
}

// callable reports functions that a person may want to call: not those of a plugin's life.
func callable(name string) bool {
	return !slices.Contains([]string{"setup", "exit", "resume", "update"}, name)
}

func runtimeHint(e *engine.NoRuntime) string {
	switch plan := e.Plan; {
	case tags.Advice(plan.Type) != "":
		return tags.Advice(plan.Type)
	case slices.Contains(plan.Runtimes, tags.Browser):
		return "windows need a page: --headless shows them in a Chromium that nobody sees, --browser in your browser"
	case plan.Type == "collection" && len(plan.Dependencies) > 0:
		return "a collection only lists plugins; run one of them, such as " + findings.Clean(plan.Dependencies[0].Address.String())
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
	o := findings.Options{Color: useColor(a)}
	switch {
	case errors.As(err, &script):
		drawError(a, script.Plugin, script.Error(), script.Frames, o)
		for cause := script.Cause; cause != nil; cause = cause.Cause {
			fmt.Fprintf(a.Stderr, "it came from plugin %q\n", findings.Clean(cause.Plugin))
			drawFrames(a, cause.Frames, o)
		}
	case errors.As(err, &ended):
		drawError(a, ended.Plugin, ended.Error(), ended.Frames, o)
		if tail := strings.TrimSpace(ended.Tail); tail != "" && ended.Reason == engine.Crash {
			for line := range strings.Lines(tail) {
				fmt.Fprintf(a.Stderr, "  | %s\n", findings.Clean(strings.TrimRight(line, "\n")))
			}
		}
	default:
		fmt.Fprintf(a.Stderr, "error: %s\n", findings.Clean(err.Error()))
	}
}

func drawError(a *app.App, plugin, message string, frames []engine.At, o findings.Options) {
	if len(frames) == 0 {
		fmt.Fprintf(a.Stderr, "%s: error: %s\n", findings.Clean(plugin), cleanLines(message))
		return
	}
	fmt.Fprintf(a.Stderr, "error: %s\n", cleanLines(message))
	drawFrames(a, frames, o)
}

// drawFrames draws the lines of the innermost place that has some, and lists how it came
// there.
func drawFrames(a *app.App, frames []engine.At, o findings.Options) {
	for _, frame := range frames { // those of loaded scripts have no lines to show
		if frame.Place.Known() {
			fmt.Fprint(a.Stderr, findings.Frame(frame.Place, source.Error, nil, o))
			break
		}
	}
	if len(frames) == 0 || len(frames) == 1 && frames[0].Function == "" && frames[0].File == "" {
		return
	}
	lines := 0
	for i := 0; i < len(frames); {
		if lines == maxShownFrames {
			fmt.Fprintf(a.Stderr, "  ... and %d more\n", len(frames)-i)
			return
		}
		same := 1
		for i+same < len(frames) && frames[i+same] == frames[i] {
			same++
		}
		fmt.Fprintf(a.Stderr, "  at %s%s\n", frameText(frames[i]), times(same))
		i += same
		lines++
	}
}

func frameText(frame engine.At) string {
	name := frame.Function
	if name == "" {
		name = "(script)"
	}
	if frame.File != "" {
		return fmt.Sprintf("%s (%s:%d:%d)", findings.Clean(name), findings.Clean(frame.File), frame.Line, frame.Column)
	}
	return fmt.Sprintf("%s (%s)", findings.Clean(name), findings.Clean(position(frame.Place)))
}

// times counts a call that is inside itself.
func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(", %d times", n)
}

func cleanLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = findings.Clean(lines[i])
	}
	return strings.Join(lines, "\n  ")
}

func position(p source.Place) string {
	start, _ := p.Range()
	return fmt.Sprintf("%s:%d:%d", p.Source.Name, start.Line, start.Column)
}
