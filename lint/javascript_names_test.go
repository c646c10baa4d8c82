package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// toldOf runs rules on a file: "line:column written; hint" for each finding of a code.
func toldOf(text, code string) string {
	doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
	var lines []string
	for _, d := range Run(analysis.Of(doc, parsed, nil), Options{Select: []string{code}}) {
		at := d.Place.Source.Position(d.Place.Span.Start, source.Bytes)
		lines = append(lines, fmt.Sprintf("%d:%d", at.Line, at.Column)+" "+string(d.Place.Slice(d.Place.Span))+"; "+d.Hint)
	}
	return strings.Join(lines, "\n")
}

// Names that nothing defines are told when they are one letter away from one that exists,
// and only then when nothing that is not in sight could define them.
func TestMisspeltNamesOfJavaScript(t *testing.T) {
	const library, page = `, "requirements": ["https://cdn.jsdelivr.net/npm/d3@7.9.0"]`, `, "base_worker": "https://example.org/worker.js"`
	for _, test := range []struct{ name, fields, code, want string }{
		{"one missing", "", "consle.log(1)", "console"},
		{"one too many", "", "return new Promisee(f)", "Promise"},
		{"another one", "", "setTimeaut(() => {}, 10)", "setTimeout"},
		{"two swapped", "", "return new Unit8Array(4)", "Uint8Array"},
		{"letter case", "", "return json.parse('1') || math.max(1, 2)", "Math"},
		{"two letters", "", "cnsle.log(1)", ""},
		{"a short name", "", "return ULR", ""},
		{"a name of one's own", "", "const counter = 1; return [1].map(() => countr)", "counter"},
		{"a name of another function", "", "function f() { const counter = 1; return counter } return f(countr)", ""},
		{"a parameter", "", "return [1].map(element => elemnt * 2)", "element"},
		{"declared", "", "const consle = 1; return consle", ""},
		{"assigned", "", "consle = 1; return consle", ""},
		{"a property of the window", "", "window.consle = 1; return consle", ""},
		{"a property of something", "", "define(self, 'consle'); return consle", ""},
		{"asked for first", "", "return typeof consle === 'undefined' ? 0 : consle", ""},
		{"a comment for another linter", "", "/* global consle */ return consle", ""},
		{"a global that exists", "", "return names(name) + status", ""},
		{"an event handler", "", "return onmesage || onmessage", ""},

		{"beside a library, a global", library, "consle.log(1)", "console"},
		{"beside a library, a name of one's own", library, "const counter = 1; return [1].map(() => countr)", ""},
		{"beside a library, letter case", library, "return math.sum(promise)", ""},
		{"beside a library, a prefix", library, "return d3fetch(url) || xfetch(url)", ""},
		{"beside a library, an ending", library, "return new Promises(Image2)", ""},
		{"beside a library, a short one", library, "return Mith.x", ""},
		{"beside a library, a short one swapped", library, "return JOSN.parse('1')", "JSON"},
		{"beside a worker of one's own", page, "const counter = 1; return [1].map(() => countr)", ""},
		{"with importScripts", "", "importScripts(address); const counter = 1; return [1].map(() => countr)", ""},
		{"with import", "", "await import(address); const counter = 1; return [1].map(() => countr)", ""},
		{"with a script element", "", `document.createElement("script"); const counter = 1; return [1].map(() => countr)`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := ""
			if test.want != "" {
				want = "did you mean " + test.want + "?"
			}
			_, hint, _ := strings.Cut(said(test.fields, test.code, "javascript-undefined"), "; ")
			if diff := cmp.Diff(want, hint); diff != "" {
				t.Errorf("(-want +said):\n%s", diff)
			}
		})
	}
}

// What one block defines another may use, and what stands in a window is a global.
func TestNamesOfOtherBlocks(t *testing.T) {
	const head = `<config lang="json">{"name": "A", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}</config>` + "\n"
	const use = "<script lang=\"javascript\">\napi.export({setup() { docment.body.textContent = 1 }})\n</script>\n"
	for _, test := range []struct{ name, more, want string }{
		{"nothing", "<window><div></div></window>", "3:23 docment; did you mean document?"},
		{"another script", "<script>var docment = document</script>", ""},
		{"an element", "<window><div id=\"docment\"></div></window>", ""},
		{"the name of an element", "<window><form name=docment></form></window>", ""},
		{"a script that is elsewhere", "<script src=\"https://example.org/a.js\"></script>", "3:23 docment; did you mean document?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, toldOf(head+use+test.more, "javascript-undefined")); diff != "" {
				t.Errorf("(-want +told):\n%s", diff)
			}
		})
	}
}

// Members of what every browser has.
func TestMisspeltMembersOfJavaScript(t *testing.T) {
	for code, want := range map[string]string{
		"console.lgo(1)":                                 "did you mean console.log?",
		"console.eror(1)":                                "did you mean console.error?",
		"console.timeLog(1)":                             "",
		"console.errors(1)":                              "",
		"document.getElementByID('a')":                   "did you mean document.getElementById?",
		"document.getElementsById('a')":                  "did you mean document.getElementById?",
		"document.styleSheets":                           "",
		"localStorage.getitem('a')":                      "did you mean localStorage.getItem?",
		"Object.kyes({})":                                "did you mean Object.keys?",
		"JSON.strinfy({})":                               "did you mean JSON.stringify?",
		"Math.flor(1)":                                   "did you mean Math.floor?",
		"Math.clamp = f; Math.clamp(1)":                  "",
		"console.lgo = f; console.lgo(1)":                "",
		"const document = f(); document.creatElement(1)": "",
	} {
		_, hint, _ := strings.Cut(said("", code, "javascript-unknown-property"), "; ")
		if diff := cmp.Diff(want, hint); diff != "" {
			t.Errorf("%s (-want +said):\n%s", code, diff)
		}
	}
}
