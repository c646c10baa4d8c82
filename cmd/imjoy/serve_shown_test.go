package main

import "testing"

// What plugins show while they run and afterwards, and the files that they ask for.
func TestProgressContrastAndFiles(t *testing.T) {
	needsLong(t)
	worker := func(name, extra, run string) string {
		return `<config lang="json">
{"name": "` + name + `", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"` + extra + `}
</config>
<script lang="javascript">
api.export({setup() {}, async run(ctx) { ` + run + ` }});
</script>
`
	}
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"counts.imjoy.html": worker("Counts", "", `await api.showProgress(40); await api.confirm("Go on?"); await api.showProgress(75); await api.confirm("And on?"); await api.showProgress(100); await api.confirm("Done?"); return "counted"`),
		"grey.imjoy.html":   worker("Grey", "", `return {_rtype: "ndarray", _rvalue: new Uint8Array([0, 100, 200, 255]).buffer, _rshape: [2, 2], _rdtype: "uint8"}`),
		"picks.imjoy.html":  worker("Picks", "", `const files = await api.showFileDialog({title: "Which cells?", mode: "single"}); const file = await (await api.getFileManager()).getFile({path: files[0].path}); return files.length + " " + files[0].name + " " + await file.text()`),
		"sums.imjoy.html":   worker("Sums", `, "inputs": {"type": "object", "properties": {"image": {"type": "ndarray"}}}`, `const a = ctx.data.image; return [a._rdtype, a._rshape.join("x"), new Float32Array(a._rvalue.buffer || a._rvalue).reduce((x, y) => x + y, 0)].join(" ")`),
	}), "."))

	// Progress is a bar as long as there is some to be made.
	openPlugin(t, tab, "Counts")
	do(t, tab, press)
	for _, value := range []string{"0.4", "0.75"} {
		until(t, tab, `document.querySelector("dialog.ask") && document.querySelector(".bar progress")?.value === `+value)
		do(t, tab, `document.querySelector("dialog.ask .main").click()`)
	}
	until(t, tab, `document.querySelector("dialog.ask")?.innerText.includes("Done?") && !document.querySelector(".bar progress")`)
	do(t, tab, `document.querySelector("dialog.ask .main").click()`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("counted")`)

	// The sliders of an image say which values are black and white.
	openPlugin(t, tab, "Grey")
	do(t, tab, press)
	const grey = `[...document.querySelector(".run canvas").getContext("2d").getImageData(0, 0, 2, 2).data].filter((_, i) => i % 4 === 0).join()`
	until(t, tab, `document.querySelector(".run canvas") && `+grey+` === "0,100,200,255"`)
	slide := func(name, value string) {
		t.Helper()
		do(t, tab, `const label = [...document.querySelectorAll(".run .slide")].find(l => l.innerText.startsWith("`+name+`")), s = label.querySelector("input");
			s.value = `+value+`; s.dispatchEvent(new Event("input", {bubbles: true}))`)
	}
	slide("bright", "170")
	until(t, tab, grey+` === "0,150,255,255"`)
	slide("dark", "100")
	until(t, tab, grey+` === "0,0,255,255"`)

	// A file that a plugin asks for is chosen in a dialog with its words.
	openPlugin(t, tab, "Picks")
	do(t, tab, press)
	until(t, tab, `document.querySelector("dialog.ask h2")?.innerText.includes("Which cells?") && !document.querySelector("dialog.ask input[type=file]").multiple`)
	do(t, tab, chooseFile("dialog.ask input[type=file]", "cells.csv", "a,b"))
	do(t, tab, `setTimeout(() => document.querySelector("dialog.ask .main").click(), 50)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("1 cells.csv a,b")`)

	// A file of an array is an array to the plugin that wants one.
	openPlugin(t, tab, "Sums")
	do(t, tab, `(() => {
  const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n";
  const bytes = new Uint8Array([0x93, ...[..."NUMPY"].map((c) => c.charCodeAt()), 1, 0, head.length, 0, ...[...head].map((c) => c.charCodeAt()), ...new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6.5]).buffer)]);
  const data = new DataTransfer(), input = document.querySelector(".panel .fields input[type=file]");
  data.items.add(new File([bytes], "image.npy"));
  input.files = data.files;
  input.dispatchEvent(new Event("change", {bubbles: true}));
})()`)
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("float32 2x3 21.5")`)
}
