package schema

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// isOfType reports whether a plain value is of a type of JSON Schema, exactly: 1.0 is an
// integer, 1e400 as well.
func isOfType(v any, name string) bool {
	if name != "integer" {
		return isType(v, name)
	}
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			return true
		}
	case int, int64:
		return true
	}
	n := rational(v)
	return n != nil && n.IsInt()
}

// equal compares plain values as JSON Schema does: numbers by their value.
func equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	case nil, bool, string:
		switch b.(type) {
		case nil, bool, string:
			return a == b
		}
		return false
	}
	x, y := rational(a), rational(b)
	return x != nil && y != nil && x.Cmp(y) == 0
}

// repeated finds the first item of a list that another one before it is equal to.
func repeated(list []any) (first, again int, found bool) {
	seen := make(map[string]int, len(list))
	for i, item := range list {
		key := string(canonical(nil, item))
		if j, ok := seen[key]; ok {
			return j, i, true
		}
		seen[key] = i
	}
	return 0, 0, false
}

// canonical writes a value so that equal ones are written equally.
func canonical(out []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(out, 'n')
	case bool:
		return strconv.AppendBool(out, v)
	case string:
		return strconv.AppendQuote(out, v)
	case []any:
		out = append(out, '[')
		for _, item := range v {
			out = append(canonical(out, item), ',')
		}
		return append(out, ']')
	case map[string]any:
		out = append(out, '{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(canonical(append(strconv.AppendQuote(out, name), ':'), v[name]), ',')
		}
		return append(out, '}')
	}
	n := rational(v)
	if n == nil {
		n = new(big.Rat)
	}
	return append(out, n.RatString()...)
}
