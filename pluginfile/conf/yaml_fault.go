package conf

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// yamlFault is a syntax error with the place where it was made.
type yamlFault struct {
	start, end int
	message    string
	hint       string
	fix        string        // title of the fix, "" for none
	edits      []source.Edit // of the text
}

func (r *yamlReader) fixOf(f yamlFault) []source.Fix {
	if f.fix == "" {
		return nil
	}
	return r.text.fix(f.fix, false, f.edits...)
}

// locateFault finds out where a syntax error was made. The line in yaml.v3's
// message is that of the enclosing map, or one too low, so the text is read again in
// small pieces: the parser gives up right behind the fault.
func locateFault(text string, err error) yamlFault {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if name, ok := unknownAnchor(message); ok {
		return anchorFault(text, name)
	}
	reported, message := cutLine(message)
	reached := consumed(text)
	f := describe(text, message, reached, reported)
	f.end = max(f.end, f.start)
	return f
}

var linePrefix = lazily(`^line (\d+): (.*)$`)

// cutLine takes "line N: " off a message of yaml.v3; 0 when it has none.
func cutLine(message string) (line int, rest string) {
	m := linePrefix().FindStringSubmatch(message)
	if m == nil {
		return 0, message
	}
	line, _ = strconv.Atoi(m[1])
	return line, m[2]
}

func unknownAnchor(message string) (string, bool) {
	rest, ok := strings.CutPrefix(message, "unknown anchor '")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "' referenced")
}

func anchorFault(text, name string) yamlFault {
	at := max(0, strings.Index(text, "*"+name))
	return yamlFault{
		start: at, end: min(len(text), at+1+len(name)),
		message: fmt.Sprintf("no value before this has the anchor &%s", name),
		hint:    fmt.Sprintf("mark the value with &%s first, or put text that begins with * in quotes", name),
	}
}

// slowReader hands out big pieces first and single bytes near the end.
type slowReader struct {
	text string
	at   int
	slow int // single bytes from here on
}

func (s *slowReader) Read(p []byte) (int, error) {
	if s.at >= len(s.text) {
		return 0, io.EOF
	}
	n := 1
	if s.at < s.slow {
		n = min(len(p), s.slow-s.at)
	}
	n = copy(p[:n], s.text[s.at:])
	s.at += n
	return n, nil
}

// consumed returns how far yaml.v3 read before it gave up: some three characters
// more than it looked at.
func consumed(text string) int {
	coarse := &slowReader{text: text, slow: len(text)}
	_, _ = decodeYAML(coarse)
	fine := &slowReader{text: text, slow: max(0, coarse.at-3*512)}
	_, _ = decodeYAML(fine)
	return fine.at
}

// describe says in our words what a message of yaml.v3 means, and where.
func describe(text, message string, reached, reported int) yamlFault {
	near := lineStart(text, max(0, reached-4))
	here := yamlFault{start: firstInk(text, near), end: lineEnd(text, near), message: message}
	if tab := tabIndent(text, near); tab >= 0 {
		here.start, here.end = tab, tab+countTabs(text[tab:])
		here.message, here.hint = "a tab indents this line", "YAML is indented with spaces"
		here.fix = "use spaces"
		here.edits = []source.Edit{{Span: source.Span{Start: here.start, End: here.end}, New: strings.Repeat("  ", here.end-here.start)}}
		return here
	}
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		at := max(near, strings.LastIndexByte(text[:min(reached, len(text))], ':'))
		here.start, here.end = at, at+1
		here.message = "a colon and a space are out of place here"
		here.hint = "put text that holds `: ` in quotes, or check the indentation of this line"
		if strings.IndexByte(text[near:at], ':') > 0 {
			return here.quoteValue(text, near)
		}
	case strings.Contains(message, "cannot start any token"):
		if at := strings.IndexAny(text[near:lineEnd(text, near)], "@`%\t"); at >= 0 {
			here.start = near + at
		}
		here.end = min(here.start+1, len(text))
		here.message = fmt.Sprintf("no value begins with %q", text[here.start:here.end])
		here.hint = "put the text in quotes"
		return here.quoteValue(text, near)
	case strings.Contains(message, "unexpected end of stream") || strings.Contains(message, "unexpected document indicator"):
		return unclosedQuote(text)
	case strings.Contains(message, "did not find expected ',' or"):
		return unclosedFlow(text, message, here)
	case strings.Contains(message, "could not find expected ':'"):
		if reported > 0 {
			table := newLineTable(text)
			at := table.offset(reported, 1)
			here.start, here.end = firstInk(text, at), lineEnd(text, at)
		}
		here.message, here.hint = "this line is neither a key nor part of the value before it", "write `key: value`, or indent the line to continue the text above"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-' indicator"):
		here.message = "the indentation of this line fits neither the lines before it nor a new value"
		here.hint = "give entries of one map or list the same indentation, and put text with quotes or colons in quotes as a whole"
	case strings.Contains(message, "unknown escape character"):
		if at := strings.LastIndexByte(text[:min(reached, len(text))], '\\'); at >= near {
			here.start, here.end = at, min(at+2, len(text))
		}
		here.message, here.hint = "YAML has no such escape sequence", `write a backslash as \\ in double quotes, or use single quotes`
	case strings.Contains(message, "block sequence entries are not allowed"):
		here.message, here.hint = "a list item cannot stand here", "begin the list on its own line, behind the key's line"
	}
	return here
}

// unclosedQuote finds the quote that is open at the end of the text.
func unclosedQuote(text string) yamlFault {
	c := yamlCounter{text: text}
	for c.at < len(text) {
		c.line()
	}
	at := c.quoteAt
	end := lineEnd(text, at)
	f := yamlFault{start: at, end: min(at+1, len(text)), message: "this quote is never closed", hint: "add the closing quote"}
	if c.quote != 0 {
		f.fix, f.edits = "add the closing quote", insert(end, string(c.quote))
	}
	return f
}

func insert(at int, new string) []source.Edit {
	return []source.Edit{{Span: source.Span{Start: at, End: at}, New: new}}
}

// quoteValue completes a fault in a text that should stand in quotes: the value of
// the line's key, or the item.
func (f yamlFault) quoteValue(text string, line int) yamlFault {
	m := lineValue().FindStringSubmatchIndex(text[line:lineEnd(text, line)])
	if m == nil || m[2] == m[3] {
		return f
	}
	start, end := line+m[2], line+m[3]
	f.fix = "put the text in quotes"
	f.edits = []source.Edit{{Span: source.Span{Start: start, End: end}, New: Quote(text[start:end])}}
	return f
}

// lineValue matches a line with a plain value behind its key or dashes.
var lineValue = lazily(`^\s*(?:- +)*(?:[\w.$ -]+?:\s+|- +)([^'"\[{|>&*!#\s][^#]*[^#\s])\s*$`)

// unclosedFlow finds the bracket that was not closed before the line where the
// parser noticed.
func unclosedFlow(text, message string, here yamlFault) yamlFault {
	open, closing := byte('['), byte(']')
	if strings.Contains(message, "'}'") {
		open, closing = '{', '}'
	}
	depth := 0
	for i := min(here.end, len(text)) - 1; i >= 0; i-- {
		switch text[i] {
		case closing:
			depth++
		case open:
			if depth == 0 {
				return yamlFault{
					start: i, end: i + 1,
					message: fmt.Sprintf("this %q is not closed, or a comma is missing in it", open),
					hint:    fmt.Sprintf("separate the values with commas and close with %q", closing),
				}
			}
			depth--
		}
	}
	here.message, here.hint = fmt.Sprintf("a comma or %q is missing", closing), "separate the values with commas"
	return here
}

// blank replaces the top-level entry that holds a fault by blanks, so that the
// others can be read. It reports whether there is anything left.
func (r *yamlReader) blank(f yamlFault) bool {
	indent := -1
	start, end := -1, len(r.src)
	for at := 0; at < len(r.src); {
		next := lineEnd(r.src, at)
		if ink := firstInk(r.src, at); ink < next && r.src[ink] != '#' {
			if indent < 0 {
				indent = ink - at
			}
			if ink-at <= indent && !(r.src[ink] == '-' && start >= 0) {
				if at > f.start {
					end = at
					break
				}
				start = at
			}
		}
		at = next + 1
	}
	if start < 0 || start == 0 && end == len(r.src) {
		return false
	}
	out := []byte(r.src)
	for i := start; i < end; i++ {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	r.src = string(out)
	return strings.TrimSpace(r.src) != ""
}

func lineStart(text string, at int) int {
	return strings.LastIndexByte(text[:min(at, len(text))], '\n') + 1
}

func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}

// firstInk returns the first offset of a line that is no space.
func firstInk(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at
}

// tabIndent returns where a tab indents the line of an offset, or the line before
// or behind it; -1 for nowhere.
func tabIndent(text string, near int) int {
	starts := []int{near}
	if near > 0 {
		starts = append(starts, lineStart(text, near-1))
	}
	if end := lineEnd(text, near); end < len(text) {
		starts = append(starts, end+1)
	}
	for _, at := range starts {
		indent := text[at:firstInk(text, at)]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && at+len(indent) < len(text) {
			return at + i
		}
	}
	return -1
}

func countTabs(text string) int { return len(text) - len(strings.TrimLeft(text, "\t")) }
