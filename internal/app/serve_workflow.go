package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// TypeWorkflow is the type of a line of the list that is a workflow.
const TypeWorkflow = "workflow"

// folder is where the page keeps workflows: the first folder that is served.
func (p *Page) folder() string {
	dir := "."
	if len(p.options.Paths) > 0 {
		dir = p.options.Paths[0]
	}
	if info, err := os.Stat(p.Session.app.path(dir)); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	return dir
}

// describeWorkflow reads a workflow for the list; one that cannot run is listed with the
// reason.
func (p *Page) describeWorkflow(ctx context.Context, shown string) *entry {
	w, found, err := p.Session.app.ReadWorkflow(shown)
	if err != nil {
		return &entry{Plugin: server.Plugin{ID: shown, Name: filepath.Base(shown), Type: TypeWorkflow, From: shown, Fault: err.Error()}}
	}
	return p.entryOfWorkflow(ctx, shown, shown, w, found, filepath.Dir(shown))
}

func (p *Page) entryOfWorkflow(ctx context.Context, id, from string, w *workflow.Workflow, found []source.Diagnostic, dir string) *entry {
	sum := sha256.Sum256(w.Source.Text)
	e := &entry{Plugin: server.Plugin{
		ID: id, Name: w.Title(), Type: TypeWorkflow, Description: w.Description, From: from, Hash: hex.EncodeToString(sum[:]), Runnable: true,
	}, workflow: w, dir: dir}
	opened, more := p.Session.app.joinWorkflow(ctx, w, dir, here(p.Session.repository))
	found = append(found, more...)
	for i, step := range w.Steps {
		line := server.Step{ID: step.ID, Name: step.Plugin, Op: step.Op}
		if plan := opened.Plans[i]; plan != nil {
			line.Name = plan.Name
		}
		e.Steps = append(e.Steps, line)
	}
	if len(opened.Plans) > 0 && opened.Plans[0] != nil {
		first := w.Steps[0].Input
		e.Inputs, e.Data = describeInputs(opened.Plans[0].Inputs, first.Files != nil || first.Data != nil)
	}
	e.Form = server.FormJSON(opened.Form)
	if faults := opened.Blocking(found, true); len(faults) > 0 {
		e.Fault = faultText(faults)
	}
	return e
}

// faultText is what is wrong with a workflow, a line each.
func faultText(list []source.Diagnostic) string {
	lines := make([]string, len(list))
	for i, d := range list {
		start, _ := d.Place.Range()
		lines[i] = fmt.Sprintf("line %d: %s", start.Line, d.Message)
		if d.Hint != "" {
			lines[i] += " (" + d.Hint + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// runWorkflow runs a listed workflow, each step through the door of the page's other runs.
func (p pageApp) runWorkflow(ctx context.Context, e *entry, job server.Job, tell func(server.Event)) (server.Result, error) {
	w, _ := p.Session.OpenWorkflow(ctx, e.workflow, e.dir)
	for i, plan := range w.Plans {
		if plan == nil {
			return server.Result{}, fmt.Errorf("step %d: there is no plugin %s any more", i+1, w.Steps[i].Plugin)
		}
	}
	var earlier []StepResult
	var err error
	if job.Resume != 0 { // the page gives its data only once
		if earlier, job.Data, err = p.resumables.find(job.Resume, job.Plugin); err != nil {
			return server.Result{}, err
		}
	}
	data := job.Data
	if len(w.Plans) > 0 {
		if data, err = arraysOf(w.Plans[0].Inputs, data); err != nil {
			return server.Result{}, err
		}
	}
	began, unfinished := p.Session.app.Now(), p.resumables.begin(job.Plugin, job.Data)
	answers, err := p.Session.RunWorkflow(ctx, w, WorkflowRun{
		Config: job.Config, Data: data, Earlier: earlier, Run: p.run,
		Before: func(i int, plan *tags.Plan) {
			tell(server.Event{Kind: "step", Plugin: plan.Name, Text: fmt.Sprintf("step %d of %d: %s", i+1, len(w.Steps), plan.Name), Progress: float64(i) / float64(len(w.Steps))})
		},
		After: func(a StepResult) error {
			p.resumables.add(unfinished, a)
			if a.Step == w.Steps[len(w.Steps)-1] {
				return nil // that is the result
			}
			tell(server.Event{Kind: "answer", Answer: &server.StepResult{
				ID: a.Step.ID, Name: a.Plan.Name, Value: a.Value, Milliseconds: a.Took.Milliseconds(), Reused: a.Reused, Resume: unfinished.id,
			}})
			return nil
		},
	})
	if err == nil || len(answers) == 0 {
		p.resumables.forget(unfinished)
	}
	var out server.Result
	for _, a := range answers {
		for _, v := range a.Outputs {
			out.Notes = append(out.Notes, fmt.Sprintf("what step %s answers is not what `outputs` says: %s %s", a.Step.ID, v.Pointer, v.Message))
		}
	}
	if err == nil && len(answers) > 0 {
		out.Value = answers[len(answers)-1].Value
	}
	var faults *WorkflowError
	if errors.As(err, &faults) {
		err = errors.New(faultText(faults.Diagnostics))
	}
	out.Kept, out.Command = p.history.add(historyEntry{
		At: began, Plugin: job.Plugin, Name: e.Name, Hash: e.Hash,
		Milliseconds: p.Session.app.Now().Sub(began).Milliseconds(), Failed: err != nil,
	}, withSteps(runObject(job, out.Value, err), answers[:min(len(answers), len(w.Steps)-1)]), repeatWorkflow(e, job, w.Form))
	return out, err
}

// withSteps adds to a run what its steps answered; that of the last is the run's own.
func withSteps(run *value.Object, answers []StepResult) *value.Object {
	list := make([]any, len(answers))
	for i, a := range answers {
		list[i] = value.NewObject("id", a.Step.ID, "name", a.Plan.Name, "milliseconds", float64(a.Took.Milliseconds()), "value", a.Value)
	}
	run.Set("steps", list)
	return run
}

// repeatWorkflow repeats the run of a workflow that is a file.
func repeatWorkflow(e *entry, job server.Job, ui *form.Form) (r repeating) {
	if e.text {
		return r
	}
	r.flags = []string{"imjoy", "run", pathWord(job.Plugin)}
	r.give(job, ui)
	return r
}

// maxBrought is how many workflows a page may bring that are no files here.
const maxBrought = 50

// bring adds a workflow that somebody dropped on the page to the list; its paths are
// relative to the served folder.
func (p *Page) bring(ctx context.Context, name, text string) (id string, err error) {
	if len(text) > workflow.MaxBytes {
		return "", errors.New("it is too large for a workflow")
	}
	w, found := workflow.Parse(name, []byte(text))
	if w.Broken || len(w.Steps) == 0 {
		return "", fmt.Errorf("%s is no workflow: %s", name, faultText(found))
	}
	id = "dropped:" + name
	e := p.entryOfWorkflow(ctx, id, "dropped here", w, found, p.folder())
	e.text = true
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.brought[id] == nil && len(p.brought) >= maxBrought {
		return "", errors.New("too many workflows were dropped here")
	}
	if p.brought == nil {
		p.brought = map[string]*entry{}
	}
	p.brought[id] = e
	return id, nil
}

// arraysOf reads the files that a page hands over as arrays where the inputs want arrays,
// as `imjoy run` does.
func arraysOf(inputs *conf.Node, data value.Value) (value.Value, error) {
	read := func(v value.Value) (value.Value, error) {
		f, ok := v.(*value.File)
		if !ok || f.Data == nil {
			return v, nil
		}
		array, err := ReadArray(f.Data)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Name, err)
		}
		return array, nil
	}
	if wantsArray(inputs) {
		return read(data)
	}
	o, ok := data.(*value.Object)
	if !ok || o == nil {
		return data, nil
	}
	out, takes := value.NewObject(), form.FromInputs(inputs)
	for key, v := range o.All() {
		if f := takes.Field(key); f != nil && f.DataID == key && f.Type == form.NDArray {
			array, err := read(v)
			if err != nil {
				return nil, err
			}
			v = array
		}
		out.Set(key, v)
	}
	return out, nil
}
