package schema

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// builder turns a schema as written into one that the library can take: ImJoy's
// keywords and patterns become checks of ours, references become local, and only
// what is understood is left. It remembers where each part was written.
type builder struct {
	root        *conf.Node
	diagnostics []source.Diagnostic
	rules       map[string]*conf.Node
	checks      []check
	targets     map[*conf.Node]string // what references lead to, by pointer in the document
	definitions map[string]any
	ids         map[string]*conf.Node // made by names
	multiplies  bool                  // there are references
	field       bool                  // the schema is a field of a plugin
}

func newBuilder(root *conf.Node) *builder {
	b := &builder{root: root, rules: map[string]*conf.Node{}, targets: map[*conf.Node]string{}, definitions: map[string]any{}}
	for _, n := range root.All() {
		b.multiplies = b.multiplies || n.Get("$ref") != nil
	}
	return b
}

// Keys of the compiled document that only our extension reads.
const (
	checkKey   = "imjoy:check"   // numbers of checks
	patternKey = "imjoy:members" // patternProperties and additionalProperties
	stepKey    = "imjoy:step"
)

func (b *builder) report(rule *source.Rule, at *conf.Node, message, hint string) *source.Diagnostic {
	if len(b.diagnostics) >= MaxDiagnostics {
		return &source.Diagnostic{}
	}
	b.diagnostics = append(b.diagnostics, rule.Diagnostic(at.Place, message, hint))
	return &b.diagnostics[len(b.diagnostics)-1]
}

// sorted returns the diagnostics, each once: a part may have been built twice.
func (b *builder) sorted() []source.Diagnostic {
	source.Sort(b.diagnostics)
	return slices.CompactFunc(b.diagnostics, func(a, c source.Diagnostic) bool {
		return a.Code == c.Code && a.Place == c.Place && a.Message == c.Message
	})
}

// properties builds the object schema of ImJoy's shorthand.
func (b *builder) properties(n *conf.Node) any {
	out := map[string]any{"type": "object"}
	b.rules[""], b.rules["/type"], b.rules["/properties"] = n, n, n
	out["properties"] = b.named(n, "/properties")
	b.requireAll(out, n, "")
	return out
}

// requireAll requires every property, as ImJoy does where nothing is said.
func (b *builder) requireAll(out map[string]any, properties *conf.Node, pointer string) {
	var names []any
	for _, name := range properties.Keys() {
		names = append(names, name)
	}
	if names != nil {
		out["required"] = names
		b.rules[pointer+"/required"] = properties
	}
}

// schema builds one schema that stands at a pointer of the document.
func (b *builder) schema(n *conf.Node, pointer string) any {
	b.rules[pointer] = n
	switch n.Kind {
	case conf.Map:
		return b.object(n, pointer)
	case conf.Bool:
		value, _ := n.Bool()
		return value
	case conf.Invalid:
		return true // told already
	case conf.String:
		if slices.Contains(typeNames, n.Text) {
			b.report(ruleInvalid, n, fmt.Sprintf("a schema is an object, not a text; %s is only the name of a type", conf.Quote(n.Text)),
				fmt.Sprintf(`write {"type": %s}`, conf.Quote(n.Text))).
				Fixes = []source.Fix{{Title: "make it a schema", Edits: []source.Edit{{Span: n.Place.Span, New: fmt.Sprintf(`{"type": %s}`, conf.Quote(n.Text))}}}}
			return true
		}
	}
	b.report(ruleInvalid, n, fmt.Sprintf("a schema is an object, not a %s", n.Kind), `write {"type": ...}, or {} for any value`)
	return true
}

func (b *builder) object(n *conf.Node, pointer string) any {
	if ref := n.Get("$ref"); ref != nil {
		b.rules[pointer+"/$ref"] = ref
		return b.reference(ref)
	}
	o := &object{builder: b, node: n, pointer: pointer, out: map[string]any{}}
	for _, key := range n.Keys() {
		value := n.Get(key)
		if build := builders[key]; build != nil && value.Kind != conf.Invalid {
			b.rules[pointer+"/"+conf.EscapePointer(key)] = value
			build(o, key, value)
		}
	}
	o.misspelt()
	o.additional()
	if b.field && pointer == "" && n.Get("properties").Map() && n.Get("required") == nil {
		b.requireAll(o.out, n.Get("properties"), pointer)
	}
	if o.checks != nil {
		o.out[checkKey] = o.checks
	}
	if b.multiplies {
		o.out[stepKey] = true
	}
	return o.out
}

// named builds a map from names to schemas.
func (b *builder) named(n *conf.Node, pointer string) map[string]any {
	out := map[string]any{}
	for _, name := range n.Keys() {
		out[name] = b.schema(n.Get(name), pointer+"/"+conf.EscapePointer(name))
	}
	return out
}

// reference builds a $ref. What it leads to becomes a definition of the document, so
// that no other place needs to keep its name.
func (b *builder) reference(ref *conf.Node) any {
	text, isText := ref.Str()
	if !isText {
		b.report(ruleReference, ref, "a $ref is a text", `write "#/definitions/NAME"`)
		return true
	}
	if text == "#" || text == "#/" {
		return map[string]any{"$ref": "#"}
	}
	fragment, local := strings.CutPrefix(text, "#")
	if !local {
		b.report(ruleReference, ref, fmt.Sprintf("the reference %s leads out of this schema; nothing is opened", conf.Quote(text)), "copy what it leads to under `definitions`")
		return true
	}
	target := b.find(fragment)
	if target == nil {
		b.report(ruleReference, ref, fmt.Sprintf("there is nothing at %s", conf.Quote(text)), "references begin at the top of this schema: #/definitions/NAME")
		return true
	}
	return map[string]any{"$ref": "#" + b.definition(target)}
}

// find returns the part of the schema that a fragment leads to.
func (b *builder) find(fragment string) *conf.Node {
	if !strings.HasPrefix(fragment, "/") {
		return b.names()["#"+fragment]
	}
	decoded, err := url.PathUnescape(fragment)
	if err != nil {
		return nil
	}
	return b.root.At(decoded)
}

// names are the parts of the schema that have a name: "$id": "#name".
func (b *builder) names() map[string]*conf.Node {
	if b.ids == nil {
		b.ids = map[string]*conf.Node{}
		for _, n := range b.root.All() {
			if id, _ := n.Get("$id").Str(); id != "" {
				b.ids[id] = n
			}
		}
	}
	return b.ids
}

// definition builds the target of references once and returns its pointer.
func (b *builder) definition(target *conf.Node) string {
	if pointer, known := b.targets[target]; known {
		return pointer
	}
	name := "ref" + strconv.Itoa(len(b.targets))
	pointer := "/definitions/" + name
	b.targets[target] = pointer
	b.definitions[name] = b.schema(target, pointer)
	return pointer
}

// finish adds what references need.
func (b *builder) finish(document any) {
	out, isMap := document.(map[string]any)
	if !isMap {
		return
	}
	if len(b.definitions) > 0 {
		if ref := out["$ref"]; ref != nil { // beside a $ref everything is ignored
			delete(out, "$ref")
			out["allOf"] = []any{map[string]any{"$ref": ref}}
			b.rules["/allOf/0/$ref"] = b.rules["/$ref"]
		}
		out["definitions"] = b.definitions
	}
}
