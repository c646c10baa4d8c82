package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// advisedRun is the way to run a plugin that an error names.
var advisedRun = regexp.MustCompile("`imjoy run --browser( --js-engine=frame)?`")

// uses are what a browser has and goja does not, used.
const uses = `
const uses = {
  document: () => document.createElement("p").tagName,
  window: () => typeof window.innerWidth,
  HTMLElement() { class X extends HTMLElement {}; customElements.define("x-y", X); return new X().tagName },
  localStorage() { localStorage.setItem("a", 1); return localStorage.getItem("a") },
  DOMParser: () => new DOMParser().parseFromString("<b>x</b>", "text/html").body.textContent,
  inSelf: () => typeof self.document.title,
  Intl: () => new Intl.NumberFormat("de").format(1234.5),
  WebAssembly: async () => typeof (await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))).instance,
  Worker: () => new Promise((resolve) => { new Worker(address("postMessage(6 * 7)")).onmessage = (e) => resolve(e.data) }),
  XMLHttpRequest: () => new Promise((resolve) => {
    const x = new XMLHttpRequest()
    x.onload = () => resolve(x.responseText)
    x.open("GET", address("text"))
    x.send()
  }),
  indexedDB: () => new Promise((resolve) => { indexedDB.open("a").onsuccess = () => resolve("open") }),
  OffscreenCanvas() { const c = new OffscreenCanvas(2, 1).getContext("2d"); c.fillRect(0, 0, 2, 1); return c.getImageData(0, 0, 1, 1).data[3] },
  createImageBitmap: async () => (await createImageBitmap(new ImageData(3, 2))).width,
  ReadableStream: async () => (await new Blob(["abc"]).stream().getReader().read()).value.length,
  body: async () => (await new Response("abcd").body.getReader().read()).value.length,
  encrypt: async () => (await crypto.subtle.generateKey({name: "AES-GCM", length: 128}, true, ["encrypt"])).type,
  toLocaleString: () => (1234.5).toLocaleString("de"),
  Atomics: () => Atomics.add(new Int32Array(1), 0, 5),
  WebSocket: () => WebSocket.OPEN,
}
const address = (text) => URL.createObjectURL(new Blob([text]))
api.export({setup() {}, ...uses, names: () => Object.keys(uses), async each(names) {
  const answers = {}
  for (const name of names) answers[name] = await uses[name]()
  return answers
}})`

// Each error of something that is not there names how to run the plugin, and so it runs.
func TestAdviceOfAbsentGlobals(t *testing.T) {
	if os.Getenv("IMJOY_LONG") == "" {
		t.Skip("IMJOY_LONG is not set: this test starts browsers")
	}
	m := paged(t)
	m.where("web-worker", "javascript", uses)
	var all []string
	if _, out, said := m.imjoy("run", "where.imjoy.html", "--method", "names"); json.Unmarshal([]byte(out), &all) != nil || len(all) < 15 {
		t.Fatal(out, said)
	}
	ways := map[string][]string{}
	for _, name := range all {
		code, _, said := m.imjoy("run", "where.imjoy.html", "--method", name)
		way := advisedRun.FindStringSubmatch(said)
		if code != exitFindings || way == nil {
			t.Fatalf("%s: exit code %d, %s", name, code, said)
		}
		ways[way[1]] = append(ways[way[1]], name)
	}
	got := map[string]any{}
	for flag, names := range ways {
		list, err := json.Marshal([]any{names})
		if err != nil {
			t.Fatal(err)
		}
		args := append([]string{"run", "where.imjoy.html", "--method", "each", "--args", string(list), "--headless"}, strings.Fields(flag)...)
		code, out, said := m.imjoy(args...)
		if code != exitFine || json.Unmarshal([]byte(out), &got) != nil {
			t.Errorf("%v: exit code %d, %s%s", names, code, out, said)
		}
	}
	want := `{"Atomics":0,"DOMParser":"x","HTMLElement":"X-Y","Intl":"1.234,5","OffscreenCanvas":255,"ReadableStream":3,"WebAssembly":"object","WebSocket":1,"Worker":42,"XMLHttpRequest":"text",` +
		`"body":4,"createImageBitmap":3,"document":"P","encrypt":"secret","inSelf":"string","indexedDB":"open","localStorage":"1","toLocaleString":"1.234,5","window":"number"}`
	if text, _ := json.Marshal(got); string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// A worker of a browser has no page either: its errors name the frame, where the plugin
// runs as one of type iframe would, and is still the web-worker that it says it is.
func TestRunWorkersInAFrame(t *testing.T) {
	if os.Getenv("IMJOY_LONG") == "" {
		t.Skip("IMJOY_LONG is not set: this test starts browsers")
	}
	m := paged(t)
	m.where("web-worker", "javascript", `api.export({setup() {}, run: async (ctx) => [document.contentType, ctx.data, api.config.type, (await api.echo(new Float32Array([1, 2])))[1]]})`)
	if code, _, said := m.imjoy("run", "where.imjoy.html", "--js-engine=browser"); code != exitFindings || !strings.Contains(said, "document is not defined") || advisedRun.FindStringSubmatch(said) == nil {
		t.Errorf("in a worker: exit code %d, %s", code, said)
	}
	if code, out, said := m.imjoy("run", "where.imjoy.html", "--js-engine=frame", "--data", "[3]"); code != exitFine || out != `["text/html",[3],"web-worker",2]`+"\n" {
		t.Errorf("in a frame: exit code %d, %s%s", code, out, said)
	}
}
