package lint

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

func judge(text []byte) []source.Diagnostic {
	doc, parsed := pluginfile.Parse("a.imjoy.html", text)
	return Run(analysis.Of(doc, parsed, nil), Options{})
}

// plans are the plans of a text without places, and without how a script block says its
// language, which safe fixes write out.
func plans(t *testing.T, text []byte) string {
	t.Helper()
	doc, _ := pluginfile.Parse("a.imjoy.html", text)
	all, _ := tags.All(doc)
	var b strings.Builder
	for _, p := range all {
		out, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(out, &value); err != nil {
			t.Fatal(err)
		}
		withoutPlaces(value)
		out, _ = json.MarshalIndent(value, "", " ")
		b.Write(out)
		for _, script := range p.Scripts {
			b.WriteString(strings.NewReplacer("debugger;", "", "debugger", "").Replace(script.Body().Text))
		}
	}
	return b.String()
}

func withoutPlaces(value any) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "scripts") // their texts are compared
		for _, name := range []string{"line", "column", "end_line", "end_column", "place", "lines", "first_line", "last_line", "start", "end"} {
			delete(v, name)
		}
		for _, inner := range v {
			withoutPlaces(inner)
		}
	case []any:
		for _, inner := range v {
			withoutPlaces(inner)
		}
	}
}

// fixable are texts with something to fix.
func fixable() (texts []string) {
	for _, r := range Rules() {
		texts = append(texts, complete(r.Bad), complete(r.Good))
	}
	return texts
}

// checkFixes: fixing again changes nothing, and safe fixes leave the plans as they are.
func checkFixes(t *testing.T, name string, text []byte) {
	t.Helper()
	for _, unsafe := range []bool{false, true} {
		fixed := Fix(text, unsafe, judge)
		again := Fix(fixed.Text, unsafe, judge)
		if !bytes.Equal(again.Text, fixed.Text) {
			t.Errorf("%s (unsafe: %v): fixing again changes (-once +twice):\n%s", name, unsafe, cmp.Diff(string(fixed.Text), string(again.Text)))
		}
		keepsRest(t, name, text, unsafe)
		if len(fixed.Made) == 0 && !bytes.Equal(fixed.Text, text) {
			t.Errorf("%s: the text changed without a fix", name)
		}
		if !unsafe {
			if diff := cmp.Diff(plans(t, text), plans(t, fixed.Text)); diff != "" && readable(text) {
				t.Errorf("%s: safe fixes change the plan (-before +after):\n%s\nof\n%s\nto\n%s\nby\n%s", name, diff, text, fixed.Text, show(fixed.Made))
			}
		}
	}
}

// keepsRest: what lies between the edits of one round stays byte for byte, in its order.
func keepsRest(t *testing.T, name string, text []byte, unsafe bool) {
	t.Helper()
	edits, _ := choose(judge(text), unsafe)
	next, err := source.Apply(text, edits)
	if err != nil {
		return // two findings want to change the same place: nothing is changed
	}
	slices.SortStableFunc(edits, func(a, b source.Edit) int { return a.Span.Start - b.Span.Start })
	at := 0
	for _, e := range edits {
		kept, ok := bytes.CutPrefix(next, append(slices.Clone(text[at:e.Span.Start]), e.New...))
		if !ok {
			t.Fatalf("%s: something changes before the edit at %d", name, e.Span.Start)
		}
		next, at = kept, e.Span.End
	}
	if !bytes.Equal(next, text[at:]) {
		t.Fatalf("%s: something changes behind the last edit", name)
	}
}

// readable reports whether a text can be planned at all: where blocks or the config are
// broken, the fix is what makes a plan of it.
func readable(text []byte) bool {
	_, parsed := pluginfile.Parse("a", text)
	return len(pluginfile.Blocking(parsed)) == 0
}

func TestFixesAreIdempotentAndSafe(t *testing.T) {
	for _, text := range fixable() {
		checkFixes(t, text[:min(len(text), 200)], []byte(text))
	}
}

func TestFixesOfTheCorpus(t *testing.T) {
	for _, file := range corpus.Files(t) {
		checkFixes(t, file.Name, file.Text)
	}
}

// misspelt are faults of rules whose bad examples show another one, which nothing can fix.
var misspelt = map[string]string{
	"ui-unknown-type": `{"ui": "{id: 'sigma', type: 'nmber', placeholder: 2}"}`,
}

// Every rule that says it has a fix has one for its bad example, which the fix settles;
// and no other one has.
func TestFixableRulesHaveFixes(t *testing.T) {
	var texts []string
	entries := Catalogue()
	for _, e := range entries {
		bad := e.Bad
		if other, ok := misspelt[e.Code]; ok {
			bad = other
		}
		texts = append(texts, complete(bad))
	}
	all := lintTexts(t, texts)
	for i, e := range entries {
		if _, no := unchecked[e.Code]; no || elsewhere(e.Code) || slices.Contains(withLock, e.Code) {
			continue
		}
		has := slices.ContainsFunc(all[i], func(d source.Diagnostic) bool { return d.Code == e.Code && len(d.Fixes) > 0 })
		if has != e.Fixable {
			t.Errorf("%s: fixable is %v, and its bad example has a fix: %v", e.Code, e.Fixable, has)
		}
		if !has || strings.HasPrefix(e.Code, "python-") {
			continue
		}
		fixed := Fix([]byte(texts[i]), true, judge)
		if n := count(judge(fixed.Text), e.Code); n >= count(all[i], e.Code) {
			t.Errorf("%s: the fix does not settle it:\n%s\n%s", e.Code, fixed.Text, show(judge(fixed.Text)))
		}
	}
}

// What lies outside of the edits stays byte for byte, whatever bytes it is.
func TestFixesKeepOtherBytes(t *testing.T) {
	const text = "\uFEFF<!-- \xff\x00 -->\r\n<config lang=\"json\">\r\n{\"name\": \"A\",  \"type\":\"web-worker\",\t\"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"show_panel\": 1,}\r\n</config>\r\n<script lang=\"javascript\">\r\napi.export({setup() {}, run() {}})\r\n</script>  \r\n\r\n"
	want := strings.NewReplacer(", \"show_panel\": 1,", "").Replace(text)
	if got := string(Fix([]byte(text), false, judge).Text); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// What fixes write.
func TestFixesOfScripts(t *testing.T) {
	for _, test := range []struct{ code, text, want string }{
		{"export-missing", worker + "<script lang=\"javascript\">\n  class P {\n    setup() {}\n    run() {}\n  }\n\n</script>\n", worker + "<script lang=\"javascript\">\n  class P {\n    setup() {}\n    run() {}\n  }\n  api.export(new P())\n\n</script>\n"},
		{"export-missing", pythonPlugin + "<script lang=\"python\">\nclass P:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        pass\n</script>\n", pythonPlugin + "<script lang=\"python\">\nclass P:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        pass\napi.export(P())\n</script>\n"},
		{"export-missing", worker + "<script lang=\"javascript\">\nclass P { run() {} }\nclass Q { run() {} }\n</script>\n", ""},
		{"export-missing", worker + "<script lang=\"javascript\">class P { run() {} }</script>\n", ""},
		{"suppression-unused", worker + "<script lang=\"javascript\">\nlet a // imjoy-ignore api-removed\n// imjoy-ignore: api-unknown\nlet b /* imjoy-ignore api-removed */ = 1\napi.export({setup() {}, run() {}})\n</script>\n", worker + "<script lang=\"javascript\">\nlet a\nlet b = 1\napi.export({setup() {}, run() {}})\n</script>\n"},
		{"suppression-unused", worker + "<!-- imjoy-ignore-file api-removed, api-unknown, javascript -->\n<script lang=\"javascript\">\napi.export({setup() {}, run() { api.fss }})\n</script>\n", worker + "<!-- imjoy-ignore-file api-unknown -->\n<script lang=\"javascript\">\napi.export({setup() {}, run() { api.fss }})\n</script>\n"},
		{"window-id-missing", windowPlugin + "<window><p id=\"view\"></p></window>\n<script lang=\"javascript\">\napi.export({setup() { document.querySelector('#wiew') }, run() {}})\n</script>\n", windowPlugin + "<window><p id=\"view\"></p></window>\n<script lang=\"javascript\">\napi.export({setup() { document.querySelector('#view') }, run() {}})\n</script>\n"},
		{"api-setting", worker + "<script lang=\"javascript\">\napi.export({async setup() { await api.getConfig('tokn') }, async run() { await api.setConfig('token', 1) }})\n</script>\n", worker + "<script lang=\"javascript\">\napi.export({async setup() { await api.getConfig('token') }, async run() { await api.setConfig('token', 1) }})\n</script>\n"},
		{"dependency-repeated", strings.Replace(worker, "}<", ", \"dependencies\": [\"Blur\", \"View\", \"Blur\"]}<", 1), strings.Replace(worker, "}<", ", \"dependencies\": [\"Blur\", \"View\"]}<", 1)},
		{"requirement-insecure", strings.Replace(windowPlugin, "}<", ", \"requirements\": [\"css:http://a.b/c.css\"]}<", 1), strings.Replace(windowPlugin, "}<", ", \"requirements\": [\"css:https://a.b/c.css\"]}<", 1)},
	} {
		only := func(text []byte) (found []source.Diagnostic) {
			doc, parsed := pluginfile.Parse("a.imjoy.html", text)
			facts := analysis.Of(doc, parsed, nil)
			if err := analysis.WithPython(t.Context(), python3(t), nil, facts); err != nil {
				t.Fatal(err)
			}
			for _, d := range Run(facts, Options{}) {
				if matches([]string{test.code}, d.Code) {
					found = append(found, d)
				}
			}
			return found
		}
		if len(only([]byte(test.text))) == 0 {
			t.Errorf("%s is not found in\n%s", test.code, test.text)
		}
		if test.want == "" {
			test.want = test.text
		}
		if diff := cmp.Diff(test.want, string(Fix([]byte(test.text), true, only).Text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.code, diff)
		}
	}
}

// Fixes that touch each other are made one after the other.
func TestOverlappingFixesWait(t *testing.T) {
	src := source.New("a", []byte("abc"))
	at := func(start, end int, text string) source.Diagnostic {
		return source.Diagnostic{Code: "x", Place: src.Place(source.Span{Start: start, End: end}),
			Fixes: []source.Fix{{Safe: true, Edits: []source.Edit{{Span: source.Span{Start: start, End: end}, New: text}}}}}
	}
	rounds := 0
	fixed := Fix([]byte("abc"), false, func(text []byte) []source.Diagnostic {
		if rounds++; rounds > 1 {
			return nil
		}
		return []source.Diagnostic{at(1, 2, "x"), at(0, 1, "y"), at(2, 3, "z"), {Code: "no place"}}
	})
	if string(fixed.Text) != "ybz" || len(fixed.Made) != 2 {
		t.Errorf("%q after %d fixes", fixed.Text, len(fixed.Made))
	}
	// Two that undo each other end.
	flip := func(text []byte) []source.Diagnostic {
		other := map[string]string{"a": "b", "b": "a"}[string(text)]
		return []source.Diagnostic{{Place: source.New("f", text).Place(source.Span{End: 1}), Fixes: []source.Fix{{Safe: true, Edits: []source.Edit{{Span: source.Span{End: 1}, New: other}}}}}}
	}
	if got := Fix([]byte("a"), false, flip); string(got.Text) != "a" || len(got.Made) > 0 {
		t.Errorf("rules that undo each other end with %q", got.Text)
	}
}

func FuzzFix(f *testing.F) {
	for _, text := range fixable() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 5000 {
			checkFixes(t, "", []byte(text))
		}
	})
}
