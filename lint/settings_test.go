package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func TestSettings(t *testing.T) {
	s, found := ReadSettings("imjoy.yaml", []byte(`# the rest belongs to other commands
cache: /tmp
lint:
  select: [config, window-roots]
  ignore: config-too-long
  severity: {config-default: error, placeholder-text: none}
  strict: true
  exclude: ["old/**", "*.bak.imjoy.html"]
  baseline: base.json
  with: [ruff, pyright]
  files:
    "examples/**": {ignore: [config-field-unknown], severity: {config-default: info}}
    "examples/all/*": {select: [api]}
`))
	if len(found) > 0 {
		t.Fatal(show(found))
	}
	if !s.Strict || s.Baseline != "base.json" || len(s.With) != 2 || !s.Excludes("old/a/b.imjoy.html") || !s.Excludes("x/a.bak.imjoy.html") || s.Excludes("new/a.imjoy.html") {
		t.Errorf("read wrongly: %+v", s)
	}
	for path, want := range map[string]Options{
		"a.imjoy.html": {Select: []string{"config", "window-roots"}, Ignore: []string{"config-too-long"},
			Severity: map[string]source.Severity{"config-default": source.Error, "placeholder-text": source.None}},
		"examples/a.imjoy.html": {Select: []string{"config", "window-roots"}, Ignore: []string{"config-too-long", "config-field-unknown"},
			Severity: map[string]source.Severity{"config-default": source.Info, "placeholder-text": source.None}},
		"examples/all/a.imjoy.html": {Select: []string{"api"}, Ignore: []string{"config-too-long", "config-field-unknown"},
			Severity: map[string]source.Severity{"config-default": source.Info, "placeholder-text": source.None}},
	} {
		if diff := cmp.Diff(want, s.For(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"lint: {ignore: [window-root]}":       "there is no code or family \"window-root\"",
		"lint: {ignored: [window-roots]}":     "lint has no setting \"ignored\"",
		"lint: {severity: {window-roots: x}}": "\"x\" is no severity",
		"lint: {severity: {window-rots: x}}":  "there is no code or family",
		"lint: {strict: 1}":                   "strict is true or false",
		"lint: {files: {a: {strict: true}}}":  "lint has no setting \"strict\"",
		"lint: []":                            "lint is no map of settings",
		"lint: {select: [[a]]}":               "select is a list of texts",
		"lint: {a: ":                          "",
	} {
		_, found := ReadSettings("imjoy.yaml", []byte(text))
		if len(found) == 0 || !strings.Contains(found[0].Message, want) {
			t.Errorf("%s: found\n%s", text, show(found))
		}
	}
	if _, found := ReadSettings("imjoy.yaml", []byte("other: 1\n")); len(found) > 0 {
		t.Errorf("other settings are told about: %s", show(found))
	}
}
