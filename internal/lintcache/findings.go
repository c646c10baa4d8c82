package lintcache

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"

	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Answer is what lint has to say about a list of texts, usually one.
type Answer struct {
	Findings []source.Diagnostic
	Summary  lint.Summary // of a plugin
	Python   int          // how many of its scripts are in Python
	Config   []byte       // of a plugin: hash of its config and where that stands
}

var (
	errForeign = errors.New("a place lies in another text")
	errDamaged = errors.New("the answer is damaged")
)

// encodeAnswer writes an answer whose places lie in the given texts, or nowhere.
func encodeAnswer(a *Answer, texts []*source.Source) ([]byte, error) {
	w := writer{texts: texts}
	w.int(len(a.Findings))
	for _, d := range a.Findings {
		w.text(d.Code)
		w.int(int(d.Severity))
		w.place(d.Place)
		w.text(d.Message)
		w.text(d.Hint)
		w.int(len(d.Related))
		for _, n := range d.Related {
			w.place(n.Place)
			w.text(n.Message)
		}
		w.int(len(d.Fixes))
		for _, f := range d.Fixes {
			w.text(f.Title)
			w.bool(f.Safe)
			w.int(len(f.Edits))
			for _, e := range f.Edits {
				w.span(e.Span)
				w.text(e.New)
			}
		}
	}
	w.value(reflect.ValueOf(a.Summary))
	w.int(a.Python)
	w.text(string(a.Config))
	return w.out, w.err
}

// decodeAnswer reads what encodeAnswer wrote, for texts of the same contents.
func decodeAnswer(in []byte, texts []*source.Source) (*Answer, error) {
	r := reader{in: in, texts: texts}
	a := &Answer{}
	if n := r.count(); n > 0 {
		a.Findings = make([]source.Diagnostic, n)
	}
	for i := range a.Findings {
		d := &a.Findings[i]
		d.Code = r.text()
		d.Severity = r.severity()
		d.Place = r.place()
		d.Message, d.Hint = r.text(), r.text()
		for range r.count() {
			d.Related = append(d.Related, source.Note{Place: r.place(), Message: r.text()})
		}
		for range r.count() {
			f := source.Fix{Title: r.text(), Safe: r.bool()}
			for range r.count() {
				f.Edits = append(f.Edits, source.Edit{Span: r.span(d.Place.Source), New: r.text()})
			}
			d.Fixes = append(d.Fixes, f)
		}
	}
	r.value(reflect.ValueOf(&a.Summary).Elem())
	a.Python = r.int()
	a.Config = r.bytes()
	if r.err == nil && len(r.in) > 0 {
		r.err = errDamaged
	}
	return a, r.err
}

// writer appends numbers as varints and texts with their lengths.
type writer struct {
	out   []byte
	texts []*source.Source
	err   error
}

func (w *writer) int(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

func (w *writer) bool(b bool) {
	if b {
		w.int(1)
	} else {
		w.int(0)
	}
}

func (w *writer) text(s string) {
	w.int(len(s))
	w.out = append(w.out, s...)
}

func (w *writer) span(s source.Span) {
	w.int(s.Start)
	w.int(s.Len())
}

// place writes the number of the text, counted from 1, and the span; 0 is nowhere.
func (w *writer) place(p source.Place) {
	if !p.Known() {
		w.int(0)
		return
	}
	i := slices.Index(w.texts, p.Source)
	if i < 0 {
		w.err = errForeign
	}
	w.int(i + 1)
	w.span(p.Span)
}

// reader reads what a writer wrote. After the first fault everything is zero.
type reader struct {
	in    []byte
	texts []*source.Source
	err   error
}

func (r *reader) fail() {
	r.in, r.err = nil, errDamaged
}

func (r *reader) int() int {
	n, size := binary.Uvarint(r.in)
	if size <= 0 || n > maxPackBytes*4 {
		r.fail()
		return 0
	}
	r.in = r.in[size:]
	return int(n)
}

// count reads how many things follow; each takes at least a byte.
func (r *reader) count() int {
	n := r.int()
	if n > len(r.in) {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) bool() bool { return r.int() != 0 }

func (r *reader) severity() source.Severity {
	n := r.int()
	if n > int(source.Error) {
		r.fail()
		return source.None
	}
	return source.Severity(n)
}

func (r *reader) text() string { return string(r.bytes()) }

// bytes reads a text without copying it.
func (r *reader) bytes() []byte {
	n := r.count()
	text := r.in[:n:n]
	r.in = r.in[n:]
	return text
}

// span reads a span of a text; it lies inside.
func (r *reader) span(text *source.Source) source.Span {
	start, length := r.int(), r.int()
	if text == nil || start+length > len(text.Text) {
		if start+length > 0 {
			r.fail()
		}
		return source.Span{}
	}
	return source.Span{Start: start, End: start + length}
}

func (r *reader) place() source.Place {
	i := r.int()
	if i == 0 {
		return source.Place{}
	}
	if i > len(r.texts) {
		r.fail()
		return source.Place{}
	}
	return r.texts[i-1].Place(r.span(r.texts[i-1]))
}
