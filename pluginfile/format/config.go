package format

import (
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// width is how long a line of a config may be before a list or object is broken up.
const width = 88

// config returns the inner text of the config block; ok is false where it stays.
func (p *printer) config(b *pluginfile.Block) (text string, ok bool) {
	root := p.doc.Config.Root
	if !root.Map() {
		return "", false
	}
	if p.doc.Config.Lang == "yaml" {
		text, ok = yaml(b.Body().Text, root, b)
		if !p.keepLineEnds {
			text = p.trimLines(text)
		}
	} else {
		var w jsonWriter
		w.object(root, sorted(root.Members), 0)
		text, ok = w.String(), true
	}
	return p.eol + strings.ReplaceAll(text, "\n", p.eol) + p.eol, ok
}

// jsonWriter prints JSON. Scalars and keys are written as they stand in the file.
type jsonWriter struct{ strings.Builder }

func written(n *conf.Node) string { return string(n.Place.Slice(n.Place.Span)) }

func (w *jsonWriter) value(n *conf.Node, depth, column int) {
	if n.Kind != conf.List && n.Kind != conf.Map {
		w.WriteString(written(n))
		return
	}
	if line, ok := inline(n, width-column); ok {
		w.WriteString(line)
		return
	}
	if n.Kind == conf.Map {
		numbers := make([]int, len(n.Members))
		for i := range numbers {
			numbers[i] = i
		}
		w.object(n, numbers, depth)
		return
	}
	w.WriteString("[\n")
	for i, item := range n.Items {
		w.indent(depth + 1)
		w.value(item, depth+1, 2*depth+3)
		w.comma(i, len(n.Items))
	}
	w.indent(depth)
	w.WriteByte(']')
}

func (w *jsonWriter) object(n *conf.Node, numbers []int, depth int) {
	if len(numbers) == 0 {
		w.WriteString("{}")
		return
	}
	w.WriteString("{\n")
	for i, number := range numbers {
		m := n.Members[number]
		key := string(m.KeyPlace.Slice(m.KeyPlace.Span)) + ": "
		w.indent(depth + 1)
		w.WriteString(key)
		w.value(m.Value, depth+1, 2*depth+3+utf8.RuneCountInString(key))
		w.comma(i, len(numbers))
	}
	w.indent(depth)
	w.WriteByte('}')
}

func (w *jsonWriter) indent(depth int) { w.WriteString(strings.Repeat("  ", depth)) }

func (w *jsonWriter) comma(i, n int) {
	if i < n-1 {
		w.WriteByte(',')
	}
	w.WriteByte('\n')
}

// inline writes a list or object on one line, if it is no longer than room.
func inline(n *conf.Node, room int) (text string, ok bool) {
	if n.Place.Span.Len() > 4*width && len(n.Items)+len(n.Members) > 0 {
		return "", false
	}
	var b strings.Builder
	writeInline(&b, n)
	return b.String(), utf8.RuneCountInString(b.String()) <= room
}

func writeInline(b *strings.Builder, n *conf.Node) {
	switch n.Kind {
	case conf.List:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeInline(b, item)
		}
		b.WriteByte(']')
	case conf.Map:
		b.WriteByte('{')
		for i, m := range n.Members {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(string(m.KeyPlace.Slice(m.KeyPlace.Span)) + ": ")
			writeInline(b, m.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString(written(n))
	}
}
