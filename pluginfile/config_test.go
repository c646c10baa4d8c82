package pluginfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

func config(t *testing.T, text string) *pluginfile.Config {
	t.Helper()
	doc, _ := parse(t, text)
	return doc.Config
}

func TestConfig(t *testing.T) {
	doc, diagnostics := parse(t, `<config lang="json">
{
  "name": "Blur", "type": "web-worker", "version": "0.2.0", "api_version": "0.1.8",
  "description": "Smooths", "tags": ["CPU", "GPU"], "labels": ["image"], "permissions": ["camera"],
  "cmd": "python3", "runnable": false, "mine": {"a": [1, 2]},
  "requirements": {"CPU": [], "GPU": ["a", "b", "c"]}
}
</config>`)
	if len(diagnostics) > 0 {
		t.Error(all(diagnostics))
	}
	got := *doc.Config
	root := got.Root
	got.Block, got.Root = nil, nil
	want := pluginfile.Config{
		Lang: "json", Name: "Blur", Type: "web-worker", Version: "0.2.0", APIVersion: "0.1.8", Description: "Smooths",
		Tags: []string{"CPU", "GPU"}, Labels: []string{"image"}, Permissions: []string{"camera"}, Cmd: "python3", Runnable: false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Every value has its place: the third item of the requirements of a tag.
	item := root.At("/requirements/GPU/2")
	start, end := item.Place.Range()
	if text := string(doc.Source.Slice(item.Place.Span)); text != `"c"` || start.Line != 6 || start.Column != 49 || end.Column != 52 {
		t.Errorf("the third requirement is %s at %v-%v", text, start, end)
	}
	if doc.Config.Field("mine").Get("a").Item(1) == nil {
		t.Error("unknown fields are lost")
	}
}

func TestConfigLanguages(t *testing.T) {
	const fields = `{"name": "A", "api_version": "0.1.8"}`
	for _, test := range []struct {
		tag, text string
		lang      string
		want      []string
	}{
		{`<config lang="json">`, fields, "json", nil},
		{`<config lang="yaml">`, "\nname: A\napi_version: '0.1.8'\n", "yaml", nil},
		{`<config>`, `{"name": "A", "api_version": "0.1.5"}`, "json", nil},
		{`<config>`, `{"name": "A", "api_version": "0.1.6"}`, "json", []string{"warning 1:1 config-lang"}},
		{`<config lang="">`, fields, "json", []string{"warning 1:1 config-lang"}},
		{`<config lang>`, fields, "json", []string{"warning 1:1 config-lang"}},
		{`<config lang="toml">`, fields, "json", []string{"warning 1:9 config-lang"}},
		{`<config lang="YAML">`, fields, "json", []string{"warning 1:9 config-lang"}},
	} {
		doc, diagnostics := parse(t, test.tag+test.text+"</config>")
		if diff := cmp.Diff(test.want, all(diagnostics)); diff != "" {
			t.Errorf("%s%s:\n%s", test.tag, test.text, diff)
		}
		if doc.Config.Lang != test.lang || doc.Config.Name != "A" {
			t.Errorf("%s: read as %s, name %q", test.tag, doc.Config.Lang, doc.Config.Name)
		}
	}
}

// TestPlacesDoNotDependOnLineEnds: what is not written has a place, too.
func TestPlacesDoNotDependOnLineEnds(t *testing.T) {
	text := "<config lang=\"yaml\">\n  name: x\n  env:\n  - a\n  -\n  - b\n  ui:\n  tags:\n    -\n</config>\n"
	places := func(text string) (list []string) {
		doc, _ := pluginfile.Parse("a", []byte(text))
		for pointer, n := range doc.Config.Root.All() {
			start, end := n.Place.Range()
			list = append(list, fmt.Sprint(pointer, " ", start, " ", end))
		}
		return list
	}
	if diff := cmp.Diff(places(text), places(strings.ReplaceAll(text, "\n", "\r\n"))); diff != "" {
		t.Errorf("with LF (-) and CRLF (+):\n%s", diff)
	}
}

func TestVersionsKeepTheirText(t *testing.T) {
	doc, diagnostics := parse(t, "<config lang=\"yaml\">\nname: A\ntype: window\nversion: 0.10\napi_version: 0.2\ncreatedAt: 2020-01-01\n</config>")
	if c := doc.Config; c.Version != "0.10" || c.APIVersion != "0.2" {
		t.Errorf("version %q, api_version %q", c.Version, c.APIVersion)
	}
	if date, ok := doc.Config.Field("createdAt").Str(); !ok || date != "2020-01-01" {
		t.Errorf("a date is %q", date)
	}
	if diff := cmp.Diff([]string{"warning 4:10 config-version-number", "warning 5:14 config-version-number"}, all(diagnostics)); diff != "" {
		t.Error(diff)
	}
}

func TestLegacyNames(t *testing.T) {
	for _, test := range []struct{ fields, want string }{
		{`"mode": "pyworker", "api_version": "0.1.1"`, "native-python"},
		{`"type": "webworker", "api_version": "0.1.0"`, "web-worker"},
		{`"type": "webpython", "mode": "pyworker", "api_version": "0.1"`, "web-python"},
		{`"mode": "window", "api_version": "0.1.1"`, "window"},
		{`"type": "pyworker", "api_version": "0.1.2"`, "pyworker"},
		{`"mode": "pyworker", "api_version": "0.1.8"`, ""},
		{`"mode": "pyworker"`, ""},
	} {
		c := config(t, `<config lang="json">{"name": "A", `+test.fields+`}</config>`)
		if c.Type != test.want {
			t.Errorf("%s: the type is %q instead of %q", test.fields, c.Type, test.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, test := range []struct {
		fields string
		w      string
		want   []string
	}{
		{`"defaults": {"w": 1}`, "1", nil},
		{`"default": {"w": 2}`, "2", []string{"warning 1:22 config-default"}},
		{`"default": {"w": 2}, "defaults": {"w": 3}`, "3", []string{"warning 1:22 config-default"}},
	} {
		doc, diagnostics := parse(t, `<config lang="json">{`+test.fields+`}</config>`)
		if got, _ := doc.Config.Field("defaults").Get("w").Scalar(); got != test.w {
			t.Errorf("%s: w is %s", test.fields, got)
		}
		if diff := cmp.Diff(test.want, all(diagnostics)); diff != "" {
			t.Errorf("%s:\n%s", test.fields, diff)
		}
	}
}

func TestConfigFaults(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"a duplicate key that decides", `{"name": "A", "env": "a", "env": "b"}`, []string{"error 1:47 config-duplicate-key"}},
		{"another duplicate key", `{"name": "A", "icon": "a", "icon": "b"}`, []string{"warning 1:48 config-duplicate-key"}},
		{"a duplicate key deeper", `{"name": "A", "inputs": {"type": 1, "type": 2}}`, []string{"warning 1:57 config-duplicate-key"}},
		{"a list", `["A"]`, []string{"error 1:21 config-not-object"}},
		{"a character that turns the text", `{"name": "A\u202e"}`, []string{"error 1:30 name-characters"}},
		{"an escape sequence", `{"name": "A\u001b[31m"}`, []string{"error 1:30 name-characters"}},
		{"a name in another script", `{"name": "細胞 — الخلية"}`, nil},
	} {
		_, diagnostics := parse(t, `<config lang="json">`+test.text+`</config>`)
		if diff := cmp.Diff(test.want, all(diagnostics)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

// A config of which nothing can be read is told as that, and not as anything that would
// follow; an unknown language comes first, since it says why.
func TestUnreadableConfig(t *testing.T) {
	for text, want := range map[string][]string{
		"<config lang=\"yaml\">\nname: A\n  type: : \"web-worker\n</config>": {"error 3:9 config-syntax"},
		"<config lang=\"json\">\n</config>":                                  {"error 2:1 config-syntax"},
		"<config lang=\"toml\">\nname = 'A'\n</config>":                      {"warning 1:9 config-lang", "error 2:1 config-not-object", "error 2:1 config-unquoted"},
	} {
		_, diagnostics := parse(t, text)
		if diff := cmp.Diff(want, all(diagnostics)); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

// TestBrokenConfigStaysUsable: a raw newline in a string, as one public plugin has.
func TestBrokenConfigStaysUsable(t *testing.T) {
	doc, diagnostics := parse(t, "<config lang=\"json\">\n{\"name\": \"Chat\", \"description\": \"one\ntwo\", \"type\": \"web-worker\"}\n</config><script>a()</script>")
	if diff := cmp.Diff([]string{"error 2:37 config-newline-in-string"}, all(diagnostics)); diff != "" {
		t.Error(diff)
	}
	if c := doc.Config; c.Name != "Chat" || c.Type != "web-worker" || len(doc.Blocks) != 2 {
		t.Errorf("name %q, type %q, %d blocks", c.Name, c.Type, len(doc.Blocks))
	}
}

// TestConfigOfTheCarefulReader: when another block swallowed the config, the fields
// are still there.
func TestConfigOfTheCarefulReader(t *testing.T) {
	c := config(t, "<docs>use <script></docs>\n<config lang=\"json\">{\"name\": \"A\"}</config>\n<script>a()</script>")
	if c.Name != "A" {
		t.Errorf("the name is %q", c.Name)
	}
	c = config(t, "no plugin")
	if c.Block != nil || c.Root != nil || c.Name != "" || !c.Runnable || c.Field("name") != nil {
		t.Errorf("a config without a block is %+v", c)
	}
}

func TestManifestOfHypha(t *testing.T) {
	doc, diagnostics := parse(t, "<manifest lang=\"yaml\">\nname: A\n</manifest>")
	if doc.Config.Name != "A" || doc.Config.Block != doc.Blocks[0] {
		t.Errorf("name %q, block %v", doc.Config.Name, doc.Config.Block)
	}
	if diff := cmp.Diff([]string{"error 1:1 config-missing"}, all(diagnostics)); diff != "" {
		t.Error(diff)
	}
	if c := config(t, "<manifest lang=\"yaml\">\nname: A\n</manifest><config lang=\"json\">{\"name\": \"B\"}</config>"); c.Name != "B" {
		t.Errorf("the config does not go before the manifest: name %q", c.Name)
	}
}

func TestCompareVersions(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"0.1.8", "0.1.8", 0}, {"0.1.19", "0.1.8", 1}, {"0.1.7", "0.1.8", -1}, {"0.2", "0.1.9", 1},
		{"1", "1.0.0", 0}, {"1.0-beta", "1", 0}, {"1.0.1-beta", "1", 1}, {"v1", "0", 0}, {"", "0.0", 0}, {"", "0.1", -1},
		{"1.2rc3", "1.2", 0}, {"01.02", "1.2", 0}, {" 1", "1", 0}, {"+1", "1", 0}, {"-1", "0", -1}, {"-2", "-1", -1}, {"-0", "0", 0},
		{"99999999999999999999999", "99999999999999999999998", 1}, {"1..2", "1.0.2", 0},
	} {
		if got := pluginfile.CompareVersions(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: %d instead of %d", test.a, test.b, got, test.want)
		}
		if got := pluginfile.CompareVersions(test.b, test.a); got != -test.want {
			t.Errorf("%q and %q: %d instead of %d", test.b, test.a, got, -test.want)
		}
	}
}
