package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

const steps = "version: 1\nsteps:\n"

// told writes diagnostics as `LINE:COLUMN code: message`.
func told(list []source.Diagnostic) (lines []string) {
	for _, d := range list {
		start, _ := d.Place.Range()
		lines = append(lines, fmt.Sprintf("%d:%d %s: %s; %s", start.Line, start.Column, d.Code, d.Message, d.Hint))
	}
	return lines
}

// TestParse: what is refused, where, and with which advice; everything else is accepted.
func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want string // part of the only diagnostic; "": none
	}{
		"the least":             {steps + "  - plugin: a.imjoy.html\n", ""},
		"only a name":           {steps + "  - a.imjoy.html\n  - b.imjoy.html\n", ""},
		"everything":            {"version: 1\nname: N\ndescription: D\nsteps:\n  - {id: a, plugin: p, tag: T, op: O, config: {n: 1}, file: [x.png, y.png]}\n  - {plugin: q, data: {image: {from: a.labels}, raw: {from: input}, other: {file: z.npy}, odd: {literal: {from: b}}}}\n", ""},
		"by number":             {steps + "  - plugin: a\n  - {plugin: b, from: 1}\n", ""},
		"two keys are data":     {steps + "  - plugin: a\n    data: {from: 1, to: 2}\n", ""},
		"no version":            {"steps:\n  - plugin: a\n", "1:1 workflow-version: the workflow does not say its version"},
		"a newer version":       {"version: 2\nsteps:\n  - plugin: a\n", "1:10 workflow-version: version 2 of workflows is not known; a newer imjoy may read it"},
		"no steps":              {"version: 1\n", "1:1 workflow-shape: the workflow has no steps"},
		"steps are no list":     {"version: 1\nsteps: {a: b}\n", "2:8 workflow-shape: `steps` is no list of steps"},
		"a list":                {"- a\n", "1:1 workflow-shape: this is no workflow"},
		"an unknown key":        {"version: 1\ntitle: x\nsteps:\n  - plugin: a\n", `2:1 workflow-key: a workflow has no key "title"; the keys are version, name`},
		"a misspelled key":      {steps + "  - plugin: a\n    confg: {n: 1}\n", "4:5 workflow-key: a step has no key \"confg\"; did you mean `config`?"},
		"a word of others":      {steps + "  - plugin: a\n    with: {n: 1}\n", "4:5 workflow-key: a step has no key \"with\"; did you mean `config`?"},
		"no plugin":             {steps + "  - id: a\n", "3:5 workflow-plugin: step 1 names no plugin"},
		"a step that is 5":      {steps + "  - 5\n", "3:5 workflow-shape: a step is an object, not number"},
		"config is a list":      {steps + "  - plugin: a\n    config: [1]\n", "4:13 workflow-shape: `config` is list"},
		"two sources":           {steps + "  - plugin: a\n    data: 1\n    file: x\n", "5:5 workflow-shape: a step has one of `data`, `from` and `file`, not `data` and `file`"},
		"an id with a dot":      {steps + "  - {id: a.b, plugin: a}\n", `3:10 workflow-id: "a.b" cannot be the id of a step`},
		"an id twice":           {steps + "  - {id: a, plugin: a}\n  - {id: a, plugin: a}\n", `4:10 workflow-id: two steps have the id "a"`},
		"the id of the input":   {steps + "  - {id: input, plugin: a}\n", "3:10 workflow-id: `input` stands for what"},
		"a step that is behind": {steps + "  - {plugin: a, from: b}\n  - {id: b, plugin: a}\n", `3:23 workflow-reference: step "b" has not run yet; steps run in the order of the file`},
		"itself":                {steps + "  - plugin: a\n  - {id: b, plugin: a, from: b}\n", `4:30 workflow-reference: step "b" would work on its own answer; name a step before it`},
		"a ring":                {steps + "  - {id: a, plugin: x, from: b}\n  - {id: b, plugin: x, from: a}\n", `3:30 workflow-reference: step "b" has not run yet`},
		"a bad id before":       {steps + "  - {plugin: a}\n  - {plugin: b, from: 9}\n", `4:23 workflow-reference: no step before this one is called "9"; the steps before it are 1`},
		"nothing":               {"", "1:1 workflow-shape: the workflow is empty; write `version: 1` and `steps:`"},
		"only a comment":        {"---\n# later\n\n", "1:1 workflow-shape: the workflow is empty"},
		"10,000 steps":          {steps + strings.Repeat("  - a\n", 10_000), "config-limit: there are more than 10000 values; a workflow has at most 500 steps"},
		"a bomb":                {"version: 1\nname: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nsteps:\n  - {plugin: a, data: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]}\n", "config-limit"},
		"a misspelled step":     {steps + "  - {id: smooth, plugin: a}\n  - {plugin: b, data: {image: {from: smoth}}}\n", "4:38 workflow-reference: no step before this one is called \"smoth\"; did you mean `from: smooth`?"},
		"a part without a name": {steps + "  - {id: s, plugin: a}\n  - {plugin: b, from: s.}\n", `4:23 workflow-reference: "s." names no part of an answer`},
		"from a list":           {steps + "  - plugin: a\n  - {plugin: b, from: [1]}\n", "4:23 workflow-reference: `from` is the id of a step, not list; to give data that has this key"},
		"a file that is 5":      {steps + "  - {plugin: a, file: 5}\n", "3:23 workflow-file: `file` is a path, or a list of paths, not number"},
		"a short hash":          {steps + "  - {plugin: a, sha256: abc}\n", "3:25 workflow-shape: this is no SHA-256"},
	} {
		_, found := workflow.Parse("w.yaml", []byte(test.text))
		lines := told(found)
		switch {
		case test.want == "" && len(lines) > 0:
			t.Errorf("%s: %q", name, lines)
		case test.want != "" && !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, test.want) }):
			t.Errorf("%s: %q, not %q", name, lines, test.want)
		}
	}
	many := steps + strings.Repeat("  - plugin: a\n", workflow.MaxSteps+1)
	w, found := workflow.Parse("w.yaml", []byte(many))
	if len(w.Steps) != workflow.MaxSteps || len(found) != 1 || !strings.Contains(found[0].Message, "more than 500 steps") {
		t.Errorf("%d steps, %q", len(w.Steps), told(found))
	}
}

// TestPublishedSchemaAgrees: what Parse accepts the published schema accepts, and the
// faults of form that a schema can tell it tells.
func TestPublishedSchemaAgrees(t *testing.T) {
	for text, valid := range map[string]bool{
		steps + "  - plugin: a.imjoy.html\n": true,
		steps + "  - a.imjoy.html\n":         true,
		"version: 1\nname: N\ndescription: D\nsteps:\n  - {id: a, plugin: p, tag: T, op: O, config: {n: 1}, file: [x.png]}\n  - {plugin: q, from: a.b}\n  - {plugin: q, from: 1, sha256: " + strings.Repeat("0a", 32) + "}\n": true,
		steps + "  - {plugin: a, confg: {}}\n":          false,
		steps + "  - {plugin: a, data: 1, file: x}\n":   false,
		steps + "  - {id: 1a, plugin: a}\n":             false,
		"version: 2\nsteps: [a]\n":                      false,
		"version: 1\n":                                  false,
		steps + "  - {plugin: a, sha256: x}\n":          false,
		"version: 1\ntitle: x\nsteps:\n  - plugin: a\n": false,
	} {
		_, found := workflow.Parse("w.yaml", []byte(text))
		if (len(found) == 0) != valid {
			t.Errorf("%q: parse says %q", text, told(found))
		}
		if violations := schema.OfFormat("workflow").Validate(plainYAML(t, text)); (len(violations) == 0) != valid {
			t.Errorf("%q: the schema says %v", text, violations)
		}
	}
}

// TestRulesAreTrue: the bad example of each rule that Parse alone can tell is told, and no
// good one is.
func TestRulesAreTrue(t *testing.T) {
	for _, r := range workflow.Rules {
		if r.Doc == "" || r.Summary == "" || r.Bad == "" || r.Good == "" {
			t.Errorf("%s is not documented", r.Code)
		}
		if _, found := workflow.Parse("w.yaml", []byte(r.Good)); len(found) > 0 {
			t.Errorf("%s: the good example has %q", r.Code, told(found))
		}
		_, found := workflow.Parse("w.yaml", []byte(r.Bad))
		switch r.Code {
		case "workflow-tag", "workflow-op", "workflow-config", "workflow-data", "workflow-mismatch", "workflow-file", "workflow-changed", "workflow-unpinned":
			continue // these need the plugins
		}
		if len(found) == 0 || found[0].Code != r.Code {
			t.Errorf("%s: the bad example has %q", r.Code, told(found))
		}
	}
}

// plan makes the plan of a plugin of a config.
func plan(t *testing.T, config string) *tags.Plan {
	t.Helper()
	doc, found := pluginfile.Parse("p.imjoy.html", []byte(`<config lang="json">`+config+`</config><script lang="javascript">api.export({setup(){}, run(){}})</script>`))
	if source.Worst(found) == source.Error {
		t.Fatal(told(found))
	}
	p, found := tags.Resolve(doc, "")
	if p == nil {
		t.Fatal(told(found))
	}
	return p
}

// TestCheck compares steps with their plugins.
func TestCheck(t *testing.T) {
	base := `"type": "web-worker", "api_version": "0.1.8", `
	count := plan(t, `{"name": "Count", `+base+`"ui": "{id: 'threshold', type: 'number', min: 0, max: 9}", "inputs": {"image": {"ndarray": {"ndim": 2, "dtype": ["uint8"]}}}, "outputs": {"count": {"type": "integer"}, "labels": {"ndarray": {"ndim": 2, "dtype": "uint8"}}}}`)
	stack := plan(t, `{"name": "Stack", `+base+`"outputs": {"ndarray": {"ndim": 3, "dtype": ["float32"]}}}`)
	sum := plan(t, `{"name": "Sum", `+base+`"inputs": {"type": "array", "items": {"type": "number"}}}`)
	grey := plan(t, `{"name": "Grey", `+base+`"outputs": {"ndarray": {"ndim": 2, "dtype": ["uint8"]}}}`)
	open := plan(t, `{"name": "Open", `+base+`"outputs": {"anyOf": [{"type": "string"}, {"type": "array"}]}}`)
	for name, test := range map[string]struct {
		text  string
		plans []*tags.Plan
		want  string
	}{
		"a part that fits":       {"  - {id: c, plugin: c}\n  - {plugin: c, data: {image: {from: c.labels}}}\n", []*tags.Plan{count, count}, ""},
		"not known":              {"  - {id: c, plugin: c, config: {x: 1}}\n  - {plugin: s}\n", []*tags.Plan{nil, sum}, ""},
		"open outputs":           {"  - {plugin: o}\n  - {plugin: s}\n", []*tags.Plan{open, sum}, ""},
		"good data":              {"  - {plugin: s, data: [1, 2.5]}\n", []*tags.Plan{sum}, ""},
		"an unknown setting":     {"  - {plugin: c, config: {treshold: 1}}\n", []*tags.Plan{count}, `3:26 workflow-config: plugin "Count" has no setting "treshold"; did you mean "threshold"?`},
		"a setting out of range": {"  - {plugin: c, config: {threshold: 10}}\n", []*tags.Plan{count}, `3:37 workflow-config: plugin "Count": threshold: 10`},
		"bad data":               {"  - {plugin: s, data: [1, many]}\n", []*tags.Plan{sum}, `3:27 workflow-data: plugin "Sum" does not take this`},
		"an object for a list":   {"  - {id: c, plugin: c}\n  - {plugin: s}\n", []*tags.Plan{count, sum}, `4:5 workflow-mismatch: c, the answer of plugin "Count", is not what plugin "Sum" takes: an object instead of a list; `},
		"a part that is no list": {"  - {id: c, plugin: c}\n  - {plugin: s, from: c.count}\n", []*tags.Plan{count, sum}, `4:23 workflow-mismatch: "count" of c, the answer of plugin "Count", is not what plugin "Sum" takes: an integer instead of a list`},
		"a part that is not":     {"  - {id: c, plugin: c}\n  - {plugin: s, from: c.lables}\n", []*tags.Plan{count, sum}, "4:23 workflow-mismatch: the outputs of plugin \"Count\" have no \"lables\"; did you mean `c.labels`?"},
		"a part is meant":        {"  - {id: c, plugin: c}\n  - {plugin: c, data: {image: {from: c}}}\n", []*tags.Plan{count, count}, "an object instead of an n-d array; did you mean `from: c.labels`?"},
		"a member is meant":      {"  - {id: g, plugin: g}\n  - {plugin: c}\n", []*tags.Plan{grey, count}, "an n-d array instead of an object; did you mean `data: {image: {from: g}}`?"},
		"other elements":         {"  - {id: s, plugin: s}\n  - {plugin: c, data: {image: {from: s}}}\n", []*tags.Plan{stack, count}, "elements are float32 instead of uint8"},
		"a member too few":       {"  - {id: s, plugin: s}\n  - {plugin: c, data: {picture: {from: s}}}\n", []*tags.Plan{stack, count}, `plugin "Count" needs "image" as well`},
	} {
		w, found := workflow.Parse("w.yaml", []byte(steps+test.text))
		if len(found) > 0 {
			t.Fatalf("%s: %q", name, told(found))
		}
		lines := told(workflow.Check(w, test.plans))
		switch {
		case test.want == "" && len(lines) > 0:
			t.Errorf("%s: %q", name, lines)
		case test.want != "" && (len(lines) != 1 || !strings.Contains(lines[0], test.want)):
			t.Errorf("%s: %q, not %q", name, lines, test.want)
		}
	}
}

// TestSettings: what a person gives goes before the workflow, and that before the form.
func TestSettings(t *testing.T) {
	p := plan(t, `{"name": "P", "type": "web-worker", "api_version": "0.1.8", "ui": ["n: {id: 'n', type: 'number', placeholder: 1}", "m: {id: 'm', type: 'number', placeholder: 2}", "k: {id: 'k', type: 'string', placeholder: 'x'}"]}`)
	w, _ := workflow.Parse("w.yaml", []byte(steps+"  - {id: a, plugin: p, config: {n: 5}}\n  - {id: b, plugin: p, config: {n: 6, k: y}}\n"))
	form := workflow.Form(w, []*tags.Plan{p, p})
	if diff := cmp.Diff([]string{"a.n", "a.m", "a.k", "b.n", "b.m", "b.k"}, form.Keys()); diff != "" {
		t.Error(diff)
	}
	if form.Field("a.n").Default != 5.0 || form.Field("b.k").Default != "y" || form.Field("n") != nil {
		t.Errorf("%+v", form.Fields)
	}
	one := workflow.Form(w, []*tags.Plan{p, nil})
	if one.Field("m") == nil || one.Field("m").DataID != "a.m" {
		t.Error("a field of one step is not known by its id")
	}
	for given, want := range map[*value.Object]string{
		nil:                             `{"n":6,"m":2,"k":"y"}`,
		value.NewObject("b.m", 9.0):     `{"n":6,"m":9,"k":"y"}`,
		value.NewObject("b.k", "z"):     `{"n":6,"m":2,"k":"z"}`,
		value.NewObject("a.k", "other"): `{"n":6,"m":2,"k":"y"}`,
	} {
		config, err := workflow.Settings(w.Steps[1], p.UI, given)
		if text, _ := value.JSON(config); err != nil || string(text) != want {
			t.Errorf("%s, %v, not %s", text, err, want)
		}
	}
}

// TestInputs: references, parts, files and literals become the data of a step.
func TestInputs(t *testing.T) {
	w, found := workflow.Parse("w.yaml", []byte(steps+`  - {id: a, plugin: p, data: {x: [1, {file: f.png}], odd: {literal: {from: z}}}}
  - {plugin: p}
  - {plugin: p, from: a.list.1}
  - {plugin: p, data: {raw: {from: input}, part: {from: a.list.0}, array: {_rtype: ndarray, _rdtype: uint8, _rshape: [2], _rvalue: [1, 2]}}}
  - {plugin: p, from: a.nothing}
  - {plugin: p, data: {files: {file: [f.png]}}}
`))
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	from := workflow.Source{
		Answer: func(s *workflow.Step) value.Value {
			if s == nil {
				return "given"
			}
			return value.NewObject("list", []any{"first", s.ID})
		},
		Open: func(member string, f workflow.File) (value.Value, error) { return member + "<" + f.Path, nil },
	}
	for i, want := range []string{
		`{"x":[1,"x<f.png"],"odd":{"from":"z"}}`, `{"list":["first","1"]}`, `"a"`,
		`{"raw":"given","part":"first","array":{"_rtype":"ndarray","_rshape":[2],"_rdtype":"uint8","_rvalue":[1,2]}}`, "", `{"files":["files<f.png"]}`,
	} {
		if i == 1 {
			want = `{"list":["first","a"]}` // what nobody says is the answer of the step before
		}
		v, err := w.Steps[i].Input.Value(from)
		if want == "" {
			if err == nil || err.Error() != `the answer of a has no "nothing"; it has list` {
				t.Errorf("step %d: %v", i+1, err)
			}
			continue
		}
		text, _ := value.JSON(v)
		back, _ := value.FromJSON(text)
		again, _ := value.JSON(back)
		if wanted, _ := value.FromJSON([]byte(want)); err != nil || string(again) != mustJSON(t, wanted) {
			t.Errorf("step %d: %s, %v, not %s", i+1, text, err, want)
		}
	}
	references, files := w.Steps[0].Input.All()
	if len(references) != 0 || len(files) != 1 || files[0].Path != "f.png" {
		t.Errorf("%v %v", references, files)
	}
}

func mustJSON(t *testing.T, v value.Value) string {
	t.Helper()
	text, err := value.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWrite: what is written is read back as it was meant, and what cannot be is told.
func TestWrite(t *testing.T) {
	large := &ndarray.Array{DType: "uint8", Shape: []int{1 << 18}, Data: make([]byte, 1<<18)}
	text, notes := workflow.Write(workflow.Draft{Name: "Count: cells", Steps: []workflow.DraftStep{
		{Plugin: "sub/Median Filter.imjoy.html", Tag: "GPU", Config: value.NewObject("radius", 2.0, "mode", "yes"), Data: workflow.Path("cells: 1.png")},
		{Plugin: "owner/repo:Count", SHA256: strings.Repeat("ab", 32), Data: value.NewObject("image", workflow.Answer{Step: 0, Path: []string{"data"}}, "raw", workflow.Answer{Step: -1})},
		{Plugin: "Count", Op: "Sum up", Data: workflow.Answer{Step: 1}},
		{Plugin: "9.imjoy.html", Data: value.NewObject("from", "x")},
		{Plugin: "p.imjoy.html", Data: []any{workflow.Path("a"), workflow.Path("b")}},
		{Plugin: "p.imjoy.html", Data: large},
	}})
	want := `version: 1
name: "Count: cells"
steps:
  - id: median-filter
    plugin: sub/Median Filter.imjoy.html
    tag: GPU
    config: {radius: 2, mode: "yes"}
    file: "cells: 1.png"
  - id: count
    plugin: "owner/repo:Count"
    data: {image: {from: median-filter.data}, raw: {from: input}}
    sha256: ` + strings.Repeat("ab", 32) + `
  - id: sum-up
    plugin: Count
    op: Sum up
    from: count
  - id: step-9
    plugin: "9.imjoy.html"
    data: {literal: {from: x}}
  - id: p
    plugin: p.imjoy.html
    file: [a, b]
  - id: p-2
    plugin: p.imjoy.html
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "step p-2 is too large") {
		t.Errorf("%q", notes)
	}
	if _, found := workflow.Parse("w.yaml", text); len(found) > 0 {
		t.Errorf("%q", told(found))
	}
}

// FuzzWrite: whatever names, settings and data are, what is written reads back the same.
func FuzzWrite(f *testing.F) {
	f.Add("p.imjoy.html", "GPU", "key", "text", `{"from": "x"}`)
	f.Add("owner/repo:A b", "", "on", "yes", `[1e400, null, "null"]`)
	f.Add("~", "1", "a: b", "- x\n# y", `{"": [{"literal": {"file": 1}}]}`)
	f.Fuzz(func(t *testing.T, plugin, tag, key, text, data string) {
		for _, s := range []*string{&plugin, &tag, &text} {
			*s = strings.TrimSpace(strings.ToValidUTF8(*s, "?"))
		}
		v, err := value.FromJSON([]byte(data))
		if err != nil || plugin == "" || len(data) > 100 || len(key) > 100 || !value2(v) {
			return
		}
		key = strings.ToValidUTF8(key, "?")
		draft := workflow.Draft{Name: text, Steps: []workflow.DraftStep{{Plugin: plugin, Tag: tag, Config: value.NewObject(key, text), Data: v}}}
		written, notes := workflow.Write(draft)
		w, found := workflow.Parse("w.yaml", written)
		if len(found) > 0 || len(notes) > 0 {
			t.Fatalf("%s\n%q %q", written, told(found), notes)
		}
		s := w.Steps[0]
		if s.Plugin != plugin || s.Tag != tag || w.Name != text || s.Config.Get(key) == nil || s.Config.Get(key).Plain() != text {
			t.Fatalf("%s\nis %q %q %q %v", written, s.Plugin, s.Tag, w.Name, s.Config.Plain())
		}
		if v == nil {
			return
		}
		back, err := s.Input.Value(workflow.Source{})
		if err != nil {
			t.Fatalf("%s\n%v", written, err)
		}
		if got, want := mustJSON(t, back), mustJSON(t, v); got != want {
			t.Fatalf("%s\nis %s, not %s", written, got, want)
		}
	})
}

// value2 reports values that a YAML config can hold: no keys twice and no odd numbers.
func value2(v value.Value) bool {
	switch v := v.(type) {
	case nil, bool, string:
		return true
	case float64:
		return v < 1<<53 && v > -1<<53
	case []any:
		for _, item := range v {
			if !value2(item) {
				return false
			}
		}
		return true
	case *value.Object:
		for key, item := range v.All() {
			if key == "_rtype" || !value2(item) {
				return false
			}
		}
		return true
	}
	return false
}
