package findings

import (
	"bytes"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// ruler measures positions, going on from the last one where it can: findings come in the
// order of their places, and a file need not be searched for lines behind the last one;
// thousands on one line of megabytes would otherwise count that line as often.
type ruler struct {
	src    *source.Source
	offset int
	at     source.Position
}

// position returns line and column of an offset.
func (r *ruler) position(src *source.Source, offset int) source.Position {
	offset = min(max(offset, 0), len(src.Text))
	if r.src != src {
		r.src, r.offset, r.at = src, 0, source.Position{Line: 1, Column: 1}
	}
	if offset < r.offset {
		r.offset, r.at = offset, src.Position(offset, source.Runes)
		return r.at
	}
	gap := src.Text[r.offset:offset]
	switch last := bytes.LastIndexByte(gap, '\n'); {
	case last >= 0:
		r.at.Line += bytes.Count(gap, []byte{'\n'})
		r.at.Column = 1 + utf8.RuneCount(gap[last+1:])
	case r.offset == len(src.Text) || utf8.RuneStart(src.Text[r.offset]):
		r.at.Column += utf8.RuneCount(gap)
	default: // inside of a character
		r.at = src.Position(offset, source.Runes)
	}
	r.offset = offset
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
