package conf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (r *reader) looseSpace() bool {
	rest := r.src[r.at:]
	switch {
	case strings.HasPrefix(rest, "//") || rest[0] == '#':
		return r.comment(endOf(rest, "\n"))
	case strings.HasPrefix(rest, "/*"):
		return r.comment(2 + endOf(rest[2:], "*/"))
	case strings.HasPrefix(rest, "<!--"):
		return r.comment(4 + endOf(rest[4:], "-->"))
	}
	size := oddSpaces(rest)
	if size == 0 {
		return false
	}
	c, _ := utf8.DecodeRuneInString(rest)
	r.report(ruleOddSpace, r.at, r.at+size, fmt.Sprintf("the character U+%04X is no space to JSON", c), "write a usual space").
		Fixes = r.replace("write a space", true, r.at, r.at+size, " ")
	r.at += size
	return true
}

func oddSpaces(text string) (size int) {
	for size < len(text) {
		c, n := utf8.DecodeRuneInString(text[size:])
		if c < 0x20 && isSpace(byte(c)) || c == utf8.RuneError && n == 1 ||
			c != '\uFEFF' && c != '\u200B' && !unicode.IsSpace(c) && !unicode.IsControl(c) || c == ' ' {
			break
		}
		size += n
	}
	return size
}

func endOf(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

func (r *reader) comment(length int) bool {
	end := r.at + len(strings.TrimRight(r.src[r.at:r.at+length], "\r\n"))
	r.report(ruleComment, r.at, end, "JSON has no comments", "remove it, or write the config in YAML").
		Fixes = r.replace("remove the comment", true, r.at, end, "")
	r.at += length
	return true
}
