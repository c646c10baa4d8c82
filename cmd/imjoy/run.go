package main

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// defaultTimeout is how long a JavaScript plugin may work on one call; Python that a
// person started has no limit but the one they set.
const defaultTimeout = timeSpan(time.Minute)

type runFlags struct {
	tag, data, out  string
	env             envFlags
	method, argList string
	argsSet         bool
	op              string
	answers, files  []string
	timeout         timeSpan
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
	f := runFlags{timeout: defaultTimeout}
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
			if err := f.check(cmd, args); err != nil {
				return err
			}
			f.permissions.noteFolders(a, args[1:])
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
	f.register(cmd.Flags())
	return cmd
}

func (f *runFlags) register(flags *pflag.FlagSet) {
	flags.StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugin")
	flags.StringVarP(&f.data, "data", "d", "", "ctx.data as `JSON`, @FILE with JSON, or - for standard input")
	outputFlag(flags, &f.out, "`FOLDER` for large results and exported files")
	flags.StringVar(&f.method, "method", "run", "exported `FUNCTION` to call instead of run")
	flags.StringVar(&f.argList, "args", "", "what the function of --method is called with, instead of ctx: a `JSON` list, @FILE, or -")
	flags.StringVar(&f.op, "op", "", "run the op `NAME` that the plugin registers instead; list tells them")
	flags.StringArrayVar(&f.answers, "answer", nil, "answer of a dialog (`ID=VALUE`, 'Dialog title.id=VALUE'; prompt=TEXT, confirm=yes)")
	flags.StringArrayVar(&f.files, "file", nil, "`FILE` for a plugin that asks for files itself (showFileDialog)")
	flags.Var(&f.timeout, "timeout", "`TIME` that the plugin may work on a call, such as 90s; 0: no limit")
	flags.Var(&f.memory, "memory", "memory for the plugin, such as 512M or 2G")
	f.permissions.add(flags)
	f.env.add(flags)
	flags.StringVar(&f.vendor, "vendor", "", "`FOLDER` with the wheels of a frozen plugin (default: the folder beside it that `imjoy freeze --vendor` made)")
	f.windowFlags.add(flags)
	f.engines.add(flags)
	flags.BoolVar(&f.strict, "strict", false, "fail when the result is not what outputs says")
	flags.BoolVar(&f.asJSON, "json", false, "with a workflow: print what every step answered")
	flags.BoolVarP(&f.watch, "watch", "w", false, "run again whenever the plugin's file changes")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "leave out what the plugin logs, and progress")
	offlineFlag(flags, &f.offline)
	flags.BoolVar(&f.frozen, "frozen", false, "run exactly what the lock says, or fail")
	flags.BoolVar(&f.reload, "reload", false, "fetch scripts and modules once more that were kept")
	flags.StringVar(&f.cdn, "cdn", "", "`WHERE` files of a CDN for npm packages come from: auto (npm when it is away), npm, off (default $IMJOY_CDN or auto)")
}

// check refuses flags that cannot be, or that do not go together, and settles what one says
// about another.
func (f *runFlags) check(cmd *cobra.Command, args []string) error {
	f.timeoutSet, f.argsSet = cmd.Flags().Changed("timeout"), cmd.Flags().Changed("args")
	if err := cmp.Or(f.checkArgs(args[1:]), f.checkWorkflow(args), checkCDN(f.cdn), f.engines.check()); err != nil {
		return err
	}
	f.headless = f.headless || !f.browser && (f.engines.javascriptInPage() || f.engines.pythonInPage())
	return f.windowFlags.check()
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
