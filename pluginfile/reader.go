package pluginfile

import (
	"bytes"
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// reader makes blocks of what the scanner finds. [readBlocks] uses it the way the
// original reads; the careful reader in recover.go builds on it.
type reader struct {
	scanner
	source      *source.Source
	blocks      []*Block
	diagnostics []source.Diagnostic
	last        *Block // the last block of a known kind
	lost        bool   // something stands between last and here

	// The last script or style inside of which a block of a kind begins, looked for
	// in the first so many blocks; see endsInner.
	holders  map[Kind]*Block
	examined int
}

// readBlocks reads the blocks as the original does. doubt is the place from which on
// a careful reader may see something else, -1 if there is none.
func readBlocks(s *source.Source) (r *reader, doubt int) {
	r = &reader{source: s, blocks: make([]*Block, 0, 8)}
	r.init(s.Text, 0)
	doubt = -1
	mistrust := func(at int) {
		if doubt < 0 || at < doubt {
			doubt = at
		}
	}
	for {
		kind := r.next(true)
		tag := r.tag
		switch kind {
		case noToken:
			if r.comment >= 0 && r.comment == r.pos {
				mistrust(r.comment)
			}
			if r.half >= 0 {
				mistrust(r.half)
			}
			return r, doubt
		case brokenTag:
			if _, known := meantKind(r.name(tag)); known {
				mistrust(tag.span.Start)
			}
		case endTag:
			if r.endsAgain(tag) {
				mistrust(r.last.Tag.Start)
			} else if b := r.endsInner(tag); b != nil {
				mistrust(b.Tag.Start)
			}
			if kind := r.strayEnd(tag); kind != "" && !r.add(&Block{Kind: kind, Span: tag.span, Tag: tag.span, SelfClosed: foldName(r.name(tag), "br")}) {
				return r, doubt
			}
		case startTag:
			suspect := r.suspectTag(tag)
			block := r.block(tag)
			if !tag.selfClosed {
				b := r.body(tag)
				block.finish(b)
				suspect = suspect || !b.closed || b.swallowed || b.reopened || r.wraps(tag, b)
			}
			if suspect {
				mistrust(tag.span.Start)
			}
			if !r.add(block) {
				return r, doubt
			}
		}
	}
}

func (r *reader) name(t token) []byte { return r.text[t.name.Start:t.name.End] }

// block makes the block of a start tag that was just read.
func (r *reader) block(t token) *Block {
	r.checkAttributes(r.attrs)
	end := source.Span{Start: t.span.End, End: t.span.End}
	return &Block{
		Kind: kindOf(r.name(t)), Source: r.source, Span: t.span, Tag: t.span, Inner: end,
		Attrs: attributes(r.text, t.span, r.attrs), SelfClosed: t.selfClosed, Closed: t.selfClosed,
	}
}

func (b *Block) finish(end body) {
	b.Inner = source.Span{Start: b.Tag.End, End: end.inner.End}
	b.Span.End = end.end
	b.Closed = end.closed
}

// add appends a block; it answers false when there are too many.
func (r *reader) add(b *Block) bool {
	if len(r.blocks) >= MaxBlocks {
		r.report(ruleTooManyBlocks, b.Tag, fmt.Sprintf("the file has more than %d blocks; reading stops here", MaxBlocks),
			"split the plugin into several")
		r.ended = true
		return false
	}
	b.Source = r.source
	if b.Inner == (source.Span{}) {
		b.Inner = source.Span{Start: b.Tag.End, End: b.Tag.End}
	}
	r.blocks = append(r.blocks, b)
	if b.Kind.Known() {
		r.last, r.lost = b, false
	} else {
		r.lost = true
	}
	return true
}

func (r *reader) report(rule *source.Rule, span source.Span, message, hint string) *source.Diagnostic {
	r.diagnostics = append(r.diagnostics, rule.Diagnostic(r.source.Place(span), message, hint))
	return &r.diagnostics[len(r.diagnostics)-1]
}

// strayEnd returns the kind of the empty block that the original makes of an end
// tag without a start: it does for </p> and </br>.
func (r *reader) strayEnd(t token) Kind {
	if name := r.name(t); foldName(name, "p") || foldName(name, "br") {
		return Kind(name)
	}
	return ""
}

// endsAgain reports whether an end tag outside of all blocks is one of the last
// block, and something stands between the two: the block was closed too early.
func (r *reader) endsAgain(t token) bool {
	last := r.last
	if last == nil || !last.Closed || last.SelfClosed || !foldEqual(r.name(t), []byte(last.Kind)) {
		return false
	}
	return r.lost || r.lastText >= last.Span.End
}

// endsInner returns the script inside of which the block begins that an end tag
// outside of all blocks would close, nil if there is none. Such a script lacks its own
// end tag, and took that of a script in the other block.
func (r *reader) endsInner(t token) *Block {
	kind, known := meantKind(r.name(t))
	if !known {
		return nil
	}
	for ; r.examined < len(r.blocks); r.examined++ {
		if b := r.blocks[r.examined]; b.Closed && !b.SelfClosed && (b.Kind == ScriptBlock || b.Kind == StyleBlock) {
			r.examine(b)
		}
	}
	return r.holders[kind]
}

func (r *reader) examine(b *Block) {
	inner := r.text[:b.Inner.End]
	for at := nextBeginning(inner, b.Inner.Start); at >= 0; at = nextBeginning(inner, at+1) {
		if r.holders == nil {
			r.holders = make(map[Kind]*Block)
		}
		kind, _ := blockTag(inner, at)
		r.holders[kind] = b
	}
}

// suspectTag reports whether people would read a start tag in another way.
func (r *reader) suspectTag(t token) bool {
	name := r.name(t)
	if kind, known := meantKind(name); known {
		return kind != kindOf(name) || r.openQuote(t) || kind == LinkBlock && !t.selfClosed
	}
	return isVoid(name) && !t.selfClosed
}

// openQuote reports whether an attribute's value takes in the end of its line and a
// ">" before it: its closing quote is missing.
func (r *reader) openQuote(t token) bool {
	for _, a := range r.attrs {
		if pastLine(r.text[a.value.Start:a.value.End]) {
			return true
		}
	}
	return false
}

func pastLine(value []byte) bool {
	line := bytes.IndexByte(value, '\n')
	return line >= 0 && bytes.IndexByte(value[:line], '>') >= 0
}

// wraps reports whether an unknown element is only a wrapper around blocks.
func (r *reader) wraps(t token, b body) bool {
	name := r.name(t)
	if _, known := meantKind(name); known {
		return false
	}
	return wrapped(r.text[:b.inner.End], b.inner.Start, isPage(name))
}

// checkAttributes reports attributes that pass a limit or come twice.
func (r *reader) checkAttributes(attrs []rawAttr) {
	if len(attrs) > MaxAttributes {
		r.report(ruleTooManyAttributes, attrs[MaxAttributes].name,
			fmt.Sprintf("this tag has more than %d attributes; the rest is not read", MaxAttributes), "remove attributes that no one reads")
	}
	for i, a := range attrs[:min(len(attrs), MaxAttributes)] {
		if a.value.Len() > MaxValueBytes {
			r.report(ruleLongValue, a.name,
				fmt.Sprintf("the value of this attribute is longer than %d KiB; the rest is not read", MaxValueBytes>>10), "put the text into an <attachment> block")
		}
		name := r.text[a.name.Start:a.name.End]
		for _, before := range attrs[:i] {
			if bytes.Equal(r.text[before.name.Start:before.name.End], name) {
				d := r.report(ruleDuplicateAttribute, a.name,
					fmt.Sprintf("the attribute %s is written twice; only the last value counts", name), "keep one of the two")
				d.Related = []source.Note{{Place: r.source.Place(before.name), Message: "first written here"}}
				break
			}
		}
	}
}
