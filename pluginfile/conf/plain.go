package conf

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// Plain returns the value as encoding/json would decode it with UseNumber:
// map[string]any, []any, string, bool, nil and json.Number. Of a duplicate key the
// last value counts; unreadable and absent values are nil. Numbers of YAML that
// JSON cannot write are rewritten in decimal (0x10 is 16); infinities and NaN,
// which have a diagnostic already, are nil.
func (n *Node) Plain() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Bool:
		value, _ := n.Bool()
		return value
	case Number:
		if text, ok := jsonNumber(n.Text); ok {
			return json.Number(text)
		}
	case String:
		return n.Text
	case List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = item.Plain()
		}
		return list
	case Map:
		object := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			object[m.Key] = m.Value.Plain()
		}
		return object
	}
	return nil
}

// jsonNumber rewrites the source text of a number as JSON.
func jsonNumber(text string) (string, bool) {
	if scanNumber(text) == len(text) && text != "" {
		return text, true
	}
	sign, digits := "", strings.ReplaceAll(text, "_", "")
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	} else {
		digits = strings.TrimPrefix(digits, "+")
	}
	for prefix, base := range map[string]int{"0x": 16, "0X": 16, "0o": 8, "0O": 8, "0b": 2, "0B": 2} {
		if rest, is := strings.CutPrefix(digits, prefix); is {
			value, ok := new(big.Int).SetString(rest, base)
			if !ok || len(rest) > 400 {
				return "", false
			}
			return sign + value.String(), true
		}
	}
	whole, rest := digits, ""
	if i := strings.IndexAny(digits, ".eE"); i >= 0 {
		whole, rest = digits[:i], digits[i:]
	}
	fraction, exponent := "", ""
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		rest, exponent = rest[:i], rest[i:]
	}
	fraction = strings.TrimSuffix(rest, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" && strings.ContainsAny(digits, "0123456789") {
		whole = "0"
	}
	out := sign + whole + fraction + exponent
	return out, out != "" && scanNumber(out) == len(out)
}

// scanNumber returns how many bytes at the start of text are a JSON number.
func scanNumber(text string) int {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	switch {
	case i < len(text) && text[i] == '0':
		i++
	case i < len(text) && '1' <= text[i] && text[i] <= '9':
		i = skipDigits(text, i)
	default:
		return 0
	}
	if i+1 < len(text) && text[i] == '.' && isDigit(text[i+1]) {
		i = skipDigits(text, i+1)
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		j := i + 1
		if j < len(text) && (text[j] == '+' || text[j] == '-') {
			j++
		}
		if j < len(text) && isDigit(text[j]) {
			i = skipDigits(text, j)
		}
	}
	return i
}

func skipDigits(text string, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Quote returns text as a JSON string, readable: only what must be escaped is.
func Quote(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f || r == 0x2028 || r == 0x2029:
			b.WriteString(`\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
