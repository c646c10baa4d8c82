package source

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPositionCountsInItsUnit(t *testing.T) {
	s := New("a", []byte("ab\r\nä𝒳x\n\xffq\n"))
	for _, test := range []struct {
		offset              int
		runes, utf16, bytes Position
	}{
		{0, Position{1, 1}, Position{1, 1}, Position{1, 1}},
		{2, Position{1, 3}, Position{1, 3}, Position{1, 3}},
		{4, Position{2, 1}, Position{2, 1}, Position{2, 1}},
		{6, Position{2, 2}, Position{2, 2}, Position{2, 3}},
		{10, Position{2, 3}, Position{2, 4}, Position{2, 7}},
		{13, Position{3, 2}, Position{3, 2}, Position{3, 2}},
		{15, Position{4, 1}, Position{4, 1}, Position{4, 1}},
	} {
		for unit, want := range []Position{test.runes, test.utf16, test.bytes} {
			if got := s.Position(test.offset, Unit(unit)); got != want {
				t.Errorf("offset %d unit %d: got %v, want %v", test.offset, unit, got, want)
			}
			if back, ok := s.Offset(want, Unit(unit)); !ok || back != test.offset {
				t.Errorf("position %v unit %d: got offset %d, want %d", want, unit, back, test.offset)
			}
		}
	}
	if got := string(s.Slice(s.Line(1))); got != "ab" {
		t.Errorf("line 1 is %q", got)
	}
	if got := s.Line(99); got != (Span{15, 15}) {
		t.Errorf("a line past the end is %v", got)
	}
}

func TestExcerptMapsBothWays(t *testing.T) {
	text := "<s>\n  a=1\r\n  b=2\n</s>"
	s := New("a", []byte(text))
	// Leave away both indentations and the carriage return.
	e := Cut(s, Span{3, 17}, []Span{{4, 6}, {9, 10}, {11, 13}})
	if want := "\na=1\nb=2\n"; e.Text != want {
		t.Fatalf("text is %q, want %q", e.Text, want)
	}
	for inner := range len(e.Text) {
		outer := e.Outer(Span{inner, inner + 1})
		if got := text[outer.Start:outer.End]; got != e.Text[inner:inner+1] {
			t.Errorf("inner %d maps to %q, want %q", inner, got, e.Text[inner:inner+1])
		}
		back, ok := e.Inner(outer)
		if !ok || back != (Span{inner, inner + 1}) {
			t.Errorf("inner %d comes back as %v", inner, back)
		}
	}
	if got := e.At(Position{3, 3}, Runes).Span; got != (Span{15, 16}) {
		t.Errorf("line 3 column 3 is at %v", got)
	}
	if got := e.Outer(Span{4, 4}); got != (Span{9, 9}) {
		t.Errorf("the end of a line is at %v, not before its carriage return", got)
	}
	if got := e.Outer(Span{5, 5}); got != (Span{13, 13}) {
		t.Errorf("the beginning of a line is at %v, not behind its indentation", got)
	}
	if got, _ := e.Inner(Span{5, 5}); got != (Span{1, 1}) {
		t.Errorf("an offset inside removed bytes maps to %v", got)
	}
	if _, ok := e.Inner(Span{0, 1}); ok {
		t.Error("a span before the excerpt is not inside it")
	}
}

func TestApply(t *testing.T) {
	got, err := Apply([]byte("abcdef"), []Edit{{Span{4, 5}, "E"}, {Span{1, 3}, ""}, {Span{0, 0}, ">"}, {Span{0, 0}, ">"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(">>adEf", string(got)); diff != "" {
		t.Error(diff)
	}
	for _, bad := range [][]Edit{{{Span{0, 2}, ""}, {Span{1, 3}, ""}}, {{Span{5, 7}, ""}}, {{Span{3, 2}, ""}}, {{Span{-1, 0}, ""}}} {
		if _, err := Apply([]byte("abcdef"), bad); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}
