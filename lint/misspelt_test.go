package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Packages that are a slip away from a well-known one are told, and packages that are
// something of their own are not.
func TestMisspeltPackages(t *testing.T) {
	for requirement, want := range map[string]string{
		"nummpy": "numpy", "nupmy": "numpy", "pndas": "pandas", "Requets": "requests", "tensorfow==2.0": "tensorflow", "scikit_laern": "scikit-learn", "opencv-pyhton": "opencv-python",
		"numpy": "", "panda": "", "scapy": "", "pumpy": "", "sciphy": "", "matplotlab": "", "grequests": "", "tensorflow-cpu": "", "opencv-contrib-python": "", "torch": "", "imjoy_rpc": "",
		"https://example.org/nummpy-1.0-py3-none-any.whl": "",
	} {
		text := `<config lang="json">{"name": "A", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "requirements": ["pip: ` + requirement + `"]}</config>`
		doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
		found := Run(analysis.Of(doc, parsed, nil), Options{Select: []string{"requirement-misspelt"}})
		got := ""
		if len(found) > 0 {
			got = strings.TrimSuffix(strings.TrimPrefix(found[0].Hint, "did you mean "), "?")
			name, _, _ := strings.Cut(requirement, "==")
			fixed, err := source.Apply([]byte(text), found[0].Fixes[0].Edits)
			if diff := cmp.Diff(strings.Replace(text, name, got, 1), string(fixed)); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +fixed):\n%s", requirement, err, diff)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", requirement, diff)
		}
	}
}

// Modules and names of Python scripts, with what their fix makes of the file.
func TestMisspeltNamesOfPython(t *testing.T) {
	const head = `<config lang="json">{"name": "A", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "requirements": ["pip: numpy==1.26.4"]}</config>` + "\n"
	script := func(code string) string { return "<script lang=\"python\">\n" + code + "\n</script>\n" }
	for _, test := range []struct{ name, body, want string }{
		{"a module", script("import nummpy as np\nnp.zeros(3)"), script("import numpy as np\nnp.zeros(3)")},
		{"a module and its uses", script("import nummpy\nnummpy.zeros(3)"), script("import numpy\nnumpy.zeros(3)")},
		{"a module of Python", script("import jsno\njsno.dumps(1)"), script("import json\njson.dumps(1)")},
		{"from a module", script("from skimge import io\nio"), script("from skimage import io\nio")},
		{"a module that may be", script("import panda"), script("import panda")},
		{"a name", script("pirnt(1)\npirnt(2)"), script("print(1)\nprint(2)")},
		{"a name beside another script", script("pass") + script("pirnt(1)"), script("pass") + script("print(1)")},
		{"a name of another script", script("def pirnt(x): pass") + script("pirnt(1)"), script("def pirnt(x): pass") + script("pirnt(1)")},
		{"a name that another script may have", script("from os import *") + script("pirnt(1)"), script("from os import *") + script("pirnt(1)")},
		{"a name that is far from all", script("pass") + script("prindout(1)"), script("pass") + script("prindout(1)")},
	} {
		t.Run(test.name, func(t *testing.T) {
			judge := func(text []byte) []source.Diagnostic {
				doc, parsed := pluginfile.Parse("a.imjoy.html", text)
				facts := analysis.Of(doc, parsed, nil)
				if err := analysis.WithPython(t.Context(), python3(t), nil, facts); err != nil {
					t.Fatal(err)
				}
				return Run(facts, Options{Select: []string{"python-import", "python-undefined"}})
			}
			if diff := cmp.Diff(head+test.want, string(Fix([]byte(head+test.body), true, judge).Text)); diff != "" {
				t.Errorf("(-want +fixed):\n%s", diff)
			}
		})
	}
}
