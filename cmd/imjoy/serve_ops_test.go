package main

import "testing"

// The ops that a plugin registers are shown with their forms and run.
func TestOpsInTheBrowser(t *testing.T) {
	script := `<config lang="json">
{"name": "Ops", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({async setup() {
  await api.register({name: "Times", ui: [{By: {id: "by", type: "number", placeholder: 3}}], run: ctx => "times " + 2 * ctx.config.by});
}, run() { return "plain" }});
</script>
`
	tab := browse(t, serve(t, servedFolder(t, map[string]string{"ops.imjoy.html": script}), "."))
	openPlugin(t, tab, "Ops")
	do(t, tab, `document.querySelector(".ops button").click()`)
	until(t, tab, `document.querySelector(".op")?.innerText.includes("Times")`)
	do(t, tab, `const n = document.querySelector(".op input[type=number]"); n.value = "21"; n.dispatchEvent(new Event("input", {bubbles: true}))`)
	do(t, tab, `setTimeout(() => document.querySelector(".op button.main").click(), 100)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("times 42")`)
	until(t, tab, `document.querySelector(".run h2").textContent === "Ops: Times"`)
	// It is remembered as that op, and repeated as it.
	until(t, tab, `document.querySelector(".history button")`)
	do(t, tab, `document.querySelector(".history button").click()`)
	until(t, tab, `document.querySelector(".history code")?.textContent === "--op Times by=21"`)
	do(t, tab, `document.querySelector(".run [aria-label='Remove this result']").click()`)
	until(t, tab, `!document.querySelector(".run")`)
	do(t, tab, `document.querySelectorAll(".history tbody button")[1].click()`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("times 42")`)
}

// TestWindowsStayWhereTheyAre: choosing another plugin does not load a window anew, which
// would forget what it is doing.
func TestWindowsStayWhereTheyAre(t *testing.T) {
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"calc.imjoy.html": servedPlugins["calc.imjoy.html"],
		"slow.imjoy.html": `<config lang="json">
{"name": "Slow", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">
api.export({setup() {}, run() { return new Promise(r => setTimeout(() => r("it came to its end"), 2500)) }});
</script>
`,
	})))
	openPlugin(t, tab, "Slow")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `document.querySelector(".window")?.dataset.state === "ready" && document.querySelector(".working")`)
	openPlugin(t, tab, "Calc")
	openPlugin(t, tab, "Slow")
	openPlugin(t, tab, "Calc")
	until(t, tab, `[...document.querySelectorAll(".run")].some(r => r.innerText.includes("it came to its end"))`)
}

// TestPluginsLinkToTheirDocs: the form of a plugin leads to its page of the docs that are
// served beside it.
func TestPluginsLinkToTheirDocs(t *testing.T) {
	dir := servedFolder(t, map[string]string{"a.imjoy.html": `<docs>
# How Alpha works
</docs>
<config lang="json">
{"name": "Alpha One", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({setup() {}, run() { return 1 }});
</script>
`})
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Alpha One")
	until(t, tab, `document.querySelector(".panel a.docs")?.pathname === "/docs/plugins/alpha-one.html"`)
	do(t, tab, `location = document.querySelector(".panel a.docs").href`)
	until(t, tab, `document.body.innerText.includes("How Alpha works")`)
}
