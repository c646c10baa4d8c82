package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// brief lints a text without Python and lists the findings: line:column code.
func brief(text string, o Options) string {
	doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
	o.Ignore = append(o.Ignore, "docs-missing") // texts of tests are short
	var b strings.Builder
	for _, d := range Run(analysis.Of(doc, parsed, nil), o) {
		at, _ := d.Place.Range()
		fmt.Fprintf(&b, "%d:%d %s %s\n", at.Line, at.Column, d.Severity, d.Code)
	}
	return b.String()
}

const worker = `<config lang="json">{"name": "A", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
`

func TestFindingsHavePlaces(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a sound plugin", worker + "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", ""},
		{"nothing at all", "", "1:1 error config-missing\n"},
		{"an indented script", worker + "<script lang=\"javascript\">\n    class P { setup() {}\n    run() { x = 1 } }\n    api.export(new P())\n</script>\n", "4:13 error javascript-undeclared\n"},
		{"a broken config says nothing of missing fields", "<config lang=\"json\">{\"name\": \"A\" \"type\": \"web-worker\"}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", "1:33 error config-missing-comma\n"},
		{"a config that is too much says nothing of a missing type", "<config lang=\"yaml\">\nname: A\ndefaults: {a: &a [" + strings.Repeat("x, ", 200) + "], b: [" + strings.Repeat("*a, ", 60) + "]}\ntype: web-worker\n</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", "3:818 error config-limit\n"},
		{"an export in a script that is external", worker + "<script lang=\"javascript\">\nimportScripts('https://example.org/plugin@1.js')\n</script>\n", ""},
		{"an export by an object that was given api", worker + "<script lang=\"javascript\">\nsetUpEverything(api)\nfunction setUpEverything(host) { host.export({}) }\n</script>\n", ""},
		{"passive plugins export nothing", "<config lang=\"json\">{\"name\": \"A\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"passive\": true}</config>\n<window><div></div></window>\n<script lang=\"javascript\">\ndraw()\nfunction draw() {}\n</script>\n", ""},
		{"an export for each tag but one",
			"<config lang=\"json\">{\"name\": \"A\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"tags\": [\"a\", \"b\"]}</config>\n<script lang=\"javascript\" tag=\"a\">\napi.export({setup() {}, run() {}})\n</script>\n<script lang=\"javascript\" tag=\"b\">\nlet x = 1\n</script>\n",
			"5:1 error export-missing\n"},
		{"an unclosed script is not said to lack an export", worker + "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n", "2:1 error block-unclosed\n"},
		{"a window that begins with a comment", windowPlugin + "<window>\n<!-- c -->\n<div></div>\n</window>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", "3:1 error window-roots\n"},
		{"a comment behind the root is fine", windowPlugin + "<window>\n<div></div><!-- c -->\n</window>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", ""},
		{"a global of another script", windowPlugin + "<window><div></div></window>\n<script lang=\"javascript\">\nvar state = 1\n</script>\n<script lang=\"javascript\">\nclass P { setup() { state = 2 } run() {} }\napi.export(new P())\n</script>\n", ""},
		{"requirements and scripts of every kind", "<config lang=\"json\">\n{\"name\": \"A\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\",\n\"requirements\": [\"https://unpkg.com/vue\", \"https://unpkg.com/vue@2.7.16\", \"https://cdn.jsdelivr.net/npm/@a/b\", \"https://cdn.jsdelivr.net/npm/@a/b@1/c.js\"]}\n</config>\n<window><div></div></window>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n",
			"3:19 warning url-unversioned\n3:76 warning url-unversioned\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, brief(test.text, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const faulty = worker + `<script lang="javascript">
class P {
  setup() { a = 1 }
  run() { api.showMesage(Math.flor(1)) }
}
api.export(new P())
</script>
`

func TestOptionsChooseFindings(t *testing.T) {
	const all = "4:13 error javascript-undeclared\n5:15 warning api-unknown\n5:31 warning javascript-unknown-property\n"
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"everything", Options{}, all},
		{"a family", Options{Select: []string{"javascript"}}, "4:13 error javascript-undeclared\n5:31 warning javascript-unknown-property\n"},
		{"a code", Options{Select: []string{"api-unknown"}}, "5:15 warning api-unknown\n"},
		{"not the beginning of a word", Options{Select: []string{"java"}}, ""},
		{"all but a family", Options{Ignore: []string{"javascript"}}, "5:15 warning api-unknown\n"},
		{"ignoring is stronger", Options{Select: []string{"javascript"}, Ignore: []string{"javascript-undeclared"}}, "5:31 warning javascript-unknown-property\n"},
		{"severities", Options{Severity: map[string]source.Severity{"javascript-undeclared": source.Info, "api-unknown": source.None}},
			"4:13 info javascript-undeclared\n5:31 warning javascript-unknown-property\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, brief(faulty, test.o)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommentsSuppress(t *testing.T) {
	script := func(lines ...string) string {
		return worker + "<script lang=\"javascript\">\n" + strings.Join(lines, "\n") + "\napi.export({setup() {}, run() {}})\n</script>\n"
	}
	for _, test := range []struct{ name, text, want string }{
		{"on the same line", script("api.fs // imjoy-ignore api-removed"), ""},
		{"on the line before", script("// imjoy-ignore api-removed", "api.fs"), ""},
		{"not two lines before", script("// imjoy-ignore api-removed", "", "api.fs"), "3:17 info suppression-unused\n5:5 warning api-removed\n"},
		{"behind code only that line", script("api.fs // imjoy-ignore api-removed", "api.fs"), "4:5 warning api-removed\n"},
		{"several codes, a family", script("/* imjoy-ignore: api, javascript-unknown-property */", "api.fs(Math.flor(1))"), ""},
		{"another code", script("api.fs // imjoy-ignore api-unknown"), "3:5 warning api-removed\n3:24 info suppression-unused\n"},
		{"no code", script("api.fs // imjoy-ignore"), "3:5 warning api-removed\n3:8 warning suppression-unknown\n"},
		{"an unknown code", script("api.fs // imjoy-ignore api-remowed"), "3:5 warning api-removed\n3:24 warning suppression-unknown\n"},
		{"before a block", "<!-- imjoy-ignore config -->\n<config lang=\"json\">\n{\"name\": \"A\",\n\"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"show_panel\": 1}\n</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", ""},
		{"YAML", "<config lang=\"yaml\">\nname: A\ntype: web-worker\nversion: 0.1.0\napi_version: 0.1.8\nshow_panel: 1 # imjoy-ignore config-field-retired\n# imjoy-ignore config\nfoo: 1\n</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", ""},
		{"style sheets", windowPlugin + "<window><div></div></window>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<style>\n@import url(a.css); /* imjoy-ignore style-import */\n/* imjoy-ignore style-html */\n<p>\n</style>\n", ""},
		{"windows", windowPlugin + "<window><div>\n</b> <!-- imjoy-ignore window-stray-end -->\n</div></window>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n", ""},
		{"docs", worker + "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<docs>\n# A\n\n<!-- imjoy-ignore docs-link -->\n[b](c.html)\n\n[d](e.html) <!-- imjoy-ignore docs -->\n</docs>\n", ""},
		{"for the file", script("api.fs", "api.fs") + "<!-- imjoy-ignore-file api-removed -->\n", ""},
		{"errors of reading stay", "<!-- imjoy-ignore-file block config -->\n" + worker + "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n", "1:24 info suppression-unused\n1:30 info suppression-unused\n3:1 error block-unclosed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, brief(test.text, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A file that is named as Hypha's is judged as such: what only ImJoy asks for is not told.
func TestFilesOfHypha(t *testing.T) {
	const app = "<manifest lang=\"yaml\">\nname: App\ntype: web-app\nstartup_config: {timeout: 60}\ntags: [web, data]\ndependencies: [numpy]\n</manifest>\n<script lang=\"javascript\">\nx =\n</script>\n"
	for _, test := range []struct{ name, want string }{
		{"a.hypha.html", "javascript-syntax"},
		{"a.imjoy.html", "config-missing dialect-block type-unsupported config-field-unknown javascript-syntax"},
	} {
		doc, parsed := pluginfile.Parse(test.name, []byte(app))
		facts := analysis.Of(doc, parsed, nil)
		var got []string
		for _, d := range Run(facts, Options{Ignore: []string{"docs-missing", "tags", "dependency"}}) {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if list := Summarize(facts).Dependencies; (len(list) == 0) != (test.name == "a.hypha.html") {
			t.Errorf("%s depends on %v", test.name, list)
		}
	}
}

func TestNamesAreFound(t *testing.T) {
	if rule, _ := Lookup("window-roots"); rule == nil || rule.Code != "window-roots" {
		t.Errorf("window-roots is %v", rule)
	}
	if rule, meant := Lookup("window-root"); rule != nil || meant != "window-roots" {
		t.Errorf("window-root is %v, meant %q", rule, meant)
	}
	for name, want := range map[string]bool{"javascript": true, "javascript-syntax": true, "java": false, "": false, "config-duplicate-key": true, "manifest": true} {
		if Known(name) != want {
			t.Errorf("Known(%q) is %v", name, !want)
		}
	}
}

// The same text gives the same findings, in the order of their places, each once.
func TestFindingsAreStable(t *testing.T) {
	first := brief(faulty, Options{})
	for range 20 {
		if diff := cmp.Diff(first, brief(faulty, Options{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

func FuzzRun(f *testing.F) {
	for _, r := range Rules() {
		f.Add(complete(r.Bad))
	}
	f.Add(faulty + "// imjoy-ignore")
	f.Fuzz(func(t *testing.T, text string) {
		doc, parsed := pluginfile.Parse("a", []byte(text))
		found := Run(analysis.Of(doc, parsed, nil), Options{})
		sorted := slices.Clone(found)
		source.Sort(sorted)
		for i, d := range found {
			if rule, _ := Lookup(d.Code); rule == nil {
				t.Errorf("%q is no known code", d.Code)
			}
			if d.Place.Known() && (d.Place.Span.Start < 0 || d.Place.Span.Start > d.Place.Span.End || d.Place.Span.End > len(d.Place.Text)) {
				t.Errorf("%s: the place %v is not in a text of %d bytes", d.Code, d.Place.Span, len(d.Place.Text))
			}
			if d.Place.Span != sorted[i].Place.Span || d.Code != sorted[i].Code {
				t.Errorf("finding %d is not in its place", i)
			}
		}
	})
}
