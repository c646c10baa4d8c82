package main

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// A plugin that wants the network asks in the page, by name, and a no is a no.
func TestPermissionsAreAskedInThePage(t *testing.T) {
	asked := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		_, _ = w.Write([]byte("from elsewhere"))
	}))
	defer elsewhere.Close()
	host := strings.TrimPrefix(elsewhere.URL, "http://")
	wants := func(name string) string {
		return `<config lang="json">
{"name": "` + name + `", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "permissions": ["net:` + host + `"]}
</config>
<script lang="javascript">
api.export({setup() {}, async run() { return await (await fetch("` + elsewhere.URL + `/` + name + `")).text() }});
</script>
`
	}
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"far.imjoy.html": wants("Far"), "near.imjoy.html": wants("Near"),
	}), ".", "--offline=false"))
	answer := func(name, word string) {
		openPlugin(t, tab, name)
		do(t, tab, press)
		until(t, tab, `document.querySelector("dialog.ask h2")?.innerText.includes("`+name+`") && document.querySelector("dialog.ask").innerText.includes("`+host+`")`)
		do(t, tab, `[...document.querySelectorAll("dialog.ask button")].find(b => b.innerText === "`+word+`").click()`)
		until(t, tab, `!document.querySelector("dialog.ask") && !document.querySelector(".working")`)
	}
	answer("Far", "No")
	until(t, tab, `document.querySelector(".run.failed")?.innerText.includes("`+host+`")`)
	if len(asked) > 0 {
		t.Fatalf("it was refused, and asked for %s", <-asked)
	}
	answer("Near", "This time")
	until(t, tab, `document.querySelector(".run:not(.failed)")?.innerText.includes("from elsewhere")`)
	if path := <-asked; path != "/Near" {
		t.Errorf("%s was asked for", path)
	}
}

// A window gives an array to a Python plugin, and has another one back.
func TestWindowCallsPython(t *testing.T) {
	if out, err := exec.Command("python3", "-c", "import numpy").CombinedOutput(); err != nil {
		t.Skipf("python3 with numpy is not here: %s", out)
	}
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"half.imjoy.html": `<config lang="json">
{"name": "Half", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="python">
from imjoy import api
class Half:
    def setup(self):
        pass
    def run(self, ctx):
        pass
    def halve(self, a):
        assert a.shape == (2, 3) and str(a.dtype) == "float32", (a.shape, a.dtype)
        return a.T / 2
api.export(Half())
</script>
`,
		"asks.imjoy.html": `<config lang="json">
{"name": "Asks", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">
api.export({setup() {}, async run() {
  const half = await api.getPlugin("Half");
  const b = await half.halve({_rtype: "ndarray", _rvalue: new Float32Array([2, 4, 6, 8, 10, 12]).buffer, _rshape: [2, 3], _rdtype: "float32"});
  const numbers = new Float32Array(b._rvalue instanceof ArrayBuffer ? b._rvalue : b._rvalue.slice().buffer);
  return {shape: b._rshape.join("x"), type: b._rdtype, numbers: [...numbers].join(" ")};
}});
</script>
`}), "."))
	openPlugin(t, tab, "Asks")
	do(t, tab, press)
	until(t, tab, `/shape 3x2\s+type float32\s+numbers 1 4 2 5 3 6/.test(document.querySelector(".run")?.innerText)`)
}
