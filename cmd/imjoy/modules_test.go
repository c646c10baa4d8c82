package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
)

// web is hosts of the internet on loopback: files by "HOST/PATH", and packages of npm
// as "npm/NAME@VERSION" with their files.
type web struct {
	*httptest.Server
	files    map[string]string
	packages map[string]map[string]string
	requests atomic.Int64
}

// serveWeb starts the web for a machine.
func serveWeb(m *machine, files map[string]string, packages map[string]map[string]string) *web {
	w := &web{files: files, packages: packages}
	w.Server = httptest.NewServer(w)
	m.Cleanup(w.Close)
	var mirrors []string
	for _, host := range []string{"cdn.jsdelivr.net", "code.example", "data.example"} {
		mirrors = append(mirrors, "https://"+host+"="+w.URL+"/"+host)
	}
	m.env["IMJOY_MIRRORS"] = strings.Join(append(mirrors, "https://registry.npmjs.org="+w.URL+"/npm"), ",")
	return w
}

func (w *web) ServeHTTP(out http.ResponseWriter, q *http.Request) {
	w.requests.Add(1)
	where := strings.TrimPrefix(q.URL.Path, "/")
	if text, ok := w.files[where]; ok {
		fmt.Fprint(out, text)
		return
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(where, "npm/"), "/")
	if strings.HasPrefix(name, "@") {
		second, after, _ := strings.Cut(rest, "/")
		name, rest = name+"/"+second, after
	}
	short := name[strings.LastIndex(name, "/")+1:]
	if file, ok := strings.CutPrefix(rest, "-/"); ok {
		version := strings.TrimSuffix(strings.TrimPrefix(file, short+"-"), ".tgz")
		out.Write(packed(w.packages[name+"@"+version]))
		return
	}
	if rest == "" {
		said := map[string]any{}
		versions := map[string]any{}
		for key := range w.packages {
			if v, ok := strings.CutPrefix(key, name+"@"); ok {
				versions[v] = map[string]any{}
				said["dist-tags"] = map[string]string{"latest": v}
			}
		}
		said["versions"] = versions
		if len(versions) > 0 {
			json.NewEncoder(out).Encode(said)
			return
		}
	} else if files, ok := w.packages[name+"@"+rest]; ok {
		sum := sha512.Sum512(packed(files))
		json.NewEncoder(out).Encode(map[string]any{"version": rest, "dist": map[string]string{
			"tarball": "https://registry.npmjs.org/" + name + "/-/" + short + "-" + rest + ".tgz", "integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
		}})
		return
	}
	http.NotFound(out, q)
}

func packed(files map[string]string) []byte {
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w.WriteHeader(&tar.Header{Name: "package/" + name, Typeflag: tar.TypeReg, Size: int64(len(files[name])), Mode: 0o644})
		fmt.Fprint(w, files[name])
	}
	w.Close()
	zipped.Close()
	return b.Bytes()
}

const moduleConfig = "<config lang=\"json\">\n{\"name\": \"Modules\", \"type\": \"web-worker\", \"version\": \"1.0.0\", \"api_version\": \"0.1.8\", \"description\": \"d\"%s}\n</config>\n"

// allForms is a plugin that loads in every way there is, and what it loads.
var (
	allForms = fmt.Sprintf(moduleConfig, `, "requirements": ["https://code.example/first.js", "js:https://code.example/second?x=1", "npm:bare@^1.0.0", "cache:https://code.example/never.js"]`) +
		`<script lang="javascript">
importScripts("https://code.example/umd.js", 'https://cdn.jsdelivr.net/npm/globals@1.0.0/dist/globals.min.js');
var late = () => import("https://code.example/late.mjs");
</script>
<script lang="typescript" type="module">
import main, { type Shape, area } from "https://code.example/lib/main.ts";
import bare from "bare";
import sub from "bare/sub";
import scoped from "npm:@scope/pkg@2.0.0";
import "npm:styled@1.0.0/style.css";
import data from "https://code.example/data.json";
const square: Shape = { side: 3 };
const top = await Promise.resolve("top");
api.export({
  setup() {},
  async run() {
    const dynamic = await import("npm:bare@1.2.0/sub");
    return [order.join(), Umd.name, Globals.name, main, area(square), bare, sub, scoped, data.list, top, dynamic.default, (await late()).default];
  },
});
</script>
`
	allFiles = map[string]string{
		"code.example/first.js":                                  `var order = ["first"]`,
		"code.example/second":                                    `order.push("second")`,
		"code.example/umd.js":                                    `(function (root, factory) { if (typeof define === "function" && define.amd) define([], factory); else if (typeof module === "object" && module.exports) module.exports = factory(); else root.Umd = factory(); })(this, function () { return { name: "umd" } })`,
		"code.example/late.mjs":                                  `import { x } from "./lib/deep.js"; export default "late " + x`,
		"code.example/lib/main.ts":                               `import { x } from "./deep.js"; export interface Shape { side: number } export const area = (s: Shape): number => s.side ** 2; export default "main " + x`,
		"code.example/lib/deep.js":                               `export let x = "deep"; async function* g() { yield 1 }`,
		"code.example/data.json":                                 `{"list": [1, 2]}`,
		"cdn.jsdelivr.net/npm/globals@1.0.0/dist/globals.min.js": `var Globals = {name: "globals"}`,
	}
	allPackages = map[string]map[string]string{
		"bare@1.2.0": {"package.json": `{"name": "bare", "version": "1.2.0", "main": "./cjs.js", "exports": {".": {"import": "./esm.mjs", "require": "./cjs.js"}, "./sub": "./sub.js"}, "dependencies": {"dep": "~3.1.0"}}`,
			"esm.mjs": `export default "esm"`, "cjs.js": `module.exports = "cjs"`, "sub.js": `const dep = require("dep"); module.exports = "sub " + dep(require("./data.json"))`, "data.json": `{"v": 1}`},
		"dep@3.1.4":        {"package.json": `{"name": "dep", "version": "3.1.4"}`, "index.js": `module.exports = (o) => "dep " + JSON.stringify(o)`},
		"@scope/pkg@2.0.0": {"package.json": `{"name": "@scope/pkg", "version": "2.0.0", "module": "m.js", "main": "no.js", "browser": {"./node.js": "./web.js"}}`, "m.js": `export { default } from "./node.js"`, "node.js": `export default "node"`, "web.js": `export default "web"`},
		"styled@1.0.0":     {"package.json": `{"name": "styled", "version": "1.0.0"}`, "style.css": `p { color: red }`},
	}
	allResult = `["first,second","umd","globals","main deep",9,"esm","sub dep {\"v\":1}","web",[1,2],"top","sub dep {\"v\":1}","late deep"]` + "\n"
)

// TestPluginsLoadModulesOnceAndRunWithoutTheNetwork runs a plugin from the network,
// from the store, and from its frozen file.
func TestPluginsLoadModulesOnceAndRunWithoutTheNetwork(t *testing.T) {
	m := newMachine(t)
	w := serveWeb(m, allFiles, allPackages)
	m.write("p.imjoy.html", allForms)
	code, first, said := m.imjoy("run", "p.imjoy.html")
	if code != 0 || first != allResult {
		t.Fatalf("exit %d\n%s\n%s", code, first, said)
	}
	if !strings.Contains(said, "imjoy: Modules: downloaded https://code.example/lib/main.ts (") || strings.Contains(said, "never.js") {
		t.Errorf("said %s", said)
	}
	n := w.requests.Load()
	if code, again, said := m.imjoy("run", "p.imjoy.html"); code != 0 || again != first || w.requests.Load() != n || said != "" {
		t.Errorf("the second time: exit %d, %d requests, %s %s", code, w.requests.Load()-n, again, said)
	}
	w.files = map[string]string{"code.example/never.js": "1"}
	if code, _, said := m.imjoy("freeze", "p.imjoy.html", "-o", "frozen.imjoy.html"); code != 0 {
		t.Errorf("freeze: exit %d %s", code, said)
	}
	w.Close()
	if code, offline, said := m.imjoy("run", "p.imjoy.html", "--offline"); code != 0 || offline != first {
		t.Errorf("with the server gone: exit %d, %s %s", code, offline, said)
	}
	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "another")
	if code, frozen, said := m.imjoy("run", "frozen.imjoy.html", "--offline"); code != 0 || frozen != first || said != "" {
		t.Errorf("frozen, on another machine: exit %d, %s %s", code, frozen, said)
	}
	if code, _, said := m.imjoy("run", "p.imjoy.html", "--offline"); code == 0 || !strings.Contains(said, "offline") {
		t.Errorf("with nothing kept: exit %d %s", code, said)
	}
	if code, _, said := m.imjoy("freeze", "frozen.imjoy.html", "-o", "again.imjoy.html", "--offline"); code != 0 {
		t.Errorf("freeze again: exit %d %s", code, said)
	}
	one, _ := os.ReadFile(filepath.Join(m.dir, "work", "frozen.imjoy.html"))
	two, _ := os.ReadFile(filepath.Join(m.dir, "work", "again.imjoy.html"))
	if len(one) == 0 || !bytes.Equal(one, two) {
		t.Error("freezing a frozen file changes it")
	}
	if code, out, _ := m.imjoy("lint", "frozen.imjoy.html"); code != 0 {
		t.Errorf("lint: exit %d %s", code, out)
	}
}

// TestInstalledPluginsKeepTheirModules installs a plugin, forgets what was fetched, and
// runs it with the server gone.
func TestInstalledPluginsKeepTheirModules(t *testing.T) {
	m := newMachine(t)
	w := serveWeb(m, allFiles, allPackages)
	m.write("p.imjoy.html", allForms)
	if code, _, said := m.imjoy("install", "./p.imjoy.html", "--yes"); code != 0 {
		t.Fatalf("exit %d %s", code, said)
	}
	w.Close()
	if err := os.RemoveAll(filepath.Join(m.env["IMJOY_HOME"], "kept")); err != nil {
		t.Fatal(err)
	}
	if code, out, said := m.imjoy("run", "Modules", "--offline"); code != 0 || out != allResult {
		t.Errorf("exit %d %s %s", code, out, said)
	}
}

// TestErrorsOfModulesHaveTheirPlaces wants lines of the file for its own scripts, and
// the address of a module otherwise.
func TestErrorsOfModulesHaveTheirPlaces(t *testing.T) {
	files := map[string]string{
		"code.example/throws.js":  "\nexport function f() {\n  throw new TypeError('inside')\n}",
		"code.example/broken.js":  "\n  let = (",
		"code.example/classic.js": "\n\nfunction broken() { null.x }",
		"code.example/page.js":    "<!DOCTYPE html><h1>gone</h1>",
	}
	for _, test := range []struct {
		name, script string
		want         []string
	}{
		{"thrown in a module", "<script type=\"module\">\nimport {f} from 'https://code.example/throws.js'\napi.export({setup() {}, run() {\n  f()\n}})\n</script>",
			[]string{"TypeError: inside", "p.imjoy.html:7:3", "at f (https://code.example/throws.js:3:"}},
		{"thrown in the plugin", "<script type=\"module\">\nimport {f} from 'https://code.example/throws.js'\napi.export({setup() {}, run() {\n\n    undefined.y\n}})\n</script>", []string{"TypeError", "p.imjoy.html:8:"}},
		{"a syntax error of a module", "<script type=\"module\">\nimport 'https://code.example/broken.js'\n</script>", []string{"SyntaxError", "https://code.example/broken.js:2:"}},
		{"a syntax error of the plugin", "<script type=\"module\">\nimport 'https://code.example/throws.js'\nconst = 1\n</script>", []string{"SyntaxError", "p.imjoy.html:6:7"}},
		{"a module that is not there", "<script type=\"module\">\nconst a = 1\nimport x from 'https://code.example/no.js'\n</script>", []string{"404", "p.imjoy.html:6:15"}},
		{"a page", "<script type=\"module\">\nimport 'https://code.example/page.js'\n</script>", []string{"is a page and not a script"}},
		{"a bare name", "<script type=\"module\">\nimport 'lodash'\n</script>", []string{`add "npm:lodash@VERSION" to the requirements`, "p.imjoy.html:5:8"}},
		{"a relative name", "<script type=\"module\">\nimport './x.js'\n</script>", []string{"a plugin is one file", "p.imjoy.html:5:8"}},
		{"a name that is not exported", "<script type=\"module\">\nimport {g} from 'https://code.example/throws.js'\ng()\n</script>", []string{`No matching export in "https://code.example/throws.js" for import "g"`, "p.imjoy.html:5:9"}},
		{"a script that was imported", "<script>\nimportScripts('https://code.example/classic.js')\napi.export({setup() {}, run() { broken() }})\n</script>", []string{"TypeError", "at broken (https://code.example/classic.js:3:", "p.imjoy.html:6:39"}},
		{"a private host", "<script type=\"module\">\nimport 'https://127.0.0.1:1/x.js'\n</script>", []string{"an address inside this machine", "p.imjoy.html:5:8"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			serveWeb(m, files, nil)
			m.write("p.imjoy.html", fmt.Sprintf(moduleConfig, "")+test.script)
			code, out, said := m.imjoy("run", "p.imjoy.html")
			if code != 1 || out != "" {
				t.Errorf("exit %d %s", code, out)
			}
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("no %q in\n%s", want, said)
				}
			}
		})
	}
}

// TestComputedAddressesNeedPermission lets a plugin load what its text names, and asks
// for the rest: an address can carry data away.
func TestComputedAddressesNeedPermission(t *testing.T) {
	m := newMachine(t)
	w := serveWeb(m, map[string]string{"data.example/secret.js": "self.stolen = 1", "code.example/helper.js": `export const get = (s) => import("https://data.example/" + s + ".js")`}, nil)
	for name, script := range map[string]string{
		"importScripts": "<script>\napi.export({setup() {}, run() { importScripts('https://data.example/' + 'secret.js'); return stolen }})\n</script>",
		"import":        "<script type=\"module\">\napi.export({setup() {}, async run() { await import('https://data.example/' + 'secret.js'); return stolen }})\n</script>",
		"in a module":   "<script type=\"module\">\nimport {get} from 'https://code.example/helper.js'\napi.export({setup() {}, async run() { await get('secret'); return stolen }})\n</script>",
	} {
		m.write("p.imjoy.html", fmt.Sprintf(moduleConfig, "")+script)
		before := w.requests.Load()
		code, _, said := m.imjoy("run", "p.imjoy.html")
		if name == "in a module" {
			before++ // the helper itself
		}
		if code == 0 || !strings.Contains(said, "--allow-net=data.example") || w.requests.Load() != before {
			t.Errorf("%s: exit %d, %d requests: %s", name, code, w.requests.Load()-before, said)
		}
		if code, out, said := m.imjoy("run", "p.imjoy.html", "--allow-net=data.example"); code != 0 || out != "1\n" {
			t.Errorf("%s, allowed: exit %d %s %s", name, code, out, said)
		}
		os.RemoveAll(m.env["IMJOY_HOME"])
	}
}

func TestFreezeTellsWhatIsLeft(t *testing.T) {
	m := newMachine(t)
	serveWeb(m, map[string]string{"code.example/first.js": "1"}, nil)
	m.write("p.imjoy.html", fmt.Sprintf(moduleConfig, `, "requirements": ["https://code.example/first.js", "https://code.example/gone.js"]`)+"<script>\nfetch('https://data.example/d.csv')\napi.export({setup() {}, run() {}})\n</script>\n")
	code, _, said := m.imjoy("freeze", "p.imjoy.html", "-o", "f.imjoy.html")
	if code != 1 || !strings.Contains(said, "not in the file: https://code.example/gone.js: ") || !strings.Contains(said, "(p.imjoy.html:2:") || !strings.Contains(said, "note: https://data.example/d.csv") {
		t.Errorf("exit %d %s", code, said)
	}
	code, out, _ := m.imjoy("freeze", "p.imjoy.html", "-o", "f.imjoy.html", "--json", "--vendor", "parts", "-q")
	var told struct {
		Version  int
		Complete bool
		Parts    []struct{ Kind, URL, SHA256 string }
		Left     []struct {
			URL, Why string
			Line     int
			Later    bool
		}
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 1 || told.Version != 1 || told.Complete || len(told.Parts) != 1 || len(told.Left) != 2 || told.Left[0].Line != 2 {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
	if files, _ := filepath.Glob(filepath.Join(m.dir, "work", "parts", "*")); len(files) != 2 {
		t.Errorf("vendored %v", files)
	}
	for _, args := range [][]string{{"freeze"}, {"freeze", "p.imjoy.html"}, {"freeze", "a", "b", "-o", "c"}, {"freeze", "p.imjoy.html", "-o", "x", "--format", "xml"}, {"freeze", "p.imjoy.html", "-o", "-", "--json"}, {"freeze", "p.imjoy.html", "-o", "x", "--cdn", "y"}, {"run", "p.imjoy.html", "--cdn", "y"}} {
		if code, _, _ := m.imjoy(args...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if code, _, said := m.imjoy("freeze", "no.imjoy.html", "-o", "x"); code != exitMissing {
		t.Errorf("exit %d %s", code, said)
	}
	if code, _, said := m.imjoy("freeze", "p.imjoy.html", "-o", "nowhere/x", "-q"); code != exitMissing {
		t.Errorf("exit %d %s", code, said)
	}
}

// TestFrozenPluginsBringTheirDependencies runs a plugin that calls another one, which
// calls a third, from one file.
func TestFrozenPluginsBringTheirDependencies(t *testing.T) {
	m := newMachine(t)
	w := serveWeb(m, map[string]string{"code.example/first.js": "var first = 'loaded'"}, nil)
	other := func(name, more, run string) string {
		return fmt.Sprintf("<config lang=\"json\">\n{\"name\": %q, \"type\": \"web-worker\", \"version\": \"1.0.0\", \"api_version\": \"0.1.8\", \"description\": \"d\"%s}\n</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run() { %s }})\n</script>\n", name, more, run)
	}
	m.write("A.imjoy.html", other("A", `, "dependencies": ["./B.imjoy.html"]`, "return (await (await api.getPlugin('B')).run()) + '!'"))
	m.write("B.imjoy.html", other("B", `, "dependencies": ["./C.imjoy.html"]`, "return 'B ' + await (await api.getPlugin('C')).run()"))
	m.write("C.imjoy.html", other("C", `, "requirements": ["https://code.example/first.js"]`, "return 'C ' + first"))
	if code, _, said := m.imjoy("freeze", "A.imjoy.html", "-o", "../outside/frozen.imjoy.html"); code != 0 {
		t.Fatalf("exit %d %s", code, said)
	}
	w.Close()
	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "another")
	if code, out, said := m.imjoy("run", "../outside/frozen.imjoy.html", "--offline"); code != 0 || out != "\"B C loaded!\"\n" {
		t.Errorf("exit %d %s %s", code, out, said)
	}
}

// TestCorpusModulePlugins runs the public plugins that are modules. The button they
// import is a part of a page; what stands for it here has the two members they ask for.
func TestCorpusModulePlugins(t *testing.T) {
	dir := corpus.Dir(t)
	m := newMachine(t)
	serveWeb(m, map[string]string{"cdn.jsdelivr.net/npm/@material/mwc-button@0.21.0/mwc-button.js/+esm": "export default class { static finalized = true; static styles = [] }"}, nil)
	for _, name := range []string{"testWorkerESModulePlugin", "testWindowESModulePlugin"} {
		text, err := os.ReadFile(filepath.Join(dir, "imjoy-team", "imjoy-core", "tests", name+".imjoy.html"))
		if err != nil {
			t.Fatal(err)
		}
		m.write(name+".imjoy.html", string(text))
		if code, _, said := m.imjoy("freeze", name+".imjoy.html", "-o", "f-"+name+".imjoy.html", "-q"); code != 0 {
			t.Errorf("%s: freeze: exit %d %s", name, code, said)
		}
		if name == "testWorkerESModulePlugin" {
			for _, file := range []string{name, "f-" + name} {
				if code, _, said := m.imjoy("run", file+".imjoy.html", "--method", "setup"); code != 0 {
					t.Errorf("%s: exit %d %s", file, code, said)
				}
			}
		}
	}
}
