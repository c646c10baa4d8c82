package conf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// yamlTooMuch looks over a text before yaml.v3 spends memory on it and says why it
// is refused, "" when it is not. It counts what certainly becomes a value, so a
// text within the limits is never refused.
func yamlTooMuch(text string) string {
	if len(text) > MaxYAMLBytes {
		return fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(text), MaxYAMLBytes)
	}
	if len(text) < MaxYAMLNodes && strings.Count(text, "[")+strings.Count(text, "{")+strings.Count(text, "-")+strings.Count(text, "?") < MaxDepth {
		return ""
	}
	c := yamlCounter{text: text}
	for c.at < len(text) {
		c.line()
		if c.entries > MaxYAMLNodes {
			return fmt.Sprintf("there are more than %d values", MaxYAMLNodes)
		}
		if c.deepest > MaxDepth {
			return fmt.Sprintf("lists and maps are nested deeper than %d", MaxDepth)
		}
	}
	return ""
}

// yamlCounter walks over a text line by line and keeps apart what is structure and
// what is inside quotes, comments and block scalars.
type yamlCounter struct {
	text             string
	at               int
	entries, deepest int

	flow    int  // open brackets
	quote   byte // the quote we are inside of, 0 for none
	quoteAt int  // where it was opened
	block   int  // least indentation of the lines of a block scalar; 0 outside
}

func (c *yamlCounter) line() {
	start := c.at
	end := strings.IndexByte(c.text[start:], '\n')
	if end < 0 {
		end = len(c.text)
	} else {
		end += start
	}
	defer func() { c.at = end + 1 }()
	line := strings.TrimRight(c.text[start:end], " \r")
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if c.block > 0 && (indent >= c.block || indent == len(line)) {
		return
	}
	c.block = 0
	parent := -1    // column of the last key or dash of the line
	token := indent // column where the last scalar begins
	fresh := c.quote == 0
	nested := 0
	for i := indent; i < len(line); i++ {
		b := line[i]
		switch {
		case c.quote != 0:
			if b == '\\' && c.quote == '"' {
				i++
			} else if b == c.quote {
				c.quote = 0
			}
			continue
		case b == ' ' || b == '\t':
			if i+1 < len(line) && line[i+1] == '#' {
				return
			}
			continue
		case (b == '-' || b == '?') && fresh && c.flow == 0 && (i+1 == len(line) || line[i+1] == ' '):
			c.entries++
			nested++
			c.deepest = max(c.deepest, nested)
			parent = i
			continue
		case b == '#' && fresh:
			return
		case (b == '"' || b == '\'') && fresh:
			c.quote, c.quoteAt, token = b, start+i, i
		case (b == '[' || b == '{') && (fresh || c.flow > 0):
			c.flow++
			c.entries++
			c.deepest = max(c.deepest, c.flow)
			continue
		case (b == ']' || b == '}') && c.flow > 0:
			c.flow--
		case b == ',' && c.flow > 0:
			c.entries++
			fresh = true
			continue
		case b == ':' && (i+1 == len(line) || line[i+1] == ' '):
			c.entries++
			fresh = true
			if c.flow == 0 {
				parent = token
			}
			continue
		case (b == '|' || b == '>') && fresh && c.flow == 0 && isBlockHeader(line[i+1:]):
			c.block = parent + 2
			return
		case (b == '&' || b == '!') && fresh:
			for i+1 < len(line) && line[i+1] != ' ' {
				i++
			}
			continue
		case fresh:
			token = i
		}
		fresh = false
	}
}

// isBlockHeader reports whether the rest of a line behind | or > makes it one.
func isBlockHeader(rest string) bool {
	rest = strings.TrimLeft(rest, "+-123456789")
	rest = strings.TrimLeft(rest, " \t")
	return rest == "" || rest[0] == '#'
}

// legible returns the text with blanks in the place of bytes that YAML refuses
// anywhere: the rest can be read, and every offset stays.
func (r *yamlReader) legible(text string) string {
	r.anchors, r.open = map[*yaml.Node]*Node{}, map[*yaml.Node]bool{}
	var out []byte
	blank := func(at, size int) {
		if out == nil {
			out = []byte(text)
		}
		for i := range size {
			out[at+i] = ' '
		}
	}
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case c == utf8.RuneError && size == 1:
			r.report(ruleEncoding, i, i+1, fmt.Sprintf("the byte 0x%02X is not UTF-8", text[i]), "save the file as UTF-8")
			blank(i, size)
		case !isYAMLChar(c) && !(c == '\uFEFF' && i == 0):
			r.report(ruleControl, i, i+size, fmt.Sprintf("YAML does not allow the character U+%04X", c), "remove it, or escape it in double quotes").
				Fixes = []source.Fix{{Title: "remove it", Edits: r.excerpt.Edits([]source.Edit{{Span: source.Span{Start: i, End: i + size}}})}}
			blank(i, size)
		}
		i += size
	}
	if out == nil {
		return text
	}
	return string(out)
}

// isYAMLChar is YAML's set of printable characters, as yaml.v3 checks it.
func isYAMLChar(c rune) bool {
	switch {
	case c == '\t', c == '\n', c == '\r', c == 0x85:
		return true
	case c < 0x20, c == 0x7F, 0x80 <= c && c < 0xA0, 0xD800 <= c && c < 0xE000, c == 0xFFFE, c == 0xFFFF:
		return false
	}
	return true
}
