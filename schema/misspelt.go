package schema

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// knownKeywords are all that a schema may have, those without an effect as well.
var knownKeywords = []string{
	"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
	"minProperties", "maxProperties", "uniqueItems", "required", "pattern", "format", "properties", "definitions", "$defs", "dependencies", "items",
	"additionalItems", "additionalProperties", "patternProperties", "contains", "propertyNames", "not", "if", "then", "else", "allOf", "anyOf", "oneOf",
	"file", "ndarray", "url", "$ref", "$id", "$schema", "$comment", "title", "description", "default", "examples", "readOnly", "writeOnly",
	"contentMediaType", "contentEncoding", "label", "placeholder", "options", "id", "name", "unit",
}

// misspelt tells of keys that are nearly keywords, and of required names that are nearly
// those of properties.
func (o *object) misspelt() {
	for _, m := range o.node.Members {
		if slices.Contains(knownKeywords, m.Key) || len(m.Key) < 3 {
			continue
		}
		if near := source.Nearest(m.Key, knownKeywords); len(near) > 3 && o.node.Get(near) == nil {
			o.slip(m.KeyPlace, fmt.Sprintf("there is no keyword %s", conf.Quote(m.Key)), near)
		}
	}
	properties, required := o.node.Get("properties"), o.node.Get("required")
	if !properties.Map() || required == nil || !required.List() {
		return
	}
	names := properties.Keys()
	for _, item := range required.Items {
		name, ok := item.Str()
		if !ok || slices.Contains(names, name) {
			continue
		}
		if near := source.Nearest(name, names); near != "" {
			o.slip(item.Place, fmt.Sprintf("%s is required, and no property is called so", conf.Quote(name)), near)
		}
	}
}

// slip reports a word that is nearly another one.
func (o *object) slip(place source.Place, message, near string) {
	d := o.report(ruleMisspelt, &conf.Node{Place: place}, message, "did you mean "+conf.Quote(near)+"?")
	text := string(place.Slice(place.Span))
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') {
		near = conf.Quote(near)
	}
	d.Fixes = []source.Fix{{Title: "write " + near, Edits: []source.Edit{{Span: place.Span, New: near}}}}
}
