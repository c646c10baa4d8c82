package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// lintOptions are the flags of `imjoy lint`.
type lintOptions struct {
	format    diag.Format
	json      bool
	selected  []string
	ignored   []string
	severity  map[string]string
	strict    bool
	noPython  bool
	python    string
	stdinName string
}

func newLintCommand(a *app.App) *cobra.Command {
	o := lintOptions{format: diag.Full}
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Find faults in plugin files, and say what to do about them",
		Long: `Find faults in plugin files: lost blocks, broken configs, holes between tags and
fields, scripts that do not parse or never export, names of the api that do not
exist, windows that show only a part, and more. Each finding has a place, a code
and advice; ` + "`imjoy explain CODE`" + ` tells more.

PATH is a file, a folder (every *.imjoy.html and manifest.imjoy.json below it,
but for hidden folders and node_modules), or - for standard input. Without
one it is the present folder.

Nothing is executed or fetched. Python scripts are parsed by python3, all by one
process; without it they are left out, which is said once.

A comment suppresses findings: // imjoy-ignore CODE, # imjoy-ignore CODE or
<!-- imjoy-ignore CODE --> on the same line, alone on the line before, or before a
block for all of it; imjoy-ignore-file for the file.

The exit code is 1 when a finding is an error (with --strict: or a warning).

With --format json the answer is one document:

  version      1
  files        how many files were looked at
  diagnostics  [{file, code, severity, message, hint, line, column, end_line,
               end_column, related}]; lines and columns count from 1, columns in
               Unicode characters, ends are exclusive`,
		Example: `  imjoy lint blur.imjoy.html
  imjoy lint plugins/
  imjoy lint --select javascript,python plugins/
  imjoy lint --ignore placeholder-text --strict .
  imjoy lint --format json plugins/ | jq -r '.diagnostics[].code' | sort | uniq -c
  cat blur.imjoy.html | imjoy lint -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.json {
				o.format = diag.JSON
			}
			return runLint(cmd.Context(), a, o, args)
		},
	}
	flags := cmd.Flags()
	flags.Var(&o.format, "format", "how to write findings: "+strings.Join(diag.Formats(), ", "))
	flags.BoolVar(&o.json, "json", false, "the same as --format json")
	flags.StringSliceVar(&o.selected, "select", nil, "tell only these codes or families (javascript, config, ...)")
	flags.StringSliceVar(&o.ignored, "ignore", nil, "leave out these codes or families")
	flags.StringToStringVar(&o.severity, "severity", nil, "give codes another severity: CODE=error|warning|info|none")
	flags.BoolVar(&o.strict, "strict", false, "fail on warnings, too")
	flags.BoolVar(&o.noPython, "no-python", false, "do not look into Python scripts")
	flags.StringVar(&o.python, "python", "", "interpreter that parses Python scripts (default: python3)")
	flags.StringVar(&o.stdinName, "stdin-filename", "-", "name of standard input in findings")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diag.Formats(), cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"select", "ignore"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCodes)
	}
	return cmd
}

func runLint(ctx context.Context, a *app.App, o lintOptions, paths []string) error {
	rules, err := o.rules()
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // a short run: collecting less often saves a fifth of it
	files, failed := findLintFiles(a, o, paths)
	if len(files) == 0 && len(failed) == 0 {
		return usageError("name a file, or a folder that holds *.imjoy.html files", "there are no plugin files in %s", strings.Join(paths, ", "))
	}
	subjects, unread := readSubjects(a, files)
	failed = append(failed, unread...)
	if len(subjects) == 0 {
		return withExit(exitMissing, errors.Join(failed...), "") // there is nothing to judge
	}
	if err := readPython(ctx, a, o, subjects); err != nil {
		return err
	}
	found := judge(subjects, rules)
	source.Sort(found)
	err = diag.Write(a.Stdout, o.format, found, diag.Options{Color: colors(a, a.StdoutTTY), Width: a.Columns, Files: len(subjects)})
	if err != nil {
		return err
	}
	if o.format != diag.JSON {
		fmt.Fprintln(a.Stderr, diag.Summary(found, len(subjects)))
	}
	switch worst := source.Worst(found); {
	case len(failed) > 0:
		return withExit(exitMissing, errors.Join(failed...), "")
	case worst == source.Error, o.strict && worst == source.Warning:
		return findings()
	}
	return nil
}

// rules checks the codes that flags name.
func (o lintOptions) rules() (lint.Options, error) {
	options := lint.Options{Select: o.selected, Ignore: o.ignored, Severity: map[string]source.Severity{}}
	for _, name := range slices.Concat(o.selected, o.ignored) {
		if !lint.Known(name) {
			return options, unknownCode(name)
		}
	}
	for code, word := range o.severity {
		if rule, _ := lint.Lookup(code); rule == nil {
			return options, unknownCode(code)
		}
		severity := slices.IndexFunc([]source.Severity{source.None, source.Info, source.Warning, source.Error},
			func(s source.Severity) bool { return s.String() == word })
		if severity < 0 {
			return options, usageError("write error, warning, info or none", "%s is no severity", word)
		}
		options.Severity[code] = source.Severity(severity)
	}
	return options, nil
}

// unknownCode is wrong use: there is no such code.
func unknownCode(name string) error {
	hint := "`imjoy explain` lists all codes"
	if _, meant := lint.Lookup(name); meant != "" {
		hint = fmt.Sprintf("did you mean %s? %s", meant, hint)
	}
	return usageError(hint, "there is no code or family %q", name)
}

// readPython adds what python3 knows of the Python scripts.
func readPython(ctx context.Context, a *app.App, o lintOptions, subjects []*subject) error {
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
	if scripts == 0 || o.noPython {
		return nil
	}
	interpreter := o.python
	if interpreter == "" {
		interpreter = "python3"
		if runtime.GOOS == "windows" {
			interpreter = "python"
		}
	}
	if _, err := exec.LookPath(interpreter); err != nil {
		if o.python != "" {
			return withExit(exitMissing, fmt.Errorf("start %s: %w", o.python, err), "name an interpreter of Python 3.8 or later, or use --no-python")
		}
		fmt.Fprintf(a.Stderr, "%s not looked into: there is no %s on the PATH (--python names one, --no-python is quiet)\n", counted(scripts, "Python script"), interpreter)
		return nil
	}
	if err := analysis.WithPython(ctx, a.PythonReader(interpreter), nil, facts...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return withExit(exitMissing, fmt.Errorf("read Python scripts: %w", err), "use --python for another interpreter, or --no-python")
	}
	return nil
}

// judge runs the rules over all subjects.
func judge(subjects []*subject, rules lint.Options) []source.Diagnostic {
	results := make([][]source.Diagnostic, len(subjects))
	parallel(len(subjects), func(i int) {
		if s := subjects[i]; s.facts != nil {
			results[i] = lint.Run(s.facts, rules)
		} else {
			results[i] = lint.Filter(s.found, rules)
		}
	})
	return slices.Concat(results...)
}

// parallel calls f for 0 to n-1 on all processors; a panic of f is one of the caller.
func parallel(n int, f func(int)) {
	var group sync.WaitGroup
	var next sync.Mutex
	var panicked any
	at := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					next.Lock()
					defer next.Unlock()
					panicked = p
				}
			}()
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	group.Wait()
	if panicked != nil {
		panic(panicked)
	}
}

// colors reports whether a stream gets colours.
func colors(a *app.App, terminal bool) bool {
	switch {
	case a.Env("NO_COLOR") != "":
		return false
	case a.Env("CLICOLOR_FORCE") != "" && a.Env("CLICOLOR_FORCE") != "0":
		return true
	}
	return terminal && a.Env("TERM") != "dumb"
}

func completeCodes(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var codes []string
	for _, r := range lint.Rules() {
		codes = append(codes, r.Code+"\t"+r.Summary)
	}
	return codes, cobra.ShellCompDirectiveNoFileComp
}
