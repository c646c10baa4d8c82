package form

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What ImJoy's own reader would make of a form, so that an author hears of it: its
// two steps are repeated here exactly. Only what is reported depends on this file.

// imjoyElements returns the spans that ImJoy takes for elements: everything between
// balanced braces, whatever is inside.
func imjoyElements(html string) (spans []source.Span) {
	start, open := -1, 0
	var first source.Span
	for i := 0; i < len(html); i++ {
		if i == first.Start && first.Len() > 0 { // found already
			i = first.End - 1
			continue
		}
		switch html[i] {
		case '{':
			if open == 0 {
				start = i
			}
			open++
		case '}':
			if open--; open != 0 {
				continue
			}
			spans = append(spans, source.Span{Start: start, End: i + 1})
			if html[0] == '}' && len(spans) == 1 {
				// ImJoy begins again behind each element, but at the second character:
				// from now on it does not see this brace.
				first, i, open = spans[0], 0, 0
			}
		}
	}
	return spans
}

// imjoyReads answers what ImJoy reads from an element: every `word:` becomes
// `"word":`, every apostrophe a quote, and the rest must be JSON.
func imjoyReads(element string) (value any, ok bool) {
	var b strings.Builder
	from := 0 // of the word that ends here
	for i := 0; i < len(element); i++ {
		c := element[i]
		if isWord(rune(c)) {
			continue
		}
		if c == ':' && i > from {
			b.WriteByte('"')
			b.WriteString(element[from:i])
			b.WriteByte('"')
		} else {
			b.WriteString(element[from:i])
		}
		if c == '\'' {
			c = '"'
		}
		b.WriteByte(c)
		from = i + 1
	}
	b.WriteString(element[from:])
	d := json.NewDecoder(bytes.NewReader([]byte(b.String())))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil, false
	}
	_, err := d.Token()
	return value, err == io.EOF
}

// compareWithImJoy reports every element that ImJoy reads differently or not at all.
func (p *parser) compareWithImJoy() {
	if len(p.elements) == 0 && !p.braces {
		return
	}
	normal := p.normal.String()
	theirs := make(map[source.Span]bool)
	for _, span := range imjoyElements(normal) {
		theirs[span] = true
	}
	for _, e := range p.elements {
		span := source.Span{Start: e.start, End: e.end}
		if !theirs[span] {
			p.unportable(e, "ImJoy does not find this element")
			p.unread = append(p.unread, span)
			continue
		}
		delete(theirs, span)
		switch value, ok := imjoyReads(normal[e.start:e.end]); {
		case !ok:
			p.unportable(e, "ImJoy cannot read this element, and shows no form at all")
		case !reflect.DeepEqual(value, e.node.Plain()):
			p.unportable(e, "ImJoy reads this element differently")
		default:
			p.entities(e)
		}
	}
	slices.SortFunc(p.unread, func(a, b source.Span) int { return a.Start - b.Start })
	if p.full || len(p.unread) >= maxUnreadable { // what was not read cannot be compared
		return
	}
	told := 0
	for _, span := range imjoyElements(normal) {
		if theirs[span] && !p.toldOf(span) && told < maxUnreadable {
			told++
			p.report(ruleUnportable, p.placeOf(span),
				"ImJoy takes these braces for an element, cannot read it, and shows no form at all",
				"write the braces as &#123; and &#125;")
		}
	}
}

// unportable reports an element at the place of what ImJoy most likely stumbles over.
func (p *parser) unportable(e element, message string) {
	place, hint := e.place, "the form works here; to make it work in ImJoy too, change this"
	if len(e.quirks) > 0 {
		place = e.quirks[0].place
		message += ": " + e.quirks[0].what
	} else if p.stray.Known() {
		place, message = p.stray, message+": a brace outside of any element comes first"
	}
	p.report(ruleUnportable, place, message, hint)
}

// entities reports values that ImJoy cleans as HTML before it reads them.
func (p *parser) entities(e element) {
	for _, n := range e.node.All() {
		if text, ok := n.Str(); ok && changedByCleaning(text) {
			p.report(ruleUnportable, n.Place,
				"ImJoy cleans the form as HTML first, so the plugin gets &lt;, &gt; or &amp; for a character of this text",
				"avoid <, > and & in values, or let the script accept both")
			return
		}
	}
}

func changedByCleaning(text string) bool {
	for _, entity := range []string{"&lt;", "&gt;", "&amp;"} {
		text = strings.ReplaceAll(text, entity, "")
	}
	return strings.ContainsAny(text, "<>&")
}

// toldOf reports whether a span overlaps something reported already.
func (p *parser) toldOf(span source.Span) bool {
	i := sort.Search(len(p.unread), func(i int) bool { return p.unread[i].End > span.Start })
	return i < len(p.unread) && p.unread[i].Start < span.End
}
