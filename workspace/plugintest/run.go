package plugintest

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// Options say how the tests of one plugin run.
type Options struct {
	// Match chooses test functions by name; nil: all.
	Match *regexp.Regexp
	// Isolate gives each test function a plugin of its own, with its own setup. Without it
	// one plugin serves all, and is opened again when a test ended it.
	Isolate bool
	// Now is the clock.
	Now func() time.Time
	// Done is called after each test, nil for nothing.
	Done func(Test)
}

// Outcome is how a test ended.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Fail Outcome = "fail"
	Skip Outcome = "skip"
)

// Test is what came out of one test function.
type Test struct {
	Name    string
	Outcome Outcome
	Err     error  // why it failed: an engine error, with places in the plugin
	Reason  string // why it was skipped; may be empty
	Took    time.Duration
	Logs    []engine.Record // what plugins said meanwhile
}

// Result is what came out of one plugin.
type Result struct {
	Plan  *tags.Plan // as it was given to Run
	Tests []Test
	Took  time.Duration
	// Err is why no test, or no more of them, could run: the plugin's setup threw, or
	// there is no runtime for it.
	Err error
}

// Failed reports whether anything failed.
func (r Result) Failed() bool {
	return r.Err != nil || slices.ContainsFunc(r.Tests, func(t Test) bool { return t.Outcome == Fail })
}

// Log collects what plugins say while a test runs. Give it to the workspace as its
// Frontend.Log; the zero value is ready.
type Log struct {
	mu      sync.Mutex
	records []engine.Record
	thrown  error
}

var _ engine.Log = (*Log)(nil)

// maxLogs is how many records of one test are kept.
const maxLogs = 10_000

// Write keeps a record, and the first error that nobody caught.
func (l *Log) Write(r engine.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Kind == engine.KindUnhandled {
		if l.thrown == nil {
			l.thrown = r.Err
		}
		return
	}
	if len(l.records) < maxLogs {
		l.records = append(l.records, r)
	}
}

// take returns what was said since the last time.
func (l *Log) take() (records []engine.Record, thrown error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	records, thrown = l.records, l.thrown
	l.records, l.thrown = nil, nil
	return records, thrown
}

// run is one plugin whose tests run.
type run struct {
	workspace *workspace.Workspace
	plan      *tags.Plan
	log       *Log
	options   Options
	original  int // bytes of the document without the helper
	plugin    *engine.Plugin
	pending   bool  // the last test is not told yet
	late      error // what was thrown after the last test had returned
}

// Run runs the test functions of a plugin in a workspace, one after the other in the
// order in which the plugin exports them. plan comes from [Instrument]; original is the
// length of the document before that. log is the workspace's.
func Run(ctx context.Context, w *workspace.Workspace, plan *tags.Plan, original int, log *Log, o Options) (result Result) {
	start := o.Now()
	r := &run{workspace: w, plan: plan, log: log, options: o, original: original}
	result.Plan = plan
	defer func() { result.Took = o.Now().Sub(start) }()
	if result.Err = r.open(ctx); result.Err != nil {
		return result
	}
	defer r.close(ctx)
	defer func() { r.settle(&result) }()
	for _, name := range r.plugin.Exports() {
		if !isTest(name) || o.Match != nil && !o.Match.MatchString(name) {
			continue
		}
		if result.Err = r.ready(ctx, len(result.Tests) > 0); result.Err != nil {
			return result
		}
		t := r.test(ctx, name)
		if ctx.Err() != nil {
			result.Err = context.Cause(ctx)
			return result
		}
		r.settle(&result)
		result.Tests = append(result.Tests, t)
		r.pending = true
	}
	return result
}

// settle finishes the last test: what it left running may have thrown since.
func (r *run) settle(result *Result) {
	if !r.pending {
		return
	}
	r.pending = false
	last := &result.Tests[len(result.Tests)-1]
	if r.late != nil && last.Outcome == Pass {
		last.Outcome, last.Err = Fail, r.ours(r.late)
	}
	r.late = nil
	if r.options.Done != nil {
		r.options.Done(*last)
	}
}

// isTest tells test functions by their name, or that of the object they are in.
func isTest(name string) bool {
	return strings.HasPrefix(name, "test") || strings.Contains(name, ".test")
}

// ready opens a plugin for the next test, where the last one ended it or it needs one
// of its own.
func (r *run) ready(ctx context.Context, used bool) error {
	select {
	case <-r.plugin.Done():
		return r.open(ctx)
	default:
	}
	if !r.options.Isolate || !used {
		return nil
	}
	r.close(ctx)
	return r.open(ctx)
}

func (r *run) open(ctx context.Context) error {
	p, err := r.workspace.Instance(ctx, r.plan, nil)
	if err != nil {
		return r.ours(err)
	}
	r.plugin = p
	return nil
}

func (r *run) close(ctx context.Context) {
	_ = r.workspace.Unload(context.WithoutCancel(ctx), r.plugin.ID()) // what exit throws is not what is tested
}

// test calls one function.
func (r *run) test(ctx context.Context, name string) Test {
	said, late := r.log.take() // of setup, or between tests
	r.late = late
	start := r.options.Now()
	answer, err := r.call(ctx, name)
	t := Test{Name: name, Outcome: Pass, Took: r.options.Now().Sub(start)}
	more, thrown := r.log.take()
	t.Logs = append(said, more...)
	if err == nil {
		err = thrown
	}
	var script *engine.ScriptError
	switch {
	case errors.As(err, &script) && script.Name == "SkipTest":
		t.Outcome, t.Reason = Skip, script.Message
	case err != nil:
		t.Outcome, t.Err = Fail, r.ours(err)
	case answer == false:
		t.Outcome, t.Err = Fail, &value.Error{Name: "AssertionError", Message: "the test answers false"}
	}
	return t
}

// call gives a test function the helper; one of Python that takes no argument is called
// without.
func (r *run) call(ctx context.Context, name string) (value.Value, error) {
	answer, err := r.plugin.Call(ctx, name, value.NewObject("_rtype", "imjoy-test", "name", name))
	var script *engine.ScriptError
	if r.plan.Language == tags.Python && errors.As(err, &script) && script.Name == "TypeError" && takesNone(name, script.Message) {
		return r.plugin.Call(ctx, name)
	}
	return answer, err
}

// takesNone reports what Python says when a function was called with one argument too
// many; nothing of the function has run then.
func takesNone(name, message string) bool {
	called, rest, _ := strings.Cut(message, "() takes ")
	called = called[strings.LastIndexByte(called, '.')+1:] // of "Class.name" or "name"
	return called == name[strings.LastIndexByte(name, '.')+1:] && strings.Contains(rest, " positional argument") && strings.HasSuffix(rest, " given")
}

// ours leaves the places of the helper out of an error.
func (r *run) ours(err error) error {
	var script *engine.ScriptError
	if errors.As(err, &script) {
		kept := *script
		kept.Frames = slices.DeleteFunc(slices.Clone(script.Frames), func(at engine.At) bool { return !within(at.Place, r.original) })
		return &kept
	}
	return err
}
