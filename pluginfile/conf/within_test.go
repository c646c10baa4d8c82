package conf

import (
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func TestWithinFindsAPartOfAString(t *testing.T) {
	for _, test := range []struct{ raw, text, part, want string }{
		{`"pip: numpy scipy"`, "pip: numpy scipy", "scipy", "scipy"},
		{`"pip: \"numpy\" scipy"`, `pip: "numpy" scipy`, `"numpy"`, `\"numpy\"`},
		{`"p\u00e9 \ud83d\ude00 x"`, "pé 😀 x", "x", "x"},
		{`"p\u00e9 \ud83d\ude00 x"`, "pé 😀 x", "😀", `\ud83d\ude00`},
		{`"é\t\/x"`, "é\t/x", "/x", `\/x`},
		{`"é x"`, "é x", "x", "x"},
		{`'it''s here'`, "it's here", "here", "here"},
		{`'it''s here'`, "it's here", "'s", "''s"},
		{"plain words\n    folded here", "plain words folded here", "folded", "folded"},
		{"\"one\n\n   two\"", "one\ntwo", "two", "two"},
		{"\"one \\\n   two\"", "one two", "two", "two"},
		{"|\n    conda create\n      -n x\n", "conda create\n  -n x\n", "-n x", "-n x"},
		{">-\n    conda create\n    -n x", "conda create -n x", "-n", "-n"},
		{`"\x41\U0001F600b"`, "A😀b", "b", "b"},
		{`"whole"`, "whole", "whole", "whole"},
	} {
		s := source.New("a", []byte("xx"+test.raw+"yy"))
		n := &Node{Kind: String, Text: test.text, Place: s.Place(source.Span{Start: 2, End: 2 + len(test.raw)})}
		start := index(t, test.text, test.part)
		if got := string(s.Slice(n.Within(start, start+len(test.part)).Span)); got != test.want {
			t.Errorf("%s: %q is at %q, want %q", test.raw, test.part, got, test.want)
		}
	}
}

func TestWithinNeverLeavesTheString(t *testing.T) {
	s := source.New("a", []byte(`"a\qb" *alias`))
	odd := &Node{Kind: String, Text: "abc", Place: s.Place(source.Span{Start: 7, End: 13})}
	if got := odd.Within(1, 2); got != odd.Place {
		t.Errorf("a value written elsewhere is at %v", got)
	}
	n := &Node{Kind: String, Text: "a", Place: s.Place(source.Span{Start: 0, End: 6})}
	if got := n.Within(-5, 99); !n.Place.Span.Contains(got.Span) {
		t.Errorf("got %v", got)
	}
	var absent *Node
	if absent.Within(0, 1).Known() {
		t.Error("an absent value has no place")
	}
}

func index(t *testing.T, text, part string) int {
	t.Helper()
	for i := range text {
		if len(text) >= i+len(part) && text[i:i+len(part)] == part {
			return i
		}
	}
	t.Fatalf("%q is not in %q", part, text)
	return 0
}
