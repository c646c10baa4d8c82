package form

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What each type of element may hold, and what it starts with.

// values fills in what the field may hold and what it starts with.
func (p *parser) values(f *Field) {
	placeholder := f.Node.Get("placeholder")
	if inner := placeholder.Get("value"); inner != nil {
		placeholder = inner // the form in which ImJoy keeps it
	}
	if placeholder.Null() {
		p.badDefault(f, placeholder, "a placeholder must not be null: ImJoy shows no form at all")
		placeholder = nil
	}
	switch f.Type {
	case Number:
		p.number(f, placeholder)
	case Choose:
		p.options(f)
		p.choice(f, placeholder)
	case String:
		p.string(f, placeholder)
	case Color:
		p.color(f, placeholder)
	case Button:
		f.Default = map[string]any{"type": Button}
	case Comment:
		text, _ := placeholder.Scalar()
		f.Default = map[string]any{"type": Comment, "value": text}
	case Variable:
		f.Default = p.variable()
	case Ops:
		f.Default = []any{}
	default:
		f.Default = plain(placeholder)
	}
}

// number starts at 3 unless told otherwise, whatever its limits.
func (p *parser) number(f *Field, placeholder *conf.Node) {
	f.Min, f.Max, f.Step = p.bound(f, "min"), p.bound(f, "max"), p.bound(f, "step")
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		p.report(ruleBadBounds, f.Node.Get("min").Place, fmt.Sprintf("the minimum %s lies above the maximum %s", number(*f.Min), number(*f.Max)), "swap them")
		f.Min, f.Max = nil, nil
	}
	if f.Step != nil && *f.Step <= 0 {
		p.report(ruleBadBounds, f.Node.Get("step").Place, "a step must be greater than 0", "")
		f.Step = nil
	}
	f.Default = 3.0
	if placeholder != nil {
		value, ok := toNumber(placeholder)
		switch {
		case !ok:
			p.badDefault(f, placeholder, "the placeholder of a number must be a number")
			return
		case placeholder.Kind == conf.String:
			p.badDefault(f, placeholder, "the placeholder of a number is written as text: ImJoy shows no form at all")
		}
		f.Default = value
	}
	if why := f.outside(f.Default.(float64)); why != "" {
		p.badDefault(f, placeholder, fmt.Sprintf("the number starts at %s, which %s", number(f.Default.(float64)), why))
	}
}

// bound reads min, max or step.
func (p *parser) bound(f *Field, key string) *float64 {
	n := f.Node.Get(key)
	if n == nil || n.Null() {
		return nil
	}
	value, ok := toNumber(n)
	if !ok {
		p.report(ruleBadBounds, n.Place, fmt.Sprintf("%s must be a number", key), "")
		return nil
	}
	return &value
}

// options reads the answers of a choice: plain values, or label with value.
func (p *parser) options(f *Field) {
	list := f.Node.Get("options")
	if list == nil || !list.List() || len(list.Items) == 0 {
		p.report(ruleBadOptions, placeOr(list, f.Place), "an element of type 'choose' needs a list of options", "add options: ['first', 'second']")
		return
	}
	for _, item := range list.Items {
		o := Option{Place: item.Place}
		label, value := item.Get("label"), item.Get("value")
		switch {
		case item.Kind == conf.Null || item.Kind == conf.Invalid:
			p.report(ruleBadOptions, item.Place, "an option must not be null: ImJoy shows no form at all", "remove it, or write 'none'")
			continue
		case label != nil && value != nil:
			o.Label, o.Value = display(label), plain(value)
		case item.Map():
			p.report(ruleBadOptions, item.Place, "an option that is an object needs both label and value", "write {label: 'shown', value: 1}")
			if value == nil && label == nil {
				value = item
			} else if value == nil {
				value = label
			}
			o.Label, o.Value = printed(value), plain(value)
		default:
			o.Label, o.Value = printed(item), plain(item)
		}
		f.Options = append(f.Options, o)
	}
}

// choice starts with the placeholder, or the first option as it is shown first.
func (p *parser) choice(f *Field, placeholder *conf.Node) {
	if len(f.Options) == 0 {
		f.Default = plain(placeholder)
		return
	}
	f.Default = f.Options[0].Value
	if placeholder == nil {
		return
	}
	value := plain(placeholder)
	for _, o := range f.Options {
		if reflect.DeepEqual(o.Value, value) {
			f.Default = value
			return
		}
	}
	for _, o := range f.Options {
		if text, ok := placeholder.Scalar(); ok && (text == o.Label || text == textOfValue(o.Value)) {
			f.Default = o.Value
			p.badDefault(f, placeholder, "the placeholder must be the value of an option, not its label or another type")
			return
		}
	}
	d := p.badDefault(f, placeholder, fmt.Sprintf("the placeholder %s is none of the options", compact(placeholder)))
	if near := source.Nearest(textOfValue(value), f.labels()); near != "" {
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	}
}

func (p *parser) string(f *Field, placeholder *conf.Node) {
	f.Default = "???"
	if placeholder == nil {
		return
	}
	f.Default = printed(placeholder)
	if placeholder.Kind != conf.String {
		p.badDefault(f, placeholder, fmt.Sprintf("the placeholder of a text is a %s: in ImJoy the plugin gets no text until somebody edits it", placeholder.Kind))
	}
}

// color starts at a fixed colour where ImJoy draws one by lot: a run that is told
// nothing must give the same result twice.
func (p *parser) color(f *Field, placeholder *conf.Node) {
	f.Default = hsv(210, 0.8, 1)
	if placeholder == nil {
		return
	}
	if rgb, ok := hsvNode(placeholder); ok {
		f.Default = rgb
		return
	}
	p.badDefault(f, placeholder, "the placeholder of a color must be a list [hue 0-360, saturation 0-1, brightness 0-1]")
	if text, ok := placeholder.Str(); ok {
		if rgb, err := parseColor(text); err == nil {
			f.Default = rgb
		}
	}
}

// variable returns the name that ImJoy would make up next.
func (p *parser) variable() string {
	n := 1
	for _, f := range p.form.Fields {
		if f.Type == Variable {
			n++
		}
	}
	if n == 1 {
		return "variable"
	}
	return "variable " + strconv.Itoa(n)
}

func (p *parser) badDefault(f *Field, placeholder *conf.Node, message string) *source.Diagnostic {
	hint := ""
	if placeholder == nil {
		hint = "add a placeholder"
	}
	return p.report(ruleBadDefault, placeOr(placeholder, f.Place), message, hint)
}
