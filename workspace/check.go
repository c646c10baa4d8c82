package workspace

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
)

// Violation is one way in which data is not what a schema of the plugin says.
type Violation = schema.Violation

// InputError is data that the plugin's `inputs` refuse. The plugin was not started.
type InputError struct {
	Plugin     string
	Violations []Violation
}

func (e *InputError) Error() string {
	first := e.Violations[0]
	text := fmt.Sprintf("plugin %q does not take this data: %s", e.Plugin, first.Message)
	if more := len(e.Violations) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// SchemaError is a plugin whose `inputs` or `outputs` cannot be understood.
type SchemaError struct{ Diagnostics []source.Diagnostic }

func (e *SchemaError) Error() string { return e.Diagnostics[0].Message }

// checkInput checks ctx.data against `inputs`. A plugin may be run without data, as
// from ImJoy's menu: then there is nothing to check.
func checkInput(job Job) error {
	if job.Method != "run" || job.Data == nil {
		return nil
	}
	return fitsInputs(job.Plan.Name, job.Plan.Inputs, job.Data)
}

func fitsInputs(who string, field *conf.Node, data value.Value) error {
	inputs, diagnostics := schema.CompileField(field, true)
	if source.Worst(diagnostics) == source.Error {
		return &SchemaError{diagnostics}
	}
	if list := inputs.Validate(plain(data)); len(list) > 0 {
		return &InputError{who, list}
	}
	return nil
}

// checkOutput checks a result against `outputs`.
func checkOutput(plan *tags.Plan, v value.Value) ([]Violation, error) {
	if v == nil {
		return nil, nil
	}
	outputs, diagnostics := schema.CompileField(plan.Outputs, false)
	if source.Worst(diagnostics) == source.Error {
		return nil, &SchemaError{diagnostics}
	}
	return outputs.Validate(plain(v)), nil
}

// plain describes a value as a schema sees it: arrays by their type and shape, files
// by what is known about them. The data itself is never walked.
func plain(v value.Value) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case *value.Object:
		if v == nil {
			return nil
		}
		object := make(map[string]any, v.Len())
		for key, item := range v.All() {
			object[key] = plain(item)
		}
		return object
	case *ndarray.Array:
		return map[string]any{"_rtype": "ndarray", "_rdtype": string(v.DType), "_rshape": shape(v)}
	case *value.File:
		return map[string]any{"_rtype": "file", "name": v.Name, "type": v.Type, "size": float64(v.Size), "path": v.Path}
	case *value.Blob:
		return map[string]any{"_rtype": "blob", "type": v.Type, "size": float64(len(v.Data))}
	case []byte:
		return map[string]any{"_rtype": "bytes", "size": float64(len(v))}
	case *value.Set:
		return map[string]any{"_rtype": "set", "_rvalue": plain(v.Items)}
	case *value.Map:
		return map[string]any{"_rtype": "orderedmap"}
	case int64:
		return float64(v)
	}
	return v
}

func shape(a *ndarray.Array) []any {
	list := make([]any, len(a.Shape))
	for i, n := range a.Shape {
		list[i] = float64(n)
	}
	return list
}
