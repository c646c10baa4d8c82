package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
)

// A plugin that uses what only browsers have is told where it runs, however it writes
// the name; what is defined nowhere, and what works here, is told nothing.
func TestAbsentGlobalsNameTheWay(t *testing.T) {
	const (
		inWorker = "`imjoy run --browser`"
		inPage   = "`imjoy run --browser --js-engine=frame`"
	)
	for script, want := range map[string]string{
		"document.title": inPage, "window.x": inPage, "class A extends HTMLElement {}": inPage, "localStorage.getItem('a')": inPage,
		"new DOMParser()": inPage, "alert(1)": inPage, "customElements.define('a-b', class {})": inPage, "new AudioContext()": inPage,
		"new Intl.NumberFormat('de')": inWorker, "WebAssembly.compile(new Uint8Array(8))": inWorker, "new Worker('x.js')": inWorker,
		"new XMLHttpRequest()": inWorker, "new WebSocket('wss://x')": inWorker, "indexedDB.open('x')": inWorker, "new OffscreenCanvas(1, 1)": inWorker,
		"new ReadableStream()": inWorker, "new FontFace('a', 'b')": inWorker, "reportError(1)": inWorker, "Iterator.from([])": inWorker,
		"self.document.title": inPage, "new self.Worker('x.js')": inWorker, "globalThis.Intl.DateTimeFormat": inWorker, "self.alert(1)": inPage, "self?.localStorage.clear()": inPage,
		"new Response('a').body": inWorker, "new Blob(['a']).stream()": inWorker, "URL.createObjectURL(new Blob([]))": inWorker,
		"crypto.subtle.encrypt({}, 1, 1)": inWorker, "(1).toLocaleString('de')": inWorker,
		"new SharedArrayBuffer(8)": "use an ArrayBuffer",
		"absent()":                 "", "self.absent.x": "", "null.document": "",
	} {
		p := mustOpen(t, js("api.export({async run() {\n  return await ("+script+")\n}})"), engine.Options{})
		_, err := p.Call(t.Context(), "run")
		var thrown *engine.ScriptError
		if !errors.As(err, &thrown) || !strings.Contains(thrown.Message, want) || want == "" && strings.Contains(thrown.Message, "browser") {
			t.Errorf("%s: %v", script, err)
		}
	}
}
