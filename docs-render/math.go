package docsrender

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Formulas are written as in Pandoc and on GitHub: $a^2$ in a line, $$ a^2 $$ on
// lines of their own, and ```math blocks. They leave this room as text, marked for the
// script of the page, so that a page without scripts still shows what was written.

// formula is a formula within a line.
type formula struct {
	ast.BaseInline
	text []byte
}

var formulaKind = ast.NewNodeKind("Formula")

func (*formula) Kind() ast.NodeKind { return formulaKind }

func (f *formula) Dump(source []byte, level int) {
	ast.DumpHelper(f, source, level, map[string]string{"text": string(f.text)}, nil)
}

// formulaParser reads $...$ by Pandoc's rule, which leaves sums of money alone: no
// space inside next to the dollars, and no digit behind the last one.
type formulaParser struct{}

func (formulaParser) Trigger() []byte { return []byte{'$'} }

func (formulaParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	fence := 1
	if bytes.HasPrefix(line, []byte("$$")) {
		fence = 2
	}
	rest := line[fence:]
	for end := 0; end < min(len(rest), MaxFormula); end++ {
		switch rest[end] {
		case '\\':
			end++ // an escaped character never ends it
		case '$':
			if fence == 2 && !bytes.HasPrefix(rest[end:], []byte("$$")) {
				continue
			}
			inner, behind := rest[:end], rest[end+fence:]
			if !formulaBorders(inner, behind) {
				return nil
			}
			block.Advance(2*fence + end)
			return &formula{text: inner}
		}
	}
	return nil
}

func formulaBorders(inner, behind []byte) bool {
	if len(inner) == 0 || util.IsSpace(inner[0]) || util.IsSpace(inner[len(inner)-1]) {
		return false
	}
	return len(behind) == 0 || behind[0] < '0' || behind[0] > '9'
}

// formulaBlock is a formula on lines of its own.
type formulaBlock struct {
	ast.BaseBlock
	closed bool
}

var formulaBlockKind = ast.NewNodeKind("FormulaBlock")

func (*formulaBlock) Kind() ast.NodeKind { return formulaBlockKind }

func (*formulaBlock) IsRaw() bool { return true }

func (f *formulaBlock) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// formulaBlockParser reads what stands between a line that begins with $$ and one
// that ends with it.
type formulaBlockParser struct{}

var dollars = []byte("$$")

func (formulaBlockParser) Trigger() []byte { return []byte{'$'} }

func (formulaBlockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || !bytes.HasPrefix(line[at:], dollars) {
		return nil, parser.NoChildren
	}
	node := &formulaBlock{}
	inner := util.TrimRightSpace(line[at+2:])
	if end := bytes.Index(inner, dollars); end >= 0 {
		if end != len(inner)-2 {
			return nil, parser.NoChildren // a formula and words behind it: a paragraph
		}
		inner, node.closed = inner[:end], true
	}
	start := segment.Start + at + len(dollars)
	if node.closed {
		segment.Stop = start + len(inner)
	}
	node.Lines().Append(text.NewSegment(start, segment.Stop))
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

func (formulaBlockParser) Continue(n ast.Node, reader text.Reader, _ parser.Context) parser.State {
	node := n.(*formulaBlock)
	if node.closed {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	trimmed := util.TrimRightSpace(line)
	if bytes.HasSuffix(trimmed, dollars) {
		node.closed = true
		segment.Stop = segment.Start + len(trimmed) - 2
	}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (formulaBlockParser) Close(ast.Node, text.Reader, parser.Context) {}
func (formulaBlockParser) CanInterruptParagraph() bool                 { return true }
func (formulaBlockParser) CanAcceptIndentedLine() bool                 { return false }

// formulaRenderer writes formulas as code that the page's script sets.
type formulaRenderer struct{}

func (r formulaRenderer) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(formulaKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<code class="math">` + string(util.EscapeHTML(n.(*formula).text)) + `</code>`)
		}
		return ast.WalkSkipChildren, nil
	})
	register.Register(formulaBlockKind, func(w util.BufWriter, text []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			writeFenced(w, "math", n.Lines().Value(text))
		}
		return ast.WalkSkipChildren, nil
	})
}

// writeFenced writes a block whose text the page's script turns into something else.
func writeFenced(w util.BufWriter, class string, body []byte) {
	_, _ = w.WriteString(`<pre class="` + class + `"><code>`)
	_, _ = w.Write(util.EscapeHTML(bytes.TrimSpace(body))) // the buffer keeps its error
	_, _ = w.WriteString("</code></pre>\n")
}
