package schema

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// readShorthand decides whether the value of a field is a schema or, as ImJoy's
// shorthand has it, a map from property names to schemas. A keyword counts as such
// when its value has the keyword's shape; otherwise it is a property's name.
func readShorthand(n *conf.Node, inputs bool) (whole bool, notes []source.Diagnostic) {
	if n.Kind != conf.Map {
		return true, nil
	}
	kind, _ := n.Get("type").Str()
	if kind == "object" && n.Get("properties").Map() || inputs && kind == "array" && n.Get("items") != nil {
		return true, nil // ImJoy agrees
	}
	key := topKeyword(n)
	if key == "" {
		return false, nil
	}
	d := ruleShorthand.Diagnostic(n.Member(key).KeyPlace,
		"this is read as a schema; ImJoy reads it as a map of properties, one of them called "+conf.Quote(key),
		`write {"type": "object", "properties": {...}} with the schema as a property`)
	return true, []source.Diagnostic{d}
}

// Shorthand reports whether the value of `inputs` or `outputs` is a map from property names
// to schemas instead of a schema.
func Shorthand(n *conf.Node) bool {
	if n == nil {
		return false
	}
	whole, _ := readShorthand(n, false)
	return !whole
}

var (
	fileKeys    = []string{"mime", "ext", "size", "minSize", "maxSize", "folder"}
	ndarrayKeys = []string{"shape", "dtype", "ndim", "axes"}
)

// topKeyword returns the key that shows a map to be a schema, "" when none does.
func topKeyword(n *conf.Node) string {
	if t := n.Get("type"); t != nil && (t.Kind == conf.String || t.List()) {
		return "type"
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf", "enum"} {
		if n.Get(key).List() {
			return key
		}
	}
	if _, isText := n.Get("$ref").Str(); isText {
		return "$ref"
	}
	if onlyKeys(n.Get("file"), fileKeys) {
		return "file"
	}
	if onlyKeys(n.Get("ndarray"), ndarrayKeys) {
		return "ndarray"
	}
	return ""
}

// onlyKeys reports whether a value is a map with none but these keys.
func onlyKeys(n *conf.Node, keys []string) bool {
	return n.Map() && !slices.ContainsFunc(n.Members, func(m conf.Member) bool { return !slices.Contains(keys, m.Key) })
}
