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
	// A comment outside of blocks that ends in the middle of one is noted in half, or,
	// if the reader is wary, taken for one without end.
	half int
	wary bool
	// commentsLeft: there are more comments than ends of comments; if counted.
	counted, commentsLeft bool
	// From these places on there is no ">", "-->" or "]>": no need to search again.
	noClose, noComment, noConditional int

	tag   token     // the last tag
	attrs []rawAttr // of the last start tag that was read with its attributes
	// Text outside of blocks: the first pieces, and where the last one begins.
	stray    []source.Span
	lastText int

	room struct { // enough for most texts, to save allocations
		elements [12]element
		attrs    [4]rawAttr
	}
}

type tokenKind uint8

const (
	noToken   tokenKind = iota // the end
	startTag                   // <name ...>
	endTag                     // </name ...>
	brokenTag                  // <name ... that does not go on as a tag: text to the original
)

type token struct {
	span       source.Span // the tag; for a broken one what the original leaves out
	name       source.Span
	selfClosed bool
}

// init makes a zero scanner ready to read a text from a place on.
func (s *scanner) init(text []byte, at int) {
	s.text, s.pos, s.fresh = text, at, true
	s.comment, s.half, s.lastText = -1, -1, -1
	s.noClose, s.noComment, s.noConditional = len(text), len(text), len(text)
	s.open.text, s.open.stack = text, s.room.elements[:0]
	s.attrs = s.room.attrs[:0]
}

// next reads the next tag into s.tag and tells its kind. With top set, as outside of
// all blocks, the attributes of start tags are kept in s.attrs and text that is not
// blank in s.stray.
func (s *scanner) next(top bool) tokenKind {
	if s.ended {
		return noToken
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
			return noToken
		}
		at += hop
		kind, skipped := s.markup(at, top)
		switch {
		case kind != noToken || s.ended:
			return kind
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
func (s *scanner) markup(lt int, top bool) (kind tokenKind, skipped bool) {
	if lt+1 >= len(s.text) {
		return noToken, false
	}
	switch c := s.text[lt+1]; {
	case class[c]&nameStart != 0:
		return s.startTag(lt, top), false
	case c == '/':
		return s.endTag(lt, top), false
	case c != '!':
		return noToken, false
	case bytes.HasPrefix(s.text[lt:], []byte("<!--")):
		return noToken, s.skipPast(lt, "-->", &s.noComment, top)
	case bytes.HasPrefix(s.text[lt:], []byte("<![")):
		return noToken, s.skipPast(lt, "]>", &s.noConditional, top)
	case lt == s.pos && s.fresh:
		return noToken, s.doctype(lt)
	}
	return noToken, false
}

// skipPast skips a comment or conditional comment; the end may overlap the
// beginning, as in <!-->. Without an end the original stops for good.
func (s *scanner) skipPast(lt int, end string, none *int, top bool) (ok bool) {
	if top {
		s.noteText(s.pos, lt)
	}
	length := -1
	if lt < *none {
		length = bytes.Index(s.text[lt:], []byte(end))
	}
	if length < 0 {
		*none = min(*none, lt)
	} else if top && (s.wary || s.half < 0) && s.halfComment(lt, lt+length) {
		s.half = lt
	}
	if length < 0 || s.wary && s.half == lt {
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
	if at >= s.noClose {
		return -1
	}
	length := bytes.IndexByte(s.text[at:s.noClose], '>')
	if length < 0 {
		s.noClose = at
	}
	return length
}

func (s *scanner) endTag(lt int, top bool) tokenKind {
	end := nameEnd(s.text, lt+2)
	if end == lt+2 {
		return noToken
	}
	length := 0
	if end == len(s.text) || s.text[end] != '>' {
		if length = s.closeFrom(end); length < 0 {
			return noToken
		}
	}
	if top {
		s.noteText(s.pos, lt)
	}
	s.pos = end + length + 1
	s.fresh = true
	s.tag = token{span: source.Span{Start: lt, End: s.pos}, name: source.Span{Start: lt + 2, End: end}}
	return endTag
}

func (s *scanner) startTag(lt int, top bool) tokenKind {
	name := nameEnd(s.text, lt+1)
	if top {
		s.noteText(s.pos, lt)
		s.attrs = s.attrs[:0]
	}
	end, how := s.attributes(name, top)
	s.pos, s.fresh = end, how != 0
	s.tag = token{span: source.Span{Start: lt, End: end}, name: source.Span{Start: lt + 1, End: name}, selfClosed: how == '/'}
	if how == 0 {
		return brokenTag
	}
	return startTag
}

// attributes reads attributes from at and the ">" behind them, and answers where the
// tag ends and how: with '>', with '/', or, 0, not as a tag.
func (s *scanner) attributes(at int, keep bool) (end int, how byte) {
	var attr rawAttr
	for text := s.text; ; at = attr.end {
		i := at
		for i < len(text) && class[text[i]]&space != 0 {
			i++
		}
		if i < len(text) && text[i] >= 0x80 {
			i = skipSpace(text, i)
		}
		switch {
		case i == len(text):
			return at, 0
		case text[i] == '>':
			return i + 1, '>'
		case text[i] == '/' && i+1 < len(text) && text[i+1] == '>':
			return i + 2, '/'
		case !attr.read(text, i):
			return at, 0
		case keep && len(s.attrs) <= MaxAttributes:
			s.attrs = append(s.attrs, attr)
		}
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
