package requirement

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shellCharacters mean something to a shell wherever they stand outside quotes.
const shellCharacters = ";&|<>`$()\\\n\r"

// expansions are what a shell would replace by names of files.
const expansions = "*?{}!#"

// word is one word of a line. at maps each byte of text, and its end, to the line.
type word struct {
	text       string
	start, end int // in the line, quotes included
	at         []int
}

// span returns where a part of the word stands in the line.
func (w word) span(start, end int) (int, int) { return w.at[start], w.at[end] }

// words splits the line from start to end at white space. Quotes keep spaces;
// characters of a shell outside quotes are errors, but for those allowed.
func (p *parser) words(start, end int, allowed string) (list []word, ok bool) {
	for at := start; ; {
		at = p.skipSpace(at, end)
		if at >= end {
			return list, true
		}
		w, next := p.word(at, end, allowed)
		if next < 0 {
			return list, false
		}
		if list = append(list, w); len(list) > maxWords {
			p.report(ruleSyntax, start, end, fmt.Sprintf("the entry has more than %d words", maxWords), "")
			return list, false
		}
		at = next
	}
}

// word reads the word at an offset that is no white space; next is -1 after an error.
func (p *parser) word(at, end int, allowed string) (w word, next int) {
	w.start = at
	var text strings.Builder
	var quote byte
	opened := at
	for ; at < end; at++ {
		c := p.text[at]
		switch {
		case quote != 0 && c == quote:
			quote = 0
			continue
		case quote == 0 && (c == '"' || c == '\''):
			quote, opened = c, at
			continue
		case quote == 0 && (c == ' ' || c == '\t'):
			w.finish(text.String(), at)
			return w, at
		case c == 0 || c == '\n' || c == '\r' || quote != '\'' && (c == '$' || c == '`' || c == '\\') && strings.IndexByte(allowed, c) < 0,
			quote == 0 && strings.IndexByte(shellCharacters, c) >= 0 && strings.IndexByte(allowed, c) < 0:
			p.shell(at, end)
			return w, -1
		case c < 0x20 || c == 0x7f:
			p.report(ruleSyntax, at, at+1, fmt.Sprintf("the entry contains the control character %U", c), "remove it")
			return w, -1
		}
		text.WriteByte(c)
		w.at = append(w.at, at)
	}
	if quote != 0 {
		p.report(ruleSyntax, opened, end, fmt.Sprintf("the quote %c is never closed", quote), "")
		return w, -1
	}
	w.finish(text.String(), at)
	return w, at
}

func (w *word) finish(text string, end int) {
	w.text, w.end = text, end
	last := w.start
	if len(w.at) > 0 {
		last = w.at[len(w.at)-1] + 1
	}
	w.at = append(w.at, last)
}

// shell reports the shell's token at an offset.
func (p *parser) shell(at, end int) {
	token := shellToken(p.text[at:end])
	p.report(ruleShell, at, at+len(token), fmt.Sprintf("%s means something only to a shell, and no shell reads this", visible(token)), shellHint(token))
}

// shellToken returns the token a shell would see at the start of text.
func shellToken(text string) string {
	for _, token := range []string{"&&", "||", ";;", ">>", "<<", "$(", "${", "<(", ">(", "&>", "\r\n"} {
		if strings.HasPrefix(text, token) {
			return token
		}
	}
	if text[0] == '$' || text[0] == '\\' {
		_, size := utf8.DecodeRuneInString(text[1:])
		for i, r := range text[1:] {
			if !unicode.IsLetter(r) && r != '_' {
				return text[:1+max(i, min(size, 1))]
			}
		}
		return text
	}
	return text[:1]
}

func shellHint(token string) string {
	switch token[0] {
	case ';', '&', '\n', '\r':
		return "write one entry for each command"
	case '$', '`':
		return "write the value itself"
	case '>', '<', '|':
		return "remove it; output is shown and kept in the log"
	case '\\':
		return `write "/" in paths, and quotes around a word with spaces`
	}
	return "remove it"
}

// visible quotes a token so that a line break can be seen.
func visible(token string) string {
	switch token {
	case "\n", "\r", "\r\n":
		return "a line break"
	}
	return fmt.Sprintf("%q", token)
}

func (p *parser) skipSpace(at, end int) int {
	for at < end && (p.text[at] == ' ' || p.text[at] == '\t') {
		at++
	}
	return at
}

// trimmed returns the span without white space at its ends, line breaks included:
// YAML's block scalars end with one.
func (p *parser) trimmed(start, end int) (int, int) {
	text := p.text[start:end]
	left := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	return start + left, start + max(left, len(strings.TrimRight(text, " \t\r\n")))
}
