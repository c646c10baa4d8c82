package main

import "testing"

// Every element of a form has its control, and the plugin gets what was chosen in its own
// type; a table of the result is sorted by its columns, and saved.
func TestFormsInTheBrowser(t *testing.T) {
	tab := browse(t, serve(t, servedFolder(t, map[string]string{"all.imjoy.html": `<config lang="json">
{"name": "All", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8",
 "ui": ["n: {id: 'n', type: 'number', min: 0, max: 9, placeholder: 4}", "c: {id: 'c', type: 'choose', options: [1, 'two', {label: 'Three', value: 3}], placeholder: 'two'}",
  "s: {id: 's', type: 'string', placeholder: 'word', prefix: 'a ', suffix: ' z'}", "k: {id: 'k', type: 'color', placeholder: [0, 1, 1]}",
  "b: {id: 'b', type: 'button', label: 'Push'}", "v: {id: 'v', type: 'variableName', placeholder: 'x1'}", "{id: 'i', type: 'instructions/comment', placeholder: 'Mind the gap'}"]}
</config>
<script lang="javascript">
api.export({setup() {}, run({config: {n, c, s, k, v, b}}) {
  return [{key: "n", got: JSON.stringify(n)}, {key: "c", got: JSON.stringify(c)}, {key: "s", got: s}, {key: "k", got: k}, {key: "v", got: v}, {key: "b", got: b ? b.type : "none"}];
}});
</script>
`}), "."))
	openPlugin(t, tab, "All")
	until(t, tab, `document.querySelector(".panel").innerText.includes("Mind the gap") && document.querySelector(".panel").innerText.includes("Push")`)
	until(t, tab, `document.querySelector(".panel input[type=number]").max === "9" && document.querySelector(".panel input[type=color]").value === "#ff0000"`)
	const row = `[...document.querySelectorAll(".run tbody tr")].map(r => [...r.cells].map(c => c.innerText).join("=")).join(" ")`
	do(t, tab, press)
	until(t, tab, row+` === 'n=4 c="two" s=word k=rgb(255,0,0) v=variable b=none'`)
	do(t, tab, `[...document.querySelectorAll(".panel button")].find(b => b.innerText === "Push").click()`)
	do(t, tab, `(() => { const s = [...document.querySelectorAll(".panel .fields select")][0]; s.selectedIndex = 2; s.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	do(t, tab, setField(".panel input[type=color]", "#102030"))
	do(t, tab, setField(".panel input[type=number]", "7.5"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, row+`.startsWith('n=7.5 c=3 s=word k=rgb(16,32,48) v=variable b=button')`)

	// Its columns sort up and down, and it is saved as CSV.
	do(t, tab, `document.querySelector(".run th button").click()`)
	until(t, tab, `document.querySelector(".run th").getAttribute("aria-sort") === "ascending" && document.querySelector(".run tbody td").innerText === "b"`)
	do(t, tab, `document.querySelector(".run th button").click()`)
	until(t, tab, `document.querySelector(".run tbody td").innerText === "v"`)
	do(t, tab, `window.saved = null; const make = URL.createObjectURL; URL.createObjectURL = b => { b.text().then(x => { window.saved = x }); return make.call(URL, b) }; [...document.querySelectorAll(".run button")].find(b => b.innerText === "Save as CSV").click()`)
	until(t, tab, `window.saved?.startsWith("key,got\r\nn,7.5\r\n")`)

	// The browser holds numbers to their limits: nothing runs.
	do(t, tab, setField(".panel input[type=number]", "12"))
	do(t, tab, `window.ran = document.querySelectorAll(".run").length; setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".panel input[type=number]:invalid") && document.querySelectorAll(".run").length === window.ran`)
}

// A form that misses what its plugin needs is not sent: each field says so, and stops saying
// so when it has something. A button to save and a list of operations have no value.
func TestFormsSayWhatIsMissing(t *testing.T) {
	needsLong(t)
	tab := browse(t, serve(t, servedFolder(t, map[string]string{"wants.imjoy.html": `<config lang="json">
{"name": "Wants", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8",
 "ui": ["{type: 'save', label: 'Save all'}", "then {id: 'o', type: 'ops'}", "s: {id: 's', type: 'string', placeholder: 'word'}"],
 "inputs": {"type": "object", "properties": {"table": {"type": "file"}, "n": {"type": "number"}, "list": {"type": "array"}, "note": {"type": "string"}}, "required": ["table", "n", "list"]}}
</config>
<script lang="javascript">
api.export({setup() {}, run({config, data}) { return JSON.stringify([Object.keys(config).sort().join(), data.table.name, data.n, data.list, data.note === undefined]) }});
</script>
`}), "."))
	openPlugin(t, tab, "Wants")
	until(t, tab, `document.querySelectorAll(".panel .fields .field").length === 6 && document.querySelectorAll(".panel .fields input[type=text]").length === 2`) // s, note
	until(t, tab, `document.querySelector(".panel output").innerText === "no operations"`)
	until(t, tab, `!document.querySelector(".panel .field.data")`) // each part of its data has a field
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	const wrong = `[...document.querySelectorAll(".panel .wrong")].map(f => f.querySelector("span").innerText[0] + ":" + f.querySelector("[role=alert]").innerText.split(" ")[0]).join()`
	until(t, tab, wrong+` === "t:Choose,n:Fill,l:Fill"`)
	until(t, tab, `document.activeElement.type === "file" && !document.querySelector(".run")`)
	do(t, tab, chooseFile(".panel input[type=file]", "cells.csv", "a,b"))
	until(t, tab, wrong+` === "n:Fill,l:Fill"`)
	until(t, tab, `document.querySelectorAll(".panel .fields output").length === 1`) // the field itself tells the file's name
	do(t, tab, setField(".panel input[type=number]", "2"))
	do(t, tab, setField(".panel textarea", "[1,"))
	until(t, tab, `document.querySelector(".panel .wrong [role=alert]")?.innerText.includes("JSON")`)
	do(t, tab, press)
	do(t, tab, setField(".panel textarea", "[1, 2]"))
	until(t, tab, wrong+` === "" && !document.querySelector(".run")`)
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes('["o,s,type","cells.csv",2,[1,2],true]')`)
	until(t, tab, `document.querySelector(".panel .field.data select option:nth-child(2)")?.innerText.startsWith("Wants") && !document.querySelector(".panel .field.data button, .panel .field.data output")`)
}

// chooseFile has a person choose a file in a field; text is JavaScript of its content.
func chooseFile(selector, name, text string) string {
	return `(() => {
  const data = new DataTransfer(), input = document.querySelector("` + selector + `");
  data.items.add(new File([` + "`" + text + "`" + `], "` + name + `"));
  input.files = data.files;
  input.dispatchEvent(new Event("change", {bubbles: true}));
})()`
}
