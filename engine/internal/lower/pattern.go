package lower

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja/parser"
)

// PatternError is a regular expression that is wrong, or that cannot run here.
type PatternError struct{ Message string }

func (e *PatternError) Error() string { return e.Message }

func wrong(format string, args ...any) error { return &PatternError{fmt.Sprintf(format, args...)} }

// backReference finds references by number.
var backReference = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\[1-9k]`) })

// Peculiar reports whether a text may hold regular expressions that goja runs, but not
// as the language says: [Pattern] rewrites them. It errs on the side of true, so it can
// be asked of a whole script.
func Peculiar(text string) bool {
	return strings.Contains(text, `\p`) || strings.Contains(text, `\P`) || strings.Contains(text, "(?") || backReference().MatchString(text)
}

// Pattern rewrites a regular expression of JavaScript to one that goja runs with the
// same answers, and the flags to go with it.
//
// goja gives a pattern to Go's regexp where it can, and to regexp2 where it cannot
// (lookaround, references). Neither knows properties of characters (\p{L}) as
// JavaScript has them, nor the flag v, and regexp2 takes `$`, `.`, `\s` and some more
// as .NET does. The flag d is dropped: where groups lie is the caller's to find.
func Pattern(pattern, flags string) (string, string, error) {
	t := &translator{text: pattern, unicode: strings.ContainsAny(flags, "uv"), sets: strings.Contains(flags, "v")}
	if t.sets && strings.Contains(flags, "u") {
		return "", "", wrong("Invalid flags supplied to RegExp constructor '%s'", flags)
	}
	for i, f := range flags {
		if strings.ContainsRune(flags[:i], f) {
			return "", "", wrong("Invalid flags supplied to RegExp constructor '%s'", flags)
		}
	}
	t.ignoreCase, t.multiline, t.dotAll = strings.Contains(flags, "i"), strings.Contains(flags, "m"), strings.Contains(flags, "s")
	plain := strings.ReplaceAll(strings.ReplaceAll(flags, "d", ""), "v", "u")
	var incompatible parser.RegexpErrorIncompatible
	if _, err := parser.TransformRegExp(pattern, t.dotAll, t.unicode); errors.As(err, &incompatible) {
		t.backtracks = true
	}
	if err := t.groups(); err != nil {
		return "", "", err
	}
	if err := t.run(); err != nil {
		return "", "", wrong("Invalid regular expression: /%s/%s: %v", pattern, flags, err)
	}
	return t.out.String(), plain, nil
}

// translator reads a pattern from left to right and writes another.
type translator struct {
	text string
	at   int
	out  strings.Builder

	unicode, sets                 bool
	ignoreCase, multiline, dotAll bool
	backtracks                    bool // it runs in regexp2

	captures int
	named    bool
}

// groups counts the groups and checks their names.
func (t *translator) groups() error {
	var names []string
	class := false
	for i := 0; i < len(t.text); i++ {
		switch c := t.text[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(' && !strings.HasPrefix(t.text[i:], "(?"):
			t.captures++
		case c == '(' && strings.HasPrefix(t.text[i:], "(?<") && !strings.HasPrefix(t.text[i:], "(?<=") && !strings.HasPrefix(t.text[i:], "(?<!"):
			t.captures++
			name, _, ok := strings.Cut(t.text[i+3:], ">")
			if !ok || name == "" {
				return wrong("Invalid regular expression: /%s/: Invalid capture group name", t.text)
			}
			if slices.Contains(names, name) {
				return wrong("Invalid regular expression: /%s/: Duplicate capture group name", t.text)
			}
			names = append(names, name)
		}
	}
	t.named = len(names) > 0
	return nil
}

func (t *translator) run() error {
	for t.at < len(t.text) {
		r, size := utf8.DecodeRuneInString(t.text[t.at:])
		switch {
		case r == '\\':
			if err := t.escape(); err != nil {
				return err
			}
			continue
		case r == '[' && t.sets:
			if err := t.setClass(); err != nil {
				return err
			}
			continue
		case r == '[':
			if err := t.class(); err != nil {
				return err
			}
			continue
		case r == '$' && t.backtracks:
			if t.multiline {
				t.out.WriteString(`(?=[\n\r\u2028\u2029]|(?![\s\S]))`)
			} else {
				t.out.WriteString(`(?![\s\S])`)
			}
		case r == '^' && t.backtracks && t.multiline:
			t.out.WriteString(`(?<=[\n\r\u2028\u2029]|(?<![\s\S]))`)
		case r == '.' && t.backtracks && !t.dotAll:
			t.out.WriteString(`[^\n\r\u2028\u2029]`)
		case r == '(' && t.backtracks && strings.HasPrefix(t.text[t.at:], "(?<$"):
			return errors.New("group names that begin with $ are not available together with lookaround and references")
		default:
			t.out.WriteString(t.text[t.at : t.at+size])
		}
		t.at += size
	}
	return nil
}

const (
	spaces = `\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
	words  = `0-9A-Za-z_`
)

// escape handles a backslash outside of classes.
func (t *translator) escape() error {
	next, size := utf8.DecodeRuneInString(t.text[t.at+1:])
	if size == 0 {
		return errors.New(`\ at end of pattern`)
	}
	switch next {
	case 'p', 'P':
		if !t.unicode {
			t.out.WriteRune(next) // an ordinary letter then
			t.at += 2
			return nil
		}
		set, err := t.property()
		if err != nil {
			return err
		}
		t.out.WriteString(set.class(false))
		return nil
	case 's', 'S', 'w', 'W', 'd', 'D':
		if t.backtracks {
			inner := map[rune]string{'s': spaces, 'w': words, 'd': "0-9"}[unicode.ToLower(next)]
			not := ""
			if unicode.IsUpper(next) {
				not = "^"
			}
			t.out.WriteString("[" + not + inner + "]")
			t.at += 2
			return nil
		}
	case 'u':
		if r, end, ok := t.codePoint(); ok && t.unicode {
			if r > unicode.MaxRune {
				return errors.New("Invalid Unicode escape")
			}
			t.out.WriteString(literal(r))
			t.at = end
			return nil
		}
	case 'k':
		if !t.named && !t.unicode {
			t.out.WriteByte('k') // no group has a name, so it is an ordinary letter
			t.at += 2
			return nil
		}
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		end := t.at + 1
		for end < len(t.text) && t.text[end] >= '0' && t.text[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(t.text[t.at+1 : end])
		if err == nil && n <= t.captures {
			fmt.Fprintf(&t.out, `(?:\%d)`, n) // a digit may follow
			t.at = end
			return nil
		}
		if t.unicode {
			return errors.New("Invalid escape")
		}
		return t.octal()
	}
	t.out.WriteString(t.text[t.at : t.at+1+size])
	t.at += 1 + size
	return nil
}

// octal writes an old escape like \12 that is no reference; \8 is just an 8.
func (t *translator) octal() error {
	digits := t.text[t.at+1:]
	if digits[0] >= '8' {
		t.out.WriteByte(digits[0])
		t.at += 2
		return nil
	}
	n, end := 0, 0
	for end < len(digits) && end < 3 && digits[end] >= '0' && digits[end] <= '7' && n*8+int(digits[end]-'0') <= 0o377 {
		n = n*8 + int(digits[end]-'0')
		end++
	}
	fmt.Fprintf(&t.out, `\x%02x`, n)
	t.at += 1 + end
	return nil
}

// codePoint reads \u{...} at the current place.
func (t *translator) codePoint() (r rune, end int, ok bool) {
	digits, _, closed := strings.Cut(strings.TrimPrefix(t.text[t.at:], `\u{`), "}")
	if !closed || !strings.HasPrefix(t.text[t.at:], `\u{`) {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 31)
	return rune(n), t.at + len(`\u{}`) + len(digits), err == nil
}

// literal writes one character so that it has no other meaning, in or out of a class.
func literal(r rune) string {
	switch {
	case r < 0x100 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'):
		return string(r)
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(r)
}

// class handles [...] without the flag v: it stays as it is, but for the escapes that
// need another form.
func (t *translator) class() error {
	rest := t.text[t.at:]
	switch {
	case strings.HasPrefix(rest, "[^]") && t.backtracks:
		t.out.WriteString(`[\s\S]`)
		t.at += 3
		return nil
	case strings.HasPrefix(rest, "[]") && t.backtracks:
		t.out.WriteString(`(?!)`)
		t.at += 2
		return nil
	case strings.HasPrefix(rest, "[^]"), strings.HasPrefix(rest, "[]"):
		n := strings.IndexByte(rest, ']') + 1
		t.out.WriteString(rest[:n])
		t.at += n
		return nil
	}
	t.out.WriteByte('[')
	t.at++
	if strings.HasPrefix(t.text[t.at:], "^") {
		t.out.WriteByte('^')
		t.at++
	}
	for t.at < len(t.text) && t.text[t.at] != ']' {
		if t.text[t.at] == '\\' {
			if err := t.classEscape(); err != nil {
				return err
			}
			continue
		}
		_, size := utf8.DecodeRuneInString(t.text[t.at:])
		if t.text[t.at] == '[' && t.backtracks {
			t.out.WriteByte('\\') // .NET knows classes inside classes
		}
		t.out.WriteString(t.text[t.at : t.at+size])
		t.at += size
	}
	if t.at == len(t.text) {
		return errors.New("Unterminated character class")
	}
	t.out.WriteByte(']')
	t.at++
	return nil
}

func (t *translator) classEscape() error {
	next, size := utf8.DecodeRuneInString(t.text[t.at+1:])
	switch next {
	case 'p', 'P':
		if !t.unicode {
			break
		}
		set, err := t.property()
		if err != nil {
			return err
		}
		t.out.WriteString(set.ranges())
		return nil
	case 's', 'w', 'd':
		if t.backtracks {
			t.out.WriteString(map[rune]string{'s': spaces, 'w': words, 'd': "0-9"}[next])
			t.at += 2
			return nil
		}
	case 'S', 'W', 'D':
		if t.backtracks {
			t.out.WriteString(t.without(classes[unicode.ToLower(next)]).ranges())
			t.at += 2
			return nil
		}
	case 'u':
		if r, end, ok := t.codePoint(); ok && t.unicode {
			if r > unicode.MaxRune {
				return errors.New("Invalid Unicode escape")
			}
			t.out.WriteString(literal(r))
			t.at = end
			return nil
		}
	case 'b':
		t.out.WriteString(`\x08`)
		t.at += 2
		return nil
	}
	if !t.unicode && next >= '1' && next <= '9' {
		return t.octal()
	}
	if !t.unicode && (next == 'p' || next == 'P' || next == 'k') {
		t.out.WriteRune(next)
		t.at += 2
		return nil
	}
	t.out.WriteString(t.text[t.at : t.at+1+size])
	t.at += 1 + size
	return nil
}

// without is everything a pattern can see but a set: without the flag u that is
// UTF-16 units, halves of pairs among them.
func (t *translator) without(set runeSet) runeSet {
	if t.unicode {
		return set.complement()
	}
	var out runeSet
	next := rune(0)
	for _, s := range set {
		if s.low > next {
			out = append(out, span{next, s.low - 1})
		}
		next = s.high + 1
	}
	return append(out, span{next, 0xffff})
}

// property reads \p{...} or \P{...}.
func (t *translator) property() (runeSet, error) {
	not := t.text[t.at+1] == 'P'
	name, _, ok := strings.Cut(strings.TrimPrefix(t.text[t.at+2:], "{"), "}")
	if !ok || t.at+2 >= len(t.text) || t.text[t.at+2] != '{' {
		return nil, errors.New("Invalid property name")
	}
	set, err := propertySet(name)
	if err != nil {
		return nil, err
	}
	t.at += len(`\p{}`) + len(name)
	if not {
		set = set.complement()
	}
	return set, nil
}
