package main

import (
	"os/exec"
	"testing"
)

// A Python plugin opens a file that was dropped on the page by its path, whatever it is called.
func TestDroppedFilesHavePathsInPython(t *testing.T) {
	needsLong(t)
	if out, err := exec.Command("python3", "--version").CombinedOutput(); err != nil {
		t.Skipf("python3 is not here: %s", out)
	}
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"rows.imjoy.html": `<config lang="json">
{"name": "Rows", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "inputs": {"file": {"ext": [".csv"]}}}
</config>
<script lang="python">
import os, pathlib
class Rows:
    def run(self, ctx):
        with open(ctx.data) as f:
            return "%s holds %s, %s" % (os.path.basename(ctx.data.path), f.read(), pathlib.Path(ctx.data).stat().st_size)
api.export(Rows())
</script>
`,
	}), "."))
	until(t, tab, `document.querySelectorAll(".item").length === 1`)
	do(t, tab, dropFile("../../cells.csv", "a;b;c"))
	until(t, tab, `document.querySelector(".drop .row button")?.innerText === "Rows"`)
	do(t, tab, `document.querySelector(".drop .row button").click()`)
	until(t, tab, `document.querySelector(".panel output") && !document.querySelector(".drop")`)
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("cells.csv holds a;b;c, 5")`)
}
