package value

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// parser reads strict JSON in one pass, with the depth of MaxDepth.
type parser struct {
	text    []byte
	at      int
	decoder *Decoder
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("malformed JSON at byte %d: "+format, append([]any{p.at}, args...)...)
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (Value, error) {
	if depth > MaxDepth {
		return nil, p.errorf("nested deeper than %d levels", MaxDepth)
	}
	p.space()
	if p.at >= len(p.text) {
		return nil, p.errorf("the text ends where a value should be")
	}
	switch c := p.text[p.at]; {
	case c == '{':
		o, err := p.object(depth)
		if err != nil {
			return nil, err
		}
		return p.decoder.revive(o)
	case c == '[':
		return p.list(depth)
	case c == '"':
		return p.string()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case bytes.HasPrefix(p.text[p.at:], []byte("null")):
		p.at += 4
		return nil, nil
	case bytes.HasPrefix(p.text[p.at:], []byte("true")):
		p.at += 4
		return true, nil
	case bytes.HasPrefix(p.text[p.at:], []byte("false")):
		p.at += 5
		return false, nil
	}
	return nil, p.errorf("unexpected %q", p.text[p.at])
}

// next reads the comma or the closing bracket after an item; more tells which.
func (p *parser) next(end byte) (more bool, err error) {
	p.space()
	if p.at < len(p.text) {
		switch p.text[p.at] {
		case ',':
			p.at++
			return true, nil
		case end:
			p.at++
			return false, nil
		}
	}
	return false, p.errorf("expected %q or %q", ',', end)
}

// empty reads the opening bracket and, where nothing lies inside, the closing one.
func (p *parser) empty(end byte) bool {
	p.at++
	p.space()
	if p.at < len(p.text) && p.text[p.at] == end {
		p.at++
		return true
	}
	return false
}

func (p *parser) list(depth int) (Value, error) {
	items := []any{}
	for more := !p.empty(']'); more; {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if more, err = p.next(']'); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (p *parser) object(depth int) (*Object, error) {
	o := &Object{}
	for more := !p.empty('}'); more; {
		if p.space(); p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, p.errorf("expected a key")
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		if p.space(); p.at >= len(p.text) || p.text[p.at] != ':' {
			return nil, p.errorf("expected ':' after a key")
		}
		p.at++
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
		if more, err = p.next('}'); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (p *parser) number() (Value, error) {
	start, whole := p.at, true
	digits := func() bool {
		from := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
		}
		return p.at > from
	}
	is := func(set string) bool {
		if p.at < len(p.text) && bytes.IndexByte([]byte(set), p.text[p.at]) >= 0 {
			p.at++
			return true
		}
		return false
	}
	is("-")
	ok := is("0") || digits()
	if is(".") {
		whole, ok = false, digits() && ok
	}
	if is("eE") {
		is("+-")
		whole, ok = false, digits() && ok
	}
	text := string(p.text[start:p.at])
	if !ok {
		return nil, p.errorf("%q is not a number", text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, p.errorf("the number %.20s is out of range", text)
	}
	if whole && math.Abs(f) >= 1<<53 {
		return wholeNumber(text, f), nil
	}
	return f, nil
}

func wholeNumber(text string, rounded float64) Value {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, ok := new(big.Int).SetString(text, 10); ok && len(text) <= maxIntegerDigits {
		return n
	}
	return rounded
}

func (p *parser) string() (string, error) {
	p.at++
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			s := string(p.text[start:p.at])
			p.at++
			if !utf8.ValidString(s) {
				s = string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd")))
			}
			return s, nil
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return "", p.errorf("a control character inside a string")
		}
		p.at++
	}
	return "", p.errorf("a string that does not end")
}

// escaped reads the rest of a string that has escapes.
func (p *parser) escaped(start int) (string, error) {
	out := bytes.Clone(p.text[start:p.at])
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(bytes.ToValidUTF8(out, []byte("\ufffd"))), nil
		case c < ' ':
			return "", p.errorf("a control character inside a string")
		case c != '\\':
			out = append(out, c)
			continue
		}
		if p.at >= len(p.text) {
			break
		}
		c = p.text[p.at]
		p.at++
		if plain, ok := escapes[c]; ok {
			out = append(out, plain)
			continue
		}
		if c != 'u' {
			return "", p.errorf("unknown escape \\%c", c)
		}
		r, ok := p.hex()
		if !ok {
			return "", p.errorf("\\u needs four hexadecimal digits")
		}
		if utf16.IsSurrogate(r) {
			r = p.lowSurrogate(r)
		}
		out = utf8.AppendRune(out, r)
	}
	return "", p.errorf("a string that does not end")
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *parser) hex() (rune, bool) {
	if p.at+4 > len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 32)
	p.at += 4
	return rune(n), err == nil
}

// lowSurrogate joins a surrogate with the one after it; alone it is U+FFFD.
func (p *parser) lowSurrogate(high rune) rune {
	if p.at+6 <= len(p.text) && p.text[p.at] == '\\' && p.text[p.at+1] == 'u' {
		back := p.at
		p.at += 2
		if low, ok := p.hex(); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r
			}
		}
		p.at = back
	}
	return utf8.RuneError
}
