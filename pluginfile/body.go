package pluginfile

import (
	"bytes"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// body is what belongs to a start tag outside of all blocks.
type body struct {
	inner  source.Span // between the tags
	end    int         // after the end tag; inner.End without one
	closed bool        // by its own end tag

	// swallower is the first raw-text tag inside (docs that mention <script>) within
	// whose text the block's own end tag stands, or that never ends; its span is
	// empty if there is none.
	swallower source.Span
	// swallowed: behind that end tag, and still in the raw text, a block begins.
	swallowed bool
	// reopened: in the text of a script (or style) another script tag begins a line,
	// so this one probably lacks its end tag.
	reopened bool
}

// body reads on from a start tag, which must be the last one read and not
// self-closed, to the end of its element. The elements inside are a stack; an end
// tag closes the nearest one of its name and everything above it.
func (s *scanner) body(tag token) body {
	b := body{inner: source.Span{Start: s.pos, End: s.pos}}
	name := s.text[tag.name.Start:tag.name.End]
	s.dropNewline(name)
	if isRaw(name) {
		s.rawBody(&b, tag)
		return b
	}
	s.open.reset()
	s.open.push(tag.name.Start, tag.name.End)
	for {
		switch s.next(false) {
		case noToken:
			b.inner.End, b.end = s.pos, s.pos
			return b
		case startTag:
			s.element(&b)
		case endTag:
			switch i := s.open.find(s.text[s.tag.name.Start:s.tag.name.End]); {
			case i == 0:
				b.inner.End, b.end, b.closed = s.tag.span.Start, s.tag.span.End, true
				return b
			case i > 0:
				s.open.closeTo(i)
			}
		}
	}
}

// rawBody is body for a raw-text element.
func (s *scanner) rawBody(b *body, tag token) {
	name, again := s.text[tag.name.Start:tag.name.End], -1
	for at := s.pos; ; at++ {
		hop := bytes.IndexByte(s.text[at:], '<')
		if hop < 0 {
			break
		}
		at += hop
		if endsRaw(s.text, at, name) {
			length := s.closeFrom(at)
			if length < 0 {
				break
			}
			s.pos, s.fresh = at+length+1, true
			b.inner.End, b.end, b.closed = at, s.pos, true
			b.reopened = again >= 0 && !escapesEnd(s.text[again:at])
			return
		}
		if again < 0 && opensAgain(s.text, at, tag) {
			again = at
		}
	}
	s.ended = true
	b.inner.End, b.end = s.pos, s.pos
}

// element takes up an element inside a block.
func (s *scanner) element(b *body) {
	t := &s.tag
	name := s.text[t.name.Start:t.name.End]
	switch {
	case t.selfClosed:
		s.dropNewline(s.open.at(len(s.open.stack) - 1))
	case isRaw(name):
		s.dropNewline(name)
		end, ok := rawEnd(s.text, s.pos, name)
		if !ok {
			end.Start = len(s.text)
		}
		b.watch(s, end.Start, ok)
		if !ok {
			s.ended = true
			return
		}
		s.pos, s.fresh = end.End, true
	default:
		s.open.push(t.name.Start, t.name.End)
		s.dropNewline(name)
	}
}

// watch notes whether the text of a raw-text element, which goes to end, holds what
// was not meant for it.
func (b *body) watch(s *scanner, end int, terminated bool) {
	if b.swallowed {
		return
	}
	own, ok := ownEnd(s.text[:end], s.pos, s.open.at(0))
	behind := ok && nextBeginning(s.text[:end], own.End) >= 0
	if behind || b.swallower.Len() == 0 && (ok || !terminated) {
		b.swallower, b.swallowed = s.tag.span, behind
	}
}

// dropNewline leaves a newline away at pos when the innermost element is of that
// name; it moves the place where an unclosed block ends.
func (s *scanner) dropNewline(innermost []byte) {
	if s.pos < len(s.text) && s.text[s.pos] == '\n' && dropsNewline(innermost) {
		s.pos++
	}
}

// rawEnd returns the end tag of a raw-text element whose text begins at from.
// Anything may follow the name: </scripts> ends a script.
func rawEnd(text []byte, from int, name []byte) (tag source.Span, ok bool) {
	for ; ; from++ {
		hop := bytes.IndexByte(text[from:], '<')
		if hop < 0 {
			return source.Span{}, false
		}
		from += hop
		if endsRaw(text, from, name) {
			length := bytes.IndexByte(text[from:], '>')
			return source.Span{Start: from, End: from + length + 1}, length >= 0
		}
	}
}

// endsRaw reports whether the "<" at lt begins an end tag of a raw-text element.
func endsRaw(text []byte, lt int, name []byte) bool {
	end := lt + len("</") + len(name)
	return end <= len(text) && text[lt+1] == '/' && foldEqual(text[lt+len("</"):end], name)
}

// ownEnd returns the first end tag of exactly that name from a place on.
func ownEnd(text []byte, from int, name []byte) (tag source.Span, ok bool) {
	for {
		tag, ok = rawEnd(text, from, name)
		if !ok || nameEnd(text, tag.Start+2) == tag.Start+2+len(name) {
			return tag, ok
		}
		from = tag.Start + 2
	}
}
