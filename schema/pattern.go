package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// pattern is a regular expression of JavaScript. Where its meaning can be had from
// package regexp, which takes linear time, it is that one; otherwise regexp2 with a
// time limit.
type pattern struct {
	text    string
	linear  *regexp.Regexp
	general *regexp2.Regexp
}

func newPattern(text string) (*pattern, error) {
	p := &pattern{text: text}
	if translated, ok := linearPattern(text); ok {
		if re, err := regexp.Compile(translated); err == nil {
			p.linear = re
			return p, nil
		}
	}
	re, err := regexp2.Compile(text, regexp2.ECMAScript)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	re.MatchTimeout = MaxPatternTime
	p.general = re
	return p, nil
}

var (
	errPatternTime = fmt.Errorf("the pattern took longer than %v", MaxPatternTime)
	errPatternLong = fmt.Errorf("the text is longer than the %d characters that this pattern is tried on", MaxPatternInput)
)

// match reports whether the pattern is found in a text. An error says why that is
// not known.
func (p *pattern) match(text string) (found bool, err error) {
	if p.linear != nil {
		return p.linear.MatchString(text), nil
	}
	if utf8.RuneCountInString(text) > MaxPatternInput {
		return false, errPatternLong
	}
	defer func() {
		if recover() != nil {
			found, err = false, errors.New("the pattern cannot be run")
		}
	}()
	found, err = p.general.MatchString(text)
	if err != nil {
		return false, errPatternTime
	}
	return found, nil
}

// What JavaScript's classes stand for, for use inside and outside of brackets.
const (
	jsSpace   = `\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	jsNewline = `\n\r\x{2028}\x{2029}`
)

// linearPattern writes a pattern of JavaScript in the syntax of package regexp; ok is
// false when it uses something that only JavaScript has, or means otherwise.
func linearPattern(text string) (out string, ok bool) {
	var b strings.Builder
	class := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			n, ok := linearEscape(&b, text[i+1:], class)
			if !ok {
				return "", false
			}
			i += n
		case class && c == '[':
			b.WriteString(`\[`) // [[:alpha:]] is not JavaScript's
		case class:
			class = c != ']'
			b.WriteByte(c)
		case c == '[':
			class = true
			b.WriteByte(c)
			if strings.HasPrefix(text[i+1:], "^") {
				i++
				b.WriteByte('^')
			}
			if strings.HasPrefix(text[i+1:], "]") {
				return "", false // [] and [^] are empty and full
			}
		case c == '.':
			b.WriteString("[^" + jsNewline + "]")
		case c == '(' && strings.HasPrefix(text[i+1:], "?") && !strings.HasPrefix(text[i+1:], "?:"):
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// linearEscape writes what follows a backslash and returns its length.
func linearEscape(b *strings.Builder, rest string, class bool) (n int, ok bool) {
	if rest == "" {
		return 0, false
	}
	switch c := rest[0]; c {
	case 'd', 'D', 'w', 'W', 't', 'n', 'r', 'f', 'v':
		b.WriteString(`\` + rest[:1])
	case 'b', 'B':
		if class {
			return 0, false
		}
		b.WriteString(`\` + rest[:1])
	case 's':
		if class {
			b.WriteString(jsSpace)
		} else {
			b.WriteString("[" + jsSpace + "]")
		}
	case 'S':
		if class {
			return 0, false
		}
		b.WriteString("[^" + jsSpace + "]")
	case 'x', 'u':
		digits := map[byte]int{'x': 2, 'u': 4}[c]
		if len(rest) <= digits || !isHex(rest[1:1+digits]) || c == 'u' && strings.EqualFold(rest[1:2], "d") {
			return 0, false
		}
		b.WriteString(`\x{` + rest[1:1+digits] + `}`)
		return 1 + digits, true
	default:
		if c >= 0x80 || strings.IndexByte("ckpP", c) >= 0 || '0' <= c && c <= '9' {
			return 0, false
		}
		b.WriteString(regexp.QuoteMeta(rest[:1]))
		if c == '-' {
			return 1, true
		}
	}
	return 1, true
}

func isHex(text string) bool { return strings.Trim(text, "0123456789abcdefABCDEF") == "" }

// patternCheck is the keyword `pattern`.
type patternCheck struct{ *pattern }

func (c patternCheck) test(v any) []fault {
	text, isText := v.(string)
	if !isText {
		return nil
	}
	found, err := c.match(text)
	switch {
	case err != nil:
		return []fault{{keyword: "pattern", message: fmt.Sprintf("the text cannot be checked against the pattern %s: %v", conf.Quote(cut(c.text, 60)), err),
			hint: "it counts as not matching; simplify the pattern"}}
	case !found:
		return []fault{{keyword: "pattern", message: fmt.Sprintf("%s does not match the pattern %s", show(v), conf.Quote(cut(c.text, 60)))}}
	}
	return nil
}

// regexCheck is `format: "regex"`.
type regexCheck struct{}

func (regexCheck) test(v any) []fault {
	text, isText := v.(string)
	if !isText {
		return nil
	}
	if _, err := newPattern(text); err != nil {
		return []fault{{keyword: "format", message: fmt.Sprintf("%s is no regular expression", show(v))}}
	}
	return nil
}

// formats overrides the library's: regex is a check of ours.
var formats = map[string]func(any) bool{"regex": func(any) bool { return true }}

var knownFormats = []string{
	"date-time", "date", "time", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "iri", "iri-reference",
	"json-pointer", "relative-json-pointer", "regex", "uuid", "duration",
}
