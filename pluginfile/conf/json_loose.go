package conf

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// This file reads what is not JSON. Each method reports its fault once and goes on
// with what the author must have meant.

// missing is the value of a place where there should be one.

func (r *reader) missing() *Node {
	r.report(ruleSyntax, r.at, r.at, "a value is missing here", "add one, or write null")
	return r.node(Invalid, r.at, r.at)
}

// looseValue reads a value that does not begin like one of JSON.

func (r *reader) looseValue() *Node {
	start := r.at
	switch c := r.src[r.at]; c {
	case ',', '}', ']', ':', ';', ')':
		return r.missing()
	case '\'', '`':
		text := r.otherQuotes(c)
		n := r.node(String, start, r.at)
		n.Text = text
		return n
	}
	if text, ok := r.typographic(); ok {
		n := r.node(String, start, r.at)
		n.Text = text
		return n
	}
	return r.bareValue(r.bare(false))
}

// bare steps over a word without quotes and returns it. A key ends at a colon or

// space as well.

func (r *reader) bare(key bool) string {
	start := r.at
	for r.at < len(r.src) && strings.IndexByte(",}]\n\r{[\"", r.src[r.at]) < 0 {
		if key && strings.IndexByte(": \t=", r.src[r.at]) >= 0 {
			break
		}
		if strings.HasPrefix(r.src[r.at:], " //") || strings.HasPrefix(r.src[r.at:], " #") || strings.HasPrefix(r.src[r.at:], "/*") {
			break
		}
		r.at++
	}
	if r.at == start {
		_, size := utf8.DecodeRuneInString(r.src[r.at:])
		r.at += size
	}
	word := strings.TrimRight(r.src[start:r.at], " \t;")
	r.at = start + max(len(word), 1)
	return r.src[start:r.at]
}

// bareValue makes a value of a word that stands without quotes.

func (r *reader) bareValue(word string) *Node {
	start := r.at - len(word)
	hint := "text needs double quotes"
	switch word {
	case "True", "TRUE", "False", "FALSE":
		lower := strings.ToLower(word)
		r.report(ruleLiteral, start, r.at, fmt.Sprintf("JSON writes %s for %s", lower, word), "").
			Fixes = r.replace("write "+lower, true, start, r.at, lower)
		n := r.node(Bool, start, r.at)
		n.Text = lower
		return n
	case "None", "undefined", "NULL", "Null", "nil":
		r.report(ruleLiteral, start, r.at, fmt.Sprintf("JSON writes null for %s", word), "").
			Fixes = r.replace("write null", true, start, r.at, "null")
		return r.node(Null, start, r.at)
	case "NaN", "Infinity", "-Infinity", "+Infinity":
		r.report(ruleNumber, start, r.at, fmt.Sprintf("JSON has no %s", word), "write null, a large number, or the text in quotes").
			Fixes = r.replace("write null", false, start, r.at, "null")
		return r.node(Invalid, start, r.at)
	}
	if number, ok := jsonNumber(word); ok && strings.ContainsAny(word[:min(2, len(word))], "+-.0123456789") {
		r.report(ruleNumber, start, r.at, fmt.Sprintf("JSON does not write numbers like %s", word), "write "+number).
			Fixes = r.replace("write "+number, !yamlOctal().MatchString(word), start, r.at, number)
		n := r.node(Number, start, r.at)
		n.Text = number
		return n
	}
	if !utf8.ValidString(word) {
		r.report(ruleEncoding, start, r.at, "there are bytes that are not UTF-8", "save the file as UTF-8")
		return r.node(Invalid, start, r.at)
	}
	r.report(ruleUnquoted, start, r.at, fmt.Sprintf("%s is neither a value of JSON nor in quotes", Quote(short(word))), hint).
		Fixes = r.replace("put it in quotes", false, start, r.at, Quote(word))
	n := r.node(String, start, r.at)
	n.Text = word
	return n
}

// otherQuotes reads a string in quotes that JSON does not have.

func (r *reader) otherQuotes(quote byte) string {
	start, told := r.at, len(r.diagnostics)
	value := r.looseString(quote)
	// The faults inside go away with the fix of the quotes: one report is enough.
	if len(r.diagnostics) < MaxDiagnostics {
		r.diagnostics = r.diagnostics[:told]
	}
	r.report(ruleQuotes, start, r.at, "JSON strings stand in double quotes", "").
		Fixes = r.replace("use double quotes", true, start, r.at, Quote(value))
	return value
}

// typographic reads a string in the quotes that word processors put.

func (r *reader) typographic() (string, bool) {
	first, size := utf8.DecodeRuneInString(r.src[r.at:])
	if !isTypographic(first) {
		return "", false
	}
	start := r.at
	rest := r.src[r.at+size:]
	line := strings.IndexByte(rest, '\n')
	if line < 0 {
		line = len(rest)
	}
	end := strings.IndexFunc(rest[:line], func(c rune) bool { return isTypographic(c) || c == '"' })
	if end < 0 {
		return "", false
	}
	_, closing := utf8.DecodeRuneInString(rest[end:])
	r.at += size + end + closing
	r.report(ruleQuotes, start, r.at, "these are typographic quotes; JSON strings stand in straight ones", "").
		Fixes = r.replace("use straight quotes", true, start, r.at, Quote(rest[:end]))
	return rest[:end], true
}

func isTypographic(c rune) bool {
	return c == '“' || c == '”' || c == '„' || c == '‘' || c == '’' || c == '«' || c == '»'
}

// looseMember reads a key that is not in double quotes, with its value.

func (r *reader) looseMember() (m Member, ok bool) {
	start := r.at
	c := r.src[r.at]
	switch {
	case c == ':':
		r.report(ruleSyntax, r.at, r.at+1, "a key is missing before the colon", "write \"key\": value")
		r.at++
		r.space()
		r.value()
		return m, false
	case c == '{' || c == '[':
		r.report(ruleSyntax, r.at, r.at+1, "this value has no key", "inside { } write \"key\": value")
		r.value()
		return m, false
	case c == '\'' || c == '`':
		m.Key = r.otherQuotes(c)
	default:
		if text, is := r.typographic(); is {
			m.Key = text
			break
		}
		m.Key = r.bare(true)
		if !utf8.ValidString(m.Key) {
			m.Key = strings.ToValidUTF8(m.Key, "\uFFFD")
		}
		r.report(ruleUnquoted, start, r.at, fmt.Sprintf("the key %s needs double quotes", short(m.Key)), "").
			Fixes = r.replace("put it in quotes", true, start, r.at, Quote(m.Key))
	}
	m.KeyPlace = r.place(start, r.at)
	end := r.at
	r.space()
	if !r.colon(end) {
		m.Value = r.node(Invalid, end, end)
		return m, true
	}
	r.space()
	m.Value = r.value()
	return m, true
}

// colon steps over the colon behind a key and reports whether a value follows.

func (r *reader) colon(keyEnd int) bool {
	if r.at >= len(r.src) {
		r.report(ruleSyntax, keyEnd, keyEnd, "the text ends behind this key", "add a colon and a value")
		return false
	}
	switch c := r.src[r.at]; c {
	case ':':
		r.at++
		return true
	case '=':
		width := 1
		if strings.HasPrefix(r.src[r.at:], "=>") {
			width = 2
		}
		r.report(ruleSyntax, r.at, r.at+width, "a colon stands between key and value", "").
			Fixes = r.replace("write a colon", true, r.at, r.at+width, ":")
		r.at += width
		return true
	case ',', '}', ']', ';':
		r.report(ruleSyntax, keyEnd, keyEnd, "this key has no value", "write \"key\": value")
		return false
	}
	r.report(ruleSyntax, keyEnd, keyEnd, "a colon is missing behind this key", "").
		Fixes = r.replace("add the colon", true, keyEnd, keyEnd, ":")
	return true
}

// looseFirst handles what may stand behind an opening bracket beside a value.

// afterComma handles a comma that another comma or a bracket follows.

// goesOn reports whether another value follows at a place where the list or map

// may also end, in one of several wrong ways.

// last is the diagnostic reported last.

// closesOuter reports whether a bracket closes a list or map around this one.

// looseSeparator handles what follows a value and is neither comma nor bracket.

// looseSpace skips a comment or a character that looks like a space and reports

// whether it did.

// oddSpaces returns the length of a run of characters that look like nothing but

// are no white space of JSON.

// endOf returns the offset behind a mark, or the end of the text when it does not

// come.

// skipped steps over a list or map that is not read.

func (r *reader) skipped(why string) *Node {
	start, depth := r.at, 0
	for r.at < len(r.src) {
		c := r.src[r.at]
		r.at++
		switch c {
		case '"':
			for r.at < len(r.src) && r.src[r.at] != '"' {
				if r.src[r.at] == '\\' {
					r.at++
				}
				r.at++
			}
			r.at = min(r.at+1, len(r.src))
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if !r.full {
		r.full = true
		r.report(ruleLimit, start, start+1, why, "what is inside is not read")
	}
	return r.node(Invalid, start, r.at)
}

// short cuts a text to what fits in a message.

func short(text string) string {
	if utf8.RuneCountInString(text) <= 40 {
		return text
	}
	return string([]rune(text)[:40]) + "…"
}
