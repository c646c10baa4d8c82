package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// paged is a machine with a Chromium, and with Pyodide where IMJOY_PYODIDE names a store
// that has it.
func paged(t *testing.T) *machine {
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	if _, err := chromium.Find(); err != nil {
		t.Skipf("%v: this test drives one", err)
	}
	m := newMachine(t)
	m.env["PATH"] = os.Getenv("PATH")
	if home := os.Getenv("IMJOY_PYODIDE"); home != "" {
		m.env["IMJOY_HOME"] = home
	}
	return m
}

const pagePlugin = `<config lang="json">
{"name": "Where", "type": "TYPE", "version": "0.1.0", "api_version": "0.1.8", "description": "d"}
</config>
<script lang="LANG">
SCRIPT
</script>
`

func (m *machine) where(kind, lang, script string) {
	m.write("where.imjoy.html", strings.NewReplacer("TYPE", kind, "LANG", lang, "SCRIPT", script).Replace(pagePlugin))
}

// The flags say where a plugin runs; one that goja cannot run names the flag that can.
func TestRunWorkersInThePage(t *testing.T) {
	m := paged(t)
	m.where("web-worker", "javascript", `api.export({setup() {}, async run(ctx) { return [typeof OffscreenCanvas, ctx.data, (await api.echo(new Float32Array([1, 2])))[1]] }, fail() {
  return absent() }, canvas: () => new OffscreenCanvas(1, 1).width})`)
	for flag, where := range map[string]string{"--js-engine=goja": "undefined", "--js-engine=browser": "function", "--headless": "function"} {
		if code, out, said := m.imjoy("run", "where.imjoy.html", "--data", `{"a": 1}`, flag); code != exitFine || out != `["`+where+`",{"a":1},2]`+"\n" {
			t.Errorf("%s: exit code %d, %s%s", flag, code, out, said)
		}
	}
	if code, _, said := m.imjoy("run", "where.imjoy.html", "--method", "fail", "--headless"); code != exitFindings || !strings.Contains(said, "where.imjoy.html:6:") || !strings.Contains(said, "absent is not defined") {
		t.Errorf("an error: exit code %d, %s", code, said)
	}
	if _, _, said := m.imjoy("run", "where.imjoy.html", "--method", "canvas"); !strings.Contains(said, "imjoy run --browser") {
		t.Errorf("what goja has not: %s", said)
	}
	if code, _, said := m.imjoy("run", "where.imjoy.html", "--py-engine", "jython"); code != exitUsage || !strings.Contains(said, "cpython and browser") {
		t.Errorf("no such engine: exit code %d, %s", code, said)
	}
}

// What a plugin imports is the same in the page: packages, TypeScript, JSON, by names and
// by addresses; an error in TypeScript is at its line.
func TestModulesInThePage(t *testing.T) {
	needsLong(t)
	m := paged(t)
	files := maps.Clone(allFiles)
	files["cdn.jsdelivr.net/npm/bare@1.2.0/esm.mjs/+esm"] = `export default "esm"`
	serveWeb(m, files, allPackages)
	m.write("p.imjoy.html", allForms)
	if code, out, said := m.imjoy("run", "p.imjoy.html", "--headless"); code != exitFine || out != allResult {
		t.Errorf("exit code %d, %s%s", code, out, said)
	}
	if code, out, said := m.imjoy("run", "p.imjoy.html", "--headless", "--offline"); code != exitFine || out != allResult {
		t.Errorf("again, offline: exit code %d, %s%s", code, out, said)
	}
	for name, c := range map[string]struct{ kind, attrs, script, said, at string }{
		"thrown":                {"web-worker", "", "interface A { b: string }\nconst f = (a: A): string => a.b.c.d;\napi.export({setup() {}, run() { return f({b: \"\"}) }})", "TypeError", "where.imjoy.html:6:35"},
		"thrown in a module":    {"web-worker", ` type="module"`, "import bare from \"npm:bare@1.2.0\";\ninterface A { b: string }\n\napi.export({setup() {}, run(): string { return bare.absent.more }})", "TypeError", "where.imjoy.html:8:60"},
		"thrown in a window":    {"window", ` type="module"`, "import bare from \"npm:bare@1.2.0\";\napi.export({setup() {}, run() { return bare.absent.more }})", "TypeError", "where.imjoy.html:6:52"},
		"no TypeScript":         {"web-worker", "", "const a: string = 'a';\nlet b: = 1;", "SyntaxError", "where.imjoy.html:6:8"},
		"no such package":       {"web-worker", ` type="module"`, "const a: string = 'a';\nimport x from 'npm:nothing@1.0.0';\napi.export({setup() {}, run: x})", "nothing", "where.imjoy.html:6:15"},
		"a package of no name":  {"window", ` type="module"`, "import x from 'lodash';\napi.export({setup() {}, run: x})", `add "npm:lodash@VERSION" to the requirements`, "where.imjoy.html:5:15"},
		"a package when called": {"web-worker", "", "api.export({setup() {}, async run(): Promise<string> { return (await import('npm:bare@1.2.0')).default.absent.more }})", "TypeError", "where.imjoy.html:5:"},
	} {
		m.where(c.kind, "typescript\""+c.attrs+" x=\"", c.script)
		code, out, said := m.imjoy("run", "where.imjoy.html", "--headless")
		if code == exitFine || !strings.Contains(said, c.said) || !strings.Contains(said, "--> "+c.at) {
			t.Errorf("%s: exit code %d, %s%s", name, code, out, said)
		}
	}
}

// A web-python plugin runs on Pyodide: its prints, results and the lines of its errors
// are those of a Python beside the page. Without Pyodide the command says how to get it.
func TestRunPythonInThePage(t *testing.T) {
	m := paged(t)
	m.where("web-python", "python", `from imjoy import api
import sys, js
class Plugin:
    def run(self, ctx):
        print("on", sys.platform)
        return [js.Math.max(2, 3), api.echo(b"x").result()]
    def fail(self, ctx):
        raise ValueError("no light")
    def leave(self, ctx):
        api.get_plugin("nowhere")
api.export(Plugin())`)
	if os.Getenv("IMJOY_PYODIDE") == "" {
		code, _, said := m.imjoy("run", "where.imjoy.html", "--py-engine=browser", "--offline")
		if code != exitMissing {
			t.Errorf("exit code %d: %s", code, said)
		}
		if code, _, said := m.imjoy("run", "where.imjoy.html", "--py-engine=browser"); code != exitMissing || !strings.Contains(said, "imjoy cache add npm:pyodide@") {
			t.Errorf("exit code %d: %s", code, said)
		}
		return
	}
	code, out, said := m.imjoy("run", "where.imjoy.html", "--headless", "--offline")
	if code != exitFine || out != `[3,{"_rtype":"bytes","_rvalue":"eA=="}]`+"\n" || !strings.Contains(said, "on emscripten") {
		t.Errorf("exit code %d, %s%s", code, out, said)
	}
	if !long() {
		return
	}
	if code, _, said := m.imjoy("run", "where.imjoy.html", "--headless", "--offline", "--method", "fail"); code != exitFindings || !strings.Contains(said, "where.imjoy.html:12:") {
		t.Errorf("an error: exit code %d, %s", code, said)
	}
	if code, _, said := m.imjoy("run", "where.imjoy.html", "--headless", "--offline", "--method", "leave"); code != exitFindings || !strings.Contains(said, "where.imjoy.html:14:") {
		t.Errorf("an error that nobody waits for: exit code %d, %s", code, said)
	}
}

// Our own examples answer the same in goja and in the page.
func TestExamplesInThePage(t *testing.T) {
	m := paged(t)
	names, err := filepath.Glob("../../examples/*.imjoy.html")
	if err != nil || len(names) == 0 {
		t.Fatal("no examples", err)
	}
	same := 0
	for _, name := range names {
		text := read(t, name)
		if !strings.Contains(text, `"web-worker"`) && !strings.Contains(text, "type: web-worker") {
			continue
		}
		if !long() && same == 1 {
			break
		}
		m.write(filepath.Base(name), text)
		code, want, _ := m.imjoy("run", filepath.Base(name), "-q")
		if code != exitFine {
			continue // it needs data; its story is elsewhere
		}
		same++
		if code, got, said := m.imjoy("run", filepath.Base(name), "-q", "--headless"); code != exitFine || got != want {
			t.Errorf("%s: exit code %d, %s%s, want %s", name, code, got, said, want)
		}
	}
	if same == 0 {
		t.Error("no example runs without data")
	}
}
