package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// field compiles a field and fails on diagnostics.
func field(t testing.TB, text string) *Schema {
	t.Helper()
	s, diagnostics := CompileField(parse(text), true)
	if source.Worst(diagnostics) > source.Info && diagnostics[0].Code != ruleShorthand.Code {
		t.Fatalf("%s: %+v", text, diagnostics)
	}
	return s
}

// at wraps a schema so that it is that of one property.
func at(text string) string {
	return `{"type": "object", "properties": {"x": ` + text + `}}`
}

func data(text string) any { return parse(`{"x": ` + text + `}`).Plain() }

const (
	png   = `{"name": "cells.png", "type": "image/png", "size": 1000, "path": "/tmp/cells.png"}`
	coded = `{"_rtype": "file", "_rname": "cells.png", "_rmime": "image/png", "_rsize": 1000}`
	array = `{"_rtype": "ndarray", "_rshape": [4, 5, 3], "_rdtype": "float32", "_rvalue": 0}`
)

// TestAcceptsAndRefuses: pairs of what a schema accepts and what it refuses, with
// the message of the refusal.
func TestAcceptsAndRefuses(t *testing.T) {
	for _, test := range []struct{ schema, accepts, refuses, message string }{
		// file
		{`{"file": {}}`, png, `"cells.png"`, `expected a file, got the text "cells.png"`},
		{`{"file": true}`, coded, `null`, "expected a file, got null"},
		{`{"file": null}`, png, `{"name": "x"}`, "expected a file, got an object"},
		{`{"file": "any"}`, png, `5`, "expected a file, got 5"},
		{`{"type": "file"}`, png, `[]`, "expected a file, got an empty list"},
		{`{"type": "file", "ext": "png"}`, png, `{"name": "a.tif", "size": 1}`, `the name "a.tif" ends with none of .png`},
		{`{"file": {"ext": ".PNG"}}`, `{"name": "a.pNg", "size": 1}`, `{"name": "apng", "size": 1}`, `the name "apng" ends with none of .png`},
		{`{"file": {"ext": ["ome.tif", "*.zarr"]}}`, `{"name": "a.OME.TIF", "size": 1}`, `{"name": "a.tif", "size": 1}`, `the name "a.tif" ends with none of .ome.tif, .zarr`},
		{`{"file": {"mime": "image/png"}}`, png, `{"name": "a", "type": "image/pngx", "size": 1}`, "a is image/pngx, expected image/png"},
		{`{"file": {"mime": ["image/*", "text/csv"]}}`, coded, `{"name": "a", "type": "video/mp4", "size": 1}`, "a is video/mp4, expected image/* or text/csv"},
		{`{"file": {"mime": "image/*"}}`, png, `{"name": "a", "size": 1}`, "a has no MIME type, expected image/*"},
		{`{"file": {"mime": "image/svg+xml"}}`, `{"name": "a", "type": "image/svg+xml", "size": 1}`, `{"name": "a", "type": "image/svgxml", "size": 1}`, "a is image/svgxml, expected image/svg+xml"},
		{`{"file": {"mime": "image/(png|jpeg)"}}`, png, `{"name": "a", "type": "image/gif", "size": 1}`, "a is image/gif, expected image/(png|jpeg)"},
		{`{"file": {"size": [1000, 2000]}}`, png, `{"name": "a", "size": 3}`, "a has 3 bytes, expected 1 kB or 2 kB"},
		{`{"file": {"size": 1000}}`, coded, `{"name": "a", "path": "a"}`, "the size of a is not known"},
		{`{"file": {"minSize": 1}}`, png, `{"name": "a", "size": 0}`, "a is too small: 0 bytes, at least 1 byte"},
		{`{"file": {"maxSize": 1048576}}`, png, `{"name": "a", "size": 1048577}`, "a is too large: 1.0 MB, at most 1 MiB"},
		{`{"file": {"folder": true}}`, `{"name": "a", "type": "inode/directory", "path": "a"}`, png, "cells.png is a file, expected a folder"},
		{`{"file": {}}`, png, `{"name": "a", "type": "inode/directory", "path": "a"}`, "a is a folder, expected a file"},
		{`{"type": "object", "properties": {"name": {"pattern": "\\.png$"}}}`, coded, `{"_rtype": "file", "_rname": "a.tif"}`, `the text "a.tif" does not match the pattern "\\.png$"`},
		// ndarray
		{`{"ndarray": {}}`, array, `[[1, 2], [3, 4]]`, "expected an array, got a list of 2 items"},
		{`{"ndarray": null}`, array, `{"_rtype": "ndarray"}`, "expected an array, got an object"},
		{`{"ndarray": {"shape": [4, null, "c"]}}`, array, `{"_rtype": "ndarray", "_rshape": [4, 5], "_rdtype": "int8"}`, "the array has the shape (4, 5), expected (4, any, any)"},
		{`{"ndarray": {"dtype": [" float32", "int64"]}}`, array, `{"_rtype": "ndarray", "_rshape": [1], "_rdtype": "int8"}`, "the array is of int8, expected float32 or int64"},
		{`{"ndarray": {"ndim": [2, 3]}}`, array, `{"_rtype": "ndarray", "_rshape": [1], "_rdtype": "int8"}`, "the array has 1 axis, expected 2 or 3"},
		{`{"ndarray": {"axes": "YXC"}}`, array, `{"_rtype": "ndarray", "_rshape": [1, 2], "_rdtype": "int8"}`, "the array has 2 axes, expected 3: YXC"},
		{`{"type": "ndarray", "dtype": "uint8", "ndim": 1}`, `{"_rtype": "bytes", "_rvalue": "AAAA"}`, `{"_rtype": "typedarray", "_rdtype": "int8"}`, "the array is of int8, expected uint8"},
		{`{"ndarray": {"dtype": "float16"}}`, `{"_rtype": "ndarray", "_rshape": [], "_rdtype": "float16"}`, `{"_rtype": "ndarray", "_rshape": []}`, "the array is of no known dtype, expected float16"},
		// url
		{`{"type": "url"}`, `"https://example.org/a"`, `"example"`, `expected a URL, got the text "example"`},
		{`{"type": "url", "extension": ["zarr", ".n5"]}`, `"s3://bucket/a.ZARR/"`, `"https://x.org/a.tif?b=.zarr"`, `the path of the text "https://x.org/a.tif?b=.zarr" ends with none of .zarr, .n5`},
		{`{"url": {"extension": "zarr"}}`, `"file:///a.zarr"`, `7`, "expected a URL, got 7"},
		// types with ours among them
		{`{"type": ["file", "null"]}`, `null`, `true`, "expected null or a file, got true"},
		{`{"type": ["url", "number"]}`, `3`, `"x"`, `expected a URL, got the text "x"`},
		// JSON Schema
		{`{"type": "number"}`, `1.5`, `"1"`, `expected a number, got the text "1"`},
		{`{"type": "integer"}`, `2.0`, `2.5`, "expected a whole number, got 2.5"},
		{`{"type": ["boolean", "null"]}`, `false`, `{}`, "expected true or false or null, got an empty object"},
		{`{"minimum": 0, "maximum": 10}`, `10`, `-1`, "-1 is too small, at least 0 is needed"},
		{`{"exclusiveMinimum": 0}`, `0.1`, `0`, "0 is too small, it must be above 0"},
		{`{"exclusiveMaximum": 1}`, `0.1`, `1`, "1 is too large, it must be below 1"},
		{`{"maximum": 10}`, `-3`, `1e99999999`, "Infinity is too large, at most 10 is allowed"},
		{`{"multipleOf": 0.1}`, `0.3`, `0.35`, "0.35 is no multiple of 0.1"},
		{`{"enum": ["red", "green", 3]}`, `3`, `"gren"`, `expected "red", "green" or 3, got the text "gren"`},
		{`{"const": {"a": 1}}`, `{"a": 1}`, `{"a": 2}`, `expected {"a":1}, got an object`},
		{`{"minLength": 2}`, `"ab"`, `"ä"`, "there are too few characters: 1, at least 2 characters"},
		{`{"maxItems": 1}`, `[1]`, `[1, 2]`, "there are too many items: 2, at most 1 item"},
		{`{"minProperties": 1}`, `{"a": 1}`, `{}`, "there are too few properties: 0, at least 1 property"},
		{`{"uniqueItems": true}`, `[1, 2]`, `[1, 2, 1]`, "no item may come twice, but items 0 and 2 are equal"},
		{`{"contains": {"const": 1}}`, `[0, 1]`, `[0]`, "no item of the list is of the kind that one must be"},
		{`{"not": {"type": "string"}}`, `1`, `""`, `the text "" is of a kind that is not allowed`},
		{`{"format": "email"}`, `"a@b.org"`, `"a"`, `the text "a" is no valid email`},
		{`{"format": "regex"}`, `"(?=a)"`, `"("`, `the text "(" is no regular expression`},
		{`{"anyOf": [{"type": "number"}, {"type": "string"}]}`, `""`, `null`, "expected a number or a text, got null"},
		{`{"anyOf": [{"type": "number", "minimum": 5}, {"type": "string"}]}`, `6`, `4`, "4 is too small, at least 5 is needed"},
		{`{"oneOf": [{"minimum": 1}, {"maximum": 2}]}`, `0`, `1.5`, "1.5 fits several of the allowed forms, but only one may fit"},
		{`{"properties": {"t": {}}, "anyOf": [{"properties": {"t": {"const": "a"}}}, {"properties": {"t": {"const": "b"}}}]}`, `{"t": "b"}`, `{"t": "c"}`, "an object fits none of the 2 allowed forms"},
		{`{"allOf": [{"minimum": 1}, {"maximum": 2}]}`, `1`, `3`, "3 is too large, at most 2 is allowed"},
		{`{"if": {"minimum": 1}, "then": {"multipleOf": 2}, "else": {"type": "string"}}`, `4`, `3`, "3 is no multiple of 2"},
		{`{"items": [{"type": "string"}], "additionalItems": false}`, `["a"]`, `["a", 1]`, "there are too many items in the list"},
		{`{"items": {"type": "string"}}`, `["a"]`, `["a", 1]`, "expected a text, got 1"},
		{`{"dependencies": {"a": ["b"]}}`, `{"a": 1, "b": 1}`, `{"a": 1}`, `the property "b" is missing`},
		{`{"dependencies": {"a": {"required": ["b"]}}}`, `{"b": 1}`, `{"a": 1}`, `the property "b" is missing`},
		{`{"propertyNames": {"pattern": "^[a-z]+$"}}`, `{"a": 1}`, `{"B": 1}`, `the text "B" does not match the pattern "^[a-z]+$"`},
		{`{"patternProperties": {"^x": {"type": "number"}}}`, `{"xa": 1, "y": ""}`, `{"xa": ""}`, `expected a number, got the text ""`},
		{`{"patternProperties": {"^(?=x)": {}}, "properties": {"a": {}}, "additionalProperties": false}`, `{"xa": 1, "a": ""}`, `{"b": ""}`, `there is no property "b"`},
		{`{"properties": {"sigma": {}}, "additionalProperties": false}`, `{"sigma": 1}`, `{"sigm": 1}`, `there is no property "sigm"`},
		{`{"additionalProperties": {"type": "number"}}`, `{"a": 1}`, `{"a": ""}`, `expected a number, got the text ""`},
		{`{"$ref": "#/properties/y"}`, `1`, `true`, "expected a number, got true"},
		{`false`, ``, `1`, `there is no property "x"`},
		{`{"required": ["a"]}`, `{"a": 1}`, `{"A": 1}`, `the property "a" is missing`},
	} {
		written := test.schema
		if strings.Contains(written, "#/properties/y") {
			written = `{"type": "object", "properties": {"x": ` + written + `, "y": {"type": "number"}}, "required": ["x"]}`
		} else {
			written = at(written)
		}
		s := field(t, written)
		if test.accepts != "" {
			if got := s.Validate(data(test.accepts)); len(got) > 0 || !s.Accepts(data(test.accepts)) {
				t.Errorf("%s refuses %s: %+v", test.schema, test.accepts, got)
			}
		}
		value := dataLoose(test.refuses)
		got := s.Validate(value)
		if len(got) != 1 || s.Accepts(value) {
			t.Errorf("%s says of %s: %+v", test.schema, test.refuses, got)
			continue
		}
		if diff := cmp.Diff(test.message, got[0].Message); diff != "" {
			t.Errorf("%s says of %s:\n%s", test.schema, test.refuses, diff)
		}
		if !strings.HasPrefix(got[0].Pointer, "/x") || !got[0].Rule.Known() {
			t.Errorf("%s: %+v has the wrong place", test.schema, got[0])
		}
	}
}

// dataLoose allows numbers that have a diagnostic.
func dataLoose(text string) any {
	s := source.New("x", []byte(`{"x": `+text+`}`))
	n, _ := conf.ParseJSON(source.Whole(s, s.All()))
	return n.Plain()
}

func TestViolationsAreCompleteSortedAndPlaced(t *testing.T) {
	s := field(t, `{"b": {"type": "number"}, "a": {"items": {"type": "number"}}, "c~/d": {"file": {"ext": ".png", "maxSize": 10}}}`)
	items := make([]any, 12)
	for i := range items {
		items[i] = i
	}
	items[2], items[10] = "x", "y"
	got := s.Validate(map[string]any{"a": items, "c~/d": map[string]any{"name": "a.tif", "size": 11}})
	var lines []string
	for _, v := range got {
		lines = append(lines, fmt.Sprintf("%s %s %q", v.Pointer, v.Keyword, v.Rule.Source.Slice(v.Rule.Span)))
	}
	want := []string{
		` required "{\"type\": \"number\"}"`,
		`/a/2 type "\"number\""`,
		`/a/10 type "\"number\""`,
		`/c~0~1d file/ext "\".png\""`,
		`/c~0~1d file/maxSize "10"`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func TestShorthand(t *testing.T) {
	for _, test := range []struct {
		schema string
		inputs bool
		fits   string
		misses string
		warns  bool
	}{
		{`{"a": {"type": "number"}}`, true, `{"a": 1}`, `{}`, false},
		{`{"type": {"type": "string"}}`, true, `{"type": "x"}`, `"x"`, false}, // a property called type
		{`{"file": {"type": "string"}}`, true, `{"file": "x"}`, png, false},   // a property called file
		{`{"items": {"type": "array"}, "enum": {"type": "string"}}`, true, `{"items": [], "enum": ""}`, `[]`, false},
		{`{"type": "object", "properties": {"a": {}}}`, true, `{"a": 1}`, `{}`, false},
		{`{"type": "object", "properties": {"a": {}}, "required": []}`, true, `{}`, `1`, false},
		{`{"type": "array", "items": {"type": "number"}}`, true, `[1]`, `{}`, false},
		{`{"type": "array", "items": {"type": "number"}}`, false, `[1]`, `{}`, true},
		{`{"type": "number"}`, true, `1`, `{"type": 1}`, true},
		{`{"type": ["number", "null"]}`, true, `null`, `""`, true},
		{`{"file": {"ext": ".png"}}`, true, png, `{"file": 1}`, true},
		{`{"ndarray": {"shape": [null, null, null]}}`, true, array, `{"ndarray": 1}`, true},
		{`{"anyOf": [{"file": {}}, {"type": "null"}]}`, true, png, `1`, true},
		{`{}`, true, `{"any": 1}`, `1`, false},
	} {
		s, diagnostics := CompileField(parse(test.schema), test.inputs)
		warned := slices.ContainsFunc(diagnostics, func(d source.Diagnostic) bool { return d.Code == ruleShorthand.Code })
		if warned != test.warns || len(diagnostics) > 0 && !warned {
			t.Errorf("%s: %+v", test.schema, diagnostics)
		}
		if got := s.Validate(parse(test.fits).Plain()); len(got) > 0 {
			t.Errorf("%s refuses %s: %+v", test.schema, test.fits, got)
		}
		if s.Accepts(parse(test.misses).Plain()) {
			t.Errorf("%s accepts %s", test.schema, test.misses)
		}
	}
	for _, nothing := range []string{`null`, `""`} {
		if s, diagnostics := CompileField(parse(nothing), true); s != nil || diagnostics != nil || !s.Accepts(1) || s.Validate(1) != nil {
			t.Errorf("%s is not nothing", nothing)
		}
	}
}

// TestFaultsOfSchemas: what is wrong with a schema is told at its place, and the
// rest of it still works.
func TestFaultsOfSchemas(t *testing.T) {
	for _, test := range []struct{ schema, code, at, hint string }{
		{`{"type": "int"}`, "schema-invalid", `"int"`, `did you mean "integer"?`},
		{`{"type": 1}`, "schema-invalid", `1`, "the types are string, number, integer, boolean, object, array, null"},
		{`"number"`, "schema-invalid", `"number"`, `write {"type": "number"}`},
		{`{"required": true}`, "schema-invalid", `true`, `write "required": ["NAME"] beside "properties"`},
		{`{"minimum": "1"}`, "schema-invalid", `"1"`, ""},
		{`{"multipleOf": 0}`, "schema-invalid", `0`, ""},
		{`{"minLength": -1}`, "schema-invalid", `-1`, ""},
		{`{"enum": []}`, "schema-invalid", `[]`, ""},
		{`{"anyOf": {}}`, "schema-invalid", `{}`, ""},
		{`{"properties": []}`, "schema-invalid", `[]`, ""},
		{`{"items": 3}`, "schema-invalid", `3`, "write {\"type\": ...}, or {} for any value"},
		{`{"uniqueItems": 1}`, "schema-invalid", `1`, ""},
		{`{"pattern": "("}`, "schema-pattern", `"("`, ""},
		{`{"patternProperties": {"[": {}}}`, "schema-pattern", `"["`, ""},
		{`{"format": "path"}`, "schema-unknown-format", `"path"`, "the formats are " + strings.Join(knownFormats, ", ")},
		{`{"$ref": "other.json"}`, "schema-reference", `"other.json"`, "copy what it leads to under `definitions`"},
		{`{"$ref": "#/nowhere"}`, "schema-reference", `"#/nowhere"`, "references begin at the top of this schema: #/definitions/NAME"},
		{`{"file": {"ext": 1}}`, "schema-keyword", `1`, ""},
		{`{"file": {"ext": " png"}}`, "schema-keyword", `" png"`, "remove the space"},
		{`{"file": {"exts": "png"}}`, "schema-keyword", `"exts"`, `did you mean "ext"?`},
		{`{"file": ["png"]}`, "schema-keyword", `["png"]`, `write {"ext": [".png"]}, or {} for any file`},
		{`{"file": {"maxSize": "1MB"}}`, "schema-keyword", `"1MB"`, ""},
		{`{"ndarray": {"dtype": "double"}}`, "schema-keyword", `"double"`, `did you mean "float64"?`},
		{`{"ndarray": {"shape": 3}}`, "schema-keyword", `3`, "write null where any length will do: [null, null, 3]"},
		{`{"ndarray": {"shape": [1, 2], "ndim": 3}}`, "schema-keyword", `3`, ""},
		{`{"ndarray": {"axes": "YX", "ndim": 3}}`, "schema-keyword", `"YX"`, ""},
		{`{"ndarray": "float32"}`, "schema-keyword", `"float32"`, `write {"shape": [null, null], "dtype": "float32"}, or {} for any array`},
	} {
		s, diagnostics := CompileField(parse(`{"good": {"type": "number"}, "x": `+test.schema+`}`), true)
		if len(diagnostics) != 1 {
			t.Errorf("%s: %+v", test.schema, diagnostics)
			continue
		}
		d := diagnostics[0]
		if d.Code != test.code || string(d.Place.Source.Slice(d.Place.Span)) != test.at || d.Hint != test.hint {
			t.Errorf("%s: %s at %s: %s (%s)", test.schema, d.Code, d.Place.Source.Slice(d.Place.Span), d.Message, d.Hint)
		}
		if s.Accepts(map[string]any{"good": "", "x": 1}) {
			t.Errorf("%s: the good part is not checked", test.schema)
		}
		if _, err := Compile(parse(at(test.schema))); (err != nil) != (d.Severity == source.Error) {
			t.Errorf("%s: Compile says %v", test.schema, err)
		}
	}
}

func TestRulesAreDocumented(t *testing.T) {
	for _, rule := range Rules() {
		for _, example := range []struct {
			text string
			want bool
		}{{rule.Bad, true}, {rule.Good, false}} {
			n := configOf("x", []byte(example.text)).Get("inputs")
			_, diagnostics := CompileField(n, true)
			if found := len(diagnostics) > 0 && diagnostics[0].Code == rule.Code; found != example.want || len(diagnostics) > 0 && !example.want {
				t.Errorf("%s: the example %s gives %v", rule.Code, example.text, diagnostics)
			}
		}
	}
}

// TestNothingIsOpened: a schema that names a file never opens it (security P8).
func TestNothingIsOpened(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary.json")
	if err := os.WriteFile(canary, []byte(`{"type": "string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(canary, before, before); err != nil {
		t.Fatal(err)
	}
	url := "file://" + filepath.ToSlash(canary)
	for _, text := range []string{
		`{"$ref": "` + url + `"}`,
		`{"$ref": "` + url + `#/definitions/x"}`,
		`{"$id": "` + url + `", "$ref": "#/definitions/a", "definitions": {"a": {"$id": "` + url + `", "$ref": "canary.json"}}}`,
		`{"$schema": "` + url + `", "type": "object"}`,
		`{"allOf": [{"$schema": "` + url + `"}]}`,
		`{"$id": "file:///", "anyOf": [{"$ref": "` + strings.TrimPrefix(filepath.ToSlash(canary), "/") + `"}]}`,
		`{"$ref": "http://json-schema.org/draft-07/schema#"}`,
	} {
		for _, n := range []*conf.Node{parse(text), parse(at(text))} {
			s, diagnostics := CompileField(n, true)
			s.Validate(map[string]any{"x": 1})
			for _, d := range diagnostics {
				if strings.Contains(d.Message, "string") {
					t.Errorf("%s: the message shows the file: %s", text, d.Message)
				}
			}
			if strings.Contains(text, `"$ref"`) && source.Worst(diagnostics) < source.Error {
				t.Errorf("%s is not refused", text)
			}
			if s != nil && !s.Accepts(map[string]any{"x": map[string]any{}}) {
				t.Errorf("%s: the reference was followed", text)
			}
		}
	}
}

// TestPatternsCannotRunAway: eight patterns that take V8 minutes (security P7).
func TestPatternsCannotRunAway(t *testing.T) {
	long := strings.Repeat("a", 40) + "!"
	for _, pattern := range []string{`^(a+)+$`, `^(a|aa)+$`, `^(a|a?)+$`, `^(.*a){20}$`, `^(?=(a+)+$)`, `^((a+)+)\\1$`, `^(?!(a|a)*$)x`, `^(\\w+\\s?)*$(?=x)`} {
		s := field(t, at(`{"pattern": "`+pattern+`"}`))
		start := time.Now()
		got := s.Validate(map[string]any{"x": long})
		if took := time.Since(start); took > 100*MaxPatternTime {
			t.Errorf("%s took %v", pattern, took)
		}
		if len(got) == 0 {
			t.Errorf("%s accepts %s", pattern, long)
		}
		for _, v := range got {
			t.Logf("%s: %s", pattern, v.Message)
		}
	}
	s := field(t, at(`{"pattern": "^(?=a)"}`))
	if got := s.Validate(map[string]any{"x": strings.Repeat("a", MaxPatternInput+1)}); len(got) != 1 || !strings.Contains(got[0].Message, "longer than") {
		t.Errorf("a long text: %v", got)
	}
}

// TestPatternsAreJavaScripts: what both engines and JavaScript agree on.
func TestPatternsAreJavaScripts(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want, linear  bool
	}{
		{`^\d+$`, "12", true, true}, {`^\d+$`, "1a", false, true}, {`\.tif$`, "a.tif", true, true}, {`\.tif$`, "a.tif\n", false, true},
		{`^a.c$`, "a\rc", false, true}, {`^a.c$`, "a\u2028c", false, true}, {`^a\sc$`, "a\u00a0c", true, true}, {`^[\s]$`, "\ufeff", true, true},
		{`^\u00e4$`, "ä", true, true}, {`^\x61\/$`, "a/", true, true}, {`[[:alpha:]]`, "a", false, true}, {`[[:alpha:]]`, ":]", true, true},
		{`^(?=a)a$`, "a", true, false}, {`^(?!a)`, "a", false, false}, {`^(a)\1$`, "aa", true, false}, {`^[^]$`, "x", true, false}, {`\A`, "a", false, true}, {`\A`, "A", true, true},
		{`^[\w-]+$`, "a-b", true, true}, {`^[^\s]+$`, "a b", false, true}, {`^(?:a|b)$`, "b", true, true}, {`^[\]\[]$`, "]", true, true}, {`a{2}`, "aa", true, true}, {`\bword\b`, "a word", true, true}, {`^é$`, "é", true, true}, {`\$`, "$", true, true},
	} {
		p, err := newPattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		if got, err := p.match(test.text); got != test.want || err != nil {
			t.Errorf("%s on %q: %v %v", test.pattern, test.text, got, err)
		}
		if (p.linear != nil) != test.linear {
			t.Errorf("%s: linear is %v", test.pattern, p.linear != nil)
		}
	}
}

// TestReferencesCannotMultiply: 2^40 applications of a schema are not made.
func TestReferencesCannotMultiply(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"type": "object", "properties": {"x": {"$ref": "#/definitions/d0"}}, "definitions": {`)
	for i := range 40 {
		fmt.Fprintf(&b, `"d%d": {"allOf": [{"$ref": "#/definitions/d%d"}, {"$ref": "#/definitions/d%d"}]}, `, i, i+1, i+1)
	}
	b.WriteString(`"d40": {}}}`)
	s := field(t, b.String())
	start := time.Now()
	got := s.Validate(map[string]any{"x": 1})
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if len(got) != 1 || !strings.Contains(got[0].Message, "too many steps") {
		t.Errorf("got %v", got)
	}
	tree := field(t, `{"type": "object", "properties": {"x": {"$ref": "#"}}, "required": []}`)
	if !tree.Accepts(data(`{"x": {"x": {}}}`)) || tree.Accepts(data(`{"x": {"x": 1}}`)) {
		t.Error("a recursive schema does not work")
	}
	if s, diagnostics := CompileField(parse(`{"$ref": "#"}`), true); len(diagnostics) == 0 || !s.Accepts(1) {
		t.Errorf("a schema that is only itself: %v", diagnostics)
	}
}

func TestGoValues(t *testing.T) {
	for _, test := range []struct {
		schema string
		value  any
		want   bool
	}{
		{`{"type": "number"}`, math.NaN(), false}, {`{"type": "number"}`, math.Inf(1), true}, {`{"minimum": 0}`, math.Inf(-1), false},
		{`{"type": "integer"}`, int16(3), true}, {`{"type": "number"}`, json.Number("1e-99999999"), true},
		{`{"ndarray": {"dtype": "float32", "shape": [2]}}`, []float32{1, 2}, true}, {`{"ndarray": {"dtype": "uint8"}}`, []byte{1}, true}, {`{"ndarray": {"dtype": "int8"}}`, []byte{1}, false},
		{`{"type": "array", "items": {"type": "string"}}`, []string{"a"}, true}, {`{"type": "object", "required": ["a"]}`, map[string]int{"a": 1}, true},
		{`{"ndarray": {"ndim": 2}}`, fake{}, true}, {`{"ndarray": {"ndim": 3}}`, fake{}, false}, {`{"type": "object"}`, func() {}, true}, {`{"type": "string"}`, make(chan int), false},
	} {
		if got := field(t, at(test.schema)).Accepts(map[string]any{"x": test.value}); got != test.want {
			t.Errorf("%s accepts %T %v: %v", test.schema, test.value, test.value, got)
		}
	}
	var deep any = 1
	for range 100_000 {
		deep = []any{deep}
	}
	if got := field(t, at(`{}`)).Validate(map[string]any{"x": deep}); len(got) != 1 {
		t.Errorf("deep data: %v", got)
	}
}

type fake struct{}

func (fake) SchemaValue() any {
	return map[string]any{"_rtype": "ndarray", "_rdtype": "int8", "_rshape": []int{2, 3}}
}

func TestDescribe(t *testing.T) {
	s := field(t, `{"type": "object", "required": ["image"], "properties": {
		"image": {"title": "Image", "description": "the cells", "file": {"mime": "image/*", "ext": [".png", "tif"], "maxSize": 10485760}},
		"stack": {"ndarray": {"dtype": "float32", "shape": [null, null, 3]}},
		"labels": {"type": "ndarray", "dtype": ["int8", "int16"], "axes": "YX"},
		"zarr": {"type": "url", "extension": "zarr"},
		"sigma": {"type": "number", "minimum": 0, "maximum": 10, "default": 2},
		"mode": {"enum": ["fast", "exact"]},
		"names": {"type": "array", "items": {"type": "string", "maxLength": 5}, "minItems": 1},
		"options": {"type": "object", "properties": {"size": {"$ref": "#/definitions/size"}}, "required": ["size"]},
		"any": {"anyOf": [{"type": "number"}, {"type": "null"}]},
		"free": {}}, "definitions": {"size": {"type": "integer", "exclusiveMinimum": 0}}}`)
	var lines []string
	d := s.Describe()
	for _, row := range d.Rows {
		line := row.Name + ": " + row.Text
		if row.Required {
			line += " (required)"
		}
		lines = append(lines, line+row.Title+row.Note+row.Default)
	}
	want := []string{
		"image: an image file (.png, .tif), at most 10 MiB (required)Imagethe cells",
		"stack: a float32 array of shape (any, any, 3)",
		"labels: an int8 or int16 array (YX)",
		"zarr: a URL ending with .zarr",
		"sigma: a number from 0 to 102",
		`mode: "fast" or "exact"`,
		"names: a list, each a text of at most 5 characters, at least 1 item",
		"options: an object",
		"options.size: a whole number above 0 (required)",
		"any: a number or null",
		"free: anything",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if short := field(t, `{"a": {"file": {"mime": "application/pdf"}}}`).Describe(); short.Summary != "an object" || !short.Rows[0].Required || short.Rows[0].Text != "a file (application/pdf)" {
		t.Errorf("%+v", short)
	}
}

func TestFileProperty(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": {"file": {}}, "b": {"type": "number"}}`:                        "a false true",
		`{"a": {"file": {}}, "b": {"type": "file"}}`:                          " false false",
		`{"a": {"type": "array", "items": {"file": {}}}}`:                     "a true true",
		`{"a": {"anyOf": [{"type": "null"}, {"file": {"ext": "x"}}]}}`:        "a false true",
		`{"type": "object", "properties": {"z": {"type": ["file", "null"]}}}`: "z false true",
		`{"file": {"ext": ".png"}}`:                                           " false false",
	} {
		name, list, ok := field(t, text).FileProperty()
		if got := fmt.Sprint(name, " ", list, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestDescribingIsBounded: references that multiply make no endless description.
func TestDescribingIsBounded(t *testing.T) {
	var properties, forms []string
	for i := range 60 {
		properties = append(properties, fmt.Sprintf(`"p%d": {"$ref": "#"}`, i))
		forms = append(forms, `{"$ref": "#/definitions/f"}`)
	}
	s, _ := CompileField(parse(`{"type": "object", "properties": {`+strings.Join(properties, ",")+`, "f": {"$ref": "#/definitions/f"}}, "definitions": {"f": {"anyOf": [`+strings.Join(forms, ",")+`]}}}`), true)
	start := time.Now()
	if d := s.Describe(); len(d.Rows) > maxRows {
		t.Errorf("%d rows", len(d.Rows))
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := field(t, `{"type": "object", "properties": {"x": {"$ref": "#/definitions/n"}, "y": {"pattern": "^(?=a)"}}, "definitions": {"n": {"type": "number"}}, "required": []}`)
	done := make(chan bool)
	for range 4 {
		go func() {
			ok := true
			for range 50 {
				ok = ok && s.Accepts(map[string]any{"x": 1, "y": "a"}) && len(s.Validate(map[string]any{"x": "", "y": "b"})) == 2
			}
			done <- ok
		}()
	}
	for range 4 {
		if !<-done {
			t.Error("wrong answers under concurrent use")
		}
	}
}
