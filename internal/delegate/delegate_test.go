package delegate

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// file is a plugin with an indented Python script and an indented JavaScript.
const file = "<script lang=\"python\">\n    import os\n\n    class P:\n        def run(self, ctx):\n            return größe\n\n    api.export(P())\n</script>\n<script>\n\tvar ä = 1; debugger\n\tapi.export({run() {}})\n</script>\n"

// scripts cuts the scripts out of file as blocks are cut: without their indentation.
func scripts(text string) []Script {
	src := source.New("p.imjoy.html", []byte(text))
	var list []Script
	for i, part := range []struct{ from, to, indent, language string }{
		{"python\">", "</script>", "    ", Python}, {"<script>", "</script>", "\t", JavaScript},
	} {
		_ = i
		start := strings.Index(text, part.from) + len(part.from)
		end := start + strings.Index(text[start:], part.to)
		var without []source.Span
		for at := start; at < end; at++ {
			if text[at] == '\n' && strings.HasPrefix(text[at+1:], part.indent) {
				without = append(without, source.Span{Start: at + 1, End: at + 1 + len(part.indent)})
			}
		}
		list = append(list, Script{Body: source.Cut(src, source.Span{Start: start, End: end}, without), Language: part.language})
	}
	return list
}

// recorded are answers of the tools (ruff 0.17.5, pyright 1.1.414, biome 2.6.8,
// oxlint 1.87), cut to what is read.
var recorded = map[string]string{
	"ruff":    `[{"code":"F401","filename":"/tmp/x/script_00000.py","message":"Imported but unused","url":"https://r/F401","location":{"row":2,"column":8},"end_location":{"row":2,"column":10},"fix":{"applicability":"safe","message":"Remove it","edits":[{"content":"","location":{"row":2,"column":1},"end_location":{"row":3,"column":1}}]}},{"code":"F821","filename":"script_00000.py","message":"Undefined name.","location":{"row":6,"column":16},"end_location":{"row":6,"column":21}},{"code":"X","filename":"other.py","location":{"row":1,"column":1},"end_location":{"row":1,"column":1}}]`,
	"pyright": `{"version":"1","generalDiagnostics":[{"file":"/tmp/x/script_00000.py","severity":"error","message":"\"größe\" is not defined","range":{"start":{"line":5,"character":15},"end":{"line":5,"character":20}},"rule":"reportUndefinedVariable"}]}`,
	"biome":   `{"diagnostics":[{"severity":"error","message":"Unexpected debugger.","category":"lint/suspicious/noDebugger","location":{"path":"script_00001.js","start":{"line":2,"column":12},"end":{"line":2,"column":20}}}]}`,
	"oxlint":  `{"diagnostics":[{"message":"debugger is not allowed","code":"eslint(no-debugger)","severity":"warning","help":"Remove it.","filename":"script_00001.js","labels":[{"span":{"offset":13,"length":8}}]}]}`,
}

var wanted = map[string]string{
	"ruff":    "ruff-f401 warning \"os\"\nruff-f821 warning \"größe\"\n",
	"pyright": "pyright-report-undefined-variable error \"größe\"\n",
	"biome":   "biome-lint-suspicious-no-debugger error \"debugger\"\n",
	"oxlint":  "oxlint-eslint-no-debugger warning \"debugger\"\n",
}

func describe(list []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s %s %q\n", d.Code, d.Severity, d.Place.Slice(d.Place.Span))
	}
	return b.String()
}

// TestAnswersLandInThePlugin: what a tool says about a de-indented script is told at
// the bytes of the file.
func TestAnswersLandInThePlugin(t *testing.T) {
	for _, name := range Names() {
		tool := Find(name)
		found, err := tool.read([]byte(recorded[name]), newTexts(tool, scripts(file)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted[name], describe(found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, err := tool.read([]byte("Traceback"), newTexts(tool, nil)); err == nil {
			t.Errorf("%s: an answer that is no JSON is no error", name)
		}
	}
	if Find("eslint") != nil {
		t.Error("there is a tool that is not known")
	}
}

func TestFixesKeepTheIndentation(t *testing.T) {
	list := scripts(file)
	in := newTexts(Find("ruff"), list).find("script_00000.py")
	for _, test := range []struct {
		name     string
		from, to source.Position
		content  string
		was, is  string
	}{
		{"a line goes", source.Position{Line: 2, Column: 1}, source.Position{Line: 3, Column: 1}, "", "    import os\n", ""},
		{"lines come at a line's start", source.Position{Line: 2, Column: 1}, source.Position{Line: 3, Column: 1}, "import re\n\nimport sys\n", "    import os\n", "    import re\n\n    import sys\n"},
		{"lines come inside a line", source.Position{Line: 6, Column: 9}, source.Position{Line: 6, Column: 21}, "x = 1\n        return x", "            return größe\n", "            x = 1\n            return x\n"},
	} {
		fix := &ruffFixJSON{Applicability: "safe"}
		fix.Edits = append(fix.Edits, struct {
			Content  string
			Location ruffPlace `json:"location"`
			End      ruffPlace `json:"end_location"`
		}{test.content, ruffPlace{test.from.Line, test.from.Column}, ruffPlace{test.to.Line, test.to.Column}})
		got, err := source.Apply([]byte(file), fix.fix(in).Edits)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Replace(file, test.was, test.is, 1), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestSlugs(t *testing.T) {
	for in, want := range map[string]string{"F401": "t-f401", "reportMissingImports": "t-report-missing-imports", "eslint(no-eq)": "t-eslint-no-eq", "lint/a11y/useX": "t-lint-a11y-use-x", "": "t"} {
		if got := slug("t", in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

// TestRunAsksAProgram with a stand-in that answers what ruff answers, and finds a
// configuration in the project.
func TestRunAsksAProgram(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "ruff")
	answer := strings.ReplaceAll(recorded["ruff"], "'", "")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$@\" > "+dir+"/args; cat script_00000.py > "+dir+"/seen\necho '"+answer+"'\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte("[tool.ruff]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(dir, "below")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	o := Options{Env: os.Getenv, Dir: below, Path: program}
	found, err := Run(t.Context(), Find("ruff"), scripts(file), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted["ruff"], describe(found)); diff != "" {
		t.Error(diff)
	}
	seen, _ := os.ReadFile(filepath.Join(dir, "seen"))
	if want := scripts(file)[0].Body.Text; !bytes.Equal(seen, []byte(want)) {
		t.Errorf("it saw %q, want %q", seen, want)
	}
	args, _ := os.ReadFile(filepath.Join(dir, "args"))
	if !strings.Contains(string(args), filepath.Join(dir, "pyproject.toml")) {
		t.Errorf("the project's configuration is not used: %s", args)
	}
	if found, err := Run(t.Context(), Find("ruff"), scripts(file)[1:], Options{Path: "/nowhere"}); err != nil || found != nil {
		t.Errorf("without Python ruff is asked: %v", err)
	}
	if _, err := Run(t.Context(), Find("ruff"), scripts(file), Options{Env: os.Getenv, Path: "/nowhere/ruff"}); err == nil {
		t.Error("a program that is not there is no error")
	}
}

// TestRealRuff asks the ruff of this machine, which .ci/run installs.
func TestRealRuff(t *testing.T) {
	path, err := exec.LookPath("ruff")
	if err != nil {
		if os.Getenv("IMJOY_RUFF") != "" {
			t.Fatal("IMJOY_RUFF says that ruff is there, and it is not on the PATH")
		}
		t.Log("ruff is not on the PATH: only its recorded answers were tested")
		return
	}
	found, err := Run(t.Context(), Find("ruff"), scripts(file), Options{Env: os.Getenv, Dir: t.TempDir(), Path: path})
	if err != nil {
		t.Fatal(err)
	}
	got := describe(found)
	for _, want := range strings.SplitAfter(strings.TrimSpace(wanted["ruff"]), "\n") {
		if !strings.Contains(got, strings.TrimSpace(want)) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	laid, err := Format(t.Context(), Find("ruff"), []Script{{Body: whole("x=1\n"), Language: Python}, {Body: whole("y = 1\n"), Language: Python}, {Body: whole("def ("), Language: Python}}, Options{Env: os.Getenv, Dir: t.TempDir(), Path: path})
	if err != nil || len(laid) != 3 || laid[0] != "x = 1\n" || laid[1] != "" || laid[2] != "" {
		t.Errorf("laid out as %q, %v", laid, err)
	}
	if strings.Contains(got, `"api"`) {
		t.Errorf("ruff does not know api:\n%s", got)
	}
}

func whole(text string) *source.Excerpt {
	src := source.New("a", []byte(text))
	return source.Whole(src, src.All())
}

// TestFormatTakesWhatChanged from a stand-in that lays out one file.
func TestFormatTakesWhatChanged(t *testing.T) {
	program := filepath.Join(t.TempDir(), "biome")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ntest \"$1\" = format || exit 2\necho 'let a = 1' > script_00001.js\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	list := []Script{{Body: whole("x=1"), Language: Python}, {Body: whole("let a=1"), Language: JavaScript}, {Body: whole("b"), Language: JavaScript}}
	got, err := Format(t.Context(), Find("biome"), list, Options{Env: os.Getenv, Path: program})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "let a = 1\n", ""}, got); diff != "" {
		t.Error(diff)
	}
	if Find("pyright").Formats() || !Find("ruff").Formats() {
		t.Error("pyright lays out nothing, ruff does")
	}
}

// Some tools come to rest only when they read what they have written: they are asked again,
// so that laying out twice changes nothing.
func TestFormatGoesOnUntilNothingChanges(t *testing.T) {
	program := filepath.Join(t.TempDir(), "biome")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nif grep -q halfway script_00000.js; then echo done > script_00000.js; elif ! grep -q done script_00000.js; then echo halfway > script_00000.js; fi\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Format(t.Context(), Find("biome"), []Script{{Body: whole("let a=1"), Language: JavaScript}}, Options{Env: os.Getenv, Path: program})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"done\n"}, got); diff != "" {
		t.Error(diff)
	}
}
