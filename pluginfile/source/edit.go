package source

import (
	"cmp"
	"fmt"
	"slices"
)

// Edit replaces the bytes of a span by new text. An empty span inserts.
type Edit struct {
	Span Span
	New  string
}

// Apply returns text with all edits made; bytes outside the edits are unchanged.
// Edits may come in any order but must not overlap; two insertions at one offset
// keep their given order.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	out := make([]byte, 0, len(text))
	at := 0
	for _, e := range sorted {
		switch {
		case e.Span.Start > e.Span.End || e.Span.Start < 0 || e.Span.End > len(text):
			return nil, fmt.Errorf("edit %d-%d lies outside a text of %d bytes", e.Span.Start, e.Span.End, len(text))
		case e.Span.Start < at:
			return nil, fmt.Errorf("edit %d-%d overlaps the edit before it", e.Span.Start, e.Span.End)
		}
		out = append(out, text[at:e.Span.Start]...)
		out = append(out, e.New...)
		at = e.Span.End
	}
	return append(out, text[at:]...), nil
}
