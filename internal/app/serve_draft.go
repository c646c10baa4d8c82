package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// chain is a chain of runs that a page wants to keep as a workflow.
type chain struct {
	Name  string      `json:"name"`
	Steps []chainStep `json:"steps"`
	// Save writes it into the served folder, Replace also over a file of its name.
	Save    bool `json:"save"`
	Replace bool `json:"replace"`
}

type chainStep struct {
	Plugin string          `json:"plugin"` // its id in the list
	Tag    string          `json:"tag"`
	Op     string          `json:"op"`
	Config json.RawMessage `json:"config"`
	Data   *chainData      `json:"data"`
}

// chainData is what a step worked on, as far as a file can say it: one of its parts.
type chainData struct {
	Answer  *int                  `json:"answer"` // of a step, counted from 0
	Path    []string              `json:"path"`
	Files   []string              `json:"files"`
	Members map[string]*chainData `json:"members"`
	Order   []string              `json:"order"` // of the members
	Value   json.RawMessage       `json:"value"`
	Left    bool                  `json:"left"` // it can only be given again
}

// kept is a workflow that was made of runs.
type keptWorkflow struct {
	File   string   `json:"file"` // what it is called
	Text   string   `json:"text"`
	Notes  []string `json:"notes,omitempty"`
	Saved  string   `json:"saved,omitempty"`  // where it lies
	Exists bool     `json:"exists,omitempty"` // another one lies there, and stays
}

// keepWorkflow writes a chain of runs as a workflow.
func (p *Page) keepWorkflow(about json.RawMessage) (*keptWorkflow, error) {
	var c chain
	if err := json.Unmarshal(about, &c); err != nil {
		return nil, fmt.Errorf("read the steps of the workflow: %w", err)
	}
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Steps) == 0 || len(c.Steps) > workflow.MaxSteps {
		return nil, errors.New("a workflow has a name and steps")
	}
	draft := workflow.Draft{Name: c.Name}
	out := &keptWorkflow{File: workflow.FileName(c.Name)}
	for _, s := range c.Steps {
		step, notes, err := p.draftStep(s)
		if err != nil {
			return nil, err
		}
		draft.Steps = append(draft.Steps, step)
		out.Notes = append(out.Notes, notes...)
	}
	text, notes := workflow.Write(draft)
	out.Text, out.Notes = string(text), append(out.Notes, notes...)
	if !c.Save {
		return out, nil
	}
	shown := filepath.Join(p.folder(), out.File)
	path := p.Session.app.path(shown)
	if _, err := os.Lstat(path); err == nil && !c.Replace {
		out.Exists = true
		return out, nil
	}
	if err := p.Session.app.ReplaceFile(path, text); err != nil {
		return nil, fmt.Errorf("save %s: %w", shown, err)
	}
	out.Saved = filepath.ToSlash(shown)
	return out, nil
}

func (p *Page) draftStep(s chainStep) (step workflow.DraftStep, notes []string, err error) {
	p.mu.Lock()
	e := p.entries[s.Plugin]
	p.mu.Unlock()
	if e == nil || e.workflow != nil {
		return step, nil, fmt.Errorf("%q cannot be a step: it is no plugin of the list", s.Plugin)
	}
	step = workflow.DraftStep{Plugin: e.ID, Op: s.Op, SHA256: e.Hash}
	if len(e.Tags) > 1 {
		step.Tag = s.Tag
	}
	if e.to.Kind == address.Path {
		if rel, err := filepath.Rel(p.Session.app.path(p.folder()), p.Session.app.path(e.to.Path)); err == nil {
			step.Plugin = filepath.ToSlash(rel)
		}
	}
	if len(s.Config) > 0 {
		v, err := value.FromJSON(s.Config)
		if err != nil {
			return step, nil, fmt.Errorf("read the settings of %s: %w", e.Name, err)
		}
		step.Config, _ = v.(*value.Object)
	}
	step.Data, err = s.Data.draft()
	if err != nil {
		return step, nil, fmt.Errorf("read the data of %s: %w", e.Name, err)
	}
	if s.Data.left() {
		notes = append(notes, fmt.Sprintf("the data of %s is too large for the file: it is given when the workflow is run", e.Name))
	}
	if s.Data.files() {
		notes = append(notes, "files are named as they were chosen: put them beside the workflow, or name others when it is run")
	}
	return step, notes, nil
}

// draft is the data as a workflow says it.
func (d *chainData) draft() (value.Value, error) {
	switch {
	case d == nil || d.Left:
		return nil, nil
	case d.Answer != nil:
		return workflow.Answer{Step: *d.Answer, Path: d.Path}, nil
	case len(d.Files) == 1:
		return workflow.Path(d.Files[0]), nil
	case len(d.Files) > 1:
		list := make([]any, len(d.Files))
		for i, name := range d.Files {
			list[i] = workflow.Path(name)
		}
		return list, nil
	case d.Members != nil:
		o := value.NewObject()
		for _, key := range d.Order {
			v, err := d.Members[key].draft()
			if err != nil {
				return nil, err
			}
			o.Set(key, v)
		}
		return o, nil
	case len(d.Value) > 0:
		return value.FromJSON(d.Value)
	}
	return nil, nil
}

func (d *chainData) any(is func(*chainData) bool) bool {
	if d == nil {
		return false
	}
	for _, m := range d.Members {
		if m.any(is) {
			return true
		}
	}
	return is(d)
}

func (d *chainData) left() bool  { return d.any(func(d *chainData) bool { return d.Left }) }
func (d *chainData) files() bool { return d.any(func(d *chainData) bool { return len(d.Files) > 0 }) }
