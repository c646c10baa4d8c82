package main

import (
	"fmt"
	"io"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/workspace"
)

// showResult prints what a run answered, and says what of it is not there or not as declared.
func showResult(a *app.App, result workspace.Result, out *app.Output, strict bool) error {
	text, err := out.JSON(result.Value)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if err := printLine(a.Stdout, text); err != nil {
		return err
	}
	if out.Left > 0 {
		fmt.Fprintln(a.Stderr, "imjoy: large parts of the result are only described; --output FOLDER keeps them as files")
	}
	if out.Alive > 0 {
		fmt.Fprintln(a.Stderr, "imjoy: the result has functions; they end with the plugin and are only named")
	}
	if len(result.Outputs) == 0 {
		return nil
	}
	severity := source.Warning
	if strict {
		severity = source.Error
	}
	showViolations(a, "the result is not what `outputs` says", severity, result.Outputs)
	if strict {
		return foundSomething()
	}
	return nil
}

func printLine(w io.Writer, text []byte) error {
	_, err := w.Write(append(text, '\n'))
	return err
}

// showViolations tells where data and schema part: the pointer into the data, and
// the rule in the plugin.
func showViolations(a *app.App, what string, severity source.Severity, list []workspace.Violation) {
	fmt.Fprintf(a.Stderr, "%s: %s\n", severity, what)
	for _, v := range list {
		pointer := v.Pointer
		if pointer == "" {
			pointer = "the data"
		}
		fmt.Fprintf(a.Stderr, "  %s: %s\n", findings.Clean(pointer), findings.Clean(v.Message))
		fmt.Fprint(a.Stderr, findings.Frame(v.Rule, severity, nil, findings.Options{Color: useColor(a)}))
	}
}

// useColor is the one place that decides about colours on stderr.
func useColor(a *app.App) bool {
	if a.Env("CLICOLOR_FORCE") != "" && a.Env("CLICOLOR_FORCE") != "0" {
		return true
	}
	return a.StderrTTY && a.Env("NO_COLOR") == "" && a.Env("TERM") != "dumb"
}
