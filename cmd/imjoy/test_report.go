package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/plugintest"
)

// testOutput tells what comes out of tests: as text while they run, or as one report at
// the end.
type testOutput struct {
	app     *app.App // its Stderr is stdout: what a test says is the data of this command
	format  string
	verbose bool
	report  plugintest.Report
	tested  int
	failed  error // of writing
}

func newTestOutput(a *app.App, format string, verbose bool) *testOutput {
	shown := *a
	shown.Stderr, shown.StderrTTY = a.Stdout, a.StdoutTTY
	return &testOutput{app: &shown, format: format, verbose: verbose}
}

func (o *testOutput) text(format string, args ...any) {
	if o.format == testText && o.failed == nil {
		_, o.failed = fmt.Fprintf(o.app.Stdout, format, args...)
	}
}

// test tells one test as soon as it ends: those that fail, all of them with -v.
func (o *testOutput) test(t plugintest.Test) {
	if o.format != testText || t.Outcome == plugintest.Pass && !o.verbose || t.Outcome == plugintest.Skip && !o.verbose {
		return
	}
	reason := ""
	if t.Reason != "" {
		reason = ": " + findings.Clean(t.Reason)
	}
	o.text("--- %s: %s (%s)%s\n", strings.ToUpper(string(t.Outcome)), findings.Clean(t.Name), took(t.Took), reason)
	if t.Err != nil {
		showRunError(o.app, t.Err)
	}
	for _, r := range t.Logs {
		if r.Kind == engine.KindLog || r.Kind == engine.KindOutput || r.Kind == engine.KindMessage {
			for line := range strings.Lines(r.Text) {
				o.text("    %s\n", findings.Clean(strings.TrimRight(line, "\n")))
			}
		}
	}
}

// add tells one plugin.
func (o *testOutput) add(name string, result plugintest.Result) {
	o.tested++
	o.report.Add(name, result)
	if o.format != testText {
		return
	}
	if result.Err != nil {
		o.problem(result.Err)
	}
	failed, skipped := 0, 0
	for _, t := range result.Tests {
		switch t.Outcome {
		case plugintest.Fail:
			failed++
		case plugintest.Skip:
			skipped++
		}
	}
	word, said := "ok  ", counted(len(result.Tests), "test")
	switch {
	case result.Err != nil:
		word, said = "FAIL", "could not be tested"
	case failed > 0:
		word, said = "FAIL", fmt.Sprintf("%d of %s failed", failed, said)
	case len(result.Tests) == 0:
		word, said = "?   ", "no tests"
	}
	if skipped > 0 {
		said += fmt.Sprintf(", %d skipped", skipped)
	}
	o.text("%s  %s  %s  %s\n", word, findings.Clean(name), said, took(result.Took))
}

// problem shows why a plugin could not be tested, with the advice that run would give.
func (o *testOutput) problem(err error) {
	var none *engine.NoRuntime
	if errors.As(err, &none) && slices.Contains(none.Plan.Runtimes, tags.Browser) {
		report(o.app, withExit(exitMissing, err, "this command has no page; put what needs none into a plugin that the window calls, and test that"))
		return
	}
	report(o.app, runFailure(o.app, err))
}

func (o *testOutput) skip(name, why string) {
	o.text("?     %s  not tested: %s\n", findings.Clean(name), why)
}

// end writes the report. A failed test is the failure of the command.
func (o *testOutput) end() error {
	write := func(io.Writer) error { return nil }
	switch o.format {
	case testJSON:
		write = o.report.WriteJSON
	case testJUnit:
		write = o.report.WriteJUnit
	}
	if err := write(o.app.Stdout); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	if o.tested == 0 {
		o.text("no plugins with tests\n")
	}
	switch {
	case o.failed != nil:
		return fmt.Errorf("write the results: %w", o.failed)
	case o.report.Failed > 0:
		return foundSomething()
	}
	return nil
}

func took(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }
