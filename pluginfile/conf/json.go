package conf

import (
	"fmt"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// ParseJSON reads one JSON value. Strict JSON passes silently (but for duplicate
// keys and numbers that JavaScript cannot hold); everything else is read as far as
// its meaning is plain, with an error diagnostic for each fault.
func ParseJSON(e *source.Excerpt) (*Node, []source.Diagnostic) {
	r := reader{text: newText(e)}
	if len(r.text.text) > MaxJSONBytes {
		r.report(ruleLimit, 0, 0, fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(e.Text), MaxJSONBytes), "")
		return r.finish(nil)
	}
	r.src = e.Text
	r.valid = utf8.ValidString(r.src)
	r.members = make([]Member, 0, 32)
	r.items = make([]*Node, 0, 16)
	r.space()
	if r.at == len(r.src) {
		r.report(ruleSyntax, r.at, r.at, "there is no value here", "write an object: { ... }")
		return r.finish(nil)
	}
	root := r.value()
	r.space()
	if r.at < len(r.src) && !r.lost() {
		r.report(ruleSyntax, r.at, len(r.src), "there is text after the end of the value", "remove it, or check the brackets before it")
	}
	return r.finish(root)
}

// reader reads JSON from left to right and never goes back, so its time is linear
// whatever the text; where it looks ahead, a constant bounds how far.
//
// Rule of every method: it is called at the first byte of what it reads, spaces
// skipped, and leaves `at` behind the last.
type reader struct {
	text
	src   string // the text, again: read most
	at    int
	valid bool // the text is UTF-8
	full  bool // the limit of depth was reported

	open    []int // offsets of the open brackets, outermost first
	items   []*Node
	members []Member
}

// value reads any value. It always makes progress, or stands at a byte that ends
// the list or map around it.
func (r *reader) value() *Node {
	if r.at >= len(r.src) {
		return r.missing()
	}
	if r.made >= MaxJSONNodes {
		return r.rest()
	}
	start := r.at
	switch c := r.src[r.at]; {
	case c == '"':
		text := r.str()
		n := r.node(String, start, r.at)
		n.Text = text
		return n
	case c == '{' || c == '[':
		return r.nested(c)
	case c == '-' || isDigit(c):
		if n := scanNumber(r.src[r.at:]); n > 0 && r.ends(r.at+n) {
			r.at += n
			return r.number(start)
		}
	case c == 't' && r.literal("true"), c == 'f' && r.literal("false"):
		n := r.node(Bool, start, r.at)
		n.Text = r.src[start:r.at]
		return n
	case c == 'n' && r.literal("null"):
		return r.node(Null, start, r.at)
	}
	return r.looseValue()
}

// rest stands for a value that would be one too many, and for all behind it.
func (r *reader) rest() *Node {
	r.report(ruleLimit, r.at, r.at+1, fmt.Sprintf("there are more than %d values", MaxJSONNodes), "what follows is not read")
	r.over = true
	r.at = len(r.src)
	return r.node(Invalid, r.at, r.at)
}

// nested reads a list or map unless that goes too deep.
func (r *reader) nested(bracket byte) *Node {
	if len(r.open) >= MaxDepth {
		return r.skipped(fmt.Sprintf("lists and objects are nested deeper than %d", MaxDepth))
	}
	r.open = append(r.open, r.at)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	if bracket == '{' {
		return r.object()
	}
	return r.list()
}

func (r *reader) list() *Node {
	n := r.node(List, r.at, r.at)
	start, mark := r.at, len(r.items)
	r.at++
	for more := r.first(']'); more; more = r.separator(']') {
		r.items = append(r.items, r.value())
	}
	n.Place = r.place(start, r.at)
	if len(r.items) > mark {
		n.Items = append(make([]*Node, 0, len(r.items)-mark), r.items[mark:]...)
		r.items = r.items[:mark]
	}
	return n
}

func (r *reader) object() *Node {
	n := r.node(Map, r.at, r.at)
	start, mark := r.at, len(r.members)
	r.at++
	for more := r.first('}'); more; more = r.separator('}') {
		if m, ok := r.member(); ok {
			r.members = append(r.members, m)
		}
	}
	n.Place = r.place(start, r.at)
	if len(r.members) > mark {
		n.Members = append(make([]Member, 0, len(r.members)-mark), r.members[mark:]...)
		r.members = r.members[:mark]
		r.duplicates(n, source.Warning)
	}
	return n
}

func (r *reader) member() (m Member, ok bool) {
	if r.src[r.at] != '"' {
		return r.looseMember()
	}
	start := r.at
	key := r.str()
	m = Member{Key: key, KeyPlace: r.place(start, r.at)}
	keyEnd := r.at
	r.space()
	if !r.colon(keyEnd) {
		m.Value = r.node(Invalid, keyEnd, keyEnd)
		return m, true
	}
	r.space()
	m.Value = r.value()
	return m, true
}

// first steps behind an opening bracket and reports whether anything is inside.
func (r *reader) first(close byte) bool {
	r.space()
	if r.at < len(r.src) && r.src[r.at] == close {
		r.at++
		return false
	}
	return r.looseFirst(close)
}

// separator steps over the comma behind a value, or over the bracket that closes
// the list or map, and reports whether another value follows.
func (r *reader) separator(close byte) bool {
	if r.lost() {
		return false
	}
	valueEnd := r.at
	r.space()
	if r.at < len(r.src) {
		switch r.src[r.at] {
		case close:
			r.at++
			return false
		case ',':
			comma := r.at
			r.at++
			r.space()
			if r.at < len(r.src) {
				switch r.src[r.at] {
				case ',', '}', ']':
				default:
					return true
				}
			}
			return r.afterComma(comma, close)
		}
	}
	return r.looseSeparator(valueEnd, close)
}

// space skips white space, and with a diagnostic what only looks like it.
func (r *reader) space() {
	for {
		for r.at < len(r.src) {
			switch r.src[r.at] {
			case ' ', '\n', '\t', '\r':
				r.at++
				continue
			}
			break
		}
		if r.at >= len(r.src) || r.lost() || isPlainByte(r.src[r.at]) || !r.looseSpace() {
			return
		}
	}
}

// isPlainByte reports whether a byte cannot begin a comment or an odd space.
func isPlainByte(c byte) bool {
	return ' ' < c && c < 0x7f && c != '/' && c != '#' && c != '<'
}

// literal steps over a word if it stands here alone.
func (r *reader) literal(word string) bool {
	end := r.at + len(word)
	if end > len(r.src) || r.src[r.at:end] != word || !r.ends(end) {
		return false
	}
	r.at = end
	return true
}

// ends reports whether a value may end at an offset.
func (r *reader) ends(at int) bool {
	if at >= len(r.src) {
		return true
	}
	switch r.src[at] {
	case ' ', '\n', '\t', '\r', ',', ']', '}', '/', '#', ';':
		return true
	}
	return false
}
