package pluginfile

import (
	"bytes"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// relex reads a start tag again whose quotes or signs are in disorder: up to the
// first ">" outside of values that are closed in their line.
func (c *careful) relex(tag token) token {
	c.attrs = c.attrs[:0]
	at := tag.name.End
	for {
		at = skipSpace(c.text, at)
		rest := c.text[at:]
		if tag.selfClosed = bytes.HasPrefix(rest, []byte("/>")); tag.selfClosed {
			at++
		}
		if len(rest) == 0 || rest[0] == '<' {
			break
		}
		if c.text[at] == '>' {
			at++
			break
		}
		a, ok := c.looseAttr(at)
		if !ok {
			at++
			continue
		}
		if len(c.attrs) <= MaxAttributes {
			c.attrs = append(c.attrs, a)
		}
		at = a.end
	}
	tag.span.End = at
	c.restart(at)
	return tag
}

// looseAttr is readAttr for a value whose quote is not closed in its line: it ends
// at the ">" or the line end.
func (c *careful) looseAttr(at int) (a rawAttr, ok bool) {
	if !a.read(c.text, at) {
		return a, false
	}
	if a.hasValue && bytes.IndexByte(c.text[a.value.Start:a.value.End], '\n') < 0 {
		return a, true
	}
	equals := skipSpace(c.text, a.name.End)
	if equals >= len(c.text) || c.text[equals] != '=' {
		return a, true
	}
	value := skipSpace(c.text, equals+1)
	if value >= len(c.text) || c.text[value] != '"' && c.text[value] != '\'' {
		return rawAttr{name: a.name, value: source.Span{Start: a.name.End, End: a.name.End}, end: equals + 1}, true
	}
	length := bytes.IndexAny(c.text[value+1:], ">\r\n")
	if length < 0 {
		length = len(c.text) - value - 1
	}
	end := value + 1 + length
	return rawAttr{name: a.name, value: source.Span{Start: value + 1, End: end}, hasValue: true, end: end}, true
}
