package tags

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// FuzzResolve plans every tag of any text: no panic, no nil plan, the same twice,
// every place inside the text, and JSON that can be written.
func FuzzResolve(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.imjoy.html")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`<config lang="json">{"tags": [{}, null, ""], "type": {"": 1}, "ui": [[{"a": {}}]], "env": {"x": null}}</config><script tag>`))
	f.Add([]byte("<config lang=\"yaml\">\ntags: &t [a, b]\nenv: {a: *t, b: {}}\nui: {a: *t}\n</config>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, _ := pluginfile.Parse("fuzz", text)
		plans, found := All(doc)
		again, foundAgain := All(doc)
		if len(plans) == 0 || len(plans) != len(again) || len(found) != len(foundAgain) {
			t.Fatalf("%d plans and %d findings, then %d and %d", len(plans), len(found), len(again), len(foundAgain))
		}
		for i, plan := range plans {
			one, err := plan.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			two, _ := again[i].MarshalJSON()
			if diff := cmp.Diff(string(one), string(two)); diff != "" {
				t.Fatal(diff)
			}
		}
		for _, d := range found {
			if d.Code == "" || d.Message == "" || !doc.Source.All().Contains(d.Place.Span) {
				t.Fatalf("%+v", d)
			}
		}
	})
}
