package pluginfile

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// mistake reports a start tag at the place where it went wrong: at the quote of a
// value that goes over the end of the tag, or else at the first character that
// belongs to no attribute.
func (c *careful) mistake(tag token, rule *source.Rule, message, hint string) {
	for _, a := range c.attrs {
		if value := c.text[a.value.Start:a.value.End]; pastLine(value) {
			quote, end := a.value.Start-1, a.value.Start+bytes.IndexByte(value, '>')
			d := c.report(rule, source.Span{Start: quote, End: end}, message, hint)
			d.Fixes = []source.Fix{{
				Title: "close the quote",
				Edits: []source.Edit{{Span: source.Span{Start: end, End: end}, New: string(c.text[quote : quote+1])}},
			}}
			return
		}
	}
	place, at := tag.span, skipSpace(c.text, tag.span.End)
	if at < len(c.text) && c.text[at] != '<' {
		_, size := utf8.DecodeRune(c.text[at:])
		place = source.Span{Start: at, End: at + size}
	}
	c.report(rule, place, message, hint)
}

// voidOpen reports a <link ...> without its slash, and closes it.
func (c *careful) voidOpen(tag *token) {
	name := c.name(*tag)
	d := c.report(ruleVoidOpen, tag.span,
		fmt.Sprintf("<%s> is not closed, so ImJoy takes everything after it as its text", name),
		fmt.Sprintf("end the tag with \"/>\": <%s ... />", name))
	if end := tag.span.End - 1; c.text[end] == '>' {
		// The space keeps the slash out of a value without quotes.
		d.Fixes = []source.Fix{{Title: "close the tag with \"/>\"", Edits: []source.Edit{{Span: source.Span{Start: end, End: end}, New: " /"}}}}
	}
	tag.selfClosed = true
}

// letterCase reports a block whose name is not in lower case, and names it.
func (c *careful) letterCase(tag token, block *Block, kind Kind) {
	d := c.report(ruleLetterCase, tag.name,
		fmt.Sprintf("block names are lower case; ImJoy ignores <%s>", block.Kind), fmt.Sprintf("did you mean <%s>?", kind))
	edits := []source.Edit{{Span: tag.name, New: string(kind)}}
	if block.Closed && !block.SelfClosed {
		start := block.Inner.End + len("</")
		edits = append(edits, source.Edit{Span: source.Span{Start: start, End: start + len(kind)}, New: string(kind)})
	}
	d.Fixes = []source.Fix{{Title: fmt.Sprintf("write <%s>", kind), Edits: edits}}
	block.Kind = kind
}

// openComment reports a comment without end, or with one that was not meant for it.
func (c *careful) openComment(at int) {
	start, end := source.Span{Start: at, End: min(at+len("<!--"), len(c.text))}, "-->"
	if bytes.HasPrefix(c.text[at:], []byte("<![")) {
		end = "]>"
	}
	hint := fmt.Sprintf("close it with %q", end)
	if c.half == at {
		if c.comments++; c.comments <= MaxStrayTexts {
			length := bytes.Index(c.text[at:], []byte(end))
			last := source.Span{Start: at + length, End: at + length + len(end)}
			d := c.report(ruleOpenComment, start, "this comment only ends in the middle of a block, so ImJoy loses the blocks before", hint)
			d.Related = []source.Note{{Place: c.source.Place(last), Message: "ImJoy ends it here"}}
		}
		return
	}
	// One is enough, as all that follow lack their end as well.
	if !c.toldComment {
		c.toldComment = true
		c.report(ruleOpenComment, start, "this comment is never closed, so ImJoy loses the rest of the file", hint)
	}
}
