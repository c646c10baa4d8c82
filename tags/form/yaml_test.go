package form

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlacesInEveryStyleOfYAML(t *testing.T) {
	for _, test := range []struct{ name, yaml string }{
		{"plain", "ui: a {id\n"},
		{"single quotes", "ui: 'it''s {id: ''a'', type: ''string'', placeholder: ''http://x''}'\n"},
		{"double quotes", `ui: "\u00e9\t{id: 'a', type: 'string', placeholder: 'http://x'}"` + "\n"},
		{"folded double quotes", "ui: \"one\n     two {id: 'a', type: 'string',\n     placeholder: 'http://x'}\"\n"},
		{"block", "ui: |\n  one\n  two {id: 'a', type: 'string', placeholder: 'http://x'}\n"},
		{"folded block", "ui: >-\n  one\n  two\n\n  {id: 'a', type: 'string', placeholder: 'http://x'}\n"},
		{"list", "ui:\n  - one\n  - \"{id: 'a', type: 'string', placeholder: 'http://x'}\"\n"},
		{"alias", "x: &x \"{id: 'a', type: 'string', placeholder: 'http://x'}\"\nui: *x\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, found := Parse(read(t, "yaml", test.yaml).Get("ui"))
			if test.name == "plain" {
				return // no element fits into a plain scalar: it must only not panic
			}
			want := `ui-unportable "http:" ImJoy cannot read this element, and shows no form at all: it takes http: inside a text for a key` + "\n"
			if diff := cmp.Diff(want, show(found)); diff != "" {
				t.Error(diff)
			}
			if len(f.Fields) != 1 {
				t.Fatalf("%d fields, want 1", len(f.Fields))
			}
			if got := string(f.Fields[0].Place.Slice(f.Fields[0].Place.Span)); !strings.HasPrefix(got, "{id") || !strings.HasSuffix(got, "}") {
				t.Errorf("the element is at %q", got)
			}
		})
	}
}
