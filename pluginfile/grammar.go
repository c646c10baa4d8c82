package pluginfile

import (
	"bytes"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// The grammar of one tag, as the regular expressions of vue-template-compiler have
// it. In their notation:
//
//	name      (?:ncname:)?ncname          ncname = [a-zA-Z_][\w\-.]*
//	attribute \s*([^\s"'<>/=]+)(?:\s*(=)\s*(?:"([^"]*)"+|'([^']*)'+|([^\s"'=<>`]+)))?
//	start tag <name attribute* \s*(/?)>
//	end tag   </name[^>]*>
//
// \s is JavaScript's: it includes the white space of Unicode and the byte order mark.

const (
	nameStart byte = 1 << iota // may begin a tag name
	nameByte                   // may go on in a tag name
	attrStop                   // ends an attribute name
	bareStop                   // ends a value without quotes
	space                      // white space
)

var class = func() (t [256]byte) {
	mark := func(bits byte, set string) {
		for i := range len(set) {
			t[set[i]] |= bits
		}
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	mark(nameStart|nameByte, letters)
	mark(nameByte, "0123456789-.")
	mark(space|attrStop|bareStop, "\t\n\v\f\r ")
	mark(attrStop|bareStop, "\"'<>=")
	mark(attrStop, "/")
	mark(bareStop, "`")
	return t
}()

// nameEnd returns the end of the tag name that begins at i, or i if none does.
func nameEnd(text []byte, i int) int {
	end := ncNameEnd(text, i)
	if end > i && end < len(text) && text[end] == ':' {
		if local := ncNameEnd(text, end+1); local > end+1 {
			return local
		}
	}
	return end
}

func ncNameEnd(text []byte, i int) int {
	if i >= len(text) || class[text[i]]&nameStart == 0 {
		return i
	}
	for i++; i < len(text) && class[text[i]]&nameByte != 0; i++ {
	}
	return i
}

// rawAttr is an attribute as it stands in the text.
type rawAttr struct {
	name, value source.Span
	hasValue    bool
	end         int // after the closing quotes
}

// read reads the attribute that begins at i, white space first. A value that cannot be
// read belongs to no attribute: the name stands alone, and the tag will turn out to be
// malformed at the "=".
func (a *rawAttr) read(text []byte, i int) (ok bool) {
	start := i
	if i < len(text) && class[text[i]]&nameStart == 0 {
		start = skipSpace(text, i)
	}
	end := runEnd(text, start, attrStop)
	if end == start {
		return false
	}
	a.name = source.Span{Start: start, End: end}
	equals := end
	if equals < len(text) && text[equals] != '=' {
		equals = skipSpace(text, end)
	}
	if equals < len(text) && text[equals] == '=' && a.readValue(text, equals+1) {
		return true
	}
	a.value = source.Span{Start: end, End: end}
	a.hasValue, a.end = false, end
	return true
}

// readValue reads what stands behind the "=".
func (a *rawAttr) readValue(text []byte, i int) (ok bool) {
	if i < len(text) && text[i] != '"' {
		i = skipSpace(text, i)
	}
	if i >= len(text) {
		return false
	}
	if quote := text[i]; quote == '"' || quote == '\'' {
		i++
		length := bytes.IndexByte(text[i:], quote)
		if length < 0 {
			return false
		}
		end := i + length
		a.value = source.Span{Start: i, End: end}
		for end++; end < len(text) && text[end] == quote; end++ {
		}
		a.hasValue, a.end = true, end
		return true
	}
	end := runEnd(text, i, bareStop)
	a.value = source.Span{Start: i, End: end}
	a.hasValue, a.end = true, end
	return end > i
}

// runEnd returns the end of the run of bytes from i that are neither white space
// nor in the class stop.
func runEnd(text []byte, i int, stop byte) int {
	for i < len(text) && class[text[i]]&stop == 0 && (text[i] < 0x80 || wideSpace(text, i) == 0) {
		i++
	}
	return i
}

func skipSpace(text []byte, i int) int {
	for i < len(text) {
		size := spaceSize(text, i)
		if size == 0 {
			break
		}
		i += size
	}
	return i
}

// spaceSize returns the number of bytes of the white space character at i, or 0.
func spaceSize(text []byte, i int) int {
	switch c := text[i]; {
	case c == ' ' || c >= '\t' && c <= '\r':
		return 1
	case c < 0x80:
		return 0
	}
	return wideSpace(text, i)
}

// wideSpace returns the size of the non-ASCII character at i if JavaScript counts
// it as white space.
func wideSpace(text []byte, i int) int {
	rest := text[i:]
	switch {
	case len(rest) >= 2 && rest[0] == 0xC2 && rest[1] == 0xA0: // no-break space
		return 2
	case len(rest) < 3:
		return 0
	}
	switch uint32(rest[0])<<16 | uint32(rest[1])<<8 | uint32(rest[2]) {
	case 0xE19A80, // U+1680
		0xE28080, 0xE28081, 0xE28082, 0xE28083, 0xE28084, 0xE28085, // U+2000 to
		0xE28086, 0xE28087, 0xE28088, 0xE28089, 0xE2808A, // U+200A
		0xE280A8, 0xE280A9, 0xE280AF, 0xE2819F, 0xE38080, // U+2028 2029 202F 205F 3000
		0xEFBBBF: // U+FEFF, the byte order mark
		return 3
	}
	return 0
}

// isBlank reports whether text is white space only.
func isBlank(text []byte) bool { return skipSpace(text, 0) == len(text) }

// foldEqual reports whether two names are the same but for the case of ASCII letters.
func foldEqual(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if c != b[i] && lower(c) != lower(b[i]) {
			return false
		}
	}
	return true
}

// foldName reports whether name is lower, a name in lower-case letters, but for case.
func foldName(name []byte, lowered string) bool {
	if len(name) != len(lowered) {
		return false
	}
	for i, c := range name {
		if lower(c) != lowered[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
