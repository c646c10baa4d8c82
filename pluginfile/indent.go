package pluginfile

import (
	"bytes"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// indentation returns the pieces that ImJoy leaves away from the inner text of a
// block, in order and apart:
//
//   - A text that does not begin with white space stays as it is, and so does one
//     whose first line that is not blank is not indented.
//   - Otherwise that line decides between space and tab. The smallest number of that
//     character before all lines that are not blank is taken from every line, and
//     all line ends become "\n".
//   - Of a text of nothing but white space only the line ends stay.
func indentation(text []byte, span source.Span) []source.Span {
	inner := text[span.Start:span.End]
	if len(inner) == 0 || spaceSize(inner, 0) == 0 {
		return nil
	}
	char, width, ok := indent(inner)
	if !ok {
		return nil
	}
	most := bytes.Count(inner, []byte{'\n'}) + 1 // one a line
	if bytes.IndexByte(inner, '\r') >= 0 {
		most *= 2
	}
	cuts := make([]source.Span, 0, most)
	cut := func(start, end int) {
		start, end = start+span.Start, end+span.Start
		switch last := len(cuts) - 1; {
		case start == end:
		case last >= 0 && cuts[last].End == start:
			cuts[last].End = end
		default:
			cuts = append(cuts, source.Span{Start: start, End: end})
		}
	}
	for start, line := range lines(inner) {
		end := start + len(line)
		cut(start, start+indentSize(line, char, width))
		if end < len(inner) && inner[end] == '\r' { // of the line end
			cut(end, end+1)
		}
	}
	return cuts
}

// indent finds the character and the width of the indentation; the width is -1 when
// all lines are blank. Not ok: nothing is to be taken away.
func indent(inner []byte) (char byte, width int, ok bool) {
	width = -1
	for _, line := range lines(inner) {
		if isBlank(line) {
			continue
		}
		if char == 0 {
			if char = line[0]; char != ' ' && char != '\t' {
				return 0, 0, false
			}
		}
		n := 0
		for n < len(line) && line[n] == char {
			n++
		}
		if width < 0 || n < width {
			width = n
		}
	}
	return char, width, true
}

// indentSize returns how many bytes of a line go away: width characters. Lines that
// are not blank begin with that many of char; blank ones may begin with any space.
func indentSize(line []byte, char byte, width int) int {
	if width < 0 {
		return len(line)
	}
	size := 0
	for ; width > 0 && size < len(line); width-- {
		if line[size] == char {
			size++
		} else {
			size += spaceSize(line, size)
		}
	}
	return size
}

// lines yields the start and the bytes of each line, which end at "\n" or "\r\n".
func lines(text []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		for start := 0; ; {
			length := bytes.IndexByte(text[start:], '\n')
			if length < 0 {
				yield(start, text[start:])
				return
			}
			if !yield(start, bytes.TrimSuffix(text[start:start+length], []byte("\r"))) {
				return
			}
			start += length + 1
		}
	}
}
