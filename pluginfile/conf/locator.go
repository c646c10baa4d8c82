package conf

import (
	"sort"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Locator returns [Node.Within] of this node, prepared for many questions: each is
// answered without walking the string from its beginning again.
func (n *Node) Locator() func(start, end int) source.Place {
	if n == nil || !n.Place.Known() || n.Kind != String {
		return n.Within
	}
	raw := string(n.Place.Source.Slice(n.Place.Span))
	w := walker{raw: raw, text: n.Text}
	w.i, w.stop, w.quote = opening(raw)
	if base := n.Place.Span.Start + w.i; raw[w.i:w.stop] == n.Text { // no escapes
		return func(start, end int) source.Place {
			start = min(max(start, 0), len(n.Text))
			end = min(max(end, start), len(n.Text))
			return n.Place.Source.Place(source.Span{Start: base + start, End: base + end})
		}
	}
	marks := w.marks()
	return func(start, end int) source.Place {
		start = min(max(start, 0), len(n.Text))
		end = min(max(end, start), len(n.Text))
		at := walker{raw: raw, text: n.Text, stop: w.stop, quote: w.quote}
		m := marks[sort.Search(len(marks), func(i int) bool { return marks[i].j > start })-1]
		at.i, at.j = m.i, m.j
		from, ok := at.seek(start, false)
		to := from
		if ok && end > start {
			to, ok = at.seek(end, true)
		}
		if !ok {
			return n.whole()
		}
		base := n.Place.Span.Start
		return n.Place.Source.Place(source.Span{Start: base + from, End: base + to})
	}
}

// mark is a place where a walker passed.
type mark struct{ i, j int }

// markEvery is the distance of marks in bytes of the value.
const markEvery = 64

// marks walks to the end and returns places on the way, the first at the beginning.
func (w walker) marks() []mark {
	marks := []mark{{w.i, w.j}}
	for w.j < len(w.text) && w.i < w.stop {
		if w.j >= marks[len(marks)-1].j+markEvery {
			marks = append(marks, mark{w.i, w.j})
		}
		rawSteps, textSteps := step(w.raw[w.i:w.stop], w.text[w.j:], w.quote)
		if rawSteps == 0 {
			break
		}
		w.i, w.j = w.i+rawSteps, w.j+textSteps
	}
	return marks
}
