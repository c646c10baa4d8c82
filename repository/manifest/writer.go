package manifest

import (
	"bytes"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// layout is how a manifest is written, so that building it again changes only what
// changed.
type layout struct {
	indent  string
	newline string
	final   bool // the text ends with a line break
}

// layoutOf takes over the layout of an existing file; a new one is written with one
// space, as ImJoy's builder does.
func layoutOf(m *Manifest) layout {
	l := layout{indent: " ", newline: "\n", final: true}
	if m.Source == nil {
		return l
	}
	text := strings.TrimPrefix(string(m.Source.Text), "\ufeff")
	l.final = strings.HasSuffix(text, "\n")
	line := strings.IndexByte(text, '\n')
	if line < 0 {
		return l
	}
	if line > 0 && text[line-1] == '\r' {
		l.newline = "\r\n"
	}
	rest := strings.TrimLeft(text[line+1:], "\r\n")
	if indent := rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]; indent != "" && len(indent) <= 8 {
		l.indent = indent
	}
	return l
}

// writer prints JSON as JavaScript's JSON.stringify(value, null, indent) does.
type writer struct {
	layout
	out   bytes.Buffer
	depth int
	empty bool // nothing is written yet in the innermost list or object
	after bool // a key was just written
}

func (w *writer) bytes() []byte {
	if w.final {
		w.out.WriteString(w.newline)
	}
	return w.out.Bytes()
}

// item begins the next value of a list, or the next key.
func (w *writer) item() {
	if w.after {
		w.after = false
		return
	}
	if w.depth == 0 {
		return
	}
	if !w.empty {
		w.out.WriteByte(',')
	}
	w.empty = false
	w.line()
}

func (w *writer) line() {
	w.out.WriteString(w.newline)
	w.out.WriteString(strings.Repeat(w.indent, w.depth))
}

func (w *writer) open(bracket byte) {
	w.item()
	w.out.WriteByte(bracket)
	w.depth++
	w.empty = true
}

func (w *writer) close(bracket byte) {
	w.depth--
	if !w.empty {
		w.line()
	}
	w.empty = false
	w.out.WriteByte(bracket)
}

func (w *writer) key(key string) {
	w.item()
	w.out.WriteString(conf.Quote(key))
	w.out.WriteString(": ")
	w.after = true
}

func (w *writer) list(entries [][]conf.Member) {
	w.open('[')
	for _, entry := range entries {
		w.object(entry)
	}
	w.close(']')
}

func (w *writer) object(list []conf.Member) {
	w.open('{')
	for _, m := range list {
		w.key(m.Key)
		w.node(m.Value)
	}
	w.close('}')
}

func (w *writer) node(n *conf.Node) {
	if n == nil {
		n = &conf.Node{Kind: conf.Null}
	}
	switch n.Kind {
	case conf.Map:
		w.object(members(n))
	case conf.List:
		w.open('[')
		for _, item := range n.Items {
			w.node(item)
		}
		w.close(']')
	default:
		w.item()
		w.out.WriteString(scalar(n))
	}
}

func scalar(n *conf.Node) string {
	switch n.Kind {
	case conf.String:
		return conf.Quote(n.Text)
	case conf.Number:
		if number, ok := n.Plain().(interface{ String() string }); ok {
			return number.String()
		}
	case conf.Bool:
		return strings.ToLower(n.Text)
	}
	return "null"
}
