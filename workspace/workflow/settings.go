package workflow

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// Form is what a person may set of all steps: the fields of their plugins' forms, each
// under the key STEP.FIELD, with the workflow's own value as its default. A field that
// only one step has can be called by its id alone. Ops have none here: their forms are
// known when their plugins run.
func Form(w *Workflow, plans []*tags.Plan) *form.Form {
	all := &form.Form{}
	count := map[string]int{}
	for i, s := range w.Steps {
		if i >= len(plans) || plans[i] == nil || s.Op != "" {
			continue
		}
		for _, f := range plans[i].UI.Fields {
			if f.Type == form.Button || f.Type == form.Comment || f.Type == form.Ops {
				continue
			}
			if set := setting(s, &f); set != nil {
				f.Default = set
			}
			count[f.DataID]++
			f.ID, f.DataID, f.Label = f.DataID, s.ID+"."+f.DataID, s.ID+": "+f.Label
			all.Fields = append(all.Fields, f)
		}
	}
	for i := range all.Fields {
		if f := &all.Fields[i]; count[f.ID] > 1 {
			f.ID = f.DataID
		}
	}
	return all
}

// setting is what the workflow says of a field, checked; nil when it says nothing.
func setting(s *Step, f *form.Field) any {
	for _, key := range []string{f.DataID, f.ID} {
		if n := s.Config.Get(key); n != nil {
			if v, err := f.Check(n.Plain()); err == nil {
				return v
			}
		}
	}
	return nil
}

// Settings is what a step finds in ctx.config: what a person gave, by the keys of [Form],
// else what the workflow says, else the defaults of the form.
func Settings(s *Step, ui *form.Form, given *value.Object) (*value.Object, error) {
	values := map[string]any{}
	if s.Config != nil {
		for _, m := range s.Config.Members {
			values[m.Key] = m.Value.Plain()
		}
	}
	for i := range ui.Fields {
		f := &ui.Fields[i]
		if v, ok := given.Lookup(s.ID + "." + f.DataID); ok {
			delete(values, f.ID)
			values[f.DataID] = v
		}
	}
	all, err := ui.Config(values)
	if err != nil {
		return nil, fmt.Errorf("config of step %s: %w", s.ID, err)
	}
	config := value.NewObject()
	for _, key := range ui.Keys() {
		v, ok := all[key]
		if !ok {
			continue
		}
		one, err := fromPlain(v)
		if err != nil {
			return nil, fmt.Errorf("config of step %s: %w", s.ID, err)
		}
		config.Set(key, one)
	}
	return config, nil
}
