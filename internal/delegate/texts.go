package delegate

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Script is one script of a plugin.
type Script struct {
	Body     *source.Excerpt
	Language string // JavaScript or Python; others are left out
	Module   bool
	Types    bool // TypeScript
}

// texts are the scripts that one tool sees, by the names of their files.
type texts struct {
	tool  *Tool
	files map[string]*text
}

type text struct {
	*source.Source // the de-indented text, which counts the lines that the tool counts
	body           *source.Excerpt
}

func newTexts(tool *Tool, scripts []Script) *texts {
	t := &texts{tool, map[string]*text{}}
	for i, s := range scripts {
		if s.Language != tool.language {
			continue
		}
		ending := ".py"
		switch {
		case s.Types:
			ending = ".ts"
		case s.Language == JavaScript && s.Module:
			ending = ".mjs"
		case s.Language == JavaScript:
			ending = ".js"
		}
		name := fmt.Sprintf("script_%05d%s", i, ending)
		t.files[name] = &text{source.New(name, []byte(s.Body.Text)), s.Body}
	}
	return t
}

// find returns the script of a file that a tool names, nil for other files.
func (t *texts) find(file string) *text {
	return t.files[filepath.Base(strings.ReplaceAll(file, `\`, "/"))]
}

// span returns the bytes of the script between two positions.
func (t *text) span(start, end source.Position, unit source.Unit) source.Span {
	from, _ := t.Offset(start, unit)
	to, ok := t.Offset(end, unit)
	if !ok || to < from {
		to = from
	}
	return source.Span{Start: from, End: to}
}

func (t *texts) diagnostic(in *text, rule, level, message string, span source.Span) source.Diagnostic {
	return source.Diagnostic{
		Code: slug(t.tool.Name, rule), Severity: severity(level), Message: sentence(message), Place: in.body.Place(span),
	}
}

// outer maps edits of the script to edits of the file. Lines of new text get the
// indentation of the line they begin on, which the block takes away again.
func (t *text) outer(inner []source.Edit) []source.Edit {
	edits := make([]source.Edit, len(inner))
	for i, e := range inner {
		span, indent := t.body.Outer(e.Span), t.indent(e.Span.Start)
		whole := e.Span.Len() > 0 && t.lineStart(e.Span.Start) && t.lineStart(e.Span.End)
		if whole {
			span.Start -= len(indent)
		}
		var b strings.Builder
		for n, line := range strings.SplitAfter(e.New, "\n") {
			if strings.TrimSpace(line) != "" && (n > 0 || whole) {
				b.WriteString(indent)
			}
			b.WriteString(line)
		}
		edits[i] = source.Edit{Span: span, New: b.String()}
	}
	return edits
}

func (t *text) lineStart(at int) bool { return at == 0 || t.Text[at-1] == '\n' }

// indent is the white space that was taken away from the line at an offset.
func (t *text) indent(at int) string {
	start := strings.LastIndexByte(string(t.Text[:at]), '\n') + 1
	src := t.body.Source
	outer := t.body.Outer(source.Span{Start: start, End: start}).Start
	line := src.Line(src.Position(outer, source.Bytes).Line)
	if outer < line.Start || outer > line.End {
		return ""
	}
	text := string(src.Text[line.Start:outer])
	if strings.TrimSpace(text) != "" {
		return ""
	}
	return text
}
