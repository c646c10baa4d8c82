package docsrender

import (
	"bytes"
	"context"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// costly shows a paragraph as it is written when reading its inline marks, or the
// table it holds, would cost too much. It sees paragraphs, and thereby tables, before
// anybody else does.
type costly struct{ ctx context.Context }

func (c costly) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	stopWhenDone(c.ctx)
	if expensive(node.Lines(), reader.Source()) {
		asWritten(node, node.Lines())
	}
}

// boundedHeading does the same for headings, which are not paragraphs.
type boundedHeading struct{ parser.BlockParser }

func (b boundedHeading) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	if expensive(node.Lines(), reader.Source()) {
		asWritten(node, node.Lines())
		return
	}
	b.BlockParser.Close(node, reader, pc)
}

func expensive(lines *text.Segments, source []byte) bool {
	delimiters, pipes := 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		value := line.Value(source)
		if i < 2 { // a table's head and its delimiter row
			pipes = max(pipes, bytes.Count(value, []byte("|")))
		}
		for _, c := range value {
			if strings.IndexByte("[]()!*_`<&~:@$\\", c) >= 0 {
				delimiters++
			}
		}
	}
	return delimiters > MaxDelimiters || pipes > MaxColumns || pipes*lines.Len() > MaxCells
}

// asWritten puts a code block in the place of a node.
func asWritten(node ast.Node, lines *text.Segments) {
	code := ast.NewCodeBlock()
	code.SetLines(lines)
	node.Parent().ReplaceChild(node.Parent(), node, code)
}

// tooDeep reports whether quotes or lists are nested so deep that walking them could
// exhaust the stack. It counts markers before the text of a line, and indentation.
func tooDeep(markdown string) bool {
	for line := range strings.Lines(markdown) {
		markers, spaces := 0, 0
		for _, c := range line {
			if strings.ContainsRune(">-*+.)", c) {
				markers++
			} else if c == ' ' || c == '\t' {
				spaces++
			} else if c < '0' || c > '9' {
				break
			}
		}
		// A rule is a line of nothing but its marks, and nests nothing.
		if markers > MaxNesting && strings.Trim(line, " \t\r\n-*") != "" || markers > MaxNesting && spaces > MaxNesting {
			return true
		}
	}
	return false
}
