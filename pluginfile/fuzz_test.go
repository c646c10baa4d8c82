package pluginfile_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// FuzzParse holds for any text: Parse does not panic and answers the same twice; the
// text comes back; all spans lie in order inside of it; every body maps back; and
// wherever the two readers differ, an error says so.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"edge-cases.json", "random-cases.json"} {
		var cases []struct{ Source string }
		readJSON(f, file, &cases)
		for _, c := range cases {
			f.Add([]byte(c.Source))
		}
	}
	for _, rule := range pluginfile.Rules() {
		f.Add([]byte(rule.Bad))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		doc, diagnostics := pluginfile.Parse("a", text)
		again, diagnosticsAgain := pluginfile.Parse("a", text)
		if !bytes.Equal(text, before) || !bytes.Equal(doc.Text(), text) {
			t.Fatal("the text was changed")
		}
		checkList(t, doc, doc.Blocks)
		checkList(t, doc, doc.Recovered)
		if diff := cmp.Diff(view(doc.Recovered), view(again.Recovered)); diff != "" {
			t.Errorf("the second reading differs:\n%s", diff)
		}
		if a, b := fmt.Sprint(all(diagnostics)), fmt.Sprint(all(diagnosticsAgain)); a != b {
			t.Errorf("the second reading tells %s instead of %s", b, a)
		}
		if doc.Ambiguous() && len(told(diagnostics)) == 0 {
			t.Errorf("the readers differ, and nothing is said: %q and %q", view(doc.Blocks), view(doc.Recovered))
		}
		for _, d := range diagnostics {
			if !d.Place.Known() || !doc.Source.All().Contains(d.Place.Span) || d.Place.Span.Start > d.Place.Span.End {
				t.Errorf("%s is at %v", d.Code, d.Place.Span)
			}
			for _, fix := range d.Fixes {
				if _, err := doc.Edit(fix.Edits...); err != nil {
					t.Errorf("the fix %q of %s: %v", fix.Title, d.Code, err)
				}
			}
		}
	})
}

// checkList checks the blocks of one reader.
func checkList(t *testing.T, doc *pluginfile.Document, blocks []*pluginfile.Block) {
	t.Helper()
	at := 0
	for _, b := range blocks {
		if b.Tag.Start < at || b.Tag.Start > b.Tag.End || b.Inner.Start != b.Tag.End || b.Inner.Start > b.Inner.End || b.Inner.End > b.Span.End || b.Span.End > len(doc.Text()) {
			t.Fatalf("block %s: %v, tag %v, inner %v, after %d", b.Kind, b.Span, b.Tag, b.Inner, at)
		}
		at = b.Span.End
		attr := b.Tag.Start
		for _, a := range b.Attrs {
			if a.Span.Start < attr || !b.Tag.Contains(a.Span) || !a.Span.Contains(a.NameSpan) || !a.Span.Contains(a.ValueSpan) || a.Name == "" {
				t.Fatalf("attribute %+v of a tag at %v", a, b.Tag)
			}
			attr = a.Span.End
		}
		checkBody(t, b)
	}
}

// checkBody checks that every byte of a body is the byte of the file it maps to, and
// that what was left away is white space.
func checkBody(t *testing.T, b *pluginfile.Block) {
	t.Helper()
	body, at := b.Body(), b.Inner.Start
	for i := range len(body.Text) {
		outer := body.Outer(source.Span{Start: i, End: i + 1})
		if outer.Start < at || outer.Len() != 1 || b.Source.Text[outer.Start] != body.Text[i] {
			t.Fatalf("byte %d of the body, %q, is at %v", i, body.Text[i], outer)
		}
		if left := b.Source.Text[at:outer.Start]; len(bytes.TrimFunc(left, space)) > 0 {
			t.Fatalf("%q was left away", left)
		}
		at = outer.End
	}
}

func space(r rune) bool {
	return r == 0xFEFF || r == 0x1680 || slices.Contains([]rune(" \t\n\v\f\r\u00a0\u2028\u2029\u202f\u205f\u3000"), r) || r >= 0x2000 && r <= 0x200a
}
