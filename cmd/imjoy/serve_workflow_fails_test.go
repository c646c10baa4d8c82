package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// countedPlugins count in their log how often they run, and the second fails as long as it
// is told to.
var countedPlugins = map[string]string{
	"make.imjoy.html": `<config lang="json">{"name": "Make", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "n {id: 'n', type: 'number', placeholder: 3}"}</config>
<script lang="javascript">
let runs = 0
api.export({setup() {}, run(ctx) { runs++; return {n: ctx.config.n, runs, text: "made " + runs} }})
</script>
`,
	"check.imjoy.html": `<config lang="json">{"name": "Check", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "least {id: 'least', type: 'number', placeholder: 5}"}</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { if (ctx.data.n < ctx.config.least) throw new RangeError("only " + ctx.data.n); return ctx.data }})
</script>
`,
	"tell.imjoy.html": `<config lang="json">{"name": "Tell", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { return "n " + ctx.data.n + ", made " + ctx.data.runs }})
</script>
`,
	"flow.workflow.yaml": "version: 1\nname: Flow\nsteps:\n  - {id: make, plugin: make.imjoy.html}\n  - {id: check, plugin: check.imjoy.html}\n  - {id: tell, plugin: tell.imjoy.html}\n",
}

// A workflow that fails keeps the answers of the steps before, over a reload too, and goes
// on from the step that failed; steps that have changed since run again.
func TestFailedWorkflowsGoOn(t *testing.T) {
	needsLong(t)
	dir := servedFolder(t, countedPlugins)
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Flow")
	const n, least = `.panel .fields .field:nth-child(1) input`, `.panel .fields .field:nth-child(2) input`
	const card = `document.querySelector(".run")?.innerText`
	do(t, tab, press)
	until(t, tab, `/step 2 of 3: Check[^]*RangeError: only 3/.test(document.querySelector(".run.failed .fault")?.innerText)`)
	until(t, tab, `[...document.querySelectorAll(".run .answers summary")].map(s => s.innerText.split(" ")[0]).join() === "Make"`)
	do(t, tab, `document.querySelector(".run .answers summary").click()`)
	until(t, tab, card+`.includes("made 1")`)
	until(t, tab, `document.querySelector(".run .resume").innerText === "Run from step 2"`)

	// With the settings of now: the step before has its answer.
	do(t, tab, setField(least, "2"))
	until(t, tab, `document.querySelector(".panel .resume")`)
	do(t, tab, `document.querySelector(".panel .resume").click()`)
	until(t, tab, card+`.includes("n 3, made 1") && document.querySelector(".run .answers small").innerText.includes("as before")`)
	until(t, tab, `!document.querySelector(".panel .resume")`) // the last run did not fail

	// A step that would do something else than before runs again.
	do(t, tab, `document.querySelectorAll(".run")[1].querySelector("[aria-label='Remove this result']").click()`)
	do(t, tab, setField(least, "50"))
	do(t, tab, press)
	until(t, tab, card+`.includes("only 3")`)
	do(t, tab, setField(n, "60"))
	do(t, tab, `document.querySelector(".panel .resume").click()`)
	until(t, tab, card+`.includes("n 60, made 3")`)

	// So does one whose plugin was mended, which is why people come back.
	do(t, tab, setField(n, "1"))
	do(t, tab, press)
	until(t, tab, card+`.includes("only 1")`)
	mended := strings.Replace(countedPlugins["check.imjoy.html"], "ctx.data.n < ctx.config.least", "false", 1)
	if err := os.WriteFile(filepath.Join(dir, "check.imjoy.html"), []byte(mended), 0o644); err != nil {
		t.Fatal(err)
	}
	do(t, tab, `document.querySelector(".run .resume").click()`)
	until(t, tab, card+`.includes("n 1, made 4")`)

	// What was kept of a run that failed has the answers too.
	do(t, tab, `document.querySelector(".history button").click()`)
	until(t, tab, `[...document.querySelectorAll(".history tr")].filter(r => r.innerText.includes("error")).length === 3`)
	do(t, tab, `[...document.querySelectorAll(".run [aria-label='Remove this result']")].forEach(b => b.click())`)
	until(t, tab, `!document.querySelector(".run")`)
	do(t, tab, `[...document.querySelectorAll(".history tr")].find(r => r.innerText.includes("error")).querySelector("button").click()`)
	until(t, tab, `document.querySelector(".run.failed .answers summary")?.innerText.includes("Make")`)
}
