package form

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// element adds a read element to the form.
func (p *parser) element(e element) {
	if len(p.elements) >= maxFields {
		p.limit(e.place, fmt.Sprintf("the form has more than %d elements; the rest is not read", maxFields))
		return
	}
	p.elements = append(p.elements, e)
	p.keys(e)
	f, ok := p.field(e)
	if !ok {
		return
	}
	p.flush()
	p.form.Markup = append(p.form.Markup, Piece{Field: p.place(f)})
}

// place puts a field into the form, or joins it with the one of the same key: ImJoy
// lets both show one value, which starts as the first says and is what the last is.
func (p *parser) place(f Field) int {
	at := slices.IndexFunc(p.form.Fields, func(other Field) bool { return other.DataID == f.DataID })
	if at < 0 {
		p.form.Fields = append(p.form.Fields, f)
		return len(p.form.Fields) - 1
	}
	first := p.form.Fields[at]
	p.report(ruleDuplicateID, f.Place, fmt.Sprintf("another element has the id %q already, so both show the same value", f.DataID),
		"give each element its own id").Related = []source.Note{{Place: first.Place, Message: "first used here"}}
	f.Place, f.Label = first.Place, first.Label
	if first.Node.Get("placeholder") != nil && first.Type == f.Type {
		f.Default = first.Default
	}
	p.form.Fields[at] = f
	return at
}

// keys reports keys that are written twice, or that mean nothing but look as if.
func (p *parser) keys(e element) {
	if !e.written { // of objects in the config its reader reports them
		for _, pair := range e.node.Duplicates() {
			p.report(ruleUnknownKey, pair[1].KeyPlace, fmt.Sprintf("the key %q is written twice; the last value counts", pair[1].Key),
				"remove one of the two").Related = []source.Note{{Place: pair[0].KeyPlace, Message: "first written here"}}
		}
	}
	for _, m := range e.node.Members[:min(len(e.node.Members), maxKeys)] {
		if slices.Contains(elementKeys, m.Key) {
			continue
		}
		meant := meantKey(m.Key)
		if meant == "" {
			meant = source.Nearest(m.Key, elementKeys)
		}
		if meant != "" && e.node.Get(meant) == nil {
			p.report(ruleUnknownKey, m.KeyPlace, fmt.Sprintf("an element has no key %q, so this has no effect", m.Key), fmt.Sprintf("did you mean %q?", meant))
		}
	}
}

// field makes a field of an element; ok is false when it has no value.
func (p *parser) field(e element) (f Field, ok bool) {
	f = Field{Place: e.place, Node: e.node}
	f.Type = p.fieldType(e.node)
	f.ID = p.textKey(e.node, "id")
	f.DataID = f.ID
	if key := p.textKey(e.node, "dataID"); key != "" {
		f.DataID = key
	}
	if f.Type == Save {
		return f, false
	}
	if f.DataID == "" {
		p.report(ruleMissingID, e.place, "this element has no id, so the plugin never sees its value", "add id: 'name'")
		return f, false
	}
	if f.ID == "" {
		f.ID = f.DataID
	}
	f.Prefix, f.Suffix = display(e.node.Get("prefix")), display(e.node.Get("suffix"))
	if f.Type == Button {
		f.Label = display(e.node.Get("label"))
	}
	p.values(&f)
	return f, true
}

// fieldType reads the type of an element; one without a type gets the one that its
// other keys suggest.
func (p *parser) fieldType(n *conf.Node) string {
	written, ok := n.Get("type").Str()
	if !ok || written == "" {
		guess := String
		if _, number := n.Get("placeholder").Float(); number {
			guess = Number
		}
		if n.Get("options") != nil {
			guess = Choose
		}
		p.report(ruleUnknownType, placeOr(n.Get("type"), n.Place), fmt.Sprintf("this element has no type; it is taken for a %s", guess), fmt.Sprintf("add type: '%s'", guess))
		return guess
	}
	if slices.Contains(elementTypes, written) {
		return written
	}
	place := n.Get("type").Place
	if slices.Contains(workflowTypes, written) {
		p.report(ruleUnknownType, place, fmt.Sprintf("%q is a step of a workflow, which only ImJoy's own page can edit", written), "")
		return written
	}
	hint := meantType(written)
	if near := source.Nearest(written, elementTypes); hint == "" && near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if hint == "" {
		hint = "the types are " + strings.Join(elementTypes, ", ") + "; a name of a plugin works only where that plugin is loaded"
	}
	p.report(ruleUnknownType, place, fmt.Sprintf("there is no element of type %q", written), hint)
	return written
}

// textKey reads a key that must be text; a number is as good.
func (p *parser) textKey(n *conf.Node, key string) string {
	text, _ := n.Get(key).Scalar()
	return text
}

// toNumber reads a number, or text that is one.
func toNumber(n *conf.Node) (float64, bool) {
	if value, ok := n.Float(); ok {
		return value, true
	}
	text, ok := n.Str()
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return value, err == nil && !math.IsInf(value, 0) && !math.IsNaN(value)
}

func placeOr(n *conf.Node, otherwise source.Place) source.Place {
	if n == nil {
		return otherwise
	}
	return n.Place
}
