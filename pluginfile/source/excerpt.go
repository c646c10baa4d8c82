package source

import "sort"

// Excerpt is text taken out of a [Source] from which some bytes may have been left
// away: the body of a block without its indentation. It maps offsets both ways.
//
// A nil Excerpt is not valid; use [Whole] or [Cut].
type Excerpt struct {
	Source *Source
	Span   Span   // where the excerpt was taken from
	Text   string // what is left of it

	cuts []cut // places where bytes were left away, in order
}

// cut says that the inner offsets from `inner` on lie `shift` bytes further on
// than the excerpt's start alone would put them.
type cut struct{ inner, shift int }

// Whole returns the excerpt of a span with every byte kept.
func Whole(s *Source, span Span) *Excerpt {
	return &Excerpt{Source: s, Span: span, Text: string(s.Slice(span))}
}

// Cut returns the excerpt of a span without the given pieces of it, which must be
// in order, apart, and inside the span.
func Cut(s *Source, span Span, without []Span) *Excerpt {
	if len(without) == 0 {
		return Whole(s, span)
	}
	e := &Excerpt{Source: s, Span: span, cuts: make([]cut, 0, len(without))}
	text := make([]byte, 0, span.Len())
	at := span.Start
	for _, w := range without {
		text = append(text, s.Text[at:w.Start]...)
		at = w.End
		e.cuts = append(e.cuts, cut{inner: len(text), shift: at - span.Start - len(text)})
	}
	e.Text = string(append(text, s.Text[at:span.End]...))
	return e
}

// Outer maps a span of Text to the source. An end that touches a cut does not
// take the bytes left away after it; a start does skip them, so that the span
// covers what a reader would mark. An empty span at the end of a line stands before
// the line break, the carriage return that was left away included.
func (e *Excerpt) Outer(inner Span) Span {
	start := e.outer(inner.Start, true)
	if inner.End <= inner.Start {
		if e.leftReturn(inner.Start, start) {
			start--
		}
		return Span{start, start}
	}
	return Span{start, e.outer(inner.End, false)}
}

// Inner maps a span of the source to Text; ok is false when it does not lie inside
// the excerpt. Bytes that were left away map to the place where they were.
func (e *Excerpt) Inner(outer Span) (inner Span, ok bool) {
	if !e.Span.Contains(outer) {
		return Span{}, false
	}
	return Span{e.inner(outer.Start), e.inner(outer.End)}, true
}

// Place returns the place in the source of a span of Text.
func (e *Excerpt) Place(inner Span) Place { return e.Source.Place(e.Outer(inner)) }

// At returns the place in the source of a 1-based line and column of Text, as
// interpreters report them; it is one character wide, or empty at a line's end.
// Lines and columns that Text does not have are clamped.
func (e *Excerpt) At(p Position, unit Unit) Place {
	text := New("", []byte(e.Text))
	offset, _ := text.Offset(p, unit)
	end, _ := text.Offset(Position{p.Line, p.Column + 1}, unit)
	return e.Place(Span{offset, max(offset, end)})
}

// Edits maps edits of Text to edits of the source. Bytes left away inside an
// edited span are replaced with it.
func (e *Excerpt) Edits(inner []Edit) []Edit {
	out := make([]Edit, len(inner))
	for i, edit := range inner {
		out[i] = Edit{Span: e.Outer(edit.Span), New: edit.New}
	}
	return out
}

// leftReturn reports whether a line break of Text begins at inner whose carriage return,
// right before start in the source, was left away.
func (e *Excerpt) leftReturn(inner, start int) bool {
	if inner < 0 || inner >= len(e.Text) || e.Text[inner] != '\n' || start <= e.Span.Start {
		return false
	}
	return e.Source.Text[start-1] == '\r' && (inner == 0 || e.Text[inner-1] != '\r')
}

func (e *Excerpt) outer(inner int, skipCut bool) int {
	inner = min(max(inner, 0), len(e.Text))
	i := sort.Search(len(e.cuts), func(i int) bool {
		if skipCut {
			return e.cuts[i].inner > inner
		}
		return e.cuts[i].inner >= inner
	})
	shift := 0
	if i > 0 {
		shift = e.cuts[i-1].shift
	}
	return e.Span.Start + inner + shift
}

func (e *Excerpt) inner(outer int) int {
	at := outer - e.Span.Start
	// The last cut whose removed bytes begin before the offset decides.
	i := sort.Search(len(e.cuts), func(i int) bool {
		before := 0
		if i > 0 {
			before = e.cuts[i-1].shift
		}
		return e.cuts[i].inner+before >= at
	})
	if i == 0 {
		return at
	}
	return max(at-e.cuts[i-1].shift, e.cuts[i-1].inner)
}
