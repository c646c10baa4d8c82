package engine

import (
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// pythonScripts are the scripts as a Python child gets them: de-indented, with the
// document line of their first line and, for each line, how many columns were taken
// off, so that the child can name places of the document.
func (p *Plugin) pythonScripts() []any {
	doc := p.plan.Document.Source
	list := make([]any, len(p.plan.Scripts))
	for i, block := range p.plan.Scripts {
		body := block.Body()
		first := doc.Position(body.Span.Start, source.Runes).Line
		list[i] = value.NewObject("text", body.Text, "line", first, "columns", removedColumns(body), "lang", block.Lang(), "file", doc.Name)
	}
	return list
}

// removedColumns says for each line of an excerpt at which column (from 0) of the
// document it begins.
func removedColumns(body *source.Excerpt) []any {
	text := source.New("", []byte(body.Text))
	columns := make([]any, text.LineCount())
	for n := range columns {
		at := body.Outer(source.Span{Start: text.Line(n + 1).Start, End: text.Line(n + 1).End})
		columns[n] = body.Source.Position(at.Start, source.Runes).Column - 1
	}
	return columns
}
