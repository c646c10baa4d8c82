package conf

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// This file finds out where values end. yaml.v3 tells where they start and what
// they decode to; the text in between is read again with that knowledge.

// lineTable maps YAML's lines and rune columns to offsets. Asked in document order
// it answers all questions in one pass over the text.
type lineTable struct {
	text   string
	starts []int

	line, column, at int // where the last question ended
}

func newLineTable(text string) lineTable {
	t := lineTable{text: text, starts: []int{0}}
	if strings.HasPrefix(text, "\uFEFF") {
		t.starts[0] = len("\uFEFF") // yaml.v3 does not count it
	}
	for i := 0; i < len(text); {
		n := breakLength(text[i:])
		if n > 0 {
			t.starts = append(t.starts, i+n)
		}
		i += max(n, 1)
	}
	return t
}

// breakLength returns the bytes of the line break that text begins with, 0 when it
// does not.
func breakLength(text string) int {
	switch text[0] {
	case '\n':
		return 1
	case '\r':
		if len(text) > 1 && text[1] == '\n' {
			return 2
		}
		return 1
	case 0xC2:
		if len(text) > 1 && text[1] == 0x85 {
			return 2
		}
	case 0xE2:
		if strings.HasPrefix(text, "\u2028") || strings.HasPrefix(text, "\u2029") {
			return 3
		}
	}
	return 0
}

// offset returns the byte offset of a 1-based line and rune column.
func (t *lineTable) offset(line, column int) int {
	if line < 1 || line > len(t.starts) {
		return len(t.text)
	}
	if line != t.line || column < t.column {
		t.line, t.column, t.at = line, 1, t.starts[line-1]
	}
	for t.column < column && t.at < len(t.text) {
		_, size := utf8.DecodeRuneInString(t.text[t.at:])
		t.at += size
		t.column++
	}
	return t.at
}

func (r *yamlReader) skipBlank(at int) int { return skipBlank(r.src, at) }

// skipBlank steps over white space, line breaks and comments of YAML.
func skipBlank(text string, at int) int {
	for at < len(text) {
		c := text[at]
		if c == ' ' || c == '\t' {
			at++
			continue
		}
		if n := breakLength(text[at:]); n > 0 {
			at += n
			continue
		}
		if c != '#' || at > 0 && !isBlankBefore(text, at) {
			break
		}
		for at < len(text) && breakLength(text[at:]) == 0 {
			at++
		}
	}
	return at
}

// isBlankBefore reports whether white space or a line break stands before an offset.
func isBlankBefore(text string, at int) bool {
	c := text[at-1]
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c >= 0x80
}

// behind steps over blank space and the given mark if it comes next.
func (r *yamlReader) behind(at int, mark byte) int {
	next := r.skipBlank(at)
	if next < len(r.src) && r.src[next] == mark {
		return next + 1
	}
	return at
}

// closing steps over what may stand between the last value of a flow collection and
// its closing bracket, and over the bracket.
func (r *yamlReader) closing(at int) int {
	for {
		at = r.skipBlank(at)
		if at >= len(r.src) {
			return at
		}
		switch r.src[at] {
		case ',', ':', '?':
			at++
		case ']', '}':
			return at + 1
		default:
			return at
		}
	}
}

// skipProperties steps over the anchor and the tag of a node.
func (r *yamlReader) skipProperties(y *yaml.Node, at int) int {
	if y.Kind == yaml.MappingNode && y.Style&yaml.FlowStyle == 0 && y.Anchor == "" && y.Style&yaml.TaggedStyle == 0 {
		return at // an anchor here belongs to the first key
	}
	anchor, tag := y.Anchor != "", true
	end := at // of the last property
	for at < len(r.src) {
		if anchor && r.src[at] == '&' {
			anchor = false
			end = min(at+1+len(y.Anchor), len(r.src))
		} else if tag && r.src[at] == '!' {
			tag = false
			end = r.tagEnd(at)
		} else {
			break
		}
		at = r.skipBlank(end)
	}
	if isAbsent(&yaml.Node{Kind: y.Kind, Value: y.Value, Style: y.Style &^ yaml.TaggedStyle}) {
		return end // nothing follows that belongs to it
	}
	return at
}

func (r *yamlReader) tagEnd(at int) int {
	for at < len(r.src) && strings.IndexByte(" \t,]}", r.src[at]) < 0 && breakLength(r.src[at:]) == 0 {
		at++
	}
	return at
}

// scalarEnd returns where a scalar ends that begins at start.
func (r *yamlReader) scalarEnd(y *yaml.Node, start int) int {
	switch style := y.Style &^ yaml.TaggedStyle; {
	case start >= len(r.src):
		return start
	case style == yaml.DoubleQuotedStyle:
		for at := start + 1; at < len(r.src); at++ {
			switch r.src[at] {
			case '\\':
				at++
			case '"':
				return at + 1
			}
		}
		return len(r.src)
	case style == yaml.SingleQuotedStyle:
		for at := start + 1; at < len(r.src); at++ {
			if r.src[at] != '\'' {
				continue
			}
			if at+1 >= len(r.src) || r.src[at+1] != '\'' {
				return at + 1
			}
			at++
		}
		return len(r.src)
	case style == yaml.LiteralStyle || style == yaml.FoldedStyle:
		return r.blockEnd(y.Value, start)
	}
	return r.follow(y.Value, start)
}

// follow returns the end of the text that becomes value when line breaks are
// folded: the characters are the same, only the white space between may differ.
func (r *yamlReader) follow(value string, at int) int {
	end := at
	for i := 0; i < len(value); {
		if n := max(breakLength(value[i:]), spaceLength(value[i])); n > 0 {
			i += n
			continue
		}
		for at < len(r.src) {
			n := max(breakLength(r.src[at:]), spaceLength(r.src[at]))
			if n == 0 {
				break
			}
			at += n
		}
		if at >= len(r.src) || r.src[at] != value[i] {
			return end
		}
		at++
		i++
		end = at
	}
	return end
}

func spaceLength(c byte) int {
	if c == ' ' || c == '\t' {
		return 1
	}
	return 0
}

// blockEnd returns the end of a literal or folded block: that of its last line,
// without the line break.
func (r *yamlReader) blockEnd(value string, start int) int {
	header := r.lineEnd(start)
	keep := strings.Contains(cutComment(r.src[start:header]), "+")
	text := strings.TrimRight(value, " \t\r\n\u0085\u2028\u2029")
	at := header
	if text != "" {
		at = r.lineEnd(r.follow(text, header))
	}
	// The white space at the end of the value is lines of their own.
	rest := value[len(text):]
	lines := strings.Count(rest, "\n")
	if lines > 0 && strings.HasSuffix(rest, "\n") && text != "" {
		lines--
	}
	if !keep && strings.Trim(rest, "\n") == "" {
		return at
	}
	for ; lines > 0 && at < len(r.src); lines-- {
		at = r.lineEnd(at + breakLength(r.src[at:]))
	}
	return at
}

func cutComment(header string) string {
	before, _, _ := strings.Cut(header, "#")
	return before
}

// lineEnd returns the end of the line an offset is in, before its break.
func (r *yamlReader) lineEnd(at int) int {
	for at < len(r.src) && breakLength(r.src[at:]) == 0 {
		at++
	}
	return at
}
