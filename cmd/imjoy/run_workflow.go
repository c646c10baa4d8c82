package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// ofWorkflow reports that what is to be run is a workflow, not a plugin.
func (f *runFlags) ofWorkflow(args []string) bool { return workflow.MayBe(args[0]) }

// checkWorkflow refuses flags that a workflow says itself, and --json without one.
func (f *runFlags) checkWorkflow(args []string) error {
	if !f.ofWorkflow(args) {
		if f.asJSON {
			return usageError("leave --json out: the result of a plugin is JSON", "--json is for workflows: it prints the answers of all steps")
		}
		return nil
	}
	for flag, given := range map[string]bool{"tag": f.tag != "", "op": f.op != "", "method": f.method != "run", "args": f.argsSet} {
		if given {
			return usageError("write it into the step of the workflow", "--%s is for one plugin, not for a workflow", flag)
		}
	}
	return nil
}

// workflow runs the steps of a workflow file, and answers what the last one did, or with
// --json what all did.
func (r *runner) workflow(ctx context.Context, s *app.Session, files *app.Files) (workspace.Result, error) {
	w, found, err := r.app.ReadWorkflow(r.args[0])
	if err != nil {
		return workspace.Result{}, err
	}
	if w.Broken || len(w.Steps) == 0 {
		return workspace.Result{}, &app.WorkflowError{Title: w.Title(), Diagnostics: found}
	}
	opened, more := s.OpenWorkflow(ctx, w, filepath.Dir(r.args[0]))
	found = append(found, more...)
	if faults := opened.Blocking(found, true); slices.Contains(opened.Plans, nil) {
		return workspace.Result{}, &app.WorkflowError{Title: w.Title(), Diagnostics: advised(faults, opened.Missing), Missing: opened.Missing}
	}
	config, data, err := r.app.WorkflowArguments(opened, app.Arguments{Words: r.args[1:], Data: r.data, Stdin: r.app.Stdin})
	if err != nil {
		return workspace.Result{}, err
	}
	if err := r.judge(opened, found, data != nil); err != nil {
		return workspace.Result{}, err
	}
	if err := r.choose(files); err != nil {
		return workspace.Result{}, err
	}
	files.Chosen = append(files.Chosen, filesOf(data)...)
	answers, err := s.RunWorkflow(ctx, opened, app.WorkflowRun{
		Config: config, Data: data,
		Before: func(i int, plan *tags.Plan) {
			r.limitTime(s, plan)
			s.Lend(plan, files.Chosen)
			if !r.quiet {
				r.terminal.Say("%s", stepLine(opened, i, plan))
			}
		},
		After: func(answer app.StepResult) error { return r.judgeAnswer(opened, answer) },
	})
	var failed *app.StepError
	switch {
	case err != nil && r.asJSON && errors.As(err, &failed):
		return workspace.Result{Value: withFailure(allAnswers(opened, answers), failed)}, err
	case err != nil:
		return workspace.Result{}, err
	case r.asJSON:
		return workspace.Result{Value: allAnswers(opened, answers)}, nil
	}
	return answers[len(answers)-1].Result, nil
}

// advised adds to what is told of plugins that are not here what to do about it.
func advised(found []source.Diagnostic, missing []app.MissingPlugin) []source.Diagnostic {
	found = slices.Clone(found)
	for _, m := range missing {
		i := slices.IndexFunc(found, func(d source.Diagnostic) bool { return d.Hint == "" && d.Place == m.Step.PluginPlace })
		if i < 0 {
			continue
		}
		_, found[i].Hint = advice(m.Err)
		var request *fetch.Error
		if errors.As(m.Err, &request) && request.Kind == fetch.Offline {
			found[i].Hint = fmt.Sprintf("leave --offline away, or keep it here: `imjoy install %s`", m.Step.Plugin)
		}
	}
	return found
}

// workflowFailure shows why a workflow cannot run. Where only plugins are missing it is
// this machine that lacks them.
func workflowFailure(a *app.App, e *app.WorkflowError) error {
	showDocument(a, e.Diagnostics)
	errorsTold := 0
	for _, d := range e.Diagnostics {
		if d.Severity == source.Error {
			errorsTold++
		}
	}
	if len(e.Missing) == 0 || errorsTold > len(e.Missing) {
		return foundSomething()
	}
	code, _ := advice(e.Missing[0].Err)
	return &failure{code: code, err: e, silent: true}
}

// judge shows what is doubtful about a workflow, and refuses one that cannot run.
func (r *runner) judge(w *app.Workflow, found []source.Diagnostic, data bool) error {
	if faults := w.Blocking(found, data); len(faults) > 0 {
		return &app.WorkflowError{Title: w.Title(), Diagnostics: faults}
	}
	changed := w.Unlike(found)
	if lock, err := r.lock(); err != nil {
		return err
	} else if lock == nil {
		changed = append(changed, w.Unpinned()...)
	}
	if r.frozen && len(changed) > 0 {
		source.Sort(changed)
		showDocument(r.app, changed)
		return &failure{code: exitRefused, err: errors.New("plugins are others than those that the workflow names, or may be"), silent: true}
	}
	doubts := slices.DeleteFunc(slices.Clone(found), workflow.OfFile)
	if len(doubts) > 0 && !r.quiet {
		showDocument(r.app, doubts)
	}
	for i, plan := range w.Plans { // rather now than after the steps before it
		if r.stage == nil && len(plan.Runtimes) > 0 && !slices.ContainsFunc(plan.Runtimes, func(name string) bool { return name != tags.Browser }) {
			return &app.StepError{Step: w.Steps[i], Number: i + 1, Of: len(w.Steps), Plugin: plan.Name, Err: &engine.NoRuntime{Plan: plan, Given: nil}}
		}
	}
	return nil
}

// limitTime gives Python that the person named no limit but the one they set.
func (r *runner) limitTime(s *app.Session, plan *tags.Plan) {
	switch {
	case r.timeoutSet:
	case plan.Language == tags.Python:
		s.SetTimeout(0)
	default:
		s.SetTimeout(time.Duration(r.timeout))
	}
}

// stepLine is the line of progress of a step.
func stepLine(w *app.Workflow, i int, plan *tags.Plan) string {
	step := w.Steps[i]
	text := fmt.Sprintf("step %d of %d: %s", i+1, len(w.Steps), findings.Clean(plan.Name))
	if step.Op != "" {
		text += ", " + findings.Clean(step.Op)
	}
	if plan.Tag != "" && len(plan.Tags) > 1 {
		text += " (" + findings.Clean(plan.Tag) + ")"
	}
	return text
}

// judgeAnswer compares what a step answered with its plugin's outputs; that of the last
// step is shown with the result.
func (r *runner) judgeAnswer(w *app.Workflow, answer app.StepResult) error {
	if len(answer.Outputs) == 0 || answer.Step == w.Steps[len(w.Steps)-1] && !r.asJSON {
		return nil
	}
	severity := source.Warning
	if r.strict {
		severity = source.Error
	}
	showViolations(r.app, fmt.Sprintf("what step %s answers is not what `outputs` says", answer.Step.ID), severity, answer.Outputs)
	if r.strict {
		return foundSomething()
	}
	return nil
}

// allAnswers is what --json prints of a workflow.
func allAnswers(w *app.Workflow, answers []app.StepResult) *value.Object {
	steps := make([]any, len(answers))
	for i, a := range answers {
		step := value.NewObject("id", a.Step.ID, "plugin", a.Plan.Name, "from", a.Step.Plugin)
		if a.Plan.Tag != "" {
			step.Set("tag", a.Plan.Tag)
		}
		if a.Step.Op != "" {
			step.Set("op", a.Step.Op)
		}
		step.Set("sha256", app.DocumentHash(a.Plan))
		step.Set("milliseconds", float64(a.Took.Milliseconds()))
		step.Set("result", a.Value)
		steps[i] = step
	}
	return value.NewObject("version", 1.0, "workflow", w.Title(), "steps", steps)
}

// withFailure adds which step failed: what those before it answered is not lost.
func withFailure(all *value.Object, e *app.StepError) *value.Object {
	all.Set("failed", value.NewObject("id", e.Step.ID, "step", float64(e.Number), "plugin", e.Plugin, "error", e.Err.Error()))
	return all
}

// showStep says which step of a workflow failed, where it is written, before what failed
// in it is shown.
func showStep(a *app.App, e *app.StepError) {
	what := "failed"
	if none := (*engine.NoRuntime)(nil); errors.As(e.Err, &none) {
		what = "cannot run"
	}
	fmt.Fprintf(a.Stderr, "error: step %d of %d (%s) %s: plugin %s\n", e.Number, e.Of, findings.Clean(e.Step.ID), what, findings.Clean(fmt.Sprintf("%q", e.Plugin)))
	fmt.Fprint(a.Stderr, findings.Frame(e.Step.PluginPlace, source.Error, nil, findings.Options{Color: useColor(a)}))
}
