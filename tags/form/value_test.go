package form

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const everyType = `
n {id:'n', type:'number', min:0, max:10, step:0.5, placeholder:2}
free {id:'free', type:'number', placeholder:1}
odd {id:'odd', type:'number', step:2, placeholder:1}
c {id:'c', type:'choose', options:['a', 1, '1', true, {label:'two', value:2}]}
s {id:'s', type:'string', placeholder:'x'}
col {id:'col', type:'color'}
b {id:'b', type:'button', label:'go'}
v {id:'v', type:'variableName'}
note {id:'note', dataID:'text', type:'instructions/comment'}
op {id:'op', type:'Some Plugin/Op'}`

func TestTextBecomesAValue(t *testing.T) {
	f, _ := ui(t, everyType)
	for _, test := range []struct {
		key, text string
		want      any
	}{
		{"n", "2.5", 2.5},
		{"n", " 1e0 ", 1.0},
		{"n", "0.3", "0.3 is not a multiple of 0.5"},
		{"n", "-1", "-1 is below the minimum 0"},
		{"n", "10.5", "10.5 is above the maximum 10"},
		{"n", "many", `"many" is no number`},
		{"n", "NaN", `"NaN" is no number`},
		{"n", "", `"" is no number`},
		{"free", "-1e300", -1e300},
		{"odd", "3", 3.0},
		{"odd", "4", "4 is not reached in steps of 2 from 1"},
		{"c", "a", "a"},
		{"c", "1", 1.0},
		{"c", "1.0", 1.0},
		{"c", "true", true},
		{"c", "two", 2.0},
		{"c", "2", 2.0},
		{"c", "tow", `"tow" is none of the options: did you mean "two"?`},
		{"c", "zzzzzz", `"zzzzzz" is none of the options: a, 1, 1, true, two`},
		{"s", "", ""},
		{"s", "a=b", "a=b"},
		{"col", "#f80", "rgb(255,136,0)"},
		{"col", "#FF8800", "rgb(255,136,0)"},
		{"col", "rgb(1, 2, 3)", "rgb(1,2,3)"},
		{"col", "Orange", "rgb(255,165,0)"},
		{"col", "[120,1,1]", "rgb(0,255,0)"},
		{"col", "rgb(1,2,300)", `"rgb(1,2,300)": ` + errColor.Error()},
		{"col", "#12", `"#12": ` + errColor.Error()},
		{"b", "x", "it has no value that can be set"},
		{"v", "my variable", "my variable"},
		{"note", "hello", map[string]any{"type": Comment, "value": "hello"}},
		{"op", `{"x": [1]}`, map[string]any{"x": []any{1.0}}},
		{"op", `just text`, "just text"},
	} {
		got, err := f.Field(test.key).Parse(test.text)
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s=%s: %s", test.key, test.text, diff)
		}
	}
}

func TestTypedValuesAreChecked(t *testing.T) {
	f, _ := ui(t, everyType)
	for _, test := range []struct {
		key        string
		value, out any
	}{
		{"n", 3, 3.0},
		{"n", json.Number("3"), 3.0},
		{"n", "3", `"3" is no number`},
		{"n", 11.0, "11 is above the maximum 10"},
		{"c", 2.0, 2.0},
		{"c", "two", `"two" is none of the options: did you mean "two"?`},
		{"s", 1.0, "1 is no text"},
		{"col", "red", "rgb(255,0,0)"},
		{"col", []any{0.0, 1.0, 1.0}, "rgb(255,0,0)"},
		{"note", "hello", map[string]any{"type": Comment, "value": "hello"}},
		{"op", map[string]any{"a": 1}, map[string]any{"a": 1.0}},
	} {
		got, err := f.Field(test.key).Check(test.value)
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(test.out, got); diff != "" {
			t.Errorf("%s=%v: %s", test.key, test.value, diff)
		}
	}
}

func TestSetAndConfig(t *testing.T) {
	f, _ := ui(t, everyType)
	values := map[string]any{}
	for key, text := range map[string]string{"n": "4", "note": "by id", "s": "y"} {
		if err := f.Set(values, key, text); err != nil {
			t.Fatal(err)
		}
	}
	config, err := f.Config(values)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"n": 4.0, "free": 1.0, "odd": 1.0, "c": "a", "s": "y", "col": "rgb(51,153,255)", "b": map[string]any{"type": "button"},
		"v": "variable", "text": map[string]any{"type": Comment, "value": "by id"},
	}
	if diff := cmp.Diff(want, config); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"n", "free", "odd", "c", "s", "col", "b", "v", "text", "op"}, f.Keys()); diff != "" {
		t.Error(diff)
	}
	config["b"].(map[string]any)["type"] = "changed"
	if f.Defaults()["b"].(map[string]any)["type"] != Button {
		t.Error("a caller's change reached the form")
	}
}

func TestUnknownKeyHelps(t *testing.T) {
	f, _ := ui(t, `{id:'sigma', type:'number'} {id:'radius', type:'number'}`)
	for _, test := range []struct{ key, hint string }{
		{"sigam", `did you mean "sigma"?`}, {"zzzzzz", "its fields are sigma, radius"},
	} {
		err := f.Set(map[string]any{}, test.key, "1")
		var unknown *UnknownKeyError
		if !errors.As(err, &unknown) || unknown.Hint() != test.hint {
			t.Errorf("%s: %v", test.key, err)
		}
		if _, err := f.Config(map[string]any{test.key: 1}); !errors.As(err, &unknown) {
			t.Errorf("%s: Config says %v", test.key, err)
		}
	}
	var none *Form
	if err := none.Set(nil, "x", "1"); err == nil || len(none.Defaults()) != 0 {
		t.Error("an absent form has no fields")
	}
}

func TestSchema(t *testing.T) {
	f, _ := ui(t, `Sigma {id:'n', type:'number', min:0, max:10, step:0.5, placeholder:2} px<br>{id:'c', type:'choose', options:['a',1]}
		<br>{id:'l', type:'choose', options:[{label:'one', value:1}]} <br>{id:'s', type:'string'}<br>{id:'b', type:'button'}<br>{id:'col', type:'color'}`)
	want := map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
		"properties": map[string]any{
			"n":   map[string]any{"type": "number", "title": "Sigma", "description": "px", "minimum": 0.0, "maximum": 10.0, "multipleOf": 0.5, "default": 2.0},
			"c":   map[string]any{"title": "c", "enum": []any{"a", 1.0}, "default": "a"},
			"l":   map[string]any{"title": "l", "oneOf": []any{map[string]any{"const": 1.0, "title": "one"}}, "default": 1.0},
			"s":   map[string]any{"title": "s", "type": "string", "default": "???"},
			"col": map[string]any{"title": "col", "type": "string", "pattern": `^rgb\([0-9]{1,3},[0-9]{1,3},[0-9]{1,3}\)$`, "default": "rgb(51,153,255)"},
		},
	}
	if diff := cmp.Diff(want, f.Schema()); diff != "" {
		t.Error(diff)
	}
}

func TestFromInputs(t *testing.T) {
	type row struct {
		Key, Type, Label string
		Required         bool
	}
	for _, test := range []struct {
		name, json string
		want       []row
	}{
		{"absent", ``, nil},
		{"null", `null`, nil},
		{"shorthand", `{"image": {"file": {"ext": "png"}}, "sigma": {"type": "number"}}`,
			[]row{{"image", File, "image", true}, {"sigma", Number, "sigma", true}}},
		{"a schema", `{"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "title": "Count"}, "b": {"type": "boolean"}, "a": {"ndarray": {}}}}`,
			[]row{{"n", Integer, "Count", true}, {"b", Boolean, "b", false}, {"a", NDArray, "a", false}}},
		{"a schema without required", `{"type": "object", "properties": {"u": {"type": "url"}, "l": {"type": "array"}, "p": {"pattern": "x"}, "x": {}}}`,
			[]row{{"u", URL, "u", true}, {"l", List, "l", true}, {"p", String, "p", true}, {"x", Any, "x", true}}},
		{"one file", `{"file": {"mime": "image/png"}}`, nil},
		{"a property called file", `{"file": {"type": "string"}}`, []row{{"file", String, "file", true}}},
		{"a property called type", `{"type": {"type": "string"}}`, []row{{"type", String, "type", true}}},
		{"alternatives", `{"anyOf": [{"type": "object"}]}`, nil},
		{"an enum", `{"mode": {"enum": ["fast", 2]}}`, []row{{"mode", Choose, "mode", true}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []row
			for _, f := range FromInputs(read(t, "json", test.json)).Fields {
				got = append(got, row{f.DataID, f.Type, f.Label, f.Required})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesOfInputs(t *testing.T) {
	f := FromInputs(read(t, "json", `{"n": {"type": "integer", "minimum": 1, "default": 2}, "b": {"type": "boolean"}, "l": {"type": "array"}, "f": {"file": {}}, "e": {"enum": [1, "x"]}}`))
	for _, test := range []struct {
		key, text string
		want      any
	}{
		{"n", "3", 3.0}, {"n", "3.5", "3.5 is no whole number"}, {"n", "0", "0 is below the minimum 1"},
		{"b", "yes", true}, {"b", "0", false}, {"b", "maybe", `"maybe" is neither true nor false`},
		{"l", "[1,2]", []any{1.0, 2.0}}, {"l", "5", "5 is no list"},
		{"l", "[1", `"[1" is no JSON: unexpected EOF`},
		{"f", "cells.png", "cells.png"}, {"e", "1", 1.0}, {"e", "x", "x"},
	} {
		got, err := f.Field(test.key).Parse(test.text)
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s=%s: %s", test.key, test.text, diff)
		}
	}
	if diff := cmp.Diff(map[string]any{"n": 2.0}, f.Defaults()); diff != "" {
		t.Error(diff)
	}
}
