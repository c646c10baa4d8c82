package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// operator runs one of the ops of a plugin, or lists them.
func (r *runner) operator(ctx context.Context, s *app.Session, plan *tags.Plan, files *app.Files) (workspace.Result, error) {
	s.Lend(plan, r.app.NamedFiles(r.args[1:]))
	op, err := s.Operator(ctx, plan, r.op)
	var missing *workspace.NoOperatorError
	if errors.As(err, &missing) && r.op == "list" {
		return listOperators(ctx, s, plan)
	}
	if err != nil {
		return workspace.Result{}, err
	}
	config, data, err := r.app.OperatorArguments(op, app.Arguments{Words: r.args[1:], Data: r.data, Stdin: r.app.Stdin})
	if err != nil {
		return workspace.Result{}, err
	}
	files.Chosen = append(files.Chosen, filesOf(data)...)
	return s.RunOperator(ctx, op, config, data)
}

// listOperators answers with what the ops of a plugin are called and take.
func listOperators(ctx context.Context, s *app.Session, plan *tags.Plan) (workspace.Result, error) {
	list, err := s.Operators(ctx, plan)
	if err != nil {
		return workspace.Result{}, err
	}
	shown := make([]any, len(list))
	for i, op := range list {
		fields := []any{}
		for _, f := range op.UI.Fields {
			field := value.NewObject("id", f.ID, "type", string(f.Type), "label", f.Label)
			if text, err := json.Marshal(f.Default); err == nil && f.Default != nil {
				if v, err := value.FromJSON(text); err == nil {
					field.Set("default", v)
				}
			}
			fields = append(fields, field)
		}
		one := value.NewObject("name", op.Name)
		if op.Description != "" {
			one.Set("description", op.Description)
		}
		one.Set("settings", fields)
		if op.Inputs != nil {
			if text, err := json.Marshal(op.Inputs.Plain()); err == nil {
				if v, err := value.FromJSON(text); err == nil {
					one.Set("inputs", v)
				}
			}
		}
		shown[i] = one
	}
	return workspace.Result{Value: shown}, nil
}

// choose opens the files of --file.
func (r *runner) choose(files *app.Files) error {
	files.Chosen = nil
	for _, name := range r.files {
		v, err := r.app.OpenFile(name)
		if err != nil {
			return err
		}
		files.Chosen = append(files.Chosen, filesOf(v)...)
	}
	return nil
}

// withWindows puts the windows that a plugin opened beside its result. Where the result
// holds the api of one, it names the window instead.
func withWindows(result value.Value, windows []*value.Object) value.Value {
	if len(windows) == 0 {
		return result
	}
	ids := make([]string, len(windows))
	list := make([]any, len(windows))
	for i, w := range windows {
		ids[i], list[i] = w.Text("window_id"), w
	}
	return value.NewObject("result", naming(result, ids, 0), "windows", list)
}

func naming(v value.Value, ids []string, depth int) value.Value {
	if depth > value.MaxDepth {
		return v
	}
	switch v := v.(type) {
	case *value.Interface:
		if slices.Contains(ids, v.ID) {
			return value.NewObject("_rtype", "window", "window_id", v.ID)
		}
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = naming(item, ids, depth+1)
		}
		return list
	case *value.Object:
		if v == nil {
			return nil
		}
		o := value.NewObject()
		for key, item := range v.All() {
			o.Set(key, naming(item, ids, depth+1))
		}
		return o
	}
	return v
}
