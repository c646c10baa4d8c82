package workspace

import (
	"context"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// Operator is something that a plugin does beside its run: it offered it with
// api.register({name, ui, run, type, inputs, outputs}).
type Operator struct {
	Plugin      string
	Name        string
	Description string
	UI          *form.Form // never nil
	Inputs      *conf.Node // nil: anything
	Outputs     *conf.Node

	run *value.Function
}

// NoOperatorError is an operator that a plugin does not offer.
type NoOperatorError struct {
	Plugin, Name string
	Offered      []string
}

func (e *NoOperatorError) Error() string {
	if len(e.Offered) == 0 {
		return fmt.Sprintf("plugin %q offers no op %q: it offers none", e.Plugin, e.Name)
	}
	return fmt.Sprintf("plugin %q offers no op %q; it offers %s", e.Plugin, e.Name, strings.Join(e.Offered, ", "))
}

// Operators opens a plugin and returns the operators that it has offered once its setup
// is done, in the order in which it did.
func (w *Workspace) Operators(ctx context.Context, plan *tags.Plan) ([]*Operator, error) {
	p, err := w.Plugin(ctx, plan)
	if err != nil {
		return nil, err
	}
	found, err := w.services.Find(ctx, value.NewObject("type", operator))
	if err != nil {
		return nil, err
	}
	var list []*Operator
	for _, one := range found {
		members, _ := one.(*value.Object)
		if w.services.offeredBy(members.Text("id")) != p {
			continue
		}
		op, err := readOperator(p.Name(), members)
		if err != nil {
			return nil, err
		}
		list = append(list, op)
	}
	return list, nil
}

// Operator opens a plugin and returns one of its operators by name. An operator that it
// does not offer is a [NoOperatorError].
func (w *Workspace) Operator(ctx context.Context, plan *tags.Plan, name string) (*Operator, error) {
	list, err := w.Operators(ctx, plan)
	if err != nil {
		return nil, err
	}
	missing := &NoOperatorError{Plugin: plan.Name, Name: name}
	for _, op := range list {
		if op.Name == name {
			return op, nil
		}
		missing.Offered = append(missing.Offered, op.Name)
	}
	return nil, missing
}

func readOperator(plugin string, members *value.Object) (*Operator, error) {
	op := &Operator{Plugin: plugin, Name: members.Text("name"), Description: members.Text("description")}
	op.run, _ = members.Get("run").(*value.Function)
	var err error
	if op.Inputs, err = node(members.Get("inputs")); err == nil {
		op.Outputs, err = node(members.Get("outputs"))
	}
	if err == nil {
		op.UI, err = ReadForm(members.Get("ui"))
	}
	if err != nil {
		return nil, fmt.Errorf("op %q of plugin %q: %w", op.Name, plugin, err)
	}
	return op, nil
}

// node reads a value that a script made as a config's value; nil and "" are none.
func node(v value.Value) (*conf.Node, error) {
	if v == nil || v == "" {
		return nil, nil
	}
	text, err := value.JSON(v)
	if err != nil {
		return nil, err
	}
	src := source.New("op", text)
	n, _ := conf.ParseJSON(source.Whole(src, src.All()))
	return n, nil
}

// RunOperator checks what an operator gets, runs it and checks what it answers, as Run
// does for a plugin. Errors are those of Run.
func (w *Workspace) RunOperator(ctx context.Context, op *Operator, config *value.Object, data value.Value) (Result, error) {
	if data != nil {
		if err := fitsInputs("op "+op.Name+" of "+op.Plugin, op.Inputs, data); err != nil {
			return Result{}, err
		}
	}
	if op.run == nil {
		return Result{}, &NoMethodError{Plugin: op.Plugin, Method: "run"}
	}
	v, err := op.run.Call(ctx, op.context(config, data))
	if err == nil {
		v, err = engine.Drain(ctx, v)
	}
	if err != nil {
		return Result{}, err
	}
	result := Result{Value: v}
	if v != nil && op.Outputs != nil {
		outputs, diagnostics := schema.CompileField(op.Outputs, false)
		if source.Worst(diagnostics) == source.Error {
			return result, &SchemaError{diagnostics}
		}
		result.Outputs = outputs.Validate(plain(v))
	}
	return result, nil
}

// context is ctx as ImJoy makes it for an operator.
func (op *Operator) context(config *value.Object, data value.Value) *value.Object {
	kind := op.Plugin + "/" + op.Name
	given := value.NewObject()
	for key, v := range config.All() {
		given.Set(key, v)
	}
	given.Set("type", kind)
	return value.NewObject("config", given, "data", data, "_variables", value.NewObject(),
		"_op", value.NewObject("name", op.Name, "type", kind), "_source_op", nil,
		"_workflow_id", "op_"+strings.ReplaceAll(op.Name, " ", "_"), "_transfer", false)
}
