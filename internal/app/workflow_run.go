package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// WorkflowRun says how a workflow is run.
type WorkflowRun struct {
	// Config are settings by the keys of Workflow.Form; what is not there the workflow
	// says.
	Config *value.Object
	// Data is what the first step works on instead of what the workflow says. Nil: that.
	Data value.Value
	// Earlier are answers of an earlier run of the same workflow with the same Data, from
	// its first step on. Steps that would do the same again do not run: those before the
	// first whose text, plugin, settings or files have changed since.
	Earlier []StepResult
	// Run runs one plugin; nil: [workspace.Workspace.Run].
	Run func(context.Context, workspace.Job) (workspace.Result, error)
	// Before is called before each step, After with what it answered; nil: nobody is.
	Before func(step int, plan *tags.Plan)
	After  func(StepResult) error
}

// StepResult is what a step answered.
type StepResult struct {
	workspace.Result
	Step *workflow.Step
	Plan *tags.Plan
	Took time.Duration
	// Key names what the step did, for [WorkflowRun].Earlier; Reused says that it did not
	// run again.
	Key    string
	Reused bool
}

// StepError is a step that failed.
type StepError struct {
	Step   *workflow.Step
	Number int // from 1
	Of     int
	Plugin string
	Err    error
}

func (e *StepError) Error() string {
	return fmt.Sprintf("step %d of %d (%s, plugin %q) failed: %v", e.Number, e.Of, e.Step.ID, e.Plugin, e.Err)
}
func (e *StepError) Unwrap() error { return e.Err }

// WorkflowArguments reads the words behind a workflow: settings of its steps, and what
// the first works on.
func (a *App) WorkflowArguments(w *Workflow, given Arguments) (config *value.Object, data value.Value, err error) {
	var inputs *conf.Node
	if len(w.Plans) > 0 && w.Plans[0] != nil {
		inputs = w.Plans[0].Inputs
	}
	return a.arguments(fmt.Sprintf("workflow %q", w.Title()), w.Form, inputs, given)
}

// RunWorkflow runs the steps in order. Each gets what the workflow says; the answers of
// those that ran come back also when one fails, with a *StepError.
func (s *Session) RunWorkflow(ctx context.Context, w *Workflow, o WorkflowRun) (answers []StepResult, err error) {
	if o.Run == nil {
		o.Run = s.Run
	}
	r := &workflowRun{Session: s, w: w, o: o, answers: map[*workflow.Step]value.Value{}}
	if err := r.operators(ctx); err != nil {
		return nil, err
	}
	for i, step := range w.Steps {
		answer, err := r.answer(ctx, i)
		if err == nil && o.After != nil {
			err = o.After(answer)
		}
		if err != nil {
			return answers, &StepError{Step: step, Number: i + 1, Of: len(w.Steps), Plugin: w.Plans[i].Name, Err: err}
		}
		answers = append(answers, answer)
		r.answers[step] = answer.Value
	}
	return answers, nil
}

// workflowRun is one run of a workflow.
type workflowRun struct {
	*Session
	w       *Workflow
	o       WorkflowRun
	given   value.Value // the data of the first step
	answers map[*workflow.Step]value.Value
	reused  int // how many steps did not run again
}

// operators looks for the ops of all steps before the first runs: plugins offer them only
// while they are open.
func (r *workflowRun) operators(ctx context.Context) error {
	var faults []source.Diagnostic
	for i, step := range r.w.Steps {
		if step.Op == "" {
			continue
		}
		_, err := r.operator(ctx, i)
		var missing *workspace.NoOperatorError
		switch {
		case errors.As(err, &missing):
			faults = append(faults, step.NoOp(missing.Plugin, missing.Offered))
		case err != nil:
			return &StepError{Step: step, Number: i + 1, Of: len(r.w.Steps), Plugin: r.w.Plans[i].Name, Err: err}
		}
	}
	if len(faults) > 0 {
		return &WorkflowError{Title: r.w.Title(), Diagnostics: faults}
	}
	return nil
}

// operator is the op that a step names, nil for none. One plugin of a name and a tag runs
// at a time, and it may be another than the step's: that of a step before, from another
// folder, or what the file was before somebody saved it.
func (r *workflowRun) operator(ctx context.Context, i int) (*workspace.Operator, error) {
	step, plan := r.w.Steps[i], r.w.Plans[i]
	if err := r.Renew(ctx, plan); ctx.Err() != nil { // what its exit says is in the log
		return nil, err
	}
	if step.Op == "" {
		return nil, nil
	}
	return r.Operator(ctx, plan, step.Op)
}

// answer is what a step answers, of this run or of the one before.
func (r *workflowRun) answer(ctx context.Context, i int) (StepResult, error) {
	step, plan := r.w.Steps[i], r.w.Plans[i]
	op, err := r.operator(ctx, i)
	if err != nil {
		return StepResult{}, err
	}
	ui, inputs := plan.UI, plan.Inputs
	if op != nil {
		ui, inputs = op.UI, op.Inputs
	}
	config, err := workflow.Settings(step, ui, r.o.Config)
	if err != nil {
		return StepResult{}, err
	}
	key, err := r.key(i, config)
	if err != nil {
		return StepResult{}, err
	}
	answer, known := r.earlier(i, key)
	if !known && r.o.Before != nil {
		r.o.Before(i, plan)
	}
	data, err := r.data(i, plan, ui, inputs)
	if err != nil || known {
		return answer, err
	}
	began := r.app.Now()
	result, err := r.run(ctx, op, workspace.Job{Plan: plan, Config: config, Data: data})
	return StepResult{Result: result, Step: step, Plan: plan, Took: r.app.Now().Sub(began), Key: key}, err
}

func (r *workflowRun) run(ctx context.Context, op *workspace.Operator, job workspace.Job) (workspace.Result, error) {
	if op != nil {
		return r.RunOperator(ctx, op, job.Config, job.Data)
	}
	return r.o.Run(ctx, job)
}

// data is what a step works on.
func (r *workflowRun) data(i int, plan *tags.Plan, ui *form.Form, inputs *conf.Node) (data value.Value, err error) {
	in := &r.w.Steps[i].Input
	switch {
	case i == 0 && r.o.Data != nil:
		data = r.o.Data
	case len(in.Files) > 0:
		data, err = r.files(plan, ui, inputs, in.Files)
	case in.From != nil || in.Data != nil:
		data, err = in.Value(workflow.Source{
			Answer: func(s *workflow.Step) value.Value {
				if s == nil {
					return r.given
				}
				return r.answers[s]
			},
			Open: func(member string, f workflow.File) (value.Value, error) { return r.openFor(r.w, plan, member, f) },
		})
	}
	if i == 0 {
		r.given = data
	}
	return data, err
}

// files gives a plugin files as the words of a command do.
func (r *workflowRun) files(plan *tags.Plan, ui *form.Form, inputs *conf.Node, files []workflow.File) (value.Value, error) {
	words := make([]string, len(files))
	for i, f := range files {
		path, err := r.app.fileOfWorkflow(r.w.Dir, f, r.mayRead)
		if errors.Is(err, errOutside) {
			return nil, &FileError{Err: errors.New(f.Path + ": " + err.Error())}
		} else if err != nil {
			return nil, unreadable(f.Path, err)
		}
		words[i] = path
	}
	_, data, err := r.app.arguments(fmt.Sprintf("plugin %q", plan.Name), ui, inputs, Arguments{Words: words})
	return data, err
}
