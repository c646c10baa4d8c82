package lint

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// maxRounds is how often a text is judged again after fixes: one fix may uncover, or
// stand in the way of, another.
const maxRounds = 50

// Fixed is a text after fixes were made.
type Fixed struct {
	Text []byte
	Made []source.Diagnostic // what was settled; their places are in the texts of their round
}

// Fix makes the fixes of findings, the safe ones or all, until none is left: judge
// returns the findings of a text. Bytes outside of the edits stay. Asking again for the
// text that comes out changes nothing: where fixes do not come to an end, because a text
// is broken beyond them, only the safe ones are made, or none.
func Fix(text []byte, unsafe bool, judge func(text []byte) []source.Diagnostic) Fixed {
	if f, ok := settle(text, unsafe, judge); ok {
		return f
	}
	if unsafe {
		return Fix(text, false, judge)
	}
	return Fixed{Text: text}
}

// settle makes fixes until none is left; ok is false where that does not happen.
func settle(text []byte, unsafe bool, judge func(text []byte) []source.Diagnostic) (f Fixed, ok bool) {
	f.Text = text
	seen := map[string]bool{}
	for range maxRounds {
		seen[string(f.Text)] = true
		edits, made := choose(judge(f.Text), unsafe)
		if len(edits) == 0 {
			return f, true
		}
		next, err := source.Apply(f.Text, edits)
		switch {
		case err != nil, bytes.Equal(next, f.Text):
			return f, true
		case seen[string(next)]:
			return f, false // two rules undo each other
		}
		f.Text, f.Made = next, append(f.Made, made...)
	}
	return f, false
}

// choose takes the first fix of each finding that may be made, as far as they keep
// apart; the others wait for the next round.
func choose(found []source.Diagnostic, unsafe bool) (edits []source.Edit, made []source.Diagnostic) {
	type candidate struct {
		source.Diagnostic
		edits      []source.Edit
		start, end int
	}
	var candidates []candidate
	for _, d := range found {
		i := slices.IndexFunc(d.Fixes, func(f source.Fix) bool { return len(f.Edits) > 0 && (f.Safe || unsafe) })
		if i < 0 || !d.Place.Known() {
			continue
		}
		c := candidate{Diagnostic: d, edits: d.Fixes[i].Edits, start: d.Fixes[i].Edits[0].Span.Start}
		for _, e := range c.edits {
			c.start, c.end = min(c.start, e.Span.Start), max(c.end, e.Span.End)
		}
		candidates = append(candidates, c)
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	reach := -1
	for _, c := range candidates {
		if c.start <= reach {
			continue
		}
		reach = c.end
		edits, made = append(edits, c.edits...), append(made, c.Diagnostic)
	}
	return edits, made
}

// Fixable reports whether a finding has a fix that [Fix] would make.
func Fixable(d source.Diagnostic, unsafe bool) bool {
	return slices.ContainsFunc(d.Fixes, func(f source.Fix) bool { return len(f.Edits) > 0 && (f.Safe || unsafe) })
}
