package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/terminal"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/freeze"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// defaultTimeout is how long a JavaScript plugin may work on one call; Python that a
// person started has no limit but the one they set.
const defaultTimeout = 60 * time.Second

type runFlags struct {
	tag, data, out  string
	env             envFlags
	method, argList string
	argsSet         bool
	op              string
	answers, files  []string
	timeout         time.Duration
	timeoutSet      bool
	memory          byteSize
	permissions     permissionFlags
	strict, watch   bool
	asJSON          bool
	offline, quiet  bool
	frozen          bool
	cdn             string
	reload          bool
	vendor          string
	windowFlags
	engines engineFlags
}

func newRunCommand(a *app.App) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run PLUGIN|WORKFLOW.yaml [FILE...] [key=value...]",
		Short: "Run a plugin, or a workflow of plugins, and print its result",
		Long: `Run a plugin: its scripts, setup, run and exit, and print what run answers as JSON.

PLUGIN is a file, the name of an installed plugin, or an address (owner/repo:Name@TAG,
a URL), which is run without being installed. Each argument behind it is

  key=value   a setting of the plugin's form (ctx.config), else one of its inputs
              (ctx.data); a file where the inputs ask for one
  FILE        the file, or files, the plugin works on; ./a=b is a file too

With --method another function is called than run. It gets the same ctx, or, with
--args, the arguments of a JSON list: {"_rtype": "ndarray", "_rdtype": "float32",
"_rshape": [3], "_rvalue": [1, 2, 3]} is an array, as in results.

A WORKFLOW.yaml lists plugins that run one after the other, each with what the one
before answered. The result is that of the last step, with --json that of all. STEP.key=value
is a setting of a step, and a FILE or --data what the first works on instead of what
the workflow says. Everything is looked for before the first step runs, and ` + "`imjoy lint`" + `
says what is wrong with a workflow; ` + "`imjoy schema workflow`" + ` is its form.

Dialogs are asked on a terminal; --answer ID=VALUE answers a field, or prompt and confirm,
before that, and without a terminal fields have their defaults. Windows are recorded:
a plugin that opens some prints {"result": ..., "windows": [{window_id, opener, name,
type, data, config, ..., calls: [{method, args}]}]}.

A window plugin opens in your browser, at a page of this machine alone, and stays until
you close it; --browser shows the windows of other plugins as well. --headless shows them
in a Chromium that nobody sees: setup and run are called, the result is printed, and
--screenshot saves what was drawn.

With --browser or --headless a web-worker or web-python plugin that you name runs in that
page too, as it did in ImJoy: in a worker of the browser, on the original imjoy-rpc, or on
Pyodide. --js-engine and --py-engine say so for the plugins it calls as well; alone they
take a Chromium that nobody sees. goja and cpython keep plugins out of the page. With
--js-engine=frame a web-worker plugin runs as the type iframe would: beside a document,
for libraries that want window or HTMLElement, which no worker of a browser has.

What plugins say goes to stderr, the result to stdout. Arrays above 1,000 elements
and data above 64 KiB go to files in --output, or are described when there is no --output.

JavaScript runs in a process with limits and without files or network. Python runs in
a child that ends with all it started; on Linux it is fenced in as well, elsewhere it is
not contained. A Python plugin that is not a file of yours needs --allow-python or your
answer.

What a plugin may do beyond that, you say: --allow-net=HOST,HOST, --allow-read=PATH,
--allow-write=PATH, --allow-run, --allow-env, or all of a kind without a value. --deny-net,
--deny-read and so on win over everything. On a terminal you are asked about what a plugin
declares and was not granted; "always" and "never" are kept for exactly this content of
it (` + "`imjoy permissions`" + `).

Errors of the plugin are shown at its lines, with exit code 1; ` + "`imjoy help exit-codes`" + `
lists the others. IMJOY_DEBUG=wire shows what host and plugin tell each other.`,
		Example: `  imjoy run examples/hello.imjoy.html name=Ada
  imjoy run segment.imjoy.html cells.png sigma=2 --tag GPU --output results
  imjoy run stats.imjoy.html --data '{"values": [1, 2, 3]}'
  imjoy run owner/repo:Name@TAG table.csv
  imjoy run filter.imjoy.html --method smooth --args '[[0, 0, 1, 0, 0], 0.8]'
  imjoy run import.imjoy.html --answer format=csv --file table.csv
  imjoy run filters.imjoy.html --op Sharpen image=cells.png amount=2
  imjoy run count.workflow.yaml other-cells.npy smooth.radius=2
  imjoy run viewer.imjoy.html
  imjoy run viewer.imjoy.html --headless --screenshot viewer.png
  imjoy run draft.imjoy.html --watch`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a file, an installed plugin, or owner/repo:Name", "no PLUGIN given")
			}
			return nil
		},
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.timeoutSet, f.argsSet = cmd.Flags().Changed("timeout"), cmd.Flags().Changed("args")
			if err := f.checkArgs(args[1:]); err != nil {
				return err
			}
			if err := f.checkWorkflow(args); err != nil {
				return err
			}
			if err := checkCDN(f.cdn); err != nil {
				return err
			}
			if err := f.engines.check(); err != nil {
				return err
			}
			f.headless = f.headless || !f.browser && (f.engines.javascriptInPage() || f.engines.pythonInPage())
			if err := f.windowFlags.check(); err != nil {
				return err
			}
			r, err := newRunner(a, args, f)
			if err != nil {
				return err
			}
			if f.watch {
				return r.watch(cmd.Context())
			}
			return r.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugin")
	flags.StringVarP(&f.data, "data", "d", "", "ctx.data as `JSON`, @FILE with JSON, or - for standard input")
	outputFlag(flags, &f.out, "`FOLDER` for large results and exported files")
	flags.StringVar(&f.method, "method", "run", "exported `FUNCTION` to call instead of run")
	flags.StringVar(&f.argList, "args", "", "what the function of --method is called with, instead of ctx: a `JSON` list, @FILE, or -")
	flags.StringVar(&f.op, "op", "", "run the op `NAME` that the plugin registers instead; list tells them")
	flags.StringArrayVar(&f.answers, "answer", nil, "answer of a dialog (`ID=VALUE`, 'Dialog title.id=VALUE'; prompt=TEXT, confirm=yes)")
	flags.StringArrayVar(&f.files, "file", nil, "`FILE` for a plugin that asks for files itself (showFileDialog)")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "`TIME` that the plugin may work on a call, such as 90s; 0: no limit")
	flags.Var(&f.memory, "memory", "memory for the plugin, such as 512M or 2G")
	f.permissions.add(flags)
	f.env.add(flags)
	flags.StringVar(&f.vendor, "vendor", "", "`DIR` with the wheels of a frozen plugin (default: the folder beside it that `imjoy freeze --vendor` made)")
	f.windowFlags.add(flags)
	f.engines.add(flags)
	flags.BoolVar(&f.strict, "strict", false, "fail when the result is not what outputs says")
	flags.BoolVar(&f.asJSON, "json", false, "with a workflow: print what every step answered")
	flags.BoolVarP(&f.watch, "watch", "w", false, "run again whenever the plugin's file changes")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "leave out what the plugin logs")
	flags.BoolVar(&f.offline, "offline", false, "do not use the network")
	flags.BoolVar(&f.frozen, "frozen", false, "run exactly what the lock says, or fail")
	flags.BoolVar(&f.reload, "reload", false, "fetch scripts and modules once more that were kept")
	flags.StringVar(&f.cdn, "cdn", "", "`WHERE` files of a CDN for npm packages come from: auto (npm when it is away), npm, off (default $IMJOY_CDN or auto)")
	return cmd
}

// checkArgs refuses --args where it, or what else was given, would not count.
func (f *runFlags) checkArgs(words []string) error {
	switch {
	case f.op != "" && (f.argsSet || f.method != "run"):
		return usageError("an op gets what run would get: FILE, key=value, --data", "--op and --method do not go together")
	case !f.argsSet:
		return nil
	case f.method == "" || f.method == "run":
		return usageError("name another function with --method NAME; what run works on is given with --data, FILE or key=value",
			"--args is for functions other than run")
	case f.data != "" || len(words) > 0:
		return usageError("put everything the function takes into the list of --args",
			"with --args there is no ctx for --data, FILE or key=value")
	}
	return nil
}

// stdin reports whether standard input is data, so that nobody can answer there.
func (f *runFlags) stdin() bool { return f.data == "-" || f.argList == "-" }

// runner runs a plugin as the words of a command say, once or again and again.
type runner struct {
	app  *app.App
	args []string
	runFlags
	terminal *terminal.Terminal
	recorder *workspace.Recorder
	stage    *stage     // nil: no window is shown
	plan     *tags.Plan // of the plugin that was named, once it is known
	noData   bool       // its run was called without data

	unhandled atomic.Bool // a plugin threw where nobody could catch it
}

func newRunner(a *app.App, args []string, f runFlags) (*runner, error) {
	r := &runner{app: a, args: args, runFlags: f}
	answers := make([]terminal.Answer, len(f.answers))
	for i, word := range f.answers {
		var err error
		if answers[i], err = terminal.ParseAnswer(word); err != nil {
			return nil, usageError("write --answer id=value, or --answer 'Dialog title.id=value'", "--answer: %w", err)
		}
	}
	r.terminal = terminal.New(terminal.Options{
		In: a.Stdin, Out: a.Stderr, Ask: a.StdinTTY && a.StderrTTY && !f.stdin(), Live: a.StderrTTY,
		Color: useColor(a), Quiet: f.quiet, Columns: a.Columns, Answers: answers, Problem: func(err error) {
			r.unhandled.Store(true)
			showRunError(a, err)
		},
	})
	return r, nil
}

// run is one run, from finding the plugin to printing its result. The result is
// printed before the plugins end: their exit may say things, or fail.
func (r *runner) run(ctx context.Context) (err error) {
	defer r.terminal.Close()
	r.unhandled.Store(false)
	r.recorder = &workspace.Recorder{}
	out := &app.Output{Folder: r.out, Dir: r.app.Dir}
	files := &app.Files{Out: out, Say: r.terminal.Say}
	options, err := r.options(files)
	if err != nil {
		return err
	}
	s, end, err := r.session(ctx, options)
	if err != nil {
		return err
	}
	defer func() {
		e := end(context.WithoutCancel(ctx))
		switch {
		case err != nil:
		case e != nil:
			err = runFailure(r.app, e)
		case r.unhandled.Load():
			err = foundSomething()
		}
	}()
	result, err := r.job(ctx, s, files)
	if r.wantsBrowser(err) {
		r.browser = true
		if err := end(context.WithoutCancel(ctx)); err != nil {
			return runFailure(r.app, err)
		}
		end = func(context.Context) error { return nil }
		return r.run(ctx)
	}
	if err != nil {
		if r.asJSON && result.Value != nil { // the answers of the steps before
			err = errors.Join(err, showResult(r.app, workspace.Result{Value: result.Value}, out, false))
		}
		return r.failure(err)
	}
	r.terminal.Close()
	for _, answer := range r.terminal.Unused() {
		fmt.Fprintf(r.app.Stderr, "imjoy: nothing asked for --answer %s\n", findings.Clean(answer.ID))
	}
	result.Value = withWindows(result.Value, r.recorder.Windows())
	err = showResult(r.app, result, out, r.strict)
	if r.stage != nil && err == nil {
		err = r.stage.finish(ctx)
	}
	return err
}

// session opens the workspace of the run, with a page where windows are shown.
func (r *runner) session(ctx context.Context, o app.RunOptions) (s *app.Session, end func(context.Context) error, err error) {
	if !r.browser && !r.headless {
		if s, err = r.app.Session(o); err != nil {
			return nil, nil, repositoryFailure(r.app, err)
		}
		return s, s.Close, nil
	}
	if r.stage, err = r.openStage(ctx, o); err != nil {
		return nil, nil, err
	}
	return r.stage.page.Session, r.stage.close, nil
}

// lock reads the lock that counts for the plugin, nil for none.
func (r *runner) lock() (*repository.Lock, error) {
	to, err := r.app.Address(r.args[0])
	if err != nil {
		return nil, err
	}
	f := installFlags{frozen: r.frozen}
	if r.ofWorkflow(r.args) && !fileThere(r.app.LockFile(to)) {
		f.frozen = false // its steps may say themselves which texts they want
	}
	return lockOf(r.app, to, f)
}

func (r *runner) options(files *app.Files) (app.RunOptions, error) {
	environment, err := r.env.options(r.offline)
	if err != nil {
		return app.RunOptions{}, err
	}
	lock, err := r.lock()
	if err != nil {
		return app.RunOptions{}, repositoryFailure(r.app, err)
	}
	o := app.RunOptions{
		RepositoryOptions: app.RepositoryOptions{What: "run", AllowNet: r.permissions.hosts(), Offline: r.offline, Lock: lock},
		CDN:               r.cdn, Reload: r.reload, Quiet: r.quiet, Vendor: r.vendor,
		Frontend:    r.terminal.Frontend(files),
		Environment: environment, Timeout: r.timeout, Memory: int64(r.memory),
	}
	o.Frontend.Windows = r.recorder
	o.Permissions = r.permissions.options(r.app, r.terminal, !r.stdin())
	if strings.Contains(r.app.Env("IMJOY_DEBUG"), "wire") {
		o.Trace = r.app.Stderr
	}
	if r.app.StdinTTY && r.app.StderrTTY {
		o.Environment.Agree = agree(r.terminal.Confirm)
	}
	return o, nil
}

// job finds the plugin, reads the arguments and runs it.
func (r *runner) job(ctx context.Context, s *app.Session, files *app.Files) (workspace.Result, error) {
	if r.ofWorkflow(r.args) {
		return r.workflow(ctx, s, files)
	}
	to, err := r.app.Address(r.args[0])
	if err != nil {
		return workspace.Result{}, err
	}
	plan, err := s.Open(ctx, to, r.tag)
	if err != nil {
		return workspace.Result{}, err
	}
	r.plan = plan
	if r.vendor != "" && freeze.WheelsOf(plan.Document) == nil {
		return workspace.Result{}, usageError("`imjoy freeze --vendor DIR` makes one that does", "%s names no wheels that --vendor could hold", plan.Name)
	}
	if plan.Language == tags.Python && !r.timeoutSet {
		s.SetTimeout(0)
	}
	if err := r.choose(files); err != nil {
		return workspace.Result{}, err
	}
	s.Lend(plan, files.Chosen)
	if r.op != "" {
		return r.operator(ctx, s, plan, files)
	}
	if r.argsSet {
		list, err := r.app.ArgumentList(r.argList, r.app.Stdin)
		if err != nil {
			return workspace.Result{}, err
		}
		return s.Run(ctx, workspace.Job{Plan: plan, Method: r.method, Args: list})
	}
	config, data, err := r.app.Arguments(plan, app.Arguments{Words: r.args[1:], Data: r.data, Stdin: r.app.Stdin})
	if err != nil {
		return workspace.Result{}, err
	}
	files.Chosen = append(files.Chosen, filesOf(data)...)
	s.Lend(plan, files.Chosen)
	r.noData = data == nil
	return s.Run(ctx, workspace.Job{Plan: plan, Method: r.method, Config: config, Data: data})
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

func showResult(a *app.App, result workspace.Result, out *app.Output, strict bool) error {
	text, err := out.JSON(result.Value)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if err := printLine(a.Stdout, text); err != nil {
		return err
	}
	if out.Left > 0 {
		fmt.Fprintln(a.Stderr, "imjoy: large parts of the result are only described; --output DIR keeps them as files")
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
