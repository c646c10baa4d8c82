// Package form reads what a plugin asks its user: the `ui` field of a config, which
// is text with elements in braces such as
//
//	sigma: {id: 'sigma', type: 'number', min: 0, placeholder: 2} pixels
//
// or the `inputs` schema. Call [Parse] or [FromInputs] first: both answer a [Form] of
// [Field]s, the same whether it is shown as a page, as questions in a terminal, as
// key=value arguments or as a JSON Schema ([Form.Schema]). [Form.Set] and
// [Field.Parse] turn text into checked values, [Form.Config] into what the plugin
// finds in ctx.config.
//
// ImJoy reads elements by two regular expressions and strict JSON, so URLs,
// apostrophes and braces in a value break it. This package reads them as written
// and reports where ImJoy would fail. Choosing the value of a tag is package tags'
// business; sanitising the markup is left to whoever shows it.
package form

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Form is what a plugin asks its user. It is immutable and safe for concurrent use.
type Form struct {
	// Markup is the text between and around the fields, in order; HTML as the author
	// wrote it, not sanitised. It is empty for a form made from an inputs schema.
	Markup []Piece
	// Fields holds each value once, in order of first appearance.
	Fields []Field
}

// Piece is a part of a form's markup: either text or the place of a field.
type Piece struct {
	HTML  string
	Field int // index into Form.Fields; -1: this piece is HTML
}

// Parse reads the value that `ui` has for the chosen tag: text, a list of lines, or
// nothing. It never fails; a form it cannot read at all is empty.
func Parse(ui *conf.Node) (*Form, []source.Diagnostic) {
	p := &parser{form: &Form{}}
	p.read(ui)
	p.flush()
	p.compareWithImJoy()
	p.labels()
	source.Sort(p.found)
	return p.form, p.found
}

// Field returns the field with the given id or dataID, nil when there is none. A
// dataID outranks an id, because it is the key the plugin sees.
func (f *Form) Field(key string) *Field {
	if f == nil {
		return nil
	}
	at := slices.IndexFunc(f.Fields, func(field Field) bool { return field.DataID == key })
	if at < 0 {
		at = slices.IndexFunc(f.Fields, func(field Field) bool { return field.ID == key })
	}
	if at < 0 {
		return nil
	}
	return &f.Fields[at]
}

// Keys returns the key of each field in ctx.config, in the order of the form.
func (f *Form) Keys() []string {
	if f == nil {
		return nil
	}
	keys := make([]string, len(f.Fields))
	for i := range f.Fields {
		keys[i] = f.Fields[i].DataID
	}
	return keys
}

// Empty reports whether there is nothing to show: no field and no text.
func (f *Form) Empty() bool { return f == nil || len(f.Fields) == 0 && len(f.Markup) == 0 }
