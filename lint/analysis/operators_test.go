package analysis

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// TestOperators: the names of ops that the code shows, with a + where there may be others.
func TestOperators(t *testing.T) {
	const javascript, python = "<script lang=\"javascript\">\n", "<script lang=\"python\">\nfrom imjoy import api\n"
	for name, test := range map[string]struct{ config, script, want string }{
		"none":                {"", javascript + "api.export({})", ""},
		"two":                 {"", javascript + "api.register({name: 'A'}); api.registerService({name: \"B\", type: 'operator', run() {}})", "A B"},
		"twice one":           {"", javascript + "api.register({name: 'A'}); api.register({name: 'A'})", "A"},
		"in setup":            {"", javascript + "api.export({async setup() { await api.register({name: `A`}) }})", "A"},
		"by another name":     {"", javascript + "const {register} = api; register({name: 'A'})", "+"},
		"without a name":      {"", javascript + "api.register({run() {}})", "P"},
		"another service":     {"", javascript + "api.registerService({type: 'segmenter', name: 'A'})", ""},
		"a type that is made": {"", javascript + "api.registerService({type: t, name: 'A'})", "+"},
		"a name that is made": {"", javascript + "api.register({name: 'A'}); for (const n of list) api.register({name: n})", "A+"},
		"an object elsewhere": {"", javascript + "api.register(op)", "+"},
		"spread":              {"", javascript + "api.register({name: 'A', ...more})", "+"},
		"api is handed on":    {"", javascript + "api.register({name: 'A'}); more(api)", "A+"},
		"a syntax error":      {"", javascript + "api.register({name: 'A'", "+"},
		"a script elsewhere":  {"", "<script lang=\"javascript\" src=\"https://a.b/c.js\">", "+"},
		"a loaded script":     {`, "requirements": ["https://a.b/c.js"]`, javascript + "api.register({name: 'A'})", "A+"},
		"Python":              {"", python + "class P:\n    async def setup(self):\n        await api.register({'name': 'A', 'run': self.run})\n    def run(self, ctx): pass\napi.export(P())\n", "A"},
		"Python, made":        {"", python + "for n in names:\n    api.register({'name': n})\n", "+"},
		"Python, keywords":    {"", python + "api.register(name='A')\n", "A"},
	} {
		kind := "web-worker"
		if strings.HasPrefix(test.script, python) {
			kind = "native-python"
		}
		text := `<config lang="json">{"name": "P", "type": "` + kind + `", "version": "1.0.0", "api_version": "0.1.8"` + test.config + "}</config>\n" + test.script + "\n</script>\n"
		doc, found := pluginfile.Parse("p.imjoy.html", []byte(text))
		f := Of(doc, found, nil)
		if kind == "native-python" {
			if _, all := f.Operators(f.Plans[0]); all {
				t.Errorf("%s: all is known before anybody read it", name)
			}
			if err := WithPython(t.Context(), python3(t), nil, f); err != nil {
				t.Fatal(err)
			}
		}
		names, all := f.Operators(f.Plans[0])
		got := strings.Join(names, " ")
		if !all {
			got += "+"
		}
		if got != test.want {
			t.Errorf("%s: %q, not %q", name, got, test.want)
		}
	}
}
