package conf

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// writer writes a plain value as part of a text.
type writer struct {
	block       bool   // YAML outside brackets: scalars may go without quotes
	collections bool   // and lists and maps may be blocks of lines
	indent      string // of the lines of such a block
}

func (w writer) text(value any) string {
	var b strings.Builder
	w.write(&b, value)
	return b.String()
}

func (w writer) write(b *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case string:
		if w.block {
			b.WriteString(plainText(v))
		} else {
			b.WriteString(Quote(v))
		}
	case []any:
		w.list(b, v)
	case []string:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
		}
		w.list(b, list)
	case map[string]any:
		w.object(b, v)
	case json.Number:
		b.WriteString(v.String())
	default:
		text, err := json.Marshal(v)
		if err != nil {
			fmt.Fprint(b, "null")
			return
		}
		b.Write(text)
	}
}

func (w writer) list(b *strings.Builder, list []any) {
	if w.collections && len(list) > 0 {
		for i, item := range list {
			if i > 0 {
				b.WriteString("\n" + w.indent)
			}
			b.WriteString("- ")
			writer{block: true}.write(b, item)
		}
		return
	}
	b.WriteByte('[')
	for i, item := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		writer{}.write(b, item)
	}
	b.WriteByte(']')
}

func (w writer) object(b *strings.Builder, object map[string]any) {
	keys := slices.Sorted(maps.Keys(object))
	if w.collections && len(keys) > 0 {
		for i, key := range keys {
			if i > 0 {
				b.WriteString("\n" + w.indent)
			}
			b.WriteString(plainKey(key) + ": ")
			writer{block: true}.write(b, object[key])
		}
		return
	}
	b.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Quote(key) + ": ")
		writer{}.write(b, object[key])
	}
	b.WriteByte('}')
}

// plainKey writes a key of YAML without quotes where nobody could misread it.
func plainKey(key string) string {
	if isPlain(key, " .-_/+") {
		return key
	}
	return Quote(key)
}

// plainText writes a text of YAML without quotes where nobody could misread it.
func plainText(text string) string {
	if isPlain(text, " .-_/+()@=;~^$") && !yamlWords[strings.ToLower(text)] {
		return text
	}
	return Quote(text)
}

// yamlWords mean something else than text to some reader of YAML.
var yamlWords = map[string]bool{"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}

// isPlain reports whether a text begins with a letter and holds only letters,
// digits and the given marks, and no space at its end.
func isPlain(text, marks string) bool {
	if text == "" || !isLetter(text[0]) || text[len(text)-1] == ' ' || yamlWords[strings.ToLower(text)] {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
