package lint

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// pythonCodes is a reader of Python that answers the same for every text.
type pythonCodes struct{ analysis.Code }

func (p pythonCodes) Read(_ context.Context, texts []string) (codes []*analysis.Code, _ error) {
	for range texts {
		codes = append(codes, &p.Code)
	}
	return codes, nil
}

// What the Python here cannot read is no fault of a plugin whose Python can, and what that
// one cannot is, whatever is here.
func TestPythonOfThePlugin(t *testing.T) {
	span := source.Span{Start: 1, End: 5}
	fault := analysis.Code{Faults: []analysis.Fault{{Span: span, Message: "invalid syntax", Since: "3.12", Reader: "3.11"}}}
	older := analysis.Code{Read: true, Newer: []analysis.Newer{{Literal: analysis.Literal{Text: "match", Span: span}, Since: "3.10"}}}
	for _, test := range []struct {
		name, fields string
		code         analysis.Code
		want         string
	}{
		{"the plugin's is new enough", `"type": "native-python", "env": "conda create -n a python=3.12"`, fault,
			"info script-unread: this script was not looked into: python3 here is 3.11, and this seems to be of 3.12, which the plugin has"},
		{"that of pages is", `"type": "web-python"`, fault, "info script-unread: this script was not looked into: python3 here is 3.11, and this seems to be of 3.12, which the plugin has"},
		{"the plugin's is not", `"type": "native-python", "env": "conda create -n a python=3.10"`, fault, "error python-syntax: Python 3.11 cannot read this, perhaps 3.12 can"},
		{"nobody knows", `"type": "native-python"`, fault, "error python-syntax: Python 3.11 cannot read this, perhaps 3.12 can"},
		{"too new", `"type": "native-python", "env": "conda create -n a python=3.9"`, older, "error python-too-new: Python 3.9 does not have match, which came with 3.10"},
		{"new enough", `"type": "native-python", "env": "conda create -n a python=3.10.2"`, older, ""},
		{"the older of two", `"type": "native-python", "tags": ["a", "b"], "env": {"a": "conda create -n a python=3.12", "b": "conda create -n b python=3.8"}`, older,
			"error python-too-new: Python 3.8 does not have match, which came with 3.10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := `<config lang="json">{"name": "A", "version": "0.1.0", "api_version": "0.1.8", ` + test.fields + "}</config>\n<script lang=\"python\">\nmatch\n</script>\n"
			doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
			facts := analysis.Of(doc, parsed, nil)
			if err := analysis.WithPython(t.Context(), pythonCodes{test.code}, nil, facts); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range Run(facts, Options{Select: []string{"python-syntax", "python-too-new", "script-unread"}}) {
				got = append(got, fmt.Sprintf("%s %s: %s", d.Severity, d.Code, d.Message))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Versions of packages against the version of Python, at both ends.
func TestImpossiblePackages(t *testing.T) {
	for _, test := range []struct{ python, requirement, want string }{
		{"3.8", "numpy==2.1.1", "numpy 2.1.1 needs Python 3.10, and the plugin wants 3.8"},
		{"3.10", "numpy==2.1.1", ""},
		{"3.12", "numpy==1.19.5", "numpy 1.19.5 was made for Python up to 3.9, and the plugin wants 3.12"},
		{"3.6", "tensorflow==2.15.0", "tensorflow 2.15.0 needs Python 3.9, and the plugin wants 3.6"},
		{"3.6", "numpy==1.19.5", ""},
		{"3.8", "numpy>=1.20", ""},
		{"3.9", "pillow==9.5.0", ""},
	} {
		text := `<config lang="json">{"name": "A", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "env": "conda create -n a python=` + test.python + `", "requirements": ["pip: ` + test.requirement + `"]}</config>`
		doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
		got := ""
		for _, d := range Run(analysis.Of(doc, parsed, nil), Options{Select: []string{"requirement-impossible"}}) {
			got += d.Message
		}
		if got != test.want {
			t.Errorf("python %s, %s: got %q, want %q", test.python, test.requirement, got, test.want)
		}
	}
}
