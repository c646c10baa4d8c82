package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// foreign are what a page of another site could try against the workspace of a person
// who looks at both. WORKSPACE is its address, without the token; each returns what it got.
var foreign = map[string]string{
	"fetch":                 `return (await (await fetch(WORKSPACE)).text()).length`,
	"fetch without reading": `const r = await fetch(WORKSPACE + "app.js", {mode: "no-cors"}); return r.type !== "opaque" || r.status`,
	"fetch with cookies":    `return (await (await fetch(WORKSPACE, {credentials: "include"})).text()).length`,
	"post":                  `return (await fetch(WORKSPACE, {method: "POST", body: "{}", headers: {"Content-Type": "application/json"}})).status`,
	"script":                `return await load("script", "src", WORKSPACE + "app.js")`,
	"style":                 `return await load("link", "href", WORKSPACE + "app.css")`,
	"image":                 `return await load("img", "src", WORKSPACE + "icon.svg")`,
	"frame":                 `const f = await frame(WORKSPACE); return read(f) || f.contentWindow.length`,
	"frame of a plugin":     `const f = await frame(WORKSPACE.replace("127.0.0.1", "p-00000000000000000000000000000000.localhost") + "f/AAAA/"); return read(f) || f.contentWindow.length`,
	"socket":                `return await new Promise((yes, no) => { const s = new WebSocket(WORKSPACE.replace("http", "ws") + "ws"); s.onopen = () => yes("open"); s.onerror = no })`,
	"events":                `return await new Promise((yes, no) => { const s = new EventSource(WORKSPACE); s.onopen = () => yes("open"); s.onerror = no })`,
	"worker":                `return await new Promise((yes, no) => { const w = new Worker(WORKSPACE + "app.js"); w.onmessage = () => yes("ran"); w.onerror = no })`,
	"module":                `return Object.keys(await import(WORKSPACE + "app.js")).length + 1`,
	"window":                `const w = open(WORKSPACE); await new Promise((r) => setTimeout(r, 300)); return w && w.document && w.document.body.innerText.length`,
	"by another name":       `return (await (await fetch(WORKSPACE.replace("127.0.0.1", "localhost"))).text()).length`,
}

// Pages of other sites, open in the same browser, get nothing of the workspace.
func TestForeignPagesGetNothing(t *testing.T) {
	needsLong(t)
	address := serve(t, servedFolder(t, servedPlugins), ".")
	workspace, token, _ := strings.Cut(address, "#")
	tab := browse(t, address)
	until(t, tab, `document.querySelector(".item")`)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>elsewhere</title><body>x"))
	}))
	defer other.Close()
	if err := tab.Go(t.Context(), strings.Replace(other.URL, "127.0.0.1", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, `document.title === "elsewhere"`)
	text, err := tab.Evaluate(t.Context(), attempts(workspace))
	if err != nil {
		t.Fatal(err)
	}
	if tried, won := outcomeOf(t, text); tried != len(foreign) || len(won) > 0 {
		t.Errorf("of %d attempts these got something: %v", tried, won)
	}
	if token == "" || strings.Contains(string(text), token) {
		t.Error("no token, or it got out")
	}

	// The attempts do get something of a server that keeps nobody away.
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte("export {}"))
	}))
	defer open.Close()
	if text, err = tab.Evaluate(t.Context(), attempts(open.URL+"/")); err != nil {
		t.Fatal(err)
	}
	if _, won := outcomeOf(t, text); len(won) < 3 {
		t.Errorf("of a server that is open they got only %v", won)
	}
}

func outcomeOf(t *testing.T, text []byte) (tried int, won []string) {
	t.Helper()
	var result struct {
		Tried int
		Won   []string
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	return result.Tried, result.Won
}

// attempts is the script that tries all of it.
func attempts(workspace string) string {
	var script strings.Builder
	script.WriteString(`(async () => {
const load = (name, key, url) => new Promise((yes, no) => { const e = document.createElement(name); e.onload = () => yes("loaded"); e.onerror = no; if (name === "link") e.rel = "stylesheet"; e[key] = url; document.head.append(e) });
const frame = (url) => new Promise((yes) => { const f = document.createElement("iframe"); f.onload = () => yes(f); f.src = url; document.body.append(f); setTimeout(() => yes(f), 1000) });
const read = (f) => f.contentDocument && f.contentDocument.URL !== "about:blank" && f.contentDocument.URL;
const WORKSPACE = ` + inQuotes(workspace) + `, won = [];
const tries = {
`)
	for name, body := range foreign {
		script.WriteString(inQuotes(name) + ": async () => {" + body + "},\n")
	}
	script.WriteString(`};
await Promise.all(Object.keys(tries).map(async (name) => {
  let got;
  try { got = await Promise.race([tries[name](), new Promise((r) => setTimeout(r, 2000))]) } catch { /* refused */ }
  if (got) won.push(name + ": " + got);
}));
return {tried: Object.keys(tries).length, won};
})()`)
	return script.String()
}

func inQuotes(text string) string {
	q, _ := json.Marshal(text) // a string
	return string(q)
}
