package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// plain returns a config value as the plugin gets it: numbers are float64.
func plain(n *conf.Node) any { return normal(n.Plain()) }

// normal turns the numbers that Go programs and JSON decoders make into float64.
func normal(value any) any {
	switch v := value.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float32:
		return float64(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = normal(v[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			object[key] = normal(v[key])
		}
		return object
	}
	return value
}

// clone copies lists and maps, so that a plugin's changes stay its own.
func clone(value any) any { return normal(value) }

// number prints a number as people write it.
func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// printed is the text of a scalar, and the JSON of anything else.
func printed(n *conf.Node) string {
	if text, ok := n.Scalar(); ok {
		return text
	}
	return compact(n)
}

// textOfValue is what to type for a value: its text, and the JSON of anything else.
func textOfValue(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return printedValue(value)
}

func printedValue(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(b.String())
}

// compact prints a value as JSON.stringify does.
func compact(n *conf.Node) string {
	var b strings.Builder
	writeCompact(&b, n)
	return b.String()
}

func writeCompact(b *strings.Builder, n *conf.Node) {
	switch n.Kind {
	case conf.String:
		b.WriteString(conf.Quote(n.Text))
	case conf.Bool, conf.Number:
		b.WriteString(n.Text)
	case conf.List:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCompact(b, item)
		}
		b.WriteByte(']')
	case conf.Map:
		b.WriteByte('{')
		for i, key := range n.Keys() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(conf.Quote(key))
			b.WriteByte(':')
			writeCompact(b, n.Get(key))
		}
		b.WriteByte('}')
	default:
		b.WriteString("null")
	}
}
