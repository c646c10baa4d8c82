package conf

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func FuzzEdit(f *testing.F) {
	for _, seed := range yamlSeeds {
		f.Add("yaml", seed)
	}
	for _, seed := range jsonSeeds {
		f.Add("json", seed)
	}
	f.Fuzz(func(t *testing.T, lang, text string) {
		if len(text) < 200 {
			checkEdits(t, lang, text)
		}
	})
}

// FuzzJSON: what encoding/json accepts is read to the same value without an error;
// what it refuses has an error; fixes make texts better, never worse.
func FuzzJSON(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, diagnostics := ParseJSON(excerptOf(text))
		for _, d := range diagnostics {
			if s := d.Place.Span; s.Start < 0 || s.Start > s.End || s.End > len(text) {
				t.Fatalf("%s at %v is not in the text", d.Code, s)
			}
			for _, fix := range d.Fixes {
				if _, err := source.Apply([]byte(text), fix.Edits); err != nil {
					t.Fatalf("the fix %q: %v", fix.Title, err)
				}
			}
		}
		if root != nil {
			checkSpans(t, root)
		}
		var want any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		valid := json.Valid([]byte(text)) && decoder.Decode(&want) == nil
		bad := false
		for _, d := range diagnostics {
			bad = bad || d.Severity == source.Error && d.Code != ruleRange.Code && d.Code != ruleLimit.Code
		}
		if !utf8.ValidString(text) {
			if source.Worst(diagnostics) < source.Error {
				t.Fatal("bytes that are not UTF-8 pass")
			}
			return
		}
		if valid == bad {
			t.Fatalf("encoding/json says %v, diagnostics: %v", valid, diagnostics)
		}
		if source.Worst(diagnostics) == source.None {
			for _, n := range root.All() {
				checkWithin(t, n)
			}
			if diff := cmp.Diff(want, root.Plain()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
