package form

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// parser reads one `ui` value.
type parser struct {
	form  *Form
	found []source.Diagnostic

	normal   strings.Builder // the text ImJoy makes of the whole value
	pending  strings.Builder // markup since the last element
	pieces   []segment       // where the parts of normal come from
	elements []element
	unread   []source.Span // of normal: elements that cannot be read, later also those ImJoy does not find
	braces   bool          // there is a brace in the text
	stray    source.Place  // the first brace that belongs to no element
	full     bool          // a limit was met
}

// element is one read element.
type element struct {
	start, end int // in normal
	node       *conf.Node
	quirks     []quirk
	written    bool // as an object of the config, not in a text
	place      source.Place
}

// segment is a part of the normal text with its origin: a text, or a whole node.
type segment struct {
	start int
	text  text
	node  *conf.Node // when there is no text: what stands for it
}

// read takes the forms of `ui` apart: nothing, text, a list of lines.
func (p *parser) read(ui *conf.Node) {
	if ui == nil {
		return
	}
	switch ui.Kind {
	case conf.String:
		p.text(textOf(ui).trimmed())
	case conf.List:
		for _, item := range ui.Items {
			p.line(item)
		}
	case conf.Map:
		p.report(ruleUnusable, ui.Place, "`ui` is an object, but a form is text or a list",
			"write a string with elements in braces, or a list of such strings")
	case conf.Number, conf.Bool:
		p.report(ruleUnusable, ui.Place, fmt.Sprintf("`ui` is a %s, so there is no form", ui.Kind), "write a string or a list of strings").
			Severity = source.Warning
	}
}

// line reads one item of a list.
func (p *parser) line(item *conf.Node) {
	switch item.Kind {
	case conf.String:
		p.text(textOf(item))
		p.markup("<br>", item)
	case conf.Map:
		p.bare(item)
		for _, key := range item.Keys() {
			p.entry(key, item.Get(key))
		}
	case conf.List:
		for i, value := range item.Items {
			p.entry(fmt.Sprint(i), value)
		}
	case conf.Number, conf.Bool:
		p.markup(item.Text+"<br>", item)
	}
}

// bare tells of an object that has the keys of an element where labels belong.
func (p *parser) bare(item *conf.Node) {
	id, ok := item.Get("id").Str()
	if _, typed := item.Get("type").Str(); !ok || !typed || strings.ContainsAny(id, "{}") {
		return
	}
	d := p.report(ruleBareElement, item.Place, fmt.Sprintf("this is shown as the words \"id: %s\": the keys of an object in ui are labels", id),
		fmt.Sprintf("give it a label: {%s: {...}}", conf.Quote(id)))
	if text := string(item.Place.Slice(item.Place.Span)); strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		span := item.Place.Span
		d.Fixes = []source.Fix{{Title: "put it behind a label", Edits: []source.Edit{
			{Span: source.Span{Start: span.Start, End: span.Start}, New: "{" + conf.Quote(id) + ": "},
			{Span: source.Span{Start: span.End, End: span.End}, New: "}"},
		}}}
	}
}

// entry reads one member of an object that stands for a line: "name: value".
func (p *parser) entry(key string, value *conf.Node) {
	p.markup(key+": ", value)
	if _, ok := value.Str(); ok {
		p.text(textOf(value))
	} else {
		p.json(value)
	}
	p.markup("<br>", value)
}

// json adds a value as ImJoy prints it; maps in it are elements.
func (p *parser) json(n *conf.Node) {
	switch n.Kind {
	case conf.Map:
		start := p.normal.Len()
		p.normal.WriteString(compact(n))
		p.element(element{start: start, end: p.normal.Len(), node: n, place: n.Place, quirks: inspectNode(n), written: true})
	case conf.List:
		for i, item := range n.Items {
			p.markup(separator(i), n)
			p.json(item)
		}
		p.markup("]", n)
	default:
		p.markup(compact(n), n)
	}
}

func separator(i int) string {
	if i == 0 {
		return "["
	}
	return ","
}

// text adds a text with elements in braces.
func (p *parser) text(t text) {
	if room := maxText - p.normal.Len(); len(t.s) > room {
		room = max(room, 0)
		p.limit(t.place(room, len(t.s)), fmt.Sprintf("the form is longer than %d bytes; the rest is not read", maxText))
		t.s = t.s[:room]
	}
	done := 0
	for at := 0; at < len(t.s); {
		open := strings.IndexAny(t.s[at:], "{}")
		if open < 0 {
			break
		}
		p.braces = true
		open += at
		at = open + 1
		if t.s[open] == '}' || len(p.unread) >= maxUnreadable || !looksLikeElement(t.from(open)) {
			p.strayBrace(t, open)
			continue
		}
		r := &reader{text: t, at: open}
		n, err := r.element()
		switch {
		case err != nil:
			at = p.unreadable(t, done, open, err)
			done = at
		case !isElement(n):
			p.strayBrace(t, open)
		default:
			p.plain(t, done, open)
			start := p.normal.Len()
			p.segment(t, open)
			p.normal.WriteString(t.s[open:r.at])
			p.element(element{start: start, end: p.normal.Len(), node: n, quirks: r.quirks, place: t.place(open, r.at)})
			done, at = r.at, r.at
		}
	}
	p.plain(t, done, len(t.s))
}

// unreadable reports an element that makes no sense, keeps it as text and returns
// where it ends, as far as one can tell.
func (p *parser) unreadable(t text, done, open int, err *unreadable) int {
	end := len(t.s)
	if spans := imjoyElements(t.s[open:]); len(spans) > 0 {
		end = open + spans[0].End
	}
	hint := err.hint
	if hint == "" {
		hint = "an element looks like {id: 'sigma', type: 'number', placeholder: 2}"
	}
	p.report(ruleSyntax, t.place(err.start, err.end), "this element cannot be read: "+err.message, hint)
	p.plain(t, done, open)
	start := p.normal.Len()
	p.plain(t, open, end)
	p.unread = append(p.unread, source.Span{Start: start, End: p.normal.Len()})
	return end
}

// isElement tells elements from other braces: CSS, mathematics.
func isElement(n *conf.Node) bool { return n.Get("id") != nil || n.Get("type") != nil }

// looksLikeElement reports whether braces begin like an element: {key: ...
func looksLikeElement(t text) bool {
	r := &reader{text: t, at: 1}
	r.space()
	if r.at >= len(t.s) {
		return false
	}
	if _, err := r.key(); err != nil {
		return false
	}
	r.space()
	return r.at < len(t.s) && t.s[r.at] == ':'
}

func (p *parser) strayBrace(t text, at int) {
	if !p.stray.Known() {
		p.stray = t.place(at, at+1)
	}
}

// plain adds a piece of a text as markup.
func (p *parser) plain(t text, start, end int) {
	if start >= end {
		return
	}
	p.segment(t, start)
	p.write(t.s[start:end])
}

// markup adds text that ImJoy makes up around a value.
func (p *parser) markup(html string, from *conf.Node) {
	p.pieces = append(p.pieces, segment{start: p.normal.Len(), node: from})
	p.write(html)
}

func (p *parser) segment(t text, at int) {
	p.pieces = append(p.pieces, segment{start: p.normal.Len(), text: t.from(at)})
}

func (p *parser) write(html string) {
	if p.normal.Len() <= maxText {
		p.normal.WriteString(html)
		p.pending.WriteString(html)
	}
}

// flush ends the markup before an element or at the end.
func (p *parser) flush() {
	if p.pending.Len() > 0 {
		p.form.Markup = append(p.form.Markup, Piece{HTML: p.pending.String(), Field: -1})
		p.pending.Reset()
	}
}

// placeOf maps a span of the normal text to the file.
func (p *parser) placeOf(span source.Span) source.Place {
	for i := len(p.pieces) - 1; i >= 0; i-- {
		s := p.pieces[i]
		switch {
		case s.start > span.Start:
		case s.node != nil:
			return s.node.Place
		default:
			return s.text.place(span.Start-s.start, min(span.End-s.start, len(s.text.s)))
		}
	}
	return source.Place{}
}

// report adds a diagnostic and returns it to be completed.
func (p *parser) report(rule *source.Rule, place source.Place, message, hint string) *source.Diagnostic {
	if len(p.found) >= maxFindings {
		return &source.Diagnostic{}
	}
	p.found = append(p.found, rule.Diagnostic(place, message, hint))
	return &p.found[len(p.found)-1]
}

// limit reports once that not all of the form is read.
func (p *parser) limit(place source.Place, message string) {
	if !p.full {
		p.full = true
		p.report(ruleTooLarge, place, message, "")
	}
}

// inspectNode finds in a written object what ImJoy stumbles over once it is printed.
func inspectNode(element *conf.Node) []quirk {
	var all []quirk
	for _, n := range element.All() {
		if _, ok := n.Str(); ok {
			r := &reader{text: textOf(n)}
			r.inspect(0, len(n.Text))
			all = append(all, r.quirks...)
		}
	}
	return all
}
