package conf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// lookAhead bounds how far a guess about a broken string may look.
const lookAhead = 1000

// str reads a string in double quotes and returns its value.
func (r *reader) str() string {
	start := r.at + 1
	for i := start; i < len(r.src); i++ {
		switch c := r.src[i]; {
		case c == '"':
			if r.valid && r.quoteEnds(i) {
				r.at = i + 1
				return r.src[start:i]
			}
			return r.looseString('"')
		case c == '\\' || c < ' ':
			return r.looseString('"')
		}
	}
	return r.looseString('"')
}

// quoteEnds reports whether the quote at an offset can only be the end of its
// string: what follows is not text.
func (r *reader) quoteEnds(at int) bool {
	if at+1 >= len(r.src) {
		return true
	}
	switch r.src[at+1] {
	case ',', ':', '\n', ' ', '}', ']', '\r', '\t', '"', '/', '#', '\'', '=', ';':
		return true
	}
	return false
}

// looseString reads a string that has escapes or faults, up to the given quote.
func (r *reader) looseString(quote byte) string {
	open, inner := r.at, false
	r.at++
	var b strings.Builder
	from := r.at // bytes from here on are not in b yet
	flush := func() { b.WriteString(r.src[from:r.at]) }
	for r.at < len(r.src) && !r.lost() {
		c := r.src[r.at]
		switch {
		case c == quote && !r.innerQuote(quote, inner):
			flush()
			r.at++
			return b.String()
		case c == quote:
			inner = true
			r.report(ruleInnerQuote, r.at, r.at+1, "this quote ends the string, but text follows it", `write a quote inside a string as \"`).
				Fixes = r.replace("escape the quote", true, r.at, r.at, `\`)
			r.at++
		case c == '\\':
			flush()
			b.WriteString(r.escape())
			from = r.at
		case c == '\n' || c == '\r':
			if r.stringStopsHere(open, quote) {
				end := r.trimOpenString(from)
				b.WriteString(r.src[from:end])
				r.at = end
				r.report(ruleSyntax, open, end, "this string has no closing quote", "add the quote").
					Fixes = r.replace("add the closing quote", false, end, end, string(quote))
				return b.String()
			}
			flush()
			b.WriteByte('\n')
			r.newline(quote)
			from = r.at
		case c < ' ':
			if c != '\t' || quote != '`' {
				r.report(ruleControl, r.at, r.at+1, fmt.Sprintf("a string must not hold the control character U+%04X as it is", c), "escape it").
					Fixes = r.replace("escape it", true, r.at, r.at+1, escapeByte(c))
			}
			r.at++
		case c < utf8.RuneSelf || r.valid:
			r.at++
		default:
			_, size := utf8.DecodeRuneInString(r.src[r.at:])
			if size == 1 {
				flush()
				b.WriteRune(utf8.RuneError)
				r.report(ruleEncoding, r.at, r.at+1, fmt.Sprintf("the byte 0x%02X is not UTF-8", c), "save the file as UTF-8")
				r.at++
				from = r.at
				continue
			}
			r.at += size
		}
	}
	flush()
	if r.lost() {
		return b.String()
	}
	r.report(ruleSyntax, open, min(open+1, len(r.src)), "this string has no closing quote", "add the quote")
	return b.String()
}

// escape reads one escape sequence and returns what it stands for.
func (r *reader) escape() string {
	start := r.at
	if r.at+1 >= len(r.src) {
		r.at++
		return ""
	}
	c := r.src[r.at+1]
	r.at += 2
	switch c {
	case '"', '\\', '/':
		return string(rune(c))
	case 'b':
		return "\b"
	case 'f':
		return "\f"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case 'u':
		if unit, ok := r.hex(r.at); ok {
			r.at += 4
			return r.utf16(start, unit)
		}
	}
	return r.badEscape(start, c)
}

// hex reads the four digits of \uXXXX.
func (r *reader) hex(at int) (uint16, bool) {
	if at+4 > len(r.src) {
		return 0, false
	}
	value, err := strconv.ParseUint(r.src[at:at+4], 16, 16)
	return uint16(value), err == nil && r.src[at] != '+'
}

// utf16 completes a code unit that was just read to a character.
func (r *reader) utf16(start int, unit uint16) string {
	if !utf16.IsSurrogate(rune(unit)) {
		return string(rune(unit))
	}
	if unit < 0xDC00 && strings.HasPrefix(r.src[r.at:], `\u`) {
		if low, ok := r.hex(r.at + 2); ok {
			if c := utf16.DecodeRune(rune(unit), rune(low)); c != utf8.RuneError {
				r.at += 6
				return string(c)
			}
		}
	}
	r.report(ruleSurrogate, start, r.at, fmt.Sprintf("%s is half a character; it is read as U+FFFD", r.src[start:r.at]), "write both halves, or the character itself")
	return string(utf8.RuneError)
}

// badEscape reads an escape that JSON does not have, as its author meant it: a
// backslash that was not escaped, or an escape of JavaScript.
func (r *reader) badEscape(start int, c byte) string {
	value, instead := `\`+string(rune(c)), `\\`+string(rune(c))
	switch {
	case c == '\'' || c == '`':
		value, instead = string(rune(c)), string(rune(c))
	case c == 'v':
		value, instead = "\v", `\u000b`
	case c == '0' && (r.at >= len(r.src) || !isDigit(r.src[r.at])):
		value, instead = "\x00", `\u0000`
	case c == 'x' && r.at+2 <= len(r.src):
		if code, err := strconv.ParseUint(r.src[r.at:r.at+2], 16, 8); err == nil && r.src[r.at] != '+' {
			r.at += 2
			value, instead = string(rune(code)), `\u00`+r.src[r.at-2:r.at]
		}
	case c == '\n':
		value, instead = "", ""
	case c == '\r':
		if r.at < len(r.src) && r.src[r.at] == '\n' {
			r.at++
		}
		value, instead = "", ""
	case c >= utf8.RuneSelf:
		r.at--
		value, instead = `\`, `\\`
	}
	title := "write " + instead
	if instead == "" {
		title = "join the lines"
	}
	r.report(ruleEscape, start, r.at, fmt.Sprintf("%s is no escape sequence of JSON", printable(r.src[start:r.at])), `write a backslash as \\`).
		Fixes = r.replace(title, false, start, r.at, instead)
	return value
}

// innerQuote reports whether a quote inside a string is meant as text: it is
// followed by text, and a better end of the string comes on the same line. After
// one such quote (again), a space behind the next is no sign of an end.
func (r *reader) innerQuote(quote byte, again bool) bool {
	if quote != '"' || r.quoteEnds(r.at) && (!again || endsValue(r.src[r.at+1:])) {
		return false
	}
	rest := r.src[r.at+1:]
	rest = rest[:min(len(rest), lookAhead)]
	for i := 0; i < len(rest) && rest[i] != '\n'; i++ {
		if rest[i] == '\\' {
			i++
		} else if rest[i] == quote && endsValue(rest[i+1:]) {
			return true
		}
	}
	return false
}

// endsValue reports whether the text behind a closing quote says that the string
// ended there: a comma, a bracket, a colon or the end of the line.
func endsValue(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || strings.IndexByte(",}]:\n", rest[0]) >= 0
}

// stringStopsHere decides at a line break inside a string: was the closing quote
// forgotten (true), or does the string go on in the next line (false)? It goes on
// if the next quote is followed by what follows strings.
func (r *reader) stringStopsHere(open int, quote byte) bool {
	if quote == '`' {
		return false
	}
	next := strings.IndexByte(r.src[r.at:], quote)
	if next < 0 {
		return true
	}
	after := strings.TrimLeft(r.src[r.at+next+1:min(len(r.src), r.at+next+1+lookAhead)], " \t\r\n")
	return after != "" && strings.IndexByte(",}]:", after[0]) < 0
}

// trimOpenString returns where a string without closing quote ends: before the
// comma and spaces at the end of its line.
func (r *reader) trimOpenString(from int) int {
	rest := strings.TrimRight(r.src[from:r.at], " \t")
	rest = strings.TrimRight(strings.TrimSuffix(rest, ","), " \t")
	return from + len(rest)
}

// newline steps over a line break inside a string.
func (r *reader) newline(quote byte) {
	start := r.at
	if strings.HasPrefix(r.src[r.at:], "\r\n") {
		r.at++
	}
	r.at++
	if quote == '`' {
		return
	}
	indented := r.at
	for indented < len(r.src) && (r.src[indented] == ' ' || r.src[indented] == '\t') {
		indented++
	}
	d := r.report(ruleNewline, start, r.at, "a string must not go over the end of a line", `write \n for a line break, or put the text on one line`)
	d.Fixes = append(r.replace(`write \n`, true, start, r.at, `\n`),
		r.replace("put the text on one line", false, start, indented, " ")...)
}

func escapeByte(c byte) string {
	return strings.Trim(Quote(string(rune(c))), `"`)
}

// printable returns an escape sequence as a message can show it.
func printable(sequence string) string {
	return strings.NewReplacer("\n", "⏎", "\r", "").Replace(strings.ToValidUTF8(sequence, "\uFFFD"))
}
