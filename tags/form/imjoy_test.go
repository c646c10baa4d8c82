package form

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestImJoyReadsTheSame compares with recorded answers of ImJoy's own reader (imjoy-core
// 0.14.5 under Node 20) to texts put together by chance: elements is what it found, null
// when it threw. Then it checks that this package told of each text ImJoy fails on.
func TestImJoyReadsTheSame(t *testing.T) {
	raw, err := os.ReadFile("testdata/imjoy-elements.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Text     string
		Elements []any
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if diff := cmp.Diff(v.Elements, imjoyAnswer(v.Text)); diff != "" {
			t.Errorf("%q: %s", v.Text, diff)
		}
		form, found := ui(t, v.Text)
		told := slices.ContainsFunc(found, func(d source.Diagnostic) bool {
			return d.Code == ruleUnportable.Code || d.Code == ruleSyntax.Code
		})
		if v.Elements == nil && !told {
			t.Errorf("%q: ImJoy fails, and nothing was said", v.Text)
		}
		shown := len(form.Markup) - len(slices.DeleteFunc(slices.Clone(form.Markup), func(p Piece) bool { return p.Field >= 0 }))
		if len(found) == 0 && shown != len(v.Elements) {
			t.Errorf("%q: %d elements here, %d in ImJoy, and nothing was said", v.Text, shown, len(v.Elements))
		}
	}
}

// imjoyAnswer puts the two steps together; nil means that ImJoy throws.
func imjoyAnswer(text string) []any {
	list := []any{}
	for _, span := range imjoyElements(text) {
		value, ok := imjoyReads(text[span.Start:span.End])
		if !ok {
			return nil
		}
		list = append(list, value)
	}
	return list
}
