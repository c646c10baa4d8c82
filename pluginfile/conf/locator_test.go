package conf

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func TestLocatorAnswersAsWithin(t *testing.T) {
	for _, test := range []struct{ raw, text string }{
		{`"no escapes"`, `no escapes`},
		{`'no escapes'`, `no escapes`},
		{`no quotes`, `no quotes`},
		{`"p\u00e9 \ud83d\ude00 x\n` + strings.Repeat(`é\t\/x `, 60) + `end"`, "pé 😀 x\n" + strings.Repeat("é\t/x ", 60) + "end"},
		{`'it''s here` + strings.Repeat("''", 100) + `'`, "it's here" + strings.Repeat("'", 100)},
		{"\"one\n\n   two " + strings.Repeat("a\n    b ", 50) + "\\\n   three\"", "one\ntwo " + strings.Repeat("a b ", 50) + "three"},
		{"|\n    conda create\n" + strings.Repeat("      -n x\n", 40), "conda create\n" + strings.Repeat("  -n x\n", 40)},
		{">-\n    conda create\n    -n x", "conda create -n x"},
		{"*alias", "written elsewhere"},
	} {
		s := source.New("a", []byte("x: "+test.raw+"\n"))
		n := &Node{Kind: String, Text: test.text, Place: s.Place(source.Span{Start: 3, End: 3 + len(test.raw)})}
		locate := n.Locator()
		for start := -1; start <= len(n.Text)+1; start++ {
			for _, end := range []int{start, start + 1, start + 7, len(n.Text)} {
				if got, want := locate(start, end), n.Within(start, end); got != want {
					t.Fatalf("%.20q %d-%d: got %v, want %v", test.raw, start, end, got.Span, want.Span)
				}
			}
		}
	}
	var absent *Node
	if absent.Locator()(0, 1).Known() {
		t.Error("an absent value has no place")
	}
}
