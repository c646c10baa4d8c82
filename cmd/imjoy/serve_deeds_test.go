package main

import "testing"

// dropFile drops a file of a name and a text somewhere on the page.
func dropFile(name, text string) string {
	return `(() => {
  const data = new DataTransfer();
  data.items.add(new File([` + "`" + text + "`" + `], "` + name + `", {type: "text/csv"}));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
})()`
}

// What people do with files, arrays and plugins that take too long.
func TestDropsSlicesAndCancel(t *testing.T) {
	needsLong(t)
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"rows.imjoy.html": `<config lang="json">
{"name": "Rows", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "inputs": {"file": {"ext": [".csv"]}}}
</config>
<script lang="javascript">
api.export({setup() {}, async run(ctx) { return ctx.data.name + " has " + ctx.data.size + " bytes" }});
</script>
`,
		"stack.imjoy.html": `<config lang="json">
{"name": "Stack", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "inputs": {"file": {"ext": [".tif"]}}}
</config>
<script lang="javascript">
api.export({setup() {}, run() {
  const pixels = new Uint8Array(3 * 2 * 5 * 7);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.floor(i / 35) * 50;
  return {_rtype: "ndarray", _rvalue: pixels.buffer, _rshape: [3, 2, 5, 7], _rdtype: "uint8"};
}});
</script>
`,
		"forever.imjoy.html": `<config lang="json">
{"name": "Forever", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({setup() {}, run() { api.showStatus("round and round"); for (;;); }});
</script>
`,
	}), "."))
	until(t, tab, `document.querySelectorAll(".item").length === 3`)

	// A file is offered to the plugins that say they take it, and to no other.
	do(t, tab, dropFile("cells.csv", "a,b,c"))
	until(t, tab, `document.querySelector(".drop h2")?.innerText === "cells.csv"`)
	until(t, tab, `[...document.querySelectorAll(".drop .row button")].map(b => b.innerText).join() === "Rows,Cancel"`)
	do(t, tab, `document.querySelector(".drop .row button").click()`)
	until(t, tab, `document.querySelector(".panel output")?.innerText === "cells.csv" && !document.querySelector(".drop")`)
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("cells.csv has 5 bytes")`)
	do(t, tab, dropFile("song.mp3", "la"))
	until(t, tab, `document.querySelector(".drop")?.innerText.includes("No plugin here says that it takes such a file.")`)
	do(t, tab, `document.querySelector(".drop button").click()`)

	// Each slider moves along its own axis.
	openPlugin(t, tab, "Stack")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run canvas")?.width === 7 && document.querySelector(".run canvas").height === 5`)
	const grey = `document.querySelector(".run canvas").getContext("2d").getImageData(6, 4, 1, 1).data[0]`
	for _, slice := range []struct{ first, second, grey string }{{"0", "0", "0"}, {"2", "0", "204"}, {"0", "1", "51"}, {"2", "1", "255"}} {
		do(t, tab, `const set = (i, n) => { const s = document.querySelectorAll(".run .picture-tools > .slide input")[i]; s.value = n; s.dispatchEvent(new Event("input", {bubbles: true})) };
			set(0, `+slice.first+`); setTimeout(() => set(1, `+slice.second+`), 50)`)
		until(t, tab, `[...document.querySelectorAll(".run .slide output")].map(o => o.innerText).join() === "`+slice.first+`,`+slice.second+`"`)
		until(t, tab, grey+` === `+slice.grey)
	}

	// A plugin that never ends is ended, and the page goes on.
	openPlugin(t, tab, "Forever")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".bar")?.innerText.includes("round and round")`)
	do(t, tab, `[...document.querySelectorAll(".run")].find(r => r.querySelector(".working")).querySelector("button").click()`)
	until(t, tab, `[...document.querySelectorAll(".run.failed")].some(r => /cancel/i.test(r.innerText)) && !document.querySelector(".working")`)
	openPlugin(t, tab, "Stack")
	do(t, tab, press)
	until(t, tab, `document.querySelectorAll(".run canvas").length === 2`)
}
