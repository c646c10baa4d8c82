package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
)

var chainedPlugins = map[string]string{
	"double.imjoy.html": `<config lang="json">
{"name": "Double", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "by {id: 'by', type: 'number', placeholder: 2}",
 "inputs": {"values": {"type": "array", "items": {"type": "number"}}}}
</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { return {values: ctx.data.values.map(x => x * ctx.config.by)} }})
</script>
`,
	"sum.imjoy.html": `<config lang="json">
{"name": "Sum", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "ui": "in {id: 'unit', type: 'string', placeholder: 'm'}"}
</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { return "sum " + ctx.data.values.reduce((a, b) => a + b, 0) + " " + ctx.config.unit }})
</script>
`,
}

// setField types a value into a field of the form.
func setField(selector, value string) string {
	quoted, _ := json.Marshal(value)
	return `(() => { const f = document.querySelector(` + "`" + selector + "`" + `); f.value = ` + string(quoted) + `; f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})) })()`
}

// Runs that were made of each other become a workflow, which the page and `imjoy run`
// repeat, with other settings and other data.
func TestWorkflowsInTheBrowser(t *testing.T) {
	dir := servedFolder(t, chainedPlugins)
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Double")
	do(t, tab, setField(".panel textarea", "[1, 2, 3]"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".run .after select") && !document.querySelector(".working")`)
	until(t, tab, `!document.querySelector(".run .chain")`) // one run is no chain

	do(t, tab, setField(".run .after select", "sum.imjoy.html"))
	until(t, tab, `document.querySelector(".panel h1").innerText.includes("Sum") && document.querySelector(".panel output")?.innerText === "result of Double"`)
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("sum 12 m")`)
	until(t, tab, `[...document.querySelectorAll(".run .chain li")].map(l => l.innerText).join() === "Double,Sum"`)
	do(t, tab, `document.querySelector(".run .chain button").click()`)
	until(t, tab, `document.querySelector(".keep input")`)
	do(t, tab, setField(".keep input", "Twice: the sum"))
	do(t, tab, `setTimeout(() => document.querySelector(".keep button.main").click(), 50)`)
	file := filepath.Join(dir, "twice-the-sum.workflow.yaml")
	until(t, tab, `[...document.querySelectorAll(".item")].some(b => b.innerText.includes("Twice: the sum"))`)
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "plugin: sum.imjoy.html\n    config: {unit: m}\n    from: double\n") || !strings.Contains(string(text), "data: {values: [1, 2, 3]}") {
		t.Fatalf("%v\n%s", err, text)
	}

	// What the page kept the command repeats.
	var out, talk bytes.Buffer
	a := &app.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &talk, Dir: dir, Now: time.Now, Env: func(name string) string {
		if name == "IMJOY_HOME" {
			return filepath.Join(dir, ".home")
		}
		return os.Getenv(name)
	}}
	if code := run(t.Context(), a, []string{"run", "twice-the-sum.workflow.yaml", "unit=km"}); code != 0 || out.String() != "\"sum 12 km\"\n" {
		t.Errorf("exit code %d, %s%s", code, &out, &talk)
	}

	// The page repeats it with another setting: of the steps in between it shows the answers.
	openPlugin(t, tab, "Twice: the sum")
	until(t, tab, `[...document.querySelectorAll(".panel .chain li")].map(l => l.innerText).join() === "Double,Sum"`)
	do(t, tab, setField(".panel input[type=number]", "10"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("sum 60 m")`)
	do(t, tab, `document.querySelector(".run .answers summary").click()`)
	until(t, tab, `document.querySelector(".run .answers")?.innerText.includes("60") || document.querySelector(".run .answers .plot, .run .answers .tree")`)
	// And with other data, which its first step takes.
	do(t, tab, setField(".panel textarea", "[5]"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("sum 50 m")`)
	until(t, tab, `document.querySelector(".history button")`)
	do(t, tab, `document.querySelector(".history button").click()`)
	until(t, tab, `[...document.querySelectorAll(".history code")].some(c => c.textContent.includes("double.by=10") && c.textContent.includes("[5]"))`)

	// A workflow that is dropped is opened; what is wrong with one is said at its lines.
	do(t, tab, dropFile("other.workflow.yaml", `version: 1\nname: Brought\nsteps:\n  - {plugin: double.imjoy.html, data: {values: [4]}}\n  - sum.imjoy.html\n`))
	until(t, tab, `document.querySelector(".panel h1")?.innerText.includes("Brought")`)
	until(t, tab, `[...document.querySelectorAll(".panel .field")].every(f => !f.innerText.includes("*"))`) // it has its data
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("sum 8 m")`)
	do(t, tab, dropFile("bad.workflow.yaml", `version: 1\nname: Bad\nsteps:\n  - {plugin: duble.imjoy.html}\n  - {plugin: sum.imjoy.html, confg: {}}\n`))
	until(t, tab, `/line 4: .*did you mean .plugin: double.imjoy.html[^]*line 5: a step has no key "confg"/.test(document.querySelector(".panel .fault")?.innerText)`)
}
