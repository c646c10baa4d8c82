package schema

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules documents every diagnostic of this package.
func Rules() []*source.Rule {
	return []*source.Rule{ruleInvalid, ruleReference, rulePattern, ruleKeyword, ruleShorthand, ruleFormat, ruleMisspelt}
}

func inputs(text string) string {
	return "<config lang=\"json\">\n{\"inputs\": " + text + "}\n</config>\n"
}

var ruleInvalid = &source.Rule{
	Code: "schema-invalid", Severity: source.Error,
	Summary: "inputs or outputs is no valid JSON Schema",
	Doc: "`inputs` and `outputs` are JSON Schemas (draft 7). ImJoy drops the whole schema silently when it cannot compile it: " +
		"the plugin then gets no data from a drop, and nothing is checked.",
	Bad:  inputs(`{"type": "object", "properties": {"n": {"type": "int"}}}`),
	Good: inputs(`{"type": "object", "properties": {"n": {"type": "integer"}}}`),
}

var ruleReference = &source.Rule{
	Code: "schema-reference", Severity: source.Error,
	Summary: "a $ref leads out of the schema, or nowhere",
	Doc:     "A reference may lead only to a part of the same schema (`#/definitions/x`). Files and addresses are never opened: a schema must mean the same everywhere.",
	Bad:     inputs(`{"type": "object", "properties": {"n": {"$ref": "file:///etc/passwd"}}}`),
	Good:    inputs(`{"type": "object", "properties": {"n": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"type": "number"}}}`),
}

var rulePattern = &source.Rule{
	Code: "schema-pattern", Severity: source.Error,
	Summary: "a pattern is no regular expression of JavaScript",
	Doc: "`pattern`, the keys of `patternProperties` and texts of `format: \"regex\"` are JavaScript regular expressions. " +
		"Those that need backtracking are stopped after a tenth of a second, and count as not matching.",
	Bad:  inputs(`{"type": "object", "properties": {"n": {"pattern": "(unclosed"}}}`),
	Good: inputs(`{"type": "object", "properties": {"n": {"pattern": "^[a-z]+$"}}}`),
}

var ruleKeyword = &source.Rule{
	Code: "schema-keyword", Severity: source.Error,
	Summary: "the keyword file, ndarray or url is not used as it should be",
	Doc: "`file` takes `mime`, `ext`, `size`, `minSize`, `maxSize` and `folder`; `ndarray` takes `shape` (null for any length), `dtype`, `ndim` and `axes`; " +
		"`url` takes `extension`. ImJoy drops a schema with a value it does not know.",
	Bad:  inputs(`{"type": "object", "properties": {"image": {"ndarray": {"dtype": "double"}}}}`),
	Good: inputs(`{"type": "object", "properties": {"image": {"ndarray": {"dtype": "float64"}}}}`),
}

var ruleShorthand = &source.Rule{
	Code: "schema-shorthand", Severity: source.Info,
	Summary: "ImJoy reads this schema as a map of properties",
	Doc: "ImJoy's documentation writes `{\"file\": ...}` at the top, but its code takes `inputs` for a whole schema only if it is an object with `properties` (or, for inputs, an array with `items`); anything else is a map from " +
		"property names to schemas. Here a schema at the top is recognised by its shape, which ImJoy does not do: write it under `properties` to mean the same everywhere.",
	Bad:  inputs(`{"file": {"ext": [".png"]}}`),
	Good: inputs(`{"type": "object", "properties": {"image": {"file": {"ext": [".png"]}}}}`),
}

var ruleFormat = &source.Rule{
	Code: "schema-unknown-format", Severity: source.Warning,
	Summary: "a format that no reader of JSON Schema knows",
	Doc:     "ImJoy drops a schema with an unknown `format`; here it is not checked. The formats are date-time, date, time, email, hostname, ipv4, ipv6, uri, uri-reference, uri-template, json-pointer, relative-json-pointer, regex and uuid.",
	Bad:     inputs(`{"type": "object", "properties": {"n": {"type": "string", "format": "path"}}}`),
	Good:    inputs(`{"type": "object", "properties": {"n": {"type": "string", "format": "uri"}}}`),
}

var ruleMisspelt = &source.Rule{
	Code: "schema-misspelt", Severity: source.Warning,
	Summary: "a keyword or a required name that is nearly another one",
	Doc: "JSON Schema ignores keywords it does not know, so one that is misspelt checks nothing. A name in `required` that no property has makes all data " +
		"wrong that has only the properties. Told are those that are a slip or two away from what was probably meant.",
	Bad:  inputs(`{"type": "object", "properties": {"n": {"type": "number", "minimun": 1}}}`),
	Good: inputs(`{"type": "object", "properties": {"n": {"type": "number", "minimum": 1}}}`),
}
