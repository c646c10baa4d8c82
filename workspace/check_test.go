package workspace_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

func schemaPlan(t *testing.T, inputs, outputs string) *tags.Plan {
	t.Helper()
	doc, _ := pluginfile.Parse("s.imjoy.html", fmt.Appendf(nil, "<config lang=\"json\">\n{\"name\": \"S\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\",\n\"inputs\": %s,\n\"outputs\": %s}\n</config>\n<script lang=\"javascript\">\napi.export({run(ctx) { return ctx.data }, other(ctx) { return ctx.data }})\n</script>\n", inputs, outputs))
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	return plan
}

// TestData: what fits is run, what does not is refused before anything starts, with
// the pointer into the data and the line of the rule.
func TestData(t *testing.T) {
	image := &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2, 3}, Data: make([]byte, 6)}
	table := &value.File{Name: "a.csv", Type: "text/csv", Size: 3, Data: []byte("a,b")}
	for _, test := range []struct {
		name, inputs string
		data         value.Value
		pointer      string // "-": it fits
	}{
		{"number", `{"type": "number", "minimum": 1}`, 2.0, "-"},
		{"too small", `{"type": "number", "minimum": 1}`, 0.0, ""},
		{"none is run from a menu", `{"type": "number"}`, nil, "-"},
		{"array", `{"type": "ndarray", "ndarray": {"dtype": ["uint8"], "ndim": 2}}`, image, "-"},
		{"another dtype", `{"ndarray": {"dtype": ["float32"]}}`, image, ""},
		{"deep", `{"type": "object", "properties": {"list": {"type": "array", "items": {"type": "string"}}}}`, value.NewObject("list", []any{"a", 1.0}), "/list/1"},
		{"missing", `{"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}}}`, value.NewObject(), ""},
		{"file", `{"file": {"ext": [".csv"]}}`, table, "-"},
		{"another file", `{"file": {"ext": [".png"]}}`, table, ""},
		{"big number", `{"type": "integer"}`, int64(1) << 60, "-"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := serviceWorkspace(t)
			job := workspace.Job{Plan: schemaPlan(t, test.inputs, "null"), Data: test.data}
			_, err := w.Run(t.Context(), job)
			var refused *workspace.InputError
			switch {
			case test.pointer == "-":
				if err != nil {
					t.Error(err)
				}
				return
			case !errors.As(err, &refused):
				t.Fatalf("got %v", err)
			}
			v := refused.Violations[0]
			if start, _ := v.Rule.Range(); v.Pointer != test.pointer || start.Line != 3 || !strings.Contains(err.Error(), v.Message) {
				t.Errorf("%+v in line %d: %v", v, start.Line, err)
			}
			job.Method = "other" // only run has inputs
			if _, err := w.Run(t.Context(), job); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestResults(t *testing.T) {
	for _, test := range []struct {
		outputs string
		data    value.Value
		pointer string // "-": it fits
	}{
		{`{"type": "object", "properties": {"n": {"type": "number"}}}`, value.NewObject("n", 1.0), "-"},
		{`{"type": "object", "properties": {"n": {"type": "number"}}}`, value.NewObject("n", "1"), "/n"},
		{`null`, "anything", "-"},
	} {
		w := serviceWorkspace(t)
		r, err := w.Run(t.Context(), workspace.Job{Plan: schemaPlan(t, "null", test.outputs), Data: test.data})
		if err != nil || r.Value == nil {
			t.Fatalf("%v %v", r, err)
		}
		if (test.pointer == "-") != (len(r.Outputs) == 0) {
			t.Errorf("%s: %v", test.outputs, r.Outputs)
		}
		if len(r.Outputs) > 0 && r.Outputs[0].Pointer != test.pointer {
			t.Errorf("%s: %v", test.outputs, r.Outputs)
		}
	}
	var wrong *workspace.NoMethodError
	if _, err := serviceWorkspace(t).Run(t.Context(), workspace.Job{Plan: schemaPlan(t, "null", "null"), Method: "nope"}); !errors.As(err, &wrong) || len(wrong.Exports) != 2 {
		t.Errorf("got %v", err)
	}
}
