package main

import (
	"strings"
	"testing"
)

// windowedPlugins are a chain with a window: an array goes into it, and what its run
// returns goes on.
var windowedPlugins = map[string]string{
	"make.imjoy.html": `<config lang="json">{"name": "Make", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "n {id: 'n', type: 'number', placeholder: 4000000}"}</config>
<script lang="javascript">
api.export({setup() {}, async run(ctx) {
  await api.showProgress(50)
  return {a: {_rtype: "ndarray", _rdtype: "float32", _rshape: [ctx.config.n], _rvalue: new Float32Array(ctx.config.n).fill(2).buffer}}
}})
</script>
`,
	"look.imjoy.html": `<config lang="json">{"name": "Look", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "defaults": {"w": 12, "h": 6}}</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) {
  if (!ctx.data) throw new Error("nothing to look at")
  const a = new Float32Array(ctx.data.a._rvalue), sum = a.reduce((s, x) => s + x, 0)
  document.getElementById("out").textContent = "sum " + sum
  return {sum, n: ctx.data.a._rshape[0], page: typeof document}
}})
</script>
<window><p id="out">empty</p></window>
`,
	"half.imjoy.html": `<config lang="json">{"name": "Half", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="javascript">api.export({setup() {}, run(ctx) { return ctx.data.sum / 2 + " of " + ctx.data.n + " in a " + ctx.data.page }})</script>
`,
	"middle.workflow.yaml": "version: 1\nname: Middle\nsteps:\n  - make.imjoy.html\n  - {id: look, plugin: look.imjoy.html}\n  - half.imjoy.html\n",
	"last.workflow.yaml":   "version: 1\nname: Last\nsteps:\n  - make.imjoy.html\n  - look.imjoy.html\n",
	"fails.workflow.yaml":  "version: 1\nname: Fails\nsteps:\n  - {plugin: look.imjoy.html}\n  - half.imjoy.html\n",
}

// A window is a step as any other, the last one or in the middle, without a person.
func TestWindowsInWorkflowsHeadless(t *testing.T) {
	needsLong(t)
	m := paged(t)
	for name, text := range windowedPlugins {
		m.write(name, text)
	}
	for args, want := range map[string]string{
		"middle.workflow.yaml":              `"4000000 of 4000000 in a object"`,
		"middle.workflow.yaml n=16":         `"16 of 16 in a object"`,
		"last.workflow.yaml":                `{"sum":8000000,"n":4000000,"page":"object"}`,
		"last.workflow.yaml --json 1.n=100": `"plugin":"Look"`,
	} {
		code, out, said := m.imjoy(append([]string{"run", "--headless", "--offline"}, strings.Fields(args)...)...)
		if code != exitFine || !strings.Contains(out, want) || !strings.Contains(said, "step 2 of ") {
			t.Errorf("%s: exit code %d, %s%s", args, code, out, said)
		}
	}
	code, out, said := m.imjoy("run", "fails.workflow.yaml", "--headless", "--offline")
	if code != exitFindings || out != "" || !strings.Contains(said, "step 1 of 2 (1) failed") || !strings.Contains(said, "nothing to look at") || !strings.Contains(said, "look.imjoy.html:4:") {
		t.Errorf("a window that fails: exit code %d, %s%s", code, out, said)
	}
}

// In the page the window opens, shows what it got, and stays; the workflow goes on.
func TestWindowsInWorkflowsInTheBrowser(t *testing.T) {
	needsLong(t)
	tab := browse(t, serve(t, servedFolder(t, windowedPlugins), "."))
	openPlugin(t, tab, "Middle")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("4000000 of 4000000 in a object")`)
	until(t, tab, `document.querySelectorAll("iframe").length === 1`)
	until(t, tab, `[...document.querySelectorAll(".run .answers summary b")].map(b => b.innerText).join() === "Make,Look"`)
	openPlugin(t, tab, "Last")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run[aria-label='Run of Last']")?.innerText.includes("8000000")`)
	until(t, tab, `document.querySelectorAll("iframe").length === 2`) // each run has its own
	openPlugin(t, tab, "Fails")
	do(t, tab, press)
	until(t, tab, `/step 1 of 2: Look[^]*nothing to look at/.test(document.querySelector(".run.failed .fault")?.innerText)`)
}
