package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/terminal"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// defaultTimeout is how long a JavaScript plugin may work on one call; Python that a
// person started has no limit but the one they set.
const defaultTimeout = 60 * time.Second

type runFlags struct {
	tag, data, out, python, method string
	timeout                        time.Duration
	timeoutSet                     bool
	memory                         byteSize
	allowPython, strict, watch     bool
	offline, quiet                 bool
	allowNet                       []string
}

func newRunCommand(a *app.App) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run PLUGIN [FILE...] [key=value...]",
		Short: "Run a plugin and print its result",
		Long: `Run a plugin: its scripts, setup, run and exit, and print what run answers as JSON.

PLUGIN is a file, the name of an installed plugin, or an address (owner/repo:Name@TAG,
a URL), which is run without being installed. Each argument behind it is

  key=value   a setting of the plugin's form (ctx.config), else one of its inputs
              (ctx.data); a file where the inputs ask for one
  FILE        the file, or files, the plugin works on; ./a=b is a file too

What plugins say goes to stderr, the result to stdout. Arrays above 1,000 elements
and data above 64 KiB go to files in --out, or are described when there is no --out.

JavaScript runs in a process with limits and without files or network. Python runs in
a child that ends with all it started, but that is not contained: a plugin that is not
a file of yours needs --allow-python or your answer.

Errors of the plugin are shown at its lines, exit code 1. Other codes: 2 wrong use,
4 something is missing here, 5 refused, 70 the runtime broke, 124 out of time, 137 out
of memory, 130 interrupted. IMJOY_DEBUG=wire shows what host and plugin tell each
other.`,
		Example: `  imjoy run examples/hello.imjoy.html name=Ada
  imjoy run segment.imjoy.html cells.png sigma=2 --tag GPU --out results
  imjoy run stats.imjoy.html --data '{"values": [1, 2, 3]}'
  imjoy run owner/repo:Name@TAG table.csv
  imjoy run draft.imjoy.html --watch`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a file, an installed plugin, or owner/repo:Name", "no PLUGIN given")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.timeoutSet = cmd.Flags().Changed("timeout")
			if f.watch {
				return watchRun(cmd.Context(), a, args, f)
			}
			return runPlugin(cmd.Context(), a, args, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "choose one of the plugin's tags")
	flags.StringVar(&f.data, "data", "", "ctx.data as `JSON`, @FILE with JSON, or - for standard input")
	flags.StringVarP(&f.out, "out", "o", "", "folder for large results and exported files")
	flags.StringVar(&f.method, "method", "run", "exported function to call instead of run")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "how long the plugin may work on a call; 0: no limit")
	flags.Var(&f.memory, "memory", "memory for the plugin, such as 512M or 2G")
	flags.StringVar(&f.python, "python", "", "interpreter for Python plugins (default python3)")
	flags.BoolVar(&f.allowPython, "allow-python", false, "let Python plugins from elsewhere run")
	flags.BoolVar(&f.strict, "strict", false, "fail when the result is not what outputs says")
	flags.BoolVarP(&f.watch, "watch", "w", false, "run again whenever the plugin's file changes")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "leave out what the plugin logs")
	flags.BoolVar(&f.offline, "offline", false, "do not use the network")
	flags.StringSliceVar(&f.allowNet, "allow-net", nil, "hosts to fetch plugins from that may be private or speak http (`HOST[:PORT]`)")
	return cmd
}

// runPlugin is one run from the words of a command to its result.
func runPlugin(ctx context.Context, a *app.App, args []string, f runFlags) (err error) {
	out := &app.Output{Folder: outFolder(a, f.out)}
	t := terminal.New(terminal.Options{
		In: a.Stdin, Out: a.Stderr, Ask: a.StdinTTY && a.StderrTTY && f.data != "-", Live: a.StderrTTY,
		Color: useColor(a), Quiet: f.quiet, Problem: func(err error) { showRunError(a, err) },
	})
	defer t.Close()
	files := &app.Files{Out: out, Say: t.Say}
	s, err := a.Session(runOptions(a, t, files, f))
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer func() {
		if e := s.Close(context.WithoutCancel(ctx)); err == nil && e != nil {
			err = runFailure(a, e)
		}
	}()
	result, err := runJob(ctx, a, s, args, f, files)
	if err != nil {
		return runFailure(a, err)
	}
	t.Close()
	return showResult(a, result, out, f)
}

func runOptions(a *app.App, t *terminal.Terminal, files *app.Files, f runFlags) app.RunOptions {
	o := app.RunOptions{
		RepositoryOptions: app.RepositoryOptions{What: "run", AllowNet: f.allowNet, Offline: f.offline},
		Frontend:          t.Frontend(files),
		Python:            f.python, AllowPython: f.allowPython, Timeout: f.timeout, Memory: int64(f.memory),
	}
	if strings.Contains(a.Env("IMJOY_DEBUG"), "wire") {
		o.Trace = a.Stderr
	}
	if a.StdinTTY && a.StderrTTY {
		o.Consent = func(ctx context.Context, plan *tags.Plan) (bool, error) {
			return t.Confirm(ctx, engine.Message{Text: fmt.Sprintf("%s is a Python plugin from elsewhere, and Python is not contained. Run it?", plan.Name)})
		}
	}
	return o
}

func outFolder(a *app.App, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Dir, name)
}

// runJob finds the plugin, reads the arguments and runs it.
func runJob(ctx context.Context, a *app.App, s *app.Session, args []string, f runFlags, files *app.Files) (workspace.Result, error) {
	to, err := a.Address(args[0])
	if err != nil {
		return workspace.Result{}, err
	}
	plan, err := s.Open(ctx, to, f.tag)
	if err != nil {
		return workspace.Result{}, err
	}
	if plan.Language == tags.Python && !f.timeoutSet {
		s.SetTimeout(0)
	}
	config, data, err := a.Arguments(plan, app.Arguments{Words: args[1:], Data: f.data, Stdin: a.Stdin})
	if err != nil {
		return workspace.Result{}, err
	}
	files.Chosen = filesOf(data)
	return s.Run(ctx, workspace.Job{Plan: plan, Method: f.method, Config: config, Data: data})
}

// filesOf are the files a person named, for a plugin that asks for files itself.
func filesOf(data value.Value) (list []*value.File) {
	switch v := data.(type) {
	case *value.File:
		return []*value.File{v}
	case []any:
		for _, item := range v {
			list = append(list, filesOf(item)...)
		}
	case *value.Object:
		for _, item := range v.All() {
			list = append(list, filesOf(item)...)
		}
	}
	return list
}

func showResult(a *app.App, result workspace.Result, out *app.Output, f runFlags) error {
	text, err := out.JSON(result.Value)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if err := printLine(a.Stdout, text); err != nil {
		return err
	}
	if out.Left > 0 {
		fmt.Fprintln(a.Stderr, "imjoy: large parts of the result are only described; --out DIR keeps them as files")
	}
	if len(result.Outputs) == 0 {
		return nil
	}
	severity := source.Warning
	if f.strict {
		severity = source.Error
	}
	showViolations(a, "the result is not what `outputs` says", severity, result.Outputs)
	if f.strict {
		return findings()
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
		fmt.Fprintf(a.Stderr, "  %s: %s\n", diag.Clean(pointer), diag.Clean(v.Message))
		fmt.Fprint(a.Stderr, diag.Frame(v.Rule, severity, nil, diag.Options{Color: useColor(a)}))
	}
}

// useColor is the one place that decides about colours on stderr.
func useColor(a *app.App) bool {
	if a.Env("CLICOLOR_FORCE") != "" && a.Env("CLICOLOR_FORCE") != "0" {
		return true
	}
	return a.StderrTTY && a.Env("NO_COLOR") == "" && a.Env("TERM") != "dumb"
}
