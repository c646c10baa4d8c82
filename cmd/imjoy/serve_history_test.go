package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Runs are shown below their plugin, can be opened and repeated with what they got, and
// tell that the plugin has changed since.
func TestEarlierRunsInTheBrowser(t *testing.T) {
	needsLong(t)
	script := `<config lang="json">
{"name": "Sum", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "n: {id: 'n', type: 'number', placeholder: 4}"}
</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { if (ctx.config.n < 0) throw new Error("below zero"); return {_rtype: "ndarray", _rdtype: "float32", _rshape: [2], _rvalue: new Float32Array([ctx.config.n, 40]).buffer} }});
</script>
`
	dir := servedFolder(t, map[string]string{"sum.imjoy.html": script})
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Sum")
	for _, n := range []string{"7", "-2"} {
		do(t, tab, `const n = document.querySelector(".panel input[type=number]"); n.value = "`+n+`"; n.dispatchEvent(new Event("input", {bubbles: true}))`)
		until(t, tab, `document.querySelector(".panel input[type=number]").value === "`+n+`"`)
		do(t, tab, `document.querySelector(".panel button.main").click()`)
		until(t, tab, `document.querySelector(".run") && !document.querySelector(".working") && !document.querySelector(".panel button.main").disabled`)
		do(t, tab, `document.querySelector(".run [aria-label='Remove this result']").click()`)
		until(t, tab, `!document.querySelector(".run")`)
	}
	// A page that is loaded anew knows only what the host kept.
	do(t, tab, `window.before = true; location.reload()`)
	until(t, tab, `!window.before && document.querySelector(".item")`)
	openPlugin(t, tab, "Sum")
	until(t, tab, `document.querySelector(".history small")?.textContent === "2"`)
	do(t, tab, `document.querySelector(".history button").click()`)
	const row = `document.querySelectorAll(".history tbody tr")`
	until(t, tab, row+`.length === 2`)
	until(t, tab, row+`[0].innerText.includes("n=-2") && `+row+`[0].innerText.includes("error") && `+row+`[0].innerText.includes("as now")`)
	until(t, tab, row+`[1].innerText.includes("n=7") && `+row+`[1].innerText.includes("ok")`)
	do(t, tab, row+`[1].querySelectorAll("button")[0].click()`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("float32 2, 7 to 40")`)
	do(t, tab, row+`[0].querySelectorAll("button")[0].click()`)
	until(t, tab, `document.querySelector(".run.failed")?.innerText.includes("below zero")`)
	do(t, tab, row+`[1].querySelectorAll("button")[1].click()`)
	until(t, tab, row+`.length === 3 && `+row+`[0].innerText.includes("n=7")`)

	changed := strings.Replace(script, "[ctx.config.n, 40]", "[ctx.config.n, 50]", 1)
	if err := os.WriteFile(filepath.Join(dir, "sum.imjoy.html"), []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	until(t, tab, row+`[2].innerText.includes("changed since")`)

	// Cleared, they are gone for good: from the page, and from the disk.
	do(t, tab, `[...document.querySelectorAll(".history .head button")].find(b => b.innerText === "Clear history").click()`)
	until(t, tab, `document.querySelector("dialog.ask")?.innerText.includes("Forget the earlier runs of Sum?")`)
	do(t, tab, `document.querySelector("dialog.ask .quiet").click()`)
	until(t, tab, `!document.querySelector("dialog.ask") && `+row+`.length === 3`) // a no is a no
	do(t, tab, `[...document.querySelectorAll(".history .head button")].find(b => b.innerText === "Clear history").click()`)
	until(t, tab, `document.querySelector("dialog.ask")`)
	do(t, tab, `document.querySelector("dialog.ask .main").click()`)
	until(t, tab, `!document.querySelector(".history")`)
	do(t, tab, `window.before = true; location.reload()`)
	until(t, tab, `!window.before && document.querySelector(".item")`)
	openPlugin(t, tab, "Sum")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".history small")?.textContent === "1"`)
}
