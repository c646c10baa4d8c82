package schema

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// FuzzAgainstTheLibrary: where a schema uses nothing of ours, the library alone gives
// the same answer; what is refused has a violation with a place, and what is
// accepted has none.
func FuzzAgainstTheLibrary(f *testing.F) {
	for _, schema := range []string{
		`{"type": "object", "properties": {"a": {"type": "number", "minimum": 1}, "b/c": {"enum": [1, "x", null]}}, "required": ["a"], "additionalProperties": false}`,
		`{"items": [{"type": "string"}, {"const": 1}], "additionalItems": {"type": "null"}, "uniqueItems": true, "maxItems": 3}`,
		`{"anyOf": [{"type": "array"}, {"minLength": 2}], "not": {"const": "no"}, "if": {"type": "string"}, "then": {"maxLength": 3}, "else": {"minItems": 1}}`,
		`{"definitions": {"a": {"type": "object", "properties": {"n": {"$ref": "#/definitions/a"}}, "maxProperties": 1}}, "$ref": "#/definitions/a"}`,
		`{"allOf": [{"$ref": "#/properties/x"}], "properties": {"x": {"type": ["object", "integer"]}}}`,
		`{"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}], "dependencies": {"a": ["b"], "c": {"minProperties": 2}}, "contains": {"type": "number"}}`,
		`{"propertyNames": {"maxLength": 1}, "patternProperties": {"^a": {"type": "number"}}, "additionalProperties": {"type": "string"}, "pattern": "^[a-c]+$"}`,
		`true`, `false`, `{"properties": {"a": false, "b": true}}`,
	} {
		for _, data := range []string{`{"a": 1}`, `{"a": 0, "b/c": 2, "c": {}}`, `["x", 1, null]`, `["x", 2, 3, 3]`, `"no"`, `"abcd"`, `6`, `{"n": {"n": {"x": 1, "y": 2}}}`, `null`, `{"a": "x", "bb": 1}`} {
			f.Add(schema, data)
		}
	}
	f.Fuzz(func(t *testing.T, schemaText, dataText string) {
		n, faults := conf.ParseJSON(excerpt(schemaText))
		v, dataFaults := conf.ParseJSON(excerpt(dataText))
		if len(faults)+len(dataFaults) > 0 || n.Kind == conf.Null {
			return
		}
		s, err := Compile(n)
		if err != nil {
			return
		}
		violations := s.Validate(v.Plain())
		accepted := s.Accepts(v.Plain())
		if accepted != (len(violations) == 0) {
			t.Fatalf("accepted is %v, but: %+v", accepted, violations)
		}
		for _, violation := range violations {
			if violation.Message == "" || !violation.Rule.Known() || violation.Pointer != "" && !strings.HasPrefix(violation.Pointer, "/") {
				t.Fatalf("%+v", violation)
			}
		}
		s.Describe()
		if !onlyJSONSchema(n) {
			return
		}
		compiler := jsonschema.NewCompiler()
		compiler.Draft = jsonschema.Draft7
		compiler.LoadURL = refuse
		if compiler.AddResource(address, strings.NewReader(schemaText)) != nil {
			return
		}
		library, err := compiler.Compile(address)
		if err != nil {
			return
		}
		if want := library.Validate(v.Plain()) == nil; want != accepted {
			t.Fatalf("the library accepts: %v, we: %v\n%s\n%s\n%+v", want, accepted, schemaText, dataText, violations)
		}
	})
}

func excerpt(text string) *source.Excerpt {
	s := source.New("x", []byte(text))
	return source.Whole(s, s.All())
}

// onlyJSONSchema reports whether a schema has nothing that we treat differently.
func onlyJSONSchema(n *conf.Node) bool {
	for _, part := range n.All() {
		for _, key := range []string{"file", "ndarray", "url", "format", "$id", "$schema", "contentEncoding", "contentMediaType"} {
			if part.Get(key) != nil {
				return false
			}
		}
	}
	return true
}

func BenchmarkValidate(b *testing.B) {
	s, _ := CompileField(parse(`{"image": {"file": {"ext": [".png"]}}, "sigma": {"type": "number", "minimum": 0}, "mode": {"enum": ["fast", "exact"]}}`), true)
	good := parse(`{"image": {"name": "a.png", "type": "image/png", "size": 10, "path": "a.png"}, "sigma": 2, "mode": "fast"}`).Plain()
	bad := parse(`{"image": {"name": "a.tif", "type": "image/tiff", "size": 10, "path": "a.tif"}, "sigma": -2, "mode": "fst"}`).Plain()
	b.Run("valid", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !s.Accepts(good) {
				b.Fatal()
			}
		}
	})
	b.Run("violations", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if len(s.Validate(bad)) != 3 {
				b.Fatal()
			}
		}
	})
	b.Run("compile", func(b *testing.B) {
		n := parse(`{"image": {"file": {"ext": [".png"]}}, "sigma": {"type": "number", "minimum": 0}, "mode": {"enum": ["fast", "exact"]}}`)
		b.ReportAllocs()
		for b.Loop() {
			CompileField(n, true)
		}
	})
	b.Run("config", func(b *testing.B) {
		value := parse(`{"name": "a", "type": "window", "api_version": "0.1.8", "tags": ["CPU"], "env": {"CPU": "conda create"}, "requirements": ["a", "b"]}`).Plain()
		Config()
		b.ReportAllocs()
		for b.Loop() {
			if !Config().Accepts(value) {
				b.Fatal()
			}
		}
	})
}
