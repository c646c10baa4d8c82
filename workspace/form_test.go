package workspace_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/workspace"
)

// TestReadForm: a ui that a script made is read as one of a config is.
func TestReadForm(t *testing.T) {
	for name, test := range map[string]struct {
		ui    value.Value
		keys  []string
		fails string
	}{
		"none":      {ui: nil, keys: []string{}},
		"no text":   {ui: "", keys: []string{}},
		"text":      {ui: "n: {id: 'n', type: 'number'}", keys: []string{"n"}},
		"a list":    {ui: []any{value.NewObject("n", "{id: 'n', type: 'number'}"), "{id: 'm', type: 'string'}"}, keys: []string{"n", "m"}},
		"an object": {ui: value.NewObject("id", "n"), fails: "read the ui"},
	} {
		f, err := workspace.ReadForm(test.ui)
		switch {
		case test.fails != "":
			if err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%s: %v, not %q", name, err, test.fails)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			if diff := cmp.Diff(test.keys, f.Keys()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}
