package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// Job is one run of one plugin.
type Job struct {
	Plan *tags.Plan
	// Method is the exported function to call; default "run". Opening a plugin calls its
	// setup: a job for that is done then, unless it has Args.
	Method string
	// Config is ctx.config: the values of the plugin's form by key. Nil: none.
	Config *value.Object
	// Data is ctx.data.
	Data value.Value
	// Args are what a method other than run is called with; an empty list is a call
	// without any. Nil: it gets ctx, as run does.
	Args []value.Value
}

// Result is what a job answered.
type Result struct {
	Value value.Value
	// Outputs are the ways in which Value is not what `outputs` says.
	Outputs []Violation
}

// NoMethodError is a plugin that does not export what should be called.
type NoMethodError struct {
	Plugin, Method string
	Exports        []string
}

func (e *NoMethodError) Error() string {
	if len(e.Exports) == 0 {
		return fmt.Sprintf("plugin %q exports no function %q: it exports no function at all", e.Plugin, e.Method)
	}
	return fmt.Sprintf("plugin %q exports no function %q; it exports %s", e.Plugin, e.Method, strings.Join(e.Exports, ", "))
}

// Run opens the plugin, checks what it gets, calls it, and checks what it answers.
// The plugin stays open: Close ends it. Errors are those of [engine.Plugin.Call],
// an [InputError], a [NoMethodError], or what Options.Allow said. What a plugin throws
// where nobody waits for it is no error of the job: the log gets it as
// [engine.KindUnhandled].
func (w *Workspace) Run(ctx context.Context, job Job) (Result, error) {
	if job.Method == "" {
		job.Method = "run"
	}
	if err := checkInput(job); err != nil {
		return Result{}, err
	}
	p, err := w.Plugin(ctx, job.Plan)
	if err != nil {
		return Result{}, err
	}
	if !p.Has(job.Method) {
		return Result{}, &NoMethodError{p.Name(), job.Method, p.Exports()}
	}
	return job.call(ctx, p)
}

// call does the job with a plugin that is open.
func (j Job) call(ctx context.Context, p *engine.Plugin) (Result, error) {
	if j.Method == "setup" && j.Args == nil {
		return Result{}, nil // opening the plugin has called it
	}
	v, err := p.Call(ctx, j.Method, j.arguments()...)
	if err != nil {
		return Result{}, err
	}
	result := Result{Value: v}
	if j.Method == "run" {
		result.Outputs, err = checkOutput(j.Plan, v)
	}
	return result, err
}

func (j Job) arguments() []value.Value {
	if j.Args != nil {
		return j.Args
	}
	return []value.Value{j.context()}
}

// context is ctx as ImJoy makes it (format notes, section 7.3).
func (j Job) context() *value.Object {
	config := value.NewObject()
	if j.Config != nil {
		for key, v := range j.Config.All() {
			config.Set(key, v)
		}
	}
	config.Set("type", j.Plan.Name)
	return value.NewObject(
		"config", config,
		"data", j.Data,
		"_variables", value.NewObject(),
		"_op", value.NewObject("name", j.Plan.Name, "type", j.Plan.Name),
		"_source_op", nil,
		"_workflow_id", "op_"+strings.ReplaceAll(j.Plan.Name, " ", "_"),
		"_transfer", false,
	)
}

// Key names a job: jobs with one key give the same plugin the same work. It covers the
// document, the tag, what is called and what it gets, in every process and on every
// machine; a file is what its name, size and path say. What the plugin depends on,
// and the environment it runs in, are not part of it.
func (j Job) Key() (string, error) {
	if j.Method == "" {
		j.Method = "run"
	}
	var args value.Value // a call without arguments is another than one with ctx
	if j.Args != nil {
		args = j.Args
	}
	given, err := value.Hash(value.NewObject("config", j.Config, "data", j.Data, "args", args))
	if err != nil {
		return "", fmt.Errorf("name the job: %w", err)
	}
	text := sha256.Sum256(j.Plan.Document.Source.Text)
	h := sha256.New()
	for _, part := range []string{hex.EncodeToString(text[:]), j.Plan.Tag, j.Method, hex.EncodeToString(given[:])} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
