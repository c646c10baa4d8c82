package pluginfile

import (
	"bytes"
)

// What people take for the beginning of a block, whatever stands before it: its
// start tag, in any letter case, as the first thing in a line. Where the line is
// indented it may as well be markup of a window, and only tags that never are count.

// beginsBlock reports whether a block seems to begin with the "<" at lt.
func beginsBlock(text []byte, lt int) bool {
	kind, ok := blockTag(text, lt)
	switch {
	case !ok:
		return false
	case lineStart(text, lt):
		return true
	case !indented(text, lt):
		return false
	}
	switch kind {
	case ConfigBlock, WindowBlock, DocsBlock, AttachmentBlock, ManifestBlock:
		return true
	case ScriptBlock, StyleBlock:
		return saysLang(text[lt:])
	}
	return false
}

// nextBeginning returns the place from which on a block seems to begin, -1 for none.
func nextBeginning(text []byte, from int) int {
	for ; ; from++ {
		hop := bytes.IndexByte(text[from:], '<')
		if hop < 0 {
			return -1
		}
		from += hop
		if beginsBlock(text, from) {
			return from
		}
	}
}

// blockTag returns which block the start tag is of that begins with the "<" at lt,
// in any letter case.
func blockTag(text []byte, lt int) (kind Kind, ok bool) {
	end := nameEnd(text, lt+1)
	kind, ok = meantKind(text[lt+1 : end])
	if !ok || end == len(text) {
		return "", false
	}
	return kind, text[end] == '>' || text[end] == '/' || spaceSize(text, end) > 0
}

// saysLang reports whether a tag has a lang attribute, as those of blocks do and those
// of web pages do not.
func saysLang(tag []byte) bool {
	const most = 200
	tag = tag[:min(len(tag), most)]
	if end := bytes.IndexByte(tag, '>'); end >= 0 {
		tag = tag[:end]
	}
	return bytes.Contains(tag, []byte("lang"))
}

// opensAgain reports whether, in the text of a script, another script tag begins at
// lt, in a line of its own and not farther to the right than the script's own tag.
func opensAgain(text []byte, lt int, own token) bool {
	if _, ok := blockTag(text, lt); !ok || !foldEqual(text[lt+1:nameEnd(text, lt+1)], text[own.name.Start:own.name.End]) {
		return false
	}
	indent := len(indentBefore(text, lt))
	if !lineStart(text, lt-indent) || indent > own.span.Start {
		return false
	}
	return isIndent(text[own.span.Start-indent : own.span.Start])
}

func isIndent(text []byte) bool { return len(indentBefore(text, len(text))) == len(text) }

// escapesEnd reports whether a text takes care not to end a script: a page that is
// written as a string then begins with <script>, but means no block.
func escapesEnd(text []byte) bool {
	return bytes.Contains(text, []byte(`<\/`)) || bytes.Contains(text, []byte("</scr"))
}

// wrapped reports whether there are blocks in the inner text of an unknown element:
// any but style, script and link in an HTML page, and in another element a config at
// the beginning of a line.
func wrapped(text []byte, from int, page bool) bool {
	for ; ; from++ {
		hop := bytes.IndexByte(text[from:], '<')
		if hop < 0 {
			return false
		}
		from += hop
		switch kind, _ := blockTag(text, from); kind {
		case ConfigBlock:
			if page || indented(text, from) {
				return true
			}
		case DocsBlock, WindowBlock, AttachmentBlock:
			if page {
				return true
			}
		}
	}
}

// halfComment reports whether a comment that stands outside of blocks ends in the
// middle of one: it seems to lack its own end, and to have ended at that of another
// comment or at an arrow in a script. Whole blocks in a comment are left out on
// purpose, even if comments stand in them.
func (s *scanner) halfComment(start, end int) bool {
	comment := s.text[start:end]
	last := -1
	for at := nextBeginning(comment, 1); at >= 0; at = nextBeginning(comment, at+1) {
		last = at
	}
	if last < 0 {
		return false
	}
	_, closed := ownEnd(comment, last, comment[last+1:nameEnd(comment, last+1)])
	half := !closed && !bytes.HasSuffix(comment[:tagLength(comment, last)], []byte("/>"))
	if !half || bytes.LastIndex(comment, []byte("<!--")) == 0 {
		return half
	}
	if !s.counted {
		rest := s.text[start:]
		s.counted = true
		s.commentsLeft = bytes.Count(rest, []byte("<!--")) > bytes.Count(rest, []byte("-->"))
	}
	return s.commentsLeft
}

// tagLength returns where the tag that begins at lt seems to end.
func tagLength(text []byte, lt int) int {
	end := bytes.IndexByte(text[lt:], '>')
	if end < 0 {
		return len(text)
	}
	return lt + end + 1
}

// fenced reports whether a Markdown text ends inside of a fence.
func fenced(text []byte) (open bool) {
	for _, line := range lines(text) {
		line = bytes.TrimLeft(line, " \t")
		if bytes.HasPrefix(line, []byte("```")) || bytes.HasPrefix(line, []byte("~~~")) {
			open = !open
		}
	}
	return open
}

// lineStart reports whether i is the first place of a line, a byte order mark aside.
func lineStart(text []byte, i int) bool {
	if i == 0 || text[i-1] == '\n' || text[i-1] == '\r' {
		return true
	}
	return i == len("\uFEFF") && bytes.HasPrefix(text, []byte("\uFEFF"))
}

// indentBefore returns the spaces and tabs before i.
func indentBefore(text []byte, i int) []byte {
	start := i
	for start > 0 && (text[start-1] == ' ' || text[start-1] == '\t') {
		start--
	}
	return text[start:i]
}

// indented reports whether only spaces and tabs stand before i in its line.
func indented(text []byte, i int) bool { return lineStart(text, i-len(indentBefore(text, i))) }
