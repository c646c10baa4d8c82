package requirement

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestParseRefuses checks the first finding: its code, and the text of the file it
// points at.
func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ config, language, code, at, message string }{
		// Shape.
		{`{"requirements": {"a": 1}}`, "python", "requirement-shape", `{"a": 1}`, "requirements is an object, not a list"},
		{`{"requirements": ["a", 3]}`, "python", "requirement-shape", `3`, "a number, not a string"},
		{`{"cmd": ["python"]}`, "python", "requirement-shape", `["python"]`, "cmd is a list"},
		{`{"env": 3}`, "python", "requirement-shape", `3`, "env is a number"},
		{`{"requirements": ["numpy", " "]}`, "python", "requirement-empty", ` `, "empty"},

		// Managers.
		{`{"requirements": ["PIP: numpy"]}`, "python", "requirement-manager", `PIP`, `"PIP"`},
		{`{"requirements": ["reqs: requirements.txt"]}`, "python", "requirement-manager", `reqs`, ""},
		{`{"requirements": ["docker: ubuntu"]}`, "python", "requirement-manager", `docker`, "never ran docker"},
		{`{"requirements": ["bioconda::samtools"]}`, "python", "requirement-manager", `bioconda`, "package of conda"},
		{`{"requirements": ["js:https://h/x.js"]}`, "python", "requirement-manager", `js`, "in a browser"},
		{`{"requirements": ["pip install numpy"]}`, "python", "requirement-manager", `pip install `, "as if it were packages"},
		{`{"requirements": ["conda install numpy"]}`, "python", "requirement-manager", `conda install `, "as if it were packages"},
		{`{"requirements": ["C:\\code\\x"]}`, "python", "requirement-private-path", `C:\\code\\x`, "one machine"},

		// PEP 508, at the exact word.
		{`{"requirements": ["pip: six numpy=1.15 scipy"]}`, "python", "requirement-syntax", `=`, `"==", not "="`},
		{`{"requirements": ["pip: \"numpy ==\""]}`, "python", "requirement-syntax", `==`, "a version is missing"},
		{`{"requirements": ["numpy==1.x"]}`, "python", "requirement-syntax", `==1.x`, "not a version"},
		{`{"requirements": ["numpy~=1"]}`, "python", "requirement-syntax", `~=1`, "not a version"},
		{`{"requirements": ["numpy>=1.*"]}`, "python", "requirement-syntax", `>=1.*`, "not a version"},
		{`{"requirements": ["num/py"]}`, "python", "requirement-private-path", `num/py`, "not in any repository"},
		{`{"requirements": ["numpy[a"]}`, "python", "requirement-syntax", `[a`, "never closed"},
		{`{"requirements": ["numpy[a;b]"]}`, "python", "requirement-syntax", `[a;b]`, "not the name of an extra"},
		{`{"requirements": ["_numpy"]}`, "python", "requirement-syntax", `_numpy`, "not the name"},
		{`{"requirements": ["a; python_version"]}`, "python", "requirement-syntax", `n`, "not complete"},
		{`{"requirements": ["a; python_version < '3' nonsense"]}`, "python", "requirement-syntax", `nonsense`, "marker"},
		{`{"requirements": ["a (1.0)"]}`, "python", "requirement-shell", `(`, ""},
		{`{"requirements": ["pip: 'numpy"]}`, "python", "requirement-syntax", `'numpy`, "never closed"},
		{`{"requirements": ["pip: -U"]}`, "python", "requirement-syntax", `-U`, "names no package"},
		{`{"requirements": ["pip: numpy -e"]}`, "python", "requirement-syntax", `numpy -e`, "names no package"},

		// Options.
		{`{"requirements": ["pip: numpy --index-url https://e.example/"]}`, "python", "requirement-option", `--index-url`, "where packages come from|--index-url"},
		{`{"requirements": ["pip: -r x.txt"]}`, "python", "requirement-option", `-r`, ""},
		{`{"requirements": ["conda: --prefix /x numpy"]}`, "python", "requirement-option", `/x`, "--prefix"},
		{`{"requirements": ["pip: --user numpy"]}`, "python", "requirement-option-useless", `--user`, ""},
		{`{"env": "conda create --clone base"}`, "python", "requirement-option", `--clone`, ""},
		{`{"env": "git clone --upload-pack=x https://h/r.git"}`, "python", "requirement-option", `--upload-pack=x`, ""},

		// Addresses.
		{`{"requirements": ["git+ssh://git@h/x.git"]}`, "python", "requirement-url", `git+ssh://git@h/x.git`, "git+ssh"},
		{`{"requirements": ["git+ext::sh -c id"]}`, "python", "requirement-url", `git+ext::sh`, ""},
		{`{"requirements": ["file:///etc/passwd"]}`, "python", "requirement-url", `file:///etc/passwd`, ""},
		{`{"requirements": ["http://h.example/x.whl"]}`, "python", "requirement-url", `http://h.example/x.whl`, "plain http"},
		{`{"requirements": ["git+https://u:p@h.example/x.git"]}`, "python", "requirement-credentials", `git+https://u:p@h.example/x.git`, "credentials"},
		{`{"requirements": ["https://h.example/x.whl?token=abc"]}`, "python", "requirement-credentials", `https://h.example/x.whl?token=abc`, "token"},
		{`{"requirements": ["git+https://h.example/x.git"]}`, "python", "requirement-unpinned", `git+https://h.example/x.git`, "no commit"},
		{`{"requirements": ["repo: git@github.com:o/r.git"]}`, "python", "requirement-url", `git@github.com:o/r.git`, "ssh"},
		{`{"requirements": ["repo: https://h.example/r ../x"]}`, "python", "requirement-unpinned", `https://h.example/r`, ""},
		{`{"requirements": ["pip:  --editable /Volumes/X/code"]}`, "python", "requirement-private-path", `/Volumes/X/code`, "one machine"},
		{`{"requirements": ["pip: -e ../x"]}`, "python", "requirement-private-path", `../x`, ""},
		{`{"requirements": ["pip: -e x"]}`, "python", "requirement-private-path", `x`, "not in any repository"},
		{`{"requirements": ["pip: ~/x"]}`, "python", "requirement-private-path", `~/x`, ""},

		// Shells: the token, exactly.
		{`{"requirements": ["pip: numpy; rm -rf ~"]}`, "python", "requirement-shell", `;`, `";"`},
		{`{"requirements": ["pip: numpy && rm x"]}`, "python", "requirement-shell", `&&`, ""},
		{`{"requirements": ["pip: é \"a\" $(id)"]}`, "python", "requirement-syntax", `é`, ""},
		{`{"requirements": ["pip: \"a\" $(id)"]}`, "python", "requirement-shell", `$(`, `"$("`},
		{`{"requirements": ["numpy > /etc/x"]}`, "python", "requirement-shell", `>`, ""},
		{`{"requirements": ["conda: numpy\nrm"]}`, "python", "requirement-shell", `\n`, "line break"},
		{`{"env": "conda create -n x; rm -rf ~"}`, "python", "requirement-shell", `;`, ""},
		{`{"env": "conda create -n $HOME"}`, "python", "requirement-shell", `$HOME`, ""},
		{`{"requirements": ["cmd: cd x && make"]}`, "python", "requirement-shell", `cd`, "word of the shell"},
		{`{"requirements": ["cmd: rm *"]}`, "python", "requirement-shell", `*`, ""},
		{`{"requirements": ["cmd: A=1 make"]}`, "python", "requirement-shell", `A=1`, ""},
		{`{"requirements": ["cmd: a | b"]}`, "python", "requirement-shell", `|`, ""},
		{`{"requirements": ["cmd: 'my prog' x"]}`, "python", "requirement-syntax", `'my prog'`, "not a program"},
		{`{"cmd": "'a b'"}`, "python", "requirement-syntax", `'a b'`, "not a program"},
		{`{"requirements": ["cmd: a &&"]}`, "python", "requirement-shell", `&&`, ""},

		// Environments.
		{`{"env": [{"type": "variables"}]}`, "python", "env-type", `variables`, ""},
		{`{"env": [{"type": "variable", "options": {"LD_PRELOAD": "x"}}]}`, "python", "env-variable", `"LD_PRELOAD"`, "cannot set"},
		{`{"env": "export PATH=x"}`, "python", "env-variable", `PATH`, ""},
		{`{"env": "conda create -n ../../x"}`, "python", "requirement-syntax", `../../x`, "not the name of an environment"},
		{`{"env": "conda create -n x 'python=3.6|3.8'"}`, "python", "env-python", `'python=3.6|3.8'`, ""},
		{`{"env": "conda create -n x python=three"}`, "python", "requirement-syntax", `=three`, ""},
		{`{"env": ["conda create -n a", "conda create -n b"]}`, "python", "env-several", `b`, `already called "a"`},
		{`{"env": "conda env create -f /home/me/e.yml"}`, "python", "requirement-private-path", `/home/me/e.yml`, ""},
		{`{"env": "conda env create -f e.yml"}`, "python", "env-file", `e.yml`, ""},
		{`{"env": "conda create -n x"}`, "window", "env-ignored", `"conda create -n x"`, ""},
		{`{"env": "apt install x"}`, "python", "requirement-command", `apt install x`, "apt install x"},
		{`{"cmd": "sh -c python"}`, "python", "requirement-command", `sh -c python`, ""},

		// Browsers.
		{`{"requirements": ["https://h/x.css"]}`, "web-worker", "requirement-script", `https://h/x.css`, "no page"},
		{`{"requirements": ["mjs:https://h/x"]}`, "web-worker", "requirement-script", `mjs:https://h/x`, "modules"},
		{`{"requirements": ["jquery"]}`, "window", "requirement-script", `jquery`, "ignores"},
		{`{"requirements": ["pip: x"]}`, "window", "requirement-script", `pip: x`, ""},
		{`{"requirements": ["cahce:https://h/x"]}`, "window", "requirement-script", `cahce:https://h/x`, ""},
		{`{"requirements": ["//h/x.js"]}`, "window", "requirement-url", `//h/x.js`, "no scheme"},
		{`{"requirements": ["js:./x.js"]}`, "window", "requirement-url", `./x.js`, "not a URL"},
		{`{"requirements": ["http://h.example/x.js"]}`, "window", "requirement-insecure", `http`, ""},
		{`{"requirements": ["https://h/x.css?v=1"]}`, "window", "requirement-kind", `https://h/x.css?v=1`, "loads this as a script"},
		{`{"requirements": ["js:https://h/x.css"]}`, "window", "requirement-kind", `js:`, "goes by the suffix"},
		{`{"requirements": ["https://u:p@h.example/x.js"]}`, "window", "requirement-credentials", `https://u:p@h.example/x.js`, ""},
		{`{"requirements": ["pip: x"]}`, "web-python", "requirement-manager", `pip`, ""},
		{`{"requirements": ["https://h/x.js"]}`, "web-python", "requirement-kind", `https://h/x.js`, ""},
		{`{"requirements": ["https://h/x"]}`, "web-python", "requirement-script", `https://h/x`, "skips"},
	} {
		t.Run(test.config, func(t *testing.T) {
			d, diagnostics := parse(t, test.config, test.language)
			if len(diagnostics) == 0 {
				t.Fatalf("no finding; it declares %s", show(d))
			}
			var all []string
			for _, diagnostic := range diagnostics {
				at := string(diagnostic.Place.Slice(diagnostic.Place.Span))
				all = append(all, fmt.Sprintf("%s at %q: %s", diagnostic.Code, at, diagnostic.Message))
				if diagnostic.Code == test.code && at == test.at && (strings.Contains(diagnostic.Message, test.message) || strings.Contains(test.message, "|")) {
					if diagnostic.Severity == source.Error && len(d.Refused) == 0 && !strings.Contains(test.code, "shape") {
						t.Errorf("nothing is refused:\n%s", show(d))
					}
					return
				}
			}
			t.Errorf("want %s at %q: %s; got\n%s", test.code, test.at, test.message, strings.Join(all, "\n"))
		})
	}
}

func TestARefusedEntryAddsNothing(t *testing.T) {
	d, _ := parse(t, `{"env": ["conda create -n x -c chan numpy $(id)"], "requirements": ["six", "pip: numpy -U --pre scipy ; rm", "conda: a b;c", "repo: https://h.example/x $(id)"]}`, "python")
	want := "pip six\nrefused conda create -n x -c chan numpy $(id)\nrefused pip: numpy -U --pre scipy ; rm\nrefused conda: a b;c\nrefused repo: https://h.example/x $(id)\n"
	if got := show(d); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestDidYouMeanFixesTheManager(t *testing.T) {
	config := `{"requirements": ["PIP: numpy"]}`
	_, diagnostics := parse(t, config, "python")
	fixed, err := source.Apply([]byte(config), diagnostics[0].Fixes[0].Edits)
	if err != nil || string(fixed) != `{"requirements": ["pip: numpy"]}` {
		t.Errorf("fixed to %s, %v", fixed, err)
	}
}

func TestAColonInYAMLIsExplained(t *testing.T) {
	text := "requirements:\n  - pip: numpy\n  - six\n"
	yaml := func(text string) (*Declaration, []source.Diagnostic) {
		s := source.New("a", []byte(text))
		root, _ := conf.Parse("yaml", source.Whole(s, s.All()))
		return Parse(nil, root.Get("requirements"), nil, "python")
	}
	d, diagnostics := yaml(text)
	if show(d) != "pip six\nrefused pip: numpy\n" || len(diagnostics) != 1 || diagnostics[0].Hint != `write "pip: numpy"` {
		t.Fatalf("%s %v", show(d), diagnostics)
	}
	fixed, err := source.Apply([]byte(text), diagnostics[0].Fixes[0].Edits)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := yaml(string(fixed)); show(d) != "pip numpy\npip six\n" {
		t.Errorf("%s: %s", fixed, show(d))
	}
}

// TestRulesShowTheirFault checks the examples of the catalogue: the bad one has the
// fault, the good one has no error.
func TestRulesShowTheirFault(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if r.Code == "" || r.Summary == "" || r.Doc == "" || seen[r.Code] {
			t.Errorf("rule %q is incomplete or doubled", r.Code)
		}
		seen[r.Code] = true
		if _, found := parse(t, r.Bad, languageOf(r.Bad)); !slices.ContainsFunc(found, isCode(r.Code)) {
			t.Errorf("%s: the bad example has no such fault", r.Code)
		}
		if _, found := parse(t, r.Good, languageOf(r.Good)); slices.ContainsFunc(found, isCode(r.Code)) || source.Worst(found) == source.Error {
			t.Errorf("%s: the good example is faulty: %v", r.Code, found)
		}
	}
}

// languageOf is how an example says whose requirements it shows.
func languageOf(config string) string {
	if strings.Contains(config, `"window"`) || strings.Contains(config, ".js\"") || strings.Contains(config, ".css") {
		return "window"
	}
	return "python"
}
