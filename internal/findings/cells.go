package findings

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Clean makes text from a file fit for one line of a terminal: escape sequences,
// control and invisible characters become visible signs, line breaks become spaces.
func Clean(text string) string {
	clean := true
	for i := 0; i < len(text) && clean; i++ {
		clean = text[i] >= ' ' && text[i] < 0x7f
	}
	if clean {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r == '\r' && strings.HasPrefix(text[size:], "\n"):
		default:
			shown, _ := show(r, text[:size])
			b.WriteString(shown)
		}
		text = text[size:]
	}
	return b.String()
}

// show returns how a character appears in a frame and how many columns it takes.
// raw are its bytes in the file: r is utf8.RuneError where they are not valid.
func show(r rune, raw string) (string, int) {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return visible(fmt.Sprintf("\\x%02X", raw[0]))
	case r < ' ':
		return string('\u2400' + r), 1 // control pictures: ESC is shown as one sign
	case r < 0x7f:
		return raw, 1
	case r == 0x7f:
		return "\u2421", 1
	case r == '\u200c' || r == '\u200d': // joiners belong to the text around them
		return raw, 0
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs):
		return visible(fmt.Sprintf("<U+%04X>", r))
	case unicode.In(r, unicode.Mn, unicode.Me):
		return raw, 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return raw, 2
	}
	return raw, 1
}

func visible(s string) (string, int) { return s, len(s) }

// strip is a piece of one line as it is drawn: text, and the column at which each
// byte of the file appears.
type strip struct {
	start, end       int    // offsets of the piece in the file
	text             string // what is drawn
	columns          []int  // columns[i] is where byte start+i appears; one more for the end
	cutLeft, cutRest bool   // the line goes on to the left, to the right
}

// column returns where an offset appears; offsets outside are clamped.
func (s *strip) column(offset int) int {
	return s.columns[min(max(offset-s.start, 0), s.end-s.start)]
}

const ellipsis = "…"

// cutLine draws the part of the line text[start:end] around the offsets from..to in
// at most columns columns. It reads only what it draws, however long the line is.
func cutLine(text []byte, start, end, from, to, columns int) *strip {
	first := start
	if !fits(text[start:end], columns) && (from-start > columns-columns/4 || to-start > columns) {
		// Begin some columns before the span, at the start of a character.
		first = from
		for n := 0; n < columns/3 && first > start; n++ {
			_, size := utf8.DecodeLastRune(text[start:first])
			first -= size
		}
	}
	s := &strip{start: first, cutLeft: first > start}
	var b strings.Builder
	column := 0
	if s.cutLeft {
		b.WriteString(ellipsis)
		column = 1
	}
	at := first
	secret := secrets(text, max(start, first-maxSecret), min(end, first+utf8.UTFMax*columns+maxSecret))
	for at < end {
		r, size := utf8.DecodeRune(text[at:end])
		shown, w := show(r, string(text[at:at+size]))
		if hidden(secret, at) {
			shown, w = "*", 1
		}
		if r == '\t' {
			w = tabWidth - column%tabWidth
			shown = strings.Repeat(" ", w)
		}
		if column+w > columns-1 && !(column+w <= columns && at+size == end) {
			s.cutRest = true
			break
		}
		for range size {
			s.columns = append(s.columns, column)
		}
		b.WriteString(shown)
		column += w
		at += size
	}
	s.columns = append(s.columns, column)
	if s.cutRest {
		b.WriteString(ellipsis)
	}
	s.end = at
	s.text = strings.TrimRight(b.String(), " ")
	return s
}

// fits reports whether a line can surely be drawn whole.
func fits(line []byte, columns int) bool {
	if len(line) > columns {
		return false
	}
	for _, c := range line {
		if c < ' ' || c > '~' {
			return len(line)*tabWidth <= columns
		}
	}
	return true
}
