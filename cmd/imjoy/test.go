package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/terminal"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/plugintest"
)

type testFlags struct {
	tag, match, format        string
	timeout                   timeSpan
	memory                    byteSize
	isolate, verbose, watch   bool
	offline, failFast, asJSON bool
	env                       envFlags
	permissions               permissionFlags
}

// formats of the results of tests.
const (
	testText  = "text"
	testJSON  = "json"
	testJUnit = "junit"
)

func newTestCommand(a *app.App) *cobra.Command {
	f := testFlags{timeout: defaultTimeout}
	cmd := &cobra.Command{
		Use:   "test [FOLDER|PLUGIN...]",
		Short: "Run the test functions of plugins",
		Long: `Run the test functions of plugins: every function that a plugin exports and whose name
begins with "test", in the order in which it exports them. A folder stands for the plugin
files below it; without arguments it is the present folder.

A test fails when it throws or raises, when it answers false, when it takes longer than
--timeout, or when something it left running throws. Each gets a helper as its first
argument:

  async test_mean(t) {                       def test_mean(self, t):
    t.equal(await this.mean([1, 3]), 2)          t.equal(self.mean([1, 3]), 2)
    t.throws(() => this.mean(), 'empty')         with t.raises(ValueError):
  }                                                  self.mean([])

  t.ok t.notOk t.equal t.notEqual t.deepEqual t.notDeepEqual
  t.close(got, want, tolerance)  t.match(text, pattern)  t.throws(function, want)
  t.log(values...)  t.skip(reason)  t.fail(message)  t.name

setup runs once for each plugin, or for each test with --isolate. Settings of the person
are neither read nor changed, windows are recorded, exported files thrown away, dialogs
answer with their defaults.

Exit code 1: a test failed, or a plugin could not be opened.`,
		Example: `  imjoy test
  imjoy test stats.imjoy.html --run mean -v
  imjoy test plugins --format junit > results.xml
  imjoy test draft.imjoy.html --watch`,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.asJSON {
				f.format = testJSON
			}
			t, err := newTester(a, args, f)
			if err != nil {
				return err
			}
			if f.watch {
				return t.keepTesting(cmd.Context())
			}
			return t.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.match, "run", "", "only test functions whose name matches a `REGEX`")
	flags.StringVar(&f.format, "format", testText, "`FORMAT` of the results: text, json or junit")
	flags.BoolVar(&f.asJSON, "json", false, "the same as --format json")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name tests that pass, and show what they say")
	flags.BoolVar(&f.isolate, "isolate", false, "a fresh plugin, with setup, for each test")
	flags.BoolVar(&f.failFast, "fail-fast", false, "stop at the first plugin that fails")
	flags.Var(&f.timeout, "timeout", "`TIME` that a test may work, such as 90s; 0: no limit")
	flags.StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugin")
	flags.Var(&f.memory, "memory", "memory for a plugin, such as 512M or 2G")
	flags.BoolVarP(&f.watch, "watch", "w", false, "test again whenever a plugin file changes")
	offlineFlag(flags, &f.offline)
	f.permissions.add(flags)
	f.env.add(flags)
	return cmd
}

// tester tests plugins as the words of a command say, once or again and again.
type tester struct {
	app  *app.App
	args []string
	testFlags
	only *regexp.Regexp
}

func newTester(a *app.App, args []string, f testFlags) (*tester, error) {
	t := &tester{app: a, args: args, testFlags: f}
	if len(args) == 0 {
		t.args = []string{"."}
	}
	switch f.format {
	case testText, testJSON, testJUnit:
	default:
		return nil, usageError("write text, json or junit", "--format %q is none", f.format)
	}
	if f.match != "" {
		var err error
		if t.only, err = regexp.Compile(f.match); err != nil {
			return nil, usageError("write a regular expression, such as --run 'mean|sum'", "--run: %v", err)
		}
	}
	return t, nil
}

// run tests everything once.
func (t *tester) run(ctx context.Context) error {
	files, err := t.files()
	if err != nil {
		return err
	}
	out := newTestOutput(t.app, t.format, t.verbose)
	for _, file := range files {
		result, skipped := t.plugin(ctx, file, out)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if skipped != "" {
			out.skip(file.name, skipped)
			continue
		}
		out.add(file.name, result)
		if t.failFast && result.Failed() {
			break
		}
	}
	return out.end()
}

// testFile is one plugin to test, by name.
type testFile struct {
	name  string
	found bool // below a folder: it may have no tests, and need what is not here
}

// files lists what the arguments name, folders searched.
func (t *tester) files() (list []testFile, err error) {
	for _, arg := range t.args {
		info, err := os.Stat(absolute(t.app, arg))
		if to, bad := t.app.Address(arg); err != nil && bad == nil && to.Kind == address.Path {
			return nil, withExit(exitMissing, fmt.Errorf("there is no file %s", arg), "")
		}
		if err != nil || !info.IsDir() {
			list = append(list, testFile{name: arg})
			continue
		}
		w := walk{top: absolute(t.app, arg), shown: arg}
		found, failed := w.files()
		if len(failed) > 0 {
			return nil, withExit(exitMissing, errors.Join(failed...), "")
		}
		for _, f := range found {
			if text, err := os.ReadFile(f.path); err == nil && !f.manifest() && mayTest().Match(text) {
				list = append(list, testFile{name: f.shown, found: true})
			}
		}
	}
	return list, nil
}

// mayTest tells files that could have a test function from those that cannot: to know it,
// a plugin must be opened.
var mayTest = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\btest\w*["']?\s*[(:=]`) })

// plugin tests one plugin in a session of its own; skipped says why it could not be,
// where that is no failure.
func (t *tester) plugin(ctx context.Context, file testFile, out *testOutput) (result plugintest.Result, skipped string) {
	log := &plugintest.Log{}
	folder, err := os.MkdirTemp("", "imjoy-test-*")
	if err != nil {
		return plugintest.Result{Err: fmt.Errorf("make a folder for exported files: %w", err)}, ""
	}
	defer os.RemoveAll(folder)
	result, err = t.session(ctx, file.name, folder, log, out)
	var none *engine.NoRuntime
	switch {
	case err == nil:
	case file.found && errors.As(err, &none):
		return result, "it needs a page"
	default:
		result.Err = err
	}
	if errors.As(result.Err, &none) && file.found {
		return result, "it needs a page"
	}
	return result, ""
}

func (t *tester) session(ctx context.Context, name, folder string, log *plugintest.Log, out *testOutput) (plugintest.Result, error) {
	environment, err := t.env.options(t.offline)
	if err != nil {
		return plugintest.Result{}, err
	}
	nobody := terminal.New(terminal.Options{In: strings.NewReader(""), Out: t.app.Stderr, Quiet: true})
	s, err := t.app.Session(app.RunOptions{
		RepositoryOptions: app.RepositoryOptions{What: "test", AllowNet: t.permissions.hosts(), Offline: t.offline},
		Environment:       environment, Timeout: time.Duration(t.timeout), Memory: int64(t.memory), Settings: workspace.MemorySettings(), Data: filepath.Join(folder, "data"),
		Permissions: t.permissions.options(t.app, nobody, false),
		Frontend: workspace.Frontend{
			Log: log, Dialogs: quietDialogs{nobody}, Windows: &workspace.Recorder{},
			Files: &app.Files{Out: &app.Output{Folder: folder}, Say: func(string, ...any) {}},
		},
	})
	if err != nil {
		return plugintest.Result{}, err
	}
	defer func() { _ = s.Close(context.WithoutCancel(ctx)) }() // what exit throws is not what is tested
	to, err := t.app.Address(name)
	if err != nil {
		return plugintest.Result{}, err
	}
	plan, original, err := s.OpenTested(ctx, to, t.tag)
	if err != nil {
		return plugintest.Result{}, err
	}
	return plugintest.Run(ctx, s.Workspace, plan, original, log, plugintest.Options{Match: t.only, Isolate: t.isolate, Now: t.app.Now, Done: out.test}), nil
}

// quietDialogs answer as an unattended terminal, and say nothing.
type quietDialogs struct{ engine.Dialogs }

func (quietDialogs) Alert(context.Context, engine.Message) error { return nil }

// keepTesting tests again whenever a plugin changes.
func (t *tester) keepTesting(ctx context.Context) error {
	watcher, err := t.watchFolders()
	if err != nil {
		return err
	}
	defer watcher.Close()
	return again(ctx, watcher, isPluginOrSettings, func(ctx context.Context) {
		err := t.run(ctx)
		if ctx.Err() == nil {
			report(t.app, err)
			fmt.Fprintln(t.app.Stderr, "imjoy: waiting for changes")
		}
	})
}
