package schema

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// show writes a value in a message: short, and what it is where that says more.
func show(v any) string {
	if f, ok := fileOf(v); ok {
		return "the file " + conf.Quote(cut(f.name, 40))
	}
	if a, ok := arrayOf(v); ok {
		text := "an array"
		if a.dtype != "" {
			text = "a " + a.dtype + " array"
		}
		if strings.ContainsAny(text[2:3], "aeiou") && a.dtype != "" && a.dtype[0] == 'i' {
			text = "an " + a.dtype + " array"
		}
		if a.shape != nil {
			text += " of shape " + shapeText(a.shape)
		}
		return text
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "the text " + conf.Quote(cut(v, 40))
	case []any:
		switch len(v) {
		case 0:
			return "an empty list"
		case 1:
			return "a list of 1 item"
		}
		return fmt.Sprintf("a list of %d items", len(v))
	case map[string]any:
		if v["_rtype"] == "number" {
			return "NaN"
		}
		if len(v) == 0 {
			return "an empty object"
		}
		return "an object"
	case json.Number:
		switch v {
		case "1e400":
			return "Infinity"
		case "-1e400":
			return "-Infinity"
		}
		return cut(v.String(), 40)
	}
	return cut(fmt.Sprint(v), 40)
}

// showPlain writes a value of a schema: a text is just quoted.
func showPlain(v any) string {
	switch v := v.(type) {
	case string:
		return conf.Quote(cut(v, 40))
	case map[string]any, []any:
		text, _ := json.Marshal(v)
		return cut(string(text), 60)
	}
	return show(v)
}

// isType reports whether a value is of a type of JSON Schema.
func isType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	case json.Number:
		f, _ := v.Float64()
		return name == "number" || name == "integer" && f == float64(int64(f))
	case float64:
		return name == "number" || name == "integer" && v == float64(int64(v))
	}
	return name == "number" || name == "integer"
}

// looksLike reports whether a value is a file, an array or a text: what a check of
// ours can say more about than that the type is wrong.
func looksLike(v any) bool {
	_, isFile := fileOf(v)
	_, isArray := arrayOf(v)
	_, isText := v.(string)
	return isFile || isArray || isText
}

// typeWords are the types as people say them.
var typeWords = map[string]string{
	"string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false", "object": "an object", "array": "a list", "null": "null",
	"file": "a file", "ndarray": "an array", "url": "a URL",
}

func typeList(names []string) string {
	return orList(mapped(names, func(name string) string { return typeWords[name] }))
}

func mapped[T any](list []T, f func(T) string) []string {
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = f(item)
	}
	return out
}

// orList joins alternatives: "a, b or c".
func orList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// cut shortens a text to what fits in a message.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n]) + "…"
}

// escape and unescape are the library's way to write pointers: escaped for URLs too.
func escape(key string) string { return url.PathEscape(conf.EscapePointer(key)) }

func unescape(pointer string) string {
	if !strings.Contains(pointer, "%") {
		return pointer
	}
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return strings.Join(parts, "/")
}
