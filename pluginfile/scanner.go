package pluginfile

import (
	"bytes"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// scanner finds the tags of a text as ImJoy's tokenizer does, and where the element
// that a tag opens ends. It goes over the bytes once, from `<` to `<`.
//
// The tokenizer (vue-template-compiler's, with both HTML options off) keeps an
// index. Where that stands when the text ends decides what an unclosed block holds,
// so pos follows it exactly; the odd rules below are all observable through it.
type scanner struct {
	text []byte
	pos  int
	open elements

	// A doctype counts only where the tokenizer starts afresh: at the beginning and
	// after markup, not in the middle of text or after a malformed tag.
	fresh bool
	// ended: nothing more can be found. It may come before the end of the text: an
	// unterminated comment and a raw-text element without end tag stop the original.
	ended bool
	// comment is where a comment or <![ without end stopped it; -1 if none did.
	comment int
	// noClose: there is no ">" any more, so nothing need be searched for one again.
	noClose bool

	attrs []rawAttr // of the last start tag that was read with its attributes
	// Text outside of blocks: the first pieces, and where the last one begins.
	stray    []source.Span
	lastText int
}

type tokenKind uint8

const (
	noToken   tokenKind = iota // the end
	startTag                   // <name ...>
	endTag                     // </name ...>
	brokenTag                  // <name ... that does not go on as a tag: text to the original
)

type token struct {
	kind       tokenKind
	span       source.Span // the tag; for a broken one what the original leaves out
	name       source.Span
	selfClosed bool
}

func newScanner(text []byte, at int) scanner {
	return scanner{text: text, pos: at, open: elements{text: text}, fresh: true, comment: -1, lastText: -1}
}

// next returns the next tag. With top set, as outside of all blocks, the attributes
// of start tags are kept in s.attrs and text that is not blank in s.stray.
func (s *scanner) next(top bool) token {
	if s.ended {
		return token{}
	}
	lone := -1 // the last "<" since pos that begins nothing
	for at := s.pos; ; {
		hop := bytes.IndexByte(s.text[at:], '<')
		if hop < 0 {
			if top {
				s.noteText(s.pos, len(s.text))
			}
			if lone >= 0 && s.doctype(lone) {
				at, lone = s.pos, -1
				continue
			}
			s.pos = max(s.pos, lone)
			s.ended = true
			return token{}
		}
		at += hop
		tag, skipped := s.markup(at, top)
		switch {
		case tag.kind != noToken || s.ended:
			return tag
		case skipped:
			at, lone = s.pos, -1
		default:
			lone = at
			at++
		}
	}
}

// markup reads what the "<" at lt begins: a tag, something to skip (a comment), or
// nothing.
func (s *scanner) markup(lt int, top bool) (tag token, skipped bool) {
	if lt+1 >= len(s.text) {
		return token{}, false
	}
	switch c := s.text[lt+1]; {
	case class[c]&nameStart != 0:
		return s.startTag(lt, top), false
	case c == '/':
		return s.endTag(lt, top), false
	case c != '!':
		return token{}, false
	case bytes.HasPrefix(s.text[lt:], []byte("<!--")):
		return token{}, s.skipPast(lt, "-->", top)
	case bytes.HasPrefix(s.text[lt:], []byte("<![")):
		return token{}, s.skipPast(lt, "]>", top)
	case lt == s.pos && s.fresh:
		return token{}, s.doctype(lt)
	}
	return token{}, false
}

// skipPast skips a comment or conditional comment; the end may overlap the
// beginning, as in <!-->. Without an end the original stops for good.
func (s *scanner) skipPast(lt int, end string, top bool) (ok bool) {
	if top {
		s.noteText(s.pos, lt)
	}
	length := bytes.Index(s.text[lt:], []byte(end))
	if length < 0 {
		s.pos = lt
		s.comment = lt
		s.ended = true
		return false
	}
	s.pos = lt + length + len(end)
	s.fresh = true
	return true
}

// doctype skips <!DOCTYPE ...>: one space, then anything but ">".
func (s *scanner) doctype(lt int) (ok bool) {
	const open = "<!doctype "
	rest := s.text[lt:]
	if len(rest) < len(open) || !foldName(rest[:len(open)], open) {
		return false
	}
	length := s.closeFrom(lt)
	if length <= len(open) {
		return false
	}
	s.pos = lt + length + 1
	s.fresh = true
	return true
}

// closeFrom returns the distance from at to the next ">", -1 without one.
func (s *scanner) closeFrom(at int) int {
	if s.noClose {
		return -1
	}
	length := bytes.IndexByte(s.text[at:], '>')
	s.noClose = length < 0
	return length
}

func (s *scanner) endTag(lt int, top bool) token {
	end := nameEnd(s.text, lt+2)
	if end == lt+2 {
		return token{}
	}
	length := s.closeFrom(end)
	if length < 0 {
		return token{}
	}
	if top {
		s.noteText(s.pos, lt)
	}
	s.pos = end + length + 1
	s.fresh = true
	return token{kind: endTag, span: source.Span{Start: lt, End: s.pos}, name: source.Span{Start: lt + 2, End: end}}
}

func (s *scanner) startTag(lt int, top bool) token {
	end := nameEnd(s.text, lt+1)
	tag := token{kind: startTag, name: source.Span{Start: lt + 1, End: end}}
	if top {
		s.noteText(s.pos, lt)
		s.attrs = s.attrs[:0]
	}
	for at := end; ; {
		if close, slash := tagClose(s.text, at); close > 0 {
			tag.selfClosed = slash
			at, s.fresh = close, true
			tag.span = source.Span{Start: lt, End: at}
			s.pos = at
			return tag
		}
		attr, ok := readAttr(s.text, at)
		if !ok {
			tag.kind = brokenTag
			tag.span = source.Span{Start: lt, End: at}
			s.pos, s.fresh = at, false
			return tag
		}
		if top && len(s.attrs) <= MaxAttributes {
			s.attrs = append(s.attrs, attr)
		}
		at = attr.end
	}
}

// noteText keeps a piece of text outside of blocks that is not blank.
func (s *scanner) noteText(start, end int) {
	start = skipSpace(s.text[:end], start)
	if start >= end {
		return
	}
	s.lastText = start
	if len(s.stray) >= MaxStrayTexts {
		return
	}
	for end > start && spaceSize(s.text, end-1) > 0 {
		end--
	}
	s.stray = append(s.stray, source.Span{Start: start, End: end})
}
