package conf

import (
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Within returns the place in the file of a part of a string's value: the bytes
// start to end of n.Text, whatever quotes, escapes, folded lines and indentation
// the author wrote it with. Offsets are clamped; when the part cannot be found (a
// value that came through an alias), it is the place of the whole value.
func (n *Node) Within(start, end int) source.Place {
	if n == nil || !n.Place.Known() || n.Kind != String {
		return n.whole()
	}
	start = min(max(start, 0), len(n.Text))
	end = min(max(end, start), len(n.Text))
	from, to, ok := align(string(n.Place.Source.Slice(n.Place.Span)), n.Text, start, end)
	if !ok {
		return n.whole()
	}
	base := n.Place.Span.Start
	return n.Place.Source.Place(source.Span{Start: base + from, End: base + to})
}

func (n *Node) whole() source.Place {
	if n == nil {
		return source.Place{}
	}
	return n.Place
}

// align walks the written form of a string beside its value and answers where two
// offsets of the value are written.
func align(raw, text string, start, end int) (from, to int, ok bool) {
	w := walker{raw: raw, text: text}
	w.i, w.stop, w.quote = opening(raw)
	if from, ok = w.seek(start, false); !ok {
		return 0, 0, false
	}
	if end == start {
		return from, from, true
	}
	to, ok = w.seek(end, true)
	return from, to, ok
}

// walker stands at the same place in a written string and in its value.
type walker struct {
	raw, text string
	i, j      int // in raw, in text
	stop      int // where raw ends
	quote     byte
}

// seek answers where an offset of the value is written. An offset inside what one
// escape or fold stands for is where that begins, or ends if it is an end.
func (w *walker) seek(offset int, isEnd bool) (at int, ok bool) {
	for w.j < offset {
		if w.i >= w.stop {
			return 0, false
		}
		rawSteps, textSteps := step(w.raw[w.i:w.stop], w.text[w.j:], w.quote)
		switch {
		case rawSteps == 0:
			return 0, false
		case offset >= w.j+textSteps:
			w.i, w.j = w.i+rawSteps, w.j+textSteps
		case rawSteps == textSteps:
			return w.i + offset - w.j, true
		case isEnd:
			return w.i + rawSteps, true
		default:
			return w.i, true
		}
	}
	if !isEnd && w.i < w.stop && w.j < len(w.text) {
		// A line that goes on after a backslash stands for nothing: begin after it.
		if rawSteps, textSteps := step(w.raw[w.i:w.stop], w.text[w.j:], w.quote); textSteps == 0 {
			w.i += rawSteps
		}
	}
	return w.i, true
}

// opening returns where the content of a written string begins and ends, and the
// quote that surrounds it: '"', '\”, or 0 for plain and block scalars.
func opening(raw string) (start, stop int, quote byte) {
	if len(raw) >= 2 && (raw[0] == '"' || raw[0] == '\'') {
		stop = len(raw)
		if raw[stop-1] == raw[0] {
			stop--
		}
		return 1, stop, raw[0]
	}
	if raw != "" && (raw[0] == '|' || raw[0] == '>') {
		if line := strings.IndexByte(raw, '\n'); line >= 0 {
			return line + 1, len(raw), 0
		}
	}
	return 0, len(raw), 0
}

// step returns how many bytes of raw and of text belong together next; 0, 0 when
// they do not match.
func step(raw, text string, quote byte) (rawSteps, textSteps int) {
	switch {
	case raw[0] == '\\' && (quote == '"' || quote == '\'' && !strings.HasPrefix(text, `\`)):
		return stepEscape(raw, text)
	case quote == '\'' && strings.HasPrefix(raw, "''") && text[0] == '\'':
		return 2, 1
	case isSpace(raw[0]):
		return stepSpace(raw, text)
	case raw[0] == text[0]:
		return 1, 1
	}
	return 0, 0
}

// stepSpace pairs a run of white space with the run it became: folded lines and
// indentation are longer in the file.
func stepSpace(raw, text string) (rawSteps, textSteps int) {
	for rawSteps < len(raw) && isSpace(raw[rawSteps]) {
		rawSteps++
	}
	for textSteps < len(text) && isSpace(text[textSteps]) {
		textSteps++
	}
	if textSteps > rawSteps {
		textSteps = rawSteps // the rest was written as escapes
	}
	return rawSteps, textSteps
}

// stepEscape pairs an escape with the character it stands for. Which character that
// is was decided by the parser; here only the length of the escape matters.
func stepEscape(raw, text string) (rawSteps, textSteps int) {
	if len(raw) < 2 {
		return 0, 0
	}
	_, textSteps = utf8.DecodeRuneInString(text)
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[1]]
	switch {
	case raw[1] == '\n' || raw[1] == '\r': // a line that goes on
		rawSteps = 2
		for rawSteps < len(raw) && isSpace(raw[rawSteps]) {
			rawSteps++
		}
		return rawSteps, 0
	case raw[1] == 'u' && textSteps == 4 && strings.HasPrefix(raw[min(6, len(raw)):], `\u`):
		return min(12, len(raw)), textSteps // two halves of one character
	}
	return min(2+digits, len(raw)), textSteps
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
