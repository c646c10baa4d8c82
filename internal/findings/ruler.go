package findings

import (
	"bytes"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// ruler measures positions, going on from the last one where it can: thousands of
// findings on one line of megabytes would otherwise count that line as often.
type ruler struct {
	src    *source.Source
	offset int
	at     source.Position
}

// position returns line and column of an offset.
func (r *ruler) position(src *source.Source, offset int) source.Position {
	offset = min(max(offset, 0), len(src.Text))
	if r.src == src && r.offset <= offset && (r.offset == len(src.Text) || utf8.RuneStart(src.Text[r.offset])) {
		if gap := src.Text[r.offset:offset]; bytes.IndexByte(gap, '\n') < 0 {
			r.at.Column += utf8.RuneCount(gap)
			r.offset = offset
			return r.at
		}
	}
	r.src, r.offset, r.at = src, offset, src.Position(offset, source.Runes)
	return r.at
}

// rulers are two: one follows the findings, one the notes beside them.
type rulers struct{ primary, notes ruler }

// measure returns the two ends of a place.
func (r *ruler) measure(p source.Place) (start, end source.Position) {
	start = r.position(p.Source, p.Span.Start)
	if p.Span.Len() == 0 {
		return start, start
	}
	ahead := *r // the next place may begin inside this one
	return start, ahead.position(p.Source, p.Span.End)
}
