package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The first tag that is not looked at is told, and there is none up to 32.
func TestTagsWithoutAPlan(t *testing.T) {
	for n, want := range map[int]string{1: "", 32: "", 33: `1:375 "T33"; look at one with: imjoy plan FILE --tag "T33"`, 90: `1:375 "T33"; look at one with: imjoy plan FILE --tag "T33"`} {
		text := `<config lang="json">{"name": "A", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "a", "labels": ["b"], "flags": [], "tags": [` + numbered("T%d", n) + `]}</config>`
		if diff := cmp.Diff(want, toldOf(text, "tags-many")); diff != "" {
			t.Errorf("%d tags (-want +told):\n%s", n, diff)
		}
	}
}
