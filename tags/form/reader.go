package form

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// reader reads one element as its author meant it: JSON, single quotes, bare keys
// and trailing commas, with strings that are strings. Offsets are those of the text.
type reader struct {
	text   text
	at     int
	depth  int
	quirks []quirk
}

// quirk is something ImJoy's own reader may stumble over.
type quirk struct {
	place source.Place
	what  string // completes "ImJoy fails here: ..."
}

// unreadable says where and why an element makes no sense.
type unreadable struct {
	start, end int
	message    string
	hint       string
}

// element reads the map that begins at r.at, which must be at its brace.
func (r *reader) element() (*conf.Node, *unreadable) { return r.list('}') }

func (r *reader) value() (*conf.Node, *unreadable) {
	if r.at >= len(r.text.s) {
		return nil, r.fail(r.at, r.at, "the text ends where a value should be", "")
	}
	switch c := r.text.s[r.at]; c {
	case '{':
		return r.list('}')
	case '[':
		return r.list(']')
	case '"', '\'':
		return r.quoted(c, len(r.text.s))
	}
	return r.bare()
}

// list reads a map or a list up to its closing bracket.
func (r *reader) list(closing byte) (*conf.Node, *unreadable) {
	if r.depth++; r.depth > maxDepth {
		return nil, r.fail(r.at, r.at+1, fmt.Sprintf("this is nested deeper than %d levels", maxDepth), "")
	}
	defer func() { r.depth-- }()
	n := &conf.Node{Kind: conf.Map}
	if closing == ']' {
		n.Kind = conf.List
	}
	open, comma := r.at, -1
	r.at++
	for {
		r.space()
		switch {
		case r.at >= len(r.text.s):
			return nil, r.fail(open, open+1, fmt.Sprintf("this bracket is never closed by %q", closing), "")
		case r.text.s[r.at] == closing:
			if comma >= 0 {
				r.quirk(comma, comma+1, "a comma stands before the closing bracket")
			}
			r.at++
			n.Place = r.text.place(open, r.at)
			return n, nil
		}
		if err := r.item(n); err != nil {
			return nil, err
		}
		r.space()
		comma = -1
		switch {
		case r.at >= len(r.text.s) || r.text.s[r.at] == closing:
		case r.text.s[r.at] == ',':
			comma = r.at
			r.at++
		default:
			return nil, r.fail(r.at, r.at+1, "a comma is missing before this", "")
		}
	}
}

// item reads one member of a map or one item of a list.
func (r *reader) item(n *conf.Node) *unreadable {
	if n.Kind == conf.List {
		v, err := r.value()
		n.Items = append(n.Items, v)
		return err
	}
	start := r.at
	key, err := r.key()
	if err != nil {
		return err
	}
	m := conf.Member{Key: key, KeyPlace: r.text.place(start, r.at)}
	end := r.at
	r.space()
	if r.at >= len(r.text.s) || r.text.s[r.at] != ':' {
		return r.fail(start, end, fmt.Sprintf("a colon and a value are missing behind %q", key), "write key: value")
	}
	if r.at > end && isBare(r.text.s[start]) {
		r.quirk(start, r.at+1, fmt.Sprintf("a space stands between %s and its colon", key))
	}
	r.at++
	r.space()
	m.Value, err = r.value()
	n.Members = append(n.Members, m)
	return err
}

func (r *reader) key() (string, *unreadable) {
	start := r.at
	if c := r.text.s[r.at]; c == '"' || c == '\'' {
		n, err := r.quoted(c, maxKey)
		if err != nil {
			return "", err
		}
		return n.Text, nil
	}
	r.word()
	if r.at == start {
		_, size := utf8.DecodeRuneInString(r.text.s[r.at:])
		return "", r.fail(r.at, r.at+size, "a key is missing here", "write key: value")
	}
	key := r.text.s[start:r.at]
	if i := strings.IndexFunc(key, func(c rune) bool { return !isWord(c) }); i >= 0 {
		r.quirk(start, r.at, fmt.Sprintf("the key %s needs quotes", key))
	}
	return key, nil
}

// quoted reads a string of at most limit bytes. A quote ends it only where a string
// may end, so an apostrophe may stand inside.
func (r *reader) quoted(quote byte, limit int) (*conf.Node, *unreadable) {
	open := r.at
	var b strings.Builder
	r.at++
	from := r.at
	for ; r.at < min(len(r.text.s), open+limit); r.at++ {
		switch c := r.text.s[r.at]; c {
		case quote:
			if !r.ends(r.at + 1) {
				continue
			}
			b.WriteString(r.text.s[from:r.at])
			r.at++
			r.inspect(open+1, r.at-1)
			return &conf.Node{Kind: conf.String, Text: b.String(), Place: r.text.place(open, r.at)}, nil
		case '\\':
			b.WriteString(r.text.s[from:r.at])
			decoded, size := unescape(r.text.s[r.at:])
			b.WriteString(decoded)
			r.at += size - 1
			from = r.at + 1
		}
	}
	return nil, r.fail(open, open+1, fmt.Sprintf("the text that begins with this %c never ends", quote), "add the closing quote")
}

// ends reports whether a string may end before this offset: what follows is a
// separator, or the next key or string behind a comma that was forgotten.
func (r *reader) ends(at int) bool {
	s := r.text.s[at:]
	rest := strings.TrimLeft(s, " \t\r\n")
	if rest == "" || strings.IndexByte(",:]}", rest[0]) >= 0 {
		return true
	}
	if len(rest) == len(s) {
		return false
	}
	word := 0
	for word < len(rest) && isWord(rune(rest[word])) {
		word++
	}
	return rest[0] == r.text.s[at-1] || word > 0 && word < len(rest) && rest[word] == ':'
}

// bare reads a number or a word without quotes.
func (r *reader) bare() (*conf.Node, *unreadable) {
	start := r.at
	r.word()
	text := r.text.s[start:r.at]
	if text == "" {
		c, size := utf8.DecodeRuneInString(r.text.s[r.at:])
		hint := ""
		if unicode.In(c, unicode.Pi, unicode.Pf) || c == '„' || c == '`' {
			hint = "only ' and \" are quotes"
		}
		return nil, r.fail(r.at, r.at+size, "a value is missing here", hint)
	}
	n := &conf.Node{Kind: conf.Number, Text: text, Place: r.text.place(start, r.at)}
	switch {
	case text == "true" || text == "false":
		n.Kind = conf.Bool
	case text == "null":
		n.Kind, n.Text = conf.Null, ""
	case text == "undefined":
		n.Kind, n.Text = conf.Null, ""
		r.quirk(start, r.at, "undefined is no JSON")
	case !isNumber(text):
		n.Kind = conf.String
		r.quirk(start, r.at, fmt.Sprintf("the text %s needs quotes", text))
	}
	return n, nil
}

// word steps over letters, digits and what else a bare key or number may hold.
func (r *reader) word() {
	for r.at < len(r.text.s) {
		c, size := utf8.DecodeRuneInString(r.text.s[r.at:])
		if !isWord(c) && !strings.ContainsRune("$-+.@#%/", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return
		}
		r.at += size
	}
}

// inspect notes what in a string ImJoy takes for something else.
func (r *reader) inspect(start, end int) {
	s := r.text.s[start:end]
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':' && i > 0 && isWord(rune(s[i-1])):
			from := i - 1
			for from > 0 && isWord(rune(s[from-1])) {
				from--
			}
			r.quirk(start+from, start+i+1, fmt.Sprintf("it takes %s inside a text for a key", s[from:i+1]))
		case c == '\'' || c == '"':
			r.quirk(start+i, start+i+1, "a quote stands inside a text")
		case c == '{' || c == '}':
			r.quirk(start+i, start+i+1, "it takes a brace inside a text for its own")
		case c < ' ':
			r.quirk(start+i, start+i+1, "a line break or tab stands inside a text")
		}
	}
}

func (r *reader) space() {
	for r.at < len(r.text.s) {
		c, size := utf8.DecodeRuneInString(r.text.s[r.at:])
		if !unicode.IsSpace(c) {
			return
		}
		r.at += size
	}
}

func (r *reader) quirk(start, end int, what string) {
	if len(r.quirks) < maxUnreadable {
		r.quirks = append(r.quirks, quirk{place: r.text.place(start, end), what: what})
	}
}

func (r *reader) fail(start, end int, message, hint string) *unreadable {
	return &unreadable{start: min(start, len(r.text.s)), end: min(end, len(r.text.s)), message: message, hint: hint}
}

// isNumber reports whether a bare word is a number that conf's nodes understand.
func isNumber(s string) bool {
	if strings.ContainsAny(s, "xXpPnN_") { // hexadecimal, infinity and the like
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// isWord reports whether a character belongs to \w of a JavaScript expression.
func isWord(c rune) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isBare(c byte) bool { return c != '"' && c != '\'' }
