package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace"
)

// operators answers which ops a plugin registers; it starts the plugin.
func (p *Page) operators(ctx context.Context, about json.RawMessage) (any, error) {
	var q struct{ Plugin, Tag string }
	if err := json.Unmarshal(about, &q); err != nil {
		return nil, fmt.Errorf("read whose ops the page wants: %w", err)
	}
	plan, err := p.open(ctx, q.Plugin, q.Tag)
	if err != nil {
		return nil, err
	}
	ops, err := p.Session.Operators(ctx, plan)
	if err != nil {
		return nil, err
	}
	list := []server.Operator{}
	for _, op := range ops {
		one := server.Operator{Name: op.Name, Description: op.Description, Form: server.FormJSON(op.UI)}
		one.Inputs, one.Data = describeInputs(op.Inputs, false)
		list = append(list, one)
	}
	return list, nil
}

// describeInputs is a schema for the page, and its fields where the data is an object.
// Where there is data already, no field has to be filled in.
func describeInputs(inputs *conf.Node, hasData bool) (schema, fields json.RawMessage) {
	if inputs == nil {
		return nil, nil
	}
	if text, err := json.Marshal(inputs.Plain()); err == nil {
		schema = text
	}
	if f := form.FromInputs(inputs); len(f.Fields) > 0 {
		for i := range f.Fields {
			f.Fields[i].Required = f.Fields[i].Required && !hasData
		}
		fields = server.FormJSON(f)
	}
	return schema, fields
}

// perform runs what a job asks for: the plugin, or one of its ops. ui is the form that
// the settings belong to.
func (p *Page) perform(ctx context.Context, plan *tags.Plan, job server.Job) (result workspace.Result, ui *form.Form, err error) {
	if job.Op == "" {
		if job.Data, err = arraysOf(plan.Inputs, job.Data); err != nil {
			return workspace.Result{}, plan.UI, err
		}
		result, err = p.run(ctx, workspace.Job{Plan: plan, Method: job.Method, Config: job.Config, Data: job.Data})
		return result, plan.UI, err
	}
	op, err := p.Session.Operator(ctx, plan, job.Op)
	if err != nil {
		return workspace.Result{}, nil, err
	}
	if job.Data, err = arraysOf(op.Inputs, job.Data); err != nil {
		return workspace.Result{}, op.UI, err
	}
	result, err = p.Session.RunOperator(ctx, op, job.Config, job.Data)
	return result, op.UI, err
}
