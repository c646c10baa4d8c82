package pluginfile

import (
	"bytes"
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// careful reads a text from the first doubtful place on as an attentive person
// would: a block begins where its tag begins a line, whatever mistake was made
// before, and ends at its own end tag. It follows the original's grammar wherever
// that loses nothing. Each time it leaves the original's way it reports an error at
// the place of the mistake.
type careful struct {
	reader
	rereads     int  // how often it read far ahead in vain
	toldComment bool // a comment without end was reported
	comments    int  // how many comments have the end of another
}

// recoverBlocks returns the careful reader's blocks; those before the first doubt
// are the original's.
func recoverBlocks(s *source.Source, original *reader, doubt int) *careful {
	c := &careful{reader: reader{source: s}}
	c.init(s.Text, doubt)
	c.wary = true
	for _, b := range original.blocks {
		if b.Tag.Start >= doubt {
			break
		}
		c.blocks = append(c.blocks, b)
	}
	for _, text := range original.stray {
		if text.End <= doubt {
			c.stray = append(c.stray, text)
		}
	}
	for c.step() {
	}
	c.share(original.blocks)
	return c
}

// step reads one piece outside of all blocks.
func (c *careful) step() bool {
	kind := c.next(true)
	tag := c.tag
	switch kind {
	case noToken:
		return c.comment >= 0 && c.comment == c.pos && c.skipComment()
	case brokenTag:
		if _, known := meantKind(c.name(tag)); known {
			c.mistake(tag, ruleMalformedTag,
				fmt.Sprintf("the attributes of this <%s> tag cannot be read from here on, so ImJoy drops the whole block", c.name(tag)),
				`write each attribute as name="value", with both quotes`)
			return c.element(c.relex(tag))
		}
	case endTag:
		if c.endsAgain(tag) {
			c.extend(tag)
		} else if b := c.endsInner(tag); b != nil && c.rereads < maxRereads {
			c.goBack(b)
		} else if kind := c.strayEnd(tag); kind != "" {
			return c.add(&Block{Kind: kind, Span: tag.span, Tag: tag.span, SelfClosed: foldName(c.name(tag), "br")})
		}
	case startTag:
		if _, known := meantKind(c.name(tag)); known && c.openQuote(tag) {
			c.mistake(tag, ruleOpenQuote,
				fmt.Sprintf("this value in the <%s> tag has no closing quote, so it takes in the lines below", c.name(tag)),
				"close the quote before the \">\"")
			tag = c.relex(tag)
		}
		return c.element(tag)
	}
	return true
}

// element takes up the start tag of a block, or of what only looks like one.
func (c *careful) element(tag token) bool {
	if !tag.selfClosed && isVoid(c.name(tag)) {
		c.voidOpen(&tag)
	}
	block := c.block(tag)
	if !tag.selfClosed {
		end, wrapper := c.bodyOf(tag)
		if wrapper {
			c.restart(tag.span.End)
			return true
		}
		block.finish(end)
		c.restart(end.end)
	}
	if kind, known := meantKind(c.name(tag)); known && kind != block.Kind {
		c.letterCase(tag, block, kind)
	}
	return c.add(block)
}

// restart goes on at a place as if the text began there.
func (c *careful) restart(at int) {
	c.pos, c.fresh, c.ended, c.comment = at, true, false, -1
}

// bodyOf decides where a block ends. A wrapper is not a block: what is inside it is
// read instead.
func (c *careful) bodyOf(tag token) (end body, wrapper bool) {
	name := c.name(tag)
	if c.rereads >= maxRereads {
		if end = c.flatBody(tag, tag.span.End); !end.closed {
			end = c.unclosed(tag)
		}
		return end, false
	}
	end = c.body(tag)
	unread := c.comment >= 0 && c.comment == c.pos
	switch {
	case end.reopened:
		c.rereads++
		return c.unclosed(tag), false
	case c.wraps(tag, end):
		c.rereads++
		c.report(ruleWrapped, tag.span,
			fmt.Sprintf("ImJoy looks for blocks only outside of other elements, so it sees none inside <%s>", name),
			fmt.Sprintf("remove <%s> and </%s>", name, name))
		return body{}, true
	case end.closed && !end.swallowed:
		return end, false
	}
	c.rereads++
	if end.swallower.Len() > 0 {
		return c.afterSwallower(tag, end.swallower), false
	}
	if unread {
		c.openComment(c.comment)
		return c.flatBody(tag, c.comment+1), false
	}
	return c.unclosed(tag), false
}

// afterSwallower reports a raw-text tag that took in the end of its block.
func (c *careful) afterSwallower(tag token, swallower source.Span) body {
	block, raw := c.name(tag), c.text[swallower.Start+1:nameEnd(c.text, swallower.Start+1)]
	message := fmt.Sprintf("ImJoy takes everything from this <%s> to the next </%s> as its text, the end of the <%s> block and what follows included", raw, raw, block)
	if _, ok := rawEnd(c.text, swallower.End, raw); !ok {
		message = fmt.Sprintf("this <%s> has no end tag, so ImJoy loses the rest of the <%s> block and of the file", raw, block)
	}
	escaped := "&lt;"
	if foldName(block, string(ConfigBlock)) {
		escaped = `\u003c`
	}
	d := c.report(ruleSwallowed, swallower, message, fmt.Sprintf("write %s%s> where the tag is only mentioned", escaped, raw))
	d.Related = []source.Note{{Place: c.source.Place(tag.span), Message: fmt.Sprintf("the <%s> block begins here", block)}}
	d.Fixes = []source.Fix{{
		Title: fmt.Sprintf("write %s%s>", escaped, raw),
		Edits: []source.Edit{{Span: source.Span{Start: swallower.Start, End: swallower.Start + 1}, New: escaped}},
	}}
	return c.flatBody(tag, swallower.End)
}

// unclosed reports a block without an end tag and ends it where people would.
func (c *careful) unclosed(tag token) body {
	name, end := c.name(tag), c.flatBody(tag, tag.span.End)
	d := c.report(ruleUnclosed, tag.span,
		fmt.Sprintf("the <%s> block is never closed, so ImJoy cuts or loses its text", name), fmt.Sprintf("add </%s> where the block ends", name))
	d.Fixes = []source.Fix{{
		Title: fmt.Sprintf("add </%s>", name),
		Edits: []source.Edit{{Span: source.Span{Start: end.inner.End, End: end.inner.End}, New: fmt.Sprintf("</%s>\n", name)}},
	}}
	return end
}

// flatBody ends a block at its first end tag from a place on, or where the next
// block begins a line, or at the end of the text; nested markup does not count. In
// docs, lines between Markdown fences begin no block.
func (c *careful) flatBody(tag token, from int) body {
	name := c.name(tag)
	docs := foldName(name, string(DocsBlock))
	fence, inFence := tag.span.End, false
	for ; ; from++ {
		hop := bytes.IndexByte(c.text[from:], '<')
		if hop < 0 {
			return body{inner: source.Span{Start: tag.span.End, End: len(c.text)}, end: len(c.text)}
		}
		from += hop
		if end := c.endTagOf(name, from); end > 0 {
			return body{inner: source.Span{Start: tag.span.End, End: from}, end: end, closed: true}
		}
		if !beginsBlock(c.text, from) {
			continue
		}
		if docs {
			inFence = inFence != fenced(c.text[fence:from])
			fence = from
		}
		if !inFence {
			return body{inner: source.Span{Start: tag.span.End, End: from}, end: from}
		}
	}
}

// endTagOf returns the end of the end tag of that name that begins at lt, 0 if none
// does.
func (c *careful) endTagOf(name []byte, lt int) int {
	if lt+1 >= len(c.text) || c.text[lt+1] != '/' {
		return 0
	}
	end := nameEnd(c.text, lt+2)
	if !foldEqual(c.text[lt+2:end], name) {
		return 0
	}
	length := c.closeFrom(end)
	if length < 0 {
		return 0
	}
	return end + length + 1
}

// skipComment goes on behind the line of a comment that never ends.
func (c *careful) skipComment() bool {
	c.openComment(c.comment)
	line := bytes.IndexByte(c.text[c.comment:], '\n')
	if line < 0 {
		return false
	}
	c.restart(c.comment + line + 1)
	return true
}

// extend moves the end of the last block to a second end tag of its name.
func (c *careful) extend(tag token) {
	last := c.last
	early := source.Span{Start: last.Inner.End, End: last.Span.End}
	name := string(c.name(tag))
	d := c.report(ruleClosedEarly, early,
		fmt.Sprintf("the <%s> block already ends here, so ImJoy loses what stands between this </%s> and the one on line %d",
			name, name, c.source.Position(tag.span.Start, source.Bytes).Line),
		fmt.Sprintf("in a script write the tag as <\\/%s>, in a text as &lt;/%s>; if the block does end here, remove the second end tag", name, name))
	d.Related = []source.Note{{Place: c.source.Place(tag.span), Message: "the second end tag"}}
	whole := &Block{
		Kind: last.Kind, Attrs: last.Attrs, Source: last.Source, Tag: last.Tag, Closed: true,
		Span:  source.Span{Start: last.Span.Start, End: tag.span.End},
		Inner: source.Span{Start: last.Inner.Start, End: tag.span.Start},
	}
	c.dropFrom(last)
	c.add(whole)
}

// goBack reads a block again as one without an end tag.
func (c *careful) goBack(to *Block) {
	c.rereads++
	whole := &Block{Kind: to.Kind, Attrs: to.Attrs, Tag: to.Tag, Span: to.Tag}
	whole.finish(c.unclosed(token{span: to.Tag, name: to.nameSpan()}))
	c.dropFrom(to)
	c.restart(whole.Span.End)
	c.add(whole)
}

// dropFrom forgets a block and what was read after its beginning.
func (c *careful) dropFrom(block *Block) {
	for len(c.blocks) > 0 && c.blocks[len(c.blocks)-1].Tag.Start >= block.Tag.Start {
		c.blocks = c.blocks[:len(c.blocks)-1]
	}
	for len(c.stray) > 0 && c.stray[len(c.stray)-1].Start > block.Tag.Start {
		c.stray = c.stray[:len(c.stray)-1]
	}
	c.examined = min(c.examined, len(c.blocks))
	for kind, holder := range c.holders {
		if holder.Tag.Start >= block.Tag.Start {
			delete(c.holders, kind)
		}
	}
}

// share puts the original's own blocks in the place of equal ones.
func (c *careful) share(original []*Block) {
	byTag := make(map[int]*Block, len(original))
	for _, b := range original {
		byTag[b.Tag.Start] = b
	}
	for i, b := range c.blocks {
		if o := byTag[b.Tag.Start]; o != nil && o.same(b) {
			c.blocks[i] = o
		}
	}
}
