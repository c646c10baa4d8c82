package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// object is one schema while it is built.
type object struct {
	*builder
	node    *conf.Node
	pointer string
	out     map[string]any
	checks  []int
}

// add adds a check of ours.
func (o *object) add(c check) {
	o.checks = append(o.checks, len(o.builder.checks))
	o.builder.checks = append(o.builder.checks, c)
}

// builders take over the keywords that mean something; the rest is left out.
var builders map[string]func(o *object, key string, n *conf.Node)

func init() { // a table that leads back to itself
	builders = map[string]func(o *object, key string, n *conf.Node){
		"type": (*object).types, "enum": (*object).enum, "const": (*object).plain,
		"minimum": (*object).number, "maximum": (*object).number, "exclusiveMinimum": (*object).number, "exclusiveMaximum": (*object).number, "multipleOf": (*object).number,
		"minLength": (*object).count, "maxLength": (*object).count, "minItems": (*object).count, "maxItems": (*object).count, "minProperties": (*object).count, "maxProperties": (*object).count,
		"uniqueItems": (*object).boolean, "required": (*object).names, "pattern": (*object).pattern, "format": (*object).format,
		"properties": (*object).map_, "definitions": (*object).unused, "$defs": (*object).unused, "dependencies": (*object).dependencies,
		"items": (*object).items, "additionalItems": (*object).one, "contains": (*object).one, "propertyNames": (*object).one,
		"not": (*object).one, "if": (*object).one, "then": (*object).one, "else": (*object).one,
		"allOf": (*object).list, "anyOf": (*object).list, "oneOf": (*object).list,
		"file": (*object).file, "ndarray": (*object).ndarray, "url": (*object).url,
	}
}

// typeNames are the types of JSON Schema; ownTypes those that ImJoy's documentation
// writes beside them.
var (
	typeNames = []string{"string", "number", "integer", "boolean", "object", "array", "null"}
	ownTypes  = []string{"file", "ndarray", "url"}
)

func (o *object) types(key string, n *conf.Node) {
	names, ok := n.Strings()
	if !ok || n.Kind == conf.Null || len(names) == 0 {
		o.report(ruleInvalid, n, "the type is a name or a list of names", "the types are "+strings.Join(typeNames, ", "))
		return
	}
	var types []any
	var own []check
	for i, name := range names {
		at := n
		if n.List() {
			at = n.Item(i)
		}
		switch {
		case slices.Contains(typeNames, name):
			types = append(types, name)
		case slices.Contains(ownTypes, name):
			own = append(own, o.ownType(name, at))
		default:
			o.unknownType(name, at)
		}
	}
	switch {
	case len(own) == 0 && len(types) > 0:
		o.out["type"] = types
	case len(own) == 1 && len(types) == 0:
		o.add(own[0])
	case len(own) > 0:
		o.add(oneOfTypes{types: types, own: own})
	}
}

func (o *object) unknownType(name string, at *conf.Node) {
	all := append(slices.Clone(typeNames), ownTypes...)
	hint := "the types are " + strings.Join(all, ", ")
	d := o.report(ruleInvalid, at, fmt.Sprintf("there is no type %s", conf.Quote(name)), hint)
	near := source.Nearest(name, all)
	if other := map[string]string{"int": "integer", "float": "number", "double": "number", "bool": "boolean", "str": "string", "text": "string", "list": "array", "dict": "object", "map": "object", "none": "null"}[strings.ToLower(name)]; other != "" {
		near = other
	}
	if near != "" {
		d.Hint = "did you mean " + conf.Quote(near) + "?"
		d.Fixes = []source.Fix{{Title: "write " + conf.Quote(near), Edits: []source.Edit{{Span: at.Place.Span, New: conf.Quote(near)}}}}
	}
}

// ownType is the check of `type: "file"` and its like, whose keywords stand beside it.
func (o *object) ownType(name string, at *conf.Node) check {
	o.rules[o.pointer+"/type"] = at
	switch name {
	case "file":
		return o.fileCheck("type", o.node, nil)
	case "ndarray":
		return o.ndarrayCheck("type", o.node, nil)
	}
	return o.urlCheck("type", o.node)
}

func (o *object) enum(key string, n *conf.Node) {
	if !n.List() || len(n.Items) == 0 {
		o.report(ruleInvalid, n, "an enum is a list of the allowed values", "")
		return
	}
	o.plain(key, n)
}

func (o *object) plain(key string, n *conf.Node) {
	value, fault := normal(n.Plain())
	if fault == nil {
		o.out[key] = value
	}
}

func (o *object) number(key string, n *conf.Node) {
	value, ok := n.Float()
	if !ok || key == "multipleOf" && value <= 0 {
		o.report(ruleInvalid, n, fmt.Sprintf("%s is a number%s", key, map[bool]string{true: " above 0"}[key == "multipleOf"]), "")
		return
	}
	o.plain(key, n)
}

func (o *object) count(key string, n *conf.Node) {
	value, ok := n.Float()
	if !ok || value < 0 || value != float64(int64(value)) || value > 1<<50 {
		o.report(ruleInvalid, n, fmt.Sprintf("%s is a whole number from 0", key), "")
		return
	}
	o.out[key] = int64(value)
}

func (o *object) boolean(key string, n *conf.Node) {
	value, ok := n.Bool()
	if !ok {
		o.report(ruleInvalid, n, key+" is true or false", "")
		return
	}
	o.out[key] = value
}

func (o *object) names(key string, n *conf.Node) {
	if n.Kind == conf.Bool {
		o.report(ruleInvalid, n, "required is a list of property names; it stands in the object's schema, not in the property's", `write "required": ["NAME"] beside "properties"`)
		return
	}
	names, ok := n.Strings()
	if !ok || !n.List() {
		o.report(ruleInvalid, n, key+" is a list of property names", "")
		return
	}
	slices.Sort(names)
	o.out[key] = append([]string{}, slices.Compact(names)...)
}

func (o *object) map_(key string, n *conf.Node) {
	if !n.Map() {
		o.report(ruleInvalid, n, key+" is an object: a schema for each name", "")
		return
	}
	o.out[key] = o.named(n, o.pointer+"/"+key)
}

// unused builds definitions only to find their faults; references bring their own.
func (o *object) unused(key string, n *conf.Node) {
	if !n.Map() {
		o.map_(key, n)
		return
	}
	for _, name := range n.Keys() {
		o.definition(n.Get(name))
	}
}

func (o *object) one(key string, n *conf.Node) {
	o.out[key] = o.schema(n, o.pointer+"/"+key)
}

func (o *object) list(key string, n *conf.Node) {
	if !n.List() || len(n.Items) == 0 {
		o.report(ruleInvalid, n, key+" is a list of schemas", "")
		return
	}
	list := make([]any, len(n.Items))
	for i, item := range n.Items {
		list[i] = o.schema(item, fmt.Sprintf("%s/%s/%d", o.pointer, key, i))
	}
	o.out[key] = list
}

func (o *object) items(key string, n *conf.Node) {
	if n.List() && len(n.Items) == 0 {
		return
	}
	if n.List() {
		o.list(key, n)
		return
	}
	o.one(key, n)
}

func (o *object) dependencies(key string, n *conf.Node) {
	if !n.Map() {
		o.map_(key, n)
		return
	}
	out := map[string]any{}
	for _, name := range n.Keys() {
		value := n.Get(name)
		pointer := o.pointer + "/" + key + "/" + conf.EscapePointer(name)
		if !value.List() {
			out[name] = o.schema(value, pointer)
			continue
		}
		names, ok := value.Strings()
		if !ok {
			o.report(ruleInvalid, value, "a dependency is a list of property names, or a schema", "")
			continue
		}
		o.rules[pointer] = value
		slices.Sort(names)
		out[name] = append([]string{}, slices.Compact(names)...)
	}
	o.out[key] = out
}

// additional builds patternProperties, and additionalProperties which depends on it.
func (o *object) additional() {
	additional, patterns := o.node.Get("additionalProperties"), o.node.Get("patternProperties")
	if additional != nil {
		o.rules[o.pointer+"/additionalProperties"] = additional
	}
	if patterns == nil {
		if additional != nil {
			o.one("additionalProperties", additional)
		}
		return
	}
	if !patterns.Map() {
		o.map_("patternProperties", patterns)
		return
	}
	inside := map[string]any{}
	pointer := o.pointer + "/" + patternKey
	m := members{known: map[string]bool{}}
	for i, name := range patterns.Keys() {
		place := patterns.Member(name).KeyPlace
		p := o.compilePattern(name, &conf.Node{Place: place})
		if p == nil {
			continue
		}
		key := fmt.Sprint(i)
		inside[key] = o.schema(patterns.Get(name), pointer+"/"+key)
		m.patterns = append(m.patterns, p)
		m.keys = append(m.keys, key)
	}
	if additional != nil {
		inside["additional"] = o.schema(additional, pointer+"/additional")
		m.additional = true
	}
	for _, name := range o.node.Get("properties").Keys() {
		m.known[name] = true
	}
	inside["check"] = len(o.builder.checks)
	o.builder.checks = append(o.builder.checks, &m)
	o.out[patternKey] = inside
}

func (o *object) pattern(_ string, n *conf.Node) {
	text, isText := n.Str()
	if !isText {
		o.report(ruleInvalid, n, "a pattern is a text", "")
		return
	}
	if p := o.compilePattern(text, n); p != nil {
		o.add(patternCheck{p})
	}
}

func (b *builder) compilePattern(text string, at *conf.Node) *pattern {
	p, err := newPattern(text)
	if err != nil {
		b.report(rulePattern, at, fmt.Sprintf("%s is no regular expression: %v", conf.Quote(cut(text, 60)), err), "")
		return nil
	}
	return p
}
