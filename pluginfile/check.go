package pluginfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// checkText reports bytes that different readers would take differently: texts that
// are too large, not UTF-8, or hold NUL.
func checkText(s *source.Source) []source.Diagnostic {
	report := func(rule *source.Rule, start, end int, message, hint string) []source.Diagnostic {
		return []source.Diagnostic{rule.Diagnostic(s.Place(source.Span{Start: start, End: end}), message, hint)}
	}
	if len(s.Text) > MaxFileBytes {
		return report(ruleLargeFile, MaxFileBytes, MaxFileBytes,
			fmt.Sprintf("the file is larger than %d MiB and is not read", MaxFileBytes>>20), "move data out of the plugin")
	}
	if encoding, size := otherEncoding(s.Text); encoding != "" {
		return report(ruleEncoding, 0, size, "the file begins with the byte order mark of "+encoding, "save the file as UTF-8")
	}
	plain := plainPrefix(s.Text)
	if plain == len(s.Text) {
		return nil
	}
	var list []source.Diagnostic
	if at := bytes.IndexByte(s.Text[plain:], 0); at >= 0 {
		at += plain
		list = report(ruleNUL, at, at+1, "the file holds a NUL byte", "remove it; if it came with binary data, encode that as Base64")
	}
	if at := invalidUTF8(s.Text[plain:]); at >= 0 {
		at += plain
		list = append(list, report(ruleNotUTF8, at, at+1,
			fmt.Sprintf("the byte 0x%02X is not UTF-8 here", s.Text[at]), "save the file as UTF-8")...)
	}
	return list
}

// otherEncoding names the encoding of a byte order mark that is not UTF-8's.
func otherEncoding(text []byte) (name string, size int) {
	for _, mark := range []struct{ name, bytes string }{
		{"UTF-32", "\xFF\xFE\x00\x00"}, {"UTF-32", "\x00\x00\xFE\xFF"}, {"UTF-16", "\xFF\xFE"}, {"UTF-16", "\xFE\xFF"},
	} {
		if bytes.HasPrefix(text, []byte(mark.bytes)) {
			return mark.name, len(mark.bytes)
		}
	}
	return "", 0
}

// plainPrefix returns the length of the beginning of a text that is only ASCII
// without NUL, give or take some bytes: it goes by words, and most texts are plain to
// the end.
func plainPrefix(text []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	at := 0
	for ; at+16 <= len(text); at += 16 {
		a, b := binary.LittleEndian.Uint64(text[at:]), binary.LittleEndian.Uint64(text[at+8:])
		// A byte above 0x7F has its high bit set; x-1 borrows into that of a zero byte.
		if (a|b|(a-ones)&^a|(b-ones)&^b)&highs != 0 {
			return at
		}
	}
	for ; at < len(text); at++ {
		if text[at] == 0 || text[at] >= utf8.RuneSelf {
			return at
		}
	}
	return at
}

// invalidUTF8 returns the place of the first byte that is not UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// checkBlocks reports what the blocks that a careful reader sees are in themselves:
// unknown ones, and ones that nothing reads.
func (d *Document) checkBlocks() (list []source.Diagnostic) {
	report := func(rule *source.Rule, span source.Span, message, hint string) *source.Diagnostic {
		list = append(list, rule.Diagnostic(d.Source.Place(span), message, hint))
		return &list[len(list)-1]
	}
	var config, docs *Block
	for _, b := range d.Recovered {
		switch {
		case !b.Kind.Known():
			report(ruleUnknownBlock, b.nameSpan(), fmt.Sprintf("ImJoy knows no <%s> block and ignores it", b.Kind), meant(b.Kind))
		case b.Kind == ConfigBlock && config != nil:
			d := report(ruleTwoConfigs, b.Tag, "a plugin has one config; ImJoy reads only the first", "remove one of the two")
			d.Related = []source.Note{{Place: config.TagPlace(), Message: "the first config"}}
		case b.Kind == ConfigBlock:
			config = b
		case b.Kind == DocsBlock && docs != nil:
			d := report(ruleTwoDocs, b.Tag, "ImJoy shows only the first docs block", "join the two")
			d.Related = []source.Note{{Place: docs.TagPlace(), Message: "the first docs"}}
		case b.Kind == DocsBlock:
			docs = b
		case b.Kind == AttachmentBlock || b.Kind == FileBlock:
			if attr, ok := b.Attr("name"); ok {
				list = append(list, checkName(attr.Value, d.Source.Place(attr.ValueSpan))...)
			}
		}
	}
	return list
}

// meant says what to do about a block that nobody knows.
func meant(kind Kind) string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	if near := source.Nearest(string(kind), names); near != "" {
		return fmt.Sprintf("did you mean <%s>?", near)
	}
	return "put it into a <window> or <docs> block, or into an <attachment> to keep it with the plugin"
}

// nameSpan returns where the block's name is written in its start tag.
func (b *Block) nameSpan() source.Span {
	start := b.Tag.Start + 1
	if start < b.Tag.End && b.Source.Text[start] == '/' {
		start++ // a </p> that the original takes for a block
	}
	return source.Span{Start: start, End: nameEnd(b.Source.Text, start)}
}

// checkName refuses characters in a name that make it look like another one, or
// that a terminal would obey.
func checkName(name string, place source.Place) []source.Diagnostic {
	for _, r := range name {
		if !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) && r != '\u2028' && r != '\u2029' && r != '\uFEFF' {
			continue
		}
		return []source.Diagnostic{ruleNameCharacters.Diagnostic(place,
			fmt.Sprintf("the name holds the invisible character U+%04X", r), "remove it: a name must look like what it is")}
	}
	return nil
}
