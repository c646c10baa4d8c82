package form

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// text is a string of the config, or a part of one, that knows where each of its
// bytes was written in the file.
type text struct {
	s      string
	skip   int // bytes of the config's string before s
	locate func(start, end int) source.Place
}

func textOf(n *conf.Node) text {
	written := n
	if anchored := n.Origin(); anchored != nil {
		written = anchored // an alias repeats it: the text stands there
	}
	return text{s: n.Text, locate: written.Locator()}
}

// trimmed leaves away the white space around the text, as ImJoy does.
func (t text) trimmed() text {
	left := strings.TrimLeft(t.s, jsSpace)
	t.skip += len(t.s) - len(left)
	t.s = strings.TrimRight(left, jsSpace)
	return t
}

// jsSpace is what JavaScript's trim takes away.
const jsSpace = " \t\r\n\v\f\u00a0\ufeff\u1680\u2028\u2029\u202f\u205f\u3000"

// from leaves away the beginning.
func (t text) from(at int) text { return text{s: t.s[at:], skip: t.skip + at, locate: t.locate} }

// place returns the place in the file of a piece of the text.
func (t text) place(start, end int) source.Place { return t.locate(t.skip+start, t.skip+end) }

// unescape decodes the escape sequence at the start of raw, as JSON and YAML have
// them, and tells its length. An escaped line break decodes to nothing.
func unescape(raw string) (decoded string, size int) {
	if len(raw) < 2 {
		return raw, len(raw)
	}
	digits := 0
	switch raw[1] {
	case '\n', '\r':
		return "", 1 + spaces(raw[1:])
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if r, ok := hex(raw, digits); ok {
		size = 2 + digits
		if low, ok := hex(raw[size:], 4); ok && isSurrogate(r, 0xD800) && isSurrogate(low, 0xDC00) && raw[size:size+2] == `\u` {
			return string((r-0xD800)<<10 + low - 0xDC00 + 0x10000), size + 6
		}
		return string(r), size
	}
	if at := strings.IndexByte(escapes, raw[1]); at >= 0 && at%2 == 0 {
		return escapes[at+1 : at+2], 2
	}
	switch raw[1] {
	case 'N':
		return "\u0085", 2
	case '_':
		return "\u00a0", 2
	case 'L':
		return "\u2028", 2
	case 'P':
		return "\u2029", 2
	}
	_, width := utf8.DecodeRuneInString(raw[1:])
	return raw[1 : 1+width], 1 + width
}

// escapes pairs the letter after a backslash with what it stands for.
const escapes = "b\bf\fn\nr\rt\tv\va\ae\x1b0\x00"

// hex reads the digits of \xHH, \uHHHH or \UHHHHHHHH.
func hex(raw string, digits int) (r rune, ok bool) {
	if digits == 0 || len(raw) < 2+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(raw[2:2+digits], 16, 31)
	return rune(n), err == nil
}

func isSurrogate(r, base rune) bool { return base <= r && r < base+0x400 }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// spaces returns the length of the white space at the start of s.
func spaces(s string) int {
	n := 0
	for n < len(s) && isSpace(s[n]) {
		n++
	}
	return n
}
