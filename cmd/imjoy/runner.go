package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/terminal"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/freeze"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

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
	if f.quiet {
		a.Progress = "none"
	}
	answers := make([]terminal.Answer, len(f.answers))
	for i, word := range f.answers {
		var err error
		if answers[i], err = terminal.ParseAnswer(word); err != nil {
			return nil, usageError("write --answer id=value, or --answer 'Dialog title.id=value'", "--answer: %w", err)
		}
	}
	r.terminal = terminal.New(terminal.Options{
		In: a.Stdin, Out: a.Stderr, Ask: canAsk(a) && !f.stdin(), Live: a.StderrTTY,
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
		Environment: environment, Timeout: time.Duration(r.timeout), Memory: int64(r.memory),
	}
	o.Frontend.Windows = r.recorder
	o.Permissions = r.permissions.options(r.app, r.terminal, !r.stdin())
	if strings.Contains(r.app.Env("IMJOY_DEBUG"), "wire") {
		o.Trace = r.app.Stderr
	}
	if canAsk(r.app) && !r.stdin() {
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
		return workspace.Result{}, usageError("`imjoy freeze --vendor FOLDER` makes one that does", "%s names no wheels that --vendor could hold", plan.Name)
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
