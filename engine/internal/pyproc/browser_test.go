package pyproc

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/confine"
)

func TestModulesOfABrowserSayWhatTheyAre(t *testing.T) {
	onPython(t, func(t *testing.T, python string) {
		for code, want := range map[string]string{
			"from js import fetch":                            "--browser",
			"import js.document":                              "--browser",
			"from pyodide.http import open_url":               "urllib",
			"import pyodide_js":                               "--browser",
			"import micropip":                                 "`requirements`",
			"import no_such_module":                           "No module named 'no_such_module'",
			"import importlib\nimportlib.import_module('js')": "--browser",
		} {
			h := open(t, python, confine.Limits{})
			_, err := h.begin(t, "<script>\n"+code+"\napi.export({})\n</script>")
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", code, err, want)
			}
		}
		// A plugin may ask, and go another way; and a module of its own counts.
		h := open(t, python, confine.Limits{})
		if _, err := h.begin(t, "<script>\nimport sys, types\ntry:\n  import js\nexcept ImportError as e:\n  name = e.name\nsys.modules['pyodide'] = types.ModuleType('pyodide')\nimport pyodide\napi.export({'run': lambda ctx: name})\n</script>"); err != nil {
			t.Fatal(err)
		}
		if got := text(t, h.call(t, "run", nil)); got != `"js"` {
			t.Errorf("the name is %s", got)
		}
	})
}
