package form

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// FromInputs makes a form of an `inputs` schema: a field for each property. A schema
// without properties is read as a map of properties, as ImJoy's shorthand has it. It
// looks only at what a form can show; package schema checks the rest.
func FromInputs(inputs *conf.Node) *Form {
	f := &Form{}
	properties, required, all := properties(inputs)
	for _, name := range properties.Keys() {
		if len(f.Fields) >= maxFields {
			break
		}
		field := fieldOf(name, properties.Get(name))
		field.Required = all || slices.Contains(required, name)
		f.Fields = append(f.Fields, field)
	}
	return f
}

// properties finds the properties of a schema and which are required; all means
// every one, which is ImJoy's rule where nothing is said.
func properties(inputs *conf.Node) (n *conf.Node, required []string, all bool) {
	if !inputs.Map() {
		return nil, nil, false
	}
	kind, _ := inputs.Get("type").Str()
	if kind == "object" && inputs.Get("properties").Map() {
		required, _ = inputs.Get("required").Strings()
		return inputs.Get("properties"), required, inputs.Get("required") == nil
	}
	if isSchema(inputs) {
		return nil, nil, false
	}
	return inputs, nil, true
}

// isSchema reports whether a map is a schema of one value rather than a map of
// properties: a keyword is there whose value has that keyword's shape.
func isSchema(n *conf.Node) bool {
	if kind := n.Get("type"); kind != nil && (kind.Kind == conf.String || kind.List()) {
		return true
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf", "enum"} {
		if n.Get(keyword).List() {
			return true
		}
	}
	if _, reference := n.Get("$ref").Str(); reference {
		return true
	}
	return only(n.Get("file"), "mime", "ext", "size", "minSize", "maxSize", "folder") ||
		only(n.Get("ndarray"), "shape", "dtype", "ndim", "axes")
}

// only reports whether a value is a map with none but these keys.
func only(n *conf.Node, keys ...string) bool {
	return n.Map() && !slices.ContainsFunc(n.Members, func(m conf.Member) bool { return !slices.Contains(keys, m.Key) })
}

func fieldOf(name string, schema *conf.Node) Field {
	f := Field{ID: name, DataID: name, Label: name, Place: schema.Place, Node: schema, Type: typeOf(schema)}
	if title, ok := schema.Get("title").Str(); ok && title != "" {
		f.Label = title
	}
	f.Description, _ = schema.Get("description").Str()
	f.Default = plain(schema.Get("default"))
	for _, item := range allowed(schema) {
		f.Options = append(f.Options, Option{Label: printed(item), Value: plain(item), Place: item.Place})
	}
	if f.Type == Number || f.Type == Integer {
		f.Min, f.Max, f.Step = limit(schema, "minimum"), limit(schema, "maximum"), limit(schema, "multipleOf")
		if f.Step != nil && *f.Step <= 0 {
			f.Step = nil
		}
	}
	return f
}

// allowed returns the only values that a schema allows, nil when it does not list
// them.
func allowed(schema *conf.Node) []*conf.Node {
	if constant := schema.Get("const"); constant != nil {
		return []*conf.Node{constant}
	}
	if list := schema.Get("enum"); list.List() {
		return list.Items
	}
	return nil
}

// typeOf returns the type of field that fits a schema.
func typeOf(schema *conf.Node) string {
	if len(allowed(schema)) > 0 {
		return Choose
	}
	for _, keyword := range []string{File, NDArray, URL} {
		if schema.Get(keyword) != nil {
			return keyword
		}
	}
	kind, _ := schema.Get("type").Str()
	switch kind {
	case Number, Integer, Boolean, String, List, Object, File, NDArray, URL:
		return kind
	}
	if schema.Get("pattern") != nil {
		return String
	}
	return Any
}

func limit(schema *conf.Node, key string) *float64 {
	value, ok := schema.Get(key).Float()
	if !ok {
		return nil
	}
	return &value
}
