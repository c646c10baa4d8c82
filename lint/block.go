package lint

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about blocks as such.

var blockChecks = []check{
	{ruleBlockEmpty, blockEmpty},
}

var ruleBlockEmpty = &source.Rule{
	Code: "block-empty", Severity: source.Info,
	Summary: "a block without content",
	Doc:     "An empty script, style or window block does nothing: in a window it is even an error of the page when the block is expected to have an element. Remove it.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<script lang=\"javascript\">\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

func blockEmpty(p *pass) {
	for _, b := range p.Document.Recovered {
		switch b.Kind {
		case pluginfile.ScriptBlock, pluginfile.StyleBlock, pluginfile.WindowBlock:
		default:
			continue
		}
		if _, external := b.Attr("src"); external || !b.Closed || !blank(b) || p.only(b) {
			continue
		}
		d := p.report(b.TagPlace(), fmt.Sprintf("this %s block is empty", b.Kind), "remove it")
		d.Fixes = []source.Fix{{Title: "remove the block", Edits: []source.Edit{{Span: lineSpan(b.Source, b.Span)}}}}
	}
}

// only reports whether a block is the only script of the plugin, which cannot go.
func (p *pass) only(b *pluginfile.Block) bool {
	return b.Kind == pluginfile.ScriptBlock && len(pluginfile.All(p.Document.Recovered, pluginfile.ScriptBlock)) == 1
}

// lineSpan widens a span to whole lines where nothing else stands on them.
func lineSpan(src *source.Source, span source.Span) source.Span {
	start, end := span.Start, span.End
	for start > 0 && (src.Text[start-1] == ' ' || src.Text[start-1] == '\t') {
		start--
	}
	for end < len(src.Text) && (src.Text[end] == ' ' || src.Text[end] == '\t' || src.Text[end] == '\r') {
		end++
	}
	if (start == 0 || src.Text[start-1] == '\n') && end < len(src.Text) && src.Text[end] == '\n' {
		return source.Span{Start: start, End: end + 1}
	}
	return span
}
