package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// NoRuntime is the error of a plan that none of the given runtimes can run.
type NoRuntime struct {
	Plan  *tags.Plan
	Given []string // names of the runtimes that were given
}

func (e *NoRuntime) Error() string {
	if len(e.Plan.Runtimes) == 0 {
		return fmt.Sprintf("plugin %q of type %q cannot be run by anything here", e.Plan.Name, e.Plan.Type)
	}
	return fmt.Sprintf("plugin %q of type %q runs in %s, and that is not available here", e.Plan.Name, e.Plan.Type, strings.Join(e.Plan.Runtimes, " or "))
}

// Open starts a plugin: it chooses the runtime, loads requirements, runs the
// scripts, waits for the export, and calls setup. After an error nothing runs.
func Open(ctx context.Context, plan *tags.Plan, o Options) (*Plugin, error) {
	if o.Runtimes == nil {
		o.Runtimes = []Runtime{InProcess()}
	}
	rt, err := choose(plan, o.Runtimes)
	if err != nil {
		return nil, err
	}
	conn, err := rt.Start(ctx, plan, Start{Limits: o.Limits, Granted: o.Granted, Workspace: o.Workspace, WorkDir: o.WorkDir, Window: o.Window})
	if err != nil {
		return nil, fmt.Errorf("start %s for plugin %q: %w", rt.Name(), plan.Name, err)
	}
	p := &Plugin{plan: plan, options: o, runtime: rt.Name(), conn: conn, values: &value.Object{}, done: make(chan struct{})}
	ready := make(chan struct{})
	traced := conn
	if o.Trace != nil {
		traced = wire.Tee(conn, o.Trace, plan.Name)
	}
	p.peer = wire.NewPeer(traced, &apiHandler{plugin: p, ready: ready})
	close(ready)
	p.peer.AfterEnd(p.connectionEnded)
	if printing, ok := conn.(printer); ok {
		printing.Output(func(level, text string) {
			p.log(Record{Kind: KindOutput, Level: outputLevel(level), Text: text})
		})
	}
	if err := p.start(ctx); err != nil {
		_ = p.finish(ErrClosed)
		return nil, err
	}
	return p, nil
}

// outputLevel tells stderr, where warnings and progress of libraries go, from
// stdout: neither is an error by itself.
func outputLevel(level string) Level {
	if level == "error" {
		return Warning
	}
	return Info
}

func choose(plan *tags.Plan, given []Runtime) (Runtime, error) {
	for _, name := range plan.Runtimes {
		for _, rt := range given {
			if rt.Name() == name {
				return rt, nil
			}
		}
	}
	missing := &NoRuntime{Plan: plan}
	for _, rt := range given {
		missing.Given = append(missing.Given, rt.Name())
	}
	return nil, missing
}

// await waits until the worker answers at all. How long its program takes to start
// is no work of the plugin.
func (p *Plugin) await(ctx context.Context) error {
	ctx, stop := context.WithTimeoutCause(ctx, DefaultStart, errNoAnswer)
	defer stop()
	_, err := p.peer.Call(ctx, readyMethod, wire.Payload{})
	var fault *wire.Fault
	switch {
	case err == nil, errors.As(err, &fault): // whatever it says, it is there
		return nil
	case errors.Is(err, errNoAnswer):
		return p.finish(&Ended{Plugin: p.plan.Name, Reason: Timeout, Detail: fmt.Sprintf("its worker did not answer within %v", DefaultStart)})
	}
	return p.failure(err)
}

var errNoAnswer = errors.New("the worker does not answer")

// start runs the plugin's scripts and its setup.
func (p *Plugin) start(ctx context.Context) error {
	if a, ok := p.conn.(lasting); ok && a.Attached() {
		return p.resume(ctx)
	}
	if err := p.await(ctx); err != nil {
		return err
	}
	order, err := wire.Encode(p.order())
	if err != nil {
		return fmt.Errorf("describe the plugin to its worker: %w", err)
	}
	payload, err := p.work(ctx, order, func(ctx context.Context, order wire.Payload) (wire.Payload, error) {
		return p.peer.Call(ctx, startMethod, order)
	})
	if p.plan.Passive && isNoExport(err) {
		return nil // its scripts ran, and that is all it does
	}
	if err != nil {
		return err
	}
	answer, err := payload.Result()
	if err != nil {
		return fmt.Errorf("read what the plugin exports: %w", err)
	}
	if err := p.learn(answer); err != nil {
		return err
	}
	if p.Has("setup") {
		_, err = p.Call(ctx, "setup")
	}
	return err
}

// isNoExport reports the error of scripts that ran and never called api.export.
func isNoExport(err error) bool {
	var script *ScriptError
	return errors.As(err, &script) && script.Name == noExport
}

// order is what the worker is told: the bytes of the document and what to choose
// from it. A Python child has no parser and gets the scripts instead.
func (p *Plugin) order() *value.Object {
	doc := p.plan.Document.Source
	if p.plan.Language == tags.Python {
		return pyproc.StartArguments(doc.Name, bodies(p.plan), p.constants())
	}
	return value.NewObject("document", doc.Text, "name", doc.Name, "tag", p.plan.Tag, "config", p.constants(), "stack", float64(p.options.Limits.Stack),
		"turn", float64(p.options.Limits.turn().Milliseconds()))
}

// constants are the members of api that never change.
func (p *Plugin) constants() *value.Object {
	workspace := p.options.Workspace
	if workspace == "" {
		workspace = "default"
	}
	tag := value.Value(nil)
	if p.plan.Tag != "" {
		tag = p.plan.Tag
	}
	return value.NewObject("TAG", tag, "WORKSPACE", workspace, "ENGINE_URL", nil, "FILE_MANAGER_URL", nil, "WORK_DIR", p.options.WorkDir,
		"id", p.ID(),
		"config", value.NewObject("name", p.plan.Name, "id", p.ID(), "type", p.plan.Type, "tag", tag, "workspace", workspace, "engine", nil, "file_manager", nil, "work_dir", p.options.WorkDir))
}

// learn takes what the plugin exports: the answer to worker.start, or later news.
func (p *Plugin) learn(answer value.Value) error {
	o, _ := answer.(*value.Object)
	list, ok := o.Get("exports").([]any)
	if !ok {
		return errors.New("the worker did not say what the plugin exports")
	}
	var names []string
	for _, item := range list {
		if name, ok := item.(string); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	values, ok := o.Get("values").(*value.Object)
	if !ok {
		values = &value.Object{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exports, p.values = names, values
	return nil
}

// addMember stores a function under its name; "a.b" goes into an inner object.
func addMember(o *value.Object, name string, f *value.Function) {
	for {
		outer, rest, ok := strings.Cut(name, ".")
		if !ok {
			o.Set(name, f)
			return
		}
		inner, isObject := o.Get(outer).(*value.Object)
		if !isObject {
			inner = &value.Object{}
			o.Set(outer, inner)
		}
		o, name = inner, rest
	}
}
