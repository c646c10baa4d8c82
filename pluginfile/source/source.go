package source

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// Source is one text with a name people recognise: usually a file and its path.
// It is immutable; all methods are safe for concurrent use.
type Source struct {
	Name string // as shown in messages; "-" for standard input
	Text []byte // must not be modified

	once  sync.Once
	lines []int // offset of each line start; lines[0] == 0
}

// New returns a Source. The text is kept, not copied.
func New(name string, text []byte) *Source {
	return &Source{Name: name, Text: text}
}

// Span is a half-open range of byte offsets: Start <= offset < End.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Len returns the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether other lies inside s, ends included.
func (s Span) Contains(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

// Position is a place for people: both numbers are 1-based.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Unit is what a column counts.
type Unit int

// The units of a column: runes (Unicode code points) for people, UTF-16 code
// units for editors, bytes for tools.
const (
	Runes Unit = iota
	UTF16
	Bytes
)

// Slice returns the bytes of a span.
func (s *Source) Slice(span Span) []byte { return s.Text[span.Start:span.End] }

// All returns the span of the whole text.
func (s *Source) All() Span { return Span{0, len(s.Text)} }

// LineCount returns the number of lines; a text that ends with a line break has
// an empty last line, as editors show it.
func (s *Source) LineCount() int { return len(s.index()) }

// Line returns the span of the 1-based line n without its line break, or an empty
// span at the end of the text when there is no such line. Lines end at "\n"; a
// "\r" before it belongs to the line break.
func (s *Source) Line(n int) Span {
	lines := s.index()
	if n < 1 || n > len(lines) {
		return Span{len(s.Text), len(s.Text)}
	}
	start, end := lines[n-1], len(s.Text)
	if n < len(lines) {
		end = lines[n] - 1
		if end > start && s.Text[end-1] == '\r' {
			end--
		}
	}
	return Span{start, end}
}

// Position returns line and column of a byte offset. Offsets outside the text are
// clamped. Invalid UTF-8 counts one column a byte.
func (s *Source) Position(offset int, unit Unit) Position {
	offset = min(max(offset, 0), len(s.Text))
	lines := s.index()
	line := sort.SearchInts(lines, offset+1) - 1
	return Position{Line: line + 1, Column: 1 + width(s.Text[lines[line]:offset], unit)}
}

// Offset returns the byte offset of a position, clamped to its line; ok is false
// when the line does not exist.
func (s *Source) Offset(p Position, unit Unit) (offset int, ok bool) {
	if p.Line < 1 || p.Line > s.LineCount() {
		return len(s.Text), false
	}
	line := s.Line(p.Line)
	rest := s.Slice(line)
	for column := 1; column < p.Column && len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		column += runeWidth(r, size, unit)
		rest = rest[size:]
	}
	return line.End - len(rest), true
}

// Place returns the place of a span in this source.
func (s *Source) Place(span Span) Place { return Place{Source: s, Span: span} }

// index returns the line starts, computed on first use: a text without messages
// never pays for them.
func (s *Source) index() []int {
	s.once.Do(func() {
		s.lines = append(make([]int, 0, 1+bytes.Count(s.Text, []byte{'\n'})), 0)
		for at := 0; ; {
			next := bytes.IndexByte(s.Text[at:], '\n')
			if next < 0 {
				return
			}
			at += next + 1
			s.lines = append(s.lines, at)
		}
	})
	return s.lines
}

func width(text []byte, unit Unit) int {
	switch unit {
	case Bytes:
		return len(text)
	case Runes:
		return utf8.RuneCount(text)
	}
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += runeWidth(r, size, unit)
		text = text[size:]
	}
	return n
}

func runeWidth(r rune, size int, unit Unit) int {
	switch {
	case unit == Bytes:
		return size
	case unit == UTF16 && r > 0xFFFF:
		return 2
	}
	return 1
}
