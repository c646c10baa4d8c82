//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// A workspace is as it was after a reload, and after the program was killed: the plugin that
// was chosen, what was typed, results, windows, the log and the colours.
func TestWorkspaceIsKept(t *testing.T) {
	needsLong(t)
	dir := servedFolder(t, map[string]string{
		"form.imjoy.html": `<config lang="json">
{"name": "Form", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "tags": ["Slow", "Fast"],
 "ui": ["n: {id: 'n', type: 'number', placeholder: 4}", "word: {id: 'word', type: 'string', placeholder: 'x'}"]}
</config>
<script lang="javascript">
api.export({setup() {}, run(ctx) { return "it got " + ctx.config.n + " " + ctx.config.word + " " + api.TAG }});
</script>
`,
		"pane.imjoy.html": `<config lang="json">
{"name": "Pane", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "ui": "n: {id: 'n', type: 'number', placeholder: 1}"}
</config>
<window><div><p id="p">empty</p></div></window>
<script lang="javascript">
api.export({setup() {}, run(ctx) { document.getElementById("p").textContent = "n " + ctx.config.n; return "window with " + ctx.config.n }});
</script>
`})
	home := t.TempDir()
	start := func() (address string, kill func()) {
		out := &live{}
		cmd := exec.Command("imjoy", "serve", "--no-open", "--offline", ".")
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, os.Stderr
		cmd.Env = append(os.Environ(), "IMJOY_HOME="+home)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill = func() {
			_ = cmd.Process.Kill() // SIGKILL: nothing can be said or written any more
			_ = cmd.Wait()
		}
		t.Cleanup(kill)
		out.until(t, "\n", 1)
		address, _, _ = strings.Cut(out.String(), "\n")
		return address, kill
	}
	address, kill := start()
	tab := browse(t, address)
	openPlugin(t, tab, "Pane")
	do(t, tab, setField(".panel input[type=number]", "7"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `document.querySelector(".window")?.dataset.state === "ready" && !document.querySelector(".working")`)
	openPlugin(t, tab, "Form")
	do(t, tab, setField(".panel select", "Fast"))
	do(t, tab, setField(".panel input[type=number]", "9"))
	do(t, tab, setField(".panel input[type=text]", "kept"))
	do(t, tab, `setTimeout(() => document.querySelector(".panel button.main").click(), 50)`)
	until(t, tab, `[...document.querySelectorAll(".run")].some(r => r.innerText.includes("it got 9 kept Fast"))`)
	do(t, tab, `[...document.querySelectorAll(".top button")].find(b => b.innerText.startsWith("Log")).click(); document.querySelector("[aria-label='Dark colours']")?.click()`)
	until(t, tab, `document.documentElement.dataset.theme === "dark"`)
	same := func(tab *chromium.Tab, when string) {
		t.Helper()
		t.Log(when)
		until(t, tab, `document.querySelector(".panel h1")?.innerText.includes("Form")`)
		until(t, tab, `document.querySelector(".panel input[type=number]").value === "9" && document.querySelector(".panel input[type=text]").value === "kept" && document.querySelector(".panel select").value === "Fast"`)
		until(t, tab, `[...document.querySelectorAll(".run")].some(r => r.innerText.includes("it got 9 kept Fast"))`)
		until(t, tab, `document.querySelector(".window")?.dataset.state === "ready" && document.querySelectorAll(".window").length === 1`)
		until(t, tab, `[...document.querySelectorAll(".run")].some(r => r.innerText.includes("window with 7"))`)
		until(t, tab, `document.querySelector("#log") && document.documentElement.dataset.theme === "dark"`)
	}
	// What the page shows is on the disk a moment later, so that any end of the program is
	// no loss.
	var text []byte
	for range 500 {
		files, _ := filepath.Glob(filepath.Join(home, "workspaces", "*.page.json"))
		if len(files) == 1 {
			if text, _ = os.ReadFile(files[0]); strings.Contains(string(text), `"theme":"dark"`) {
				break
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	do(t, tab, `window.before = true; location.reload()`)
	until(t, tab, `!window.before`)
	same(tab, "after a reload")
	kill()
	until(t, tab, `document.querySelector(".bar")?.innerText.includes("The host has gone")`)
	address, kill = start()
	if err := tab.Go(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	same(tab, "after kill -9")

	// A window whose text has changed is not opened without a word, and a file that cannot
	// be read is a page that begins anew.
	kill()
	pane := filepath.Join(dir, "pane.imjoy.html")
	was, _ := os.ReadFile(pane)
	if err := os.WriteFile(pane, append(was, "<!-- changed -->\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	address, kill = start()
	if err := tab.Go(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	until(t, tab, `[...document.querySelectorAll(".run")].some(r => r.innerText.includes("it got 9 kept Fast"))`)
	until(t, tab, `document.querySelectorAll(".window").length === 0`)
	kill()
	files, _ := filepath.Glob(filepath.Join(home, "workspaces", "*.page.json"))
	if len(files) != 1 {
		t.Fatal(files)
	}
	if err := os.WriteFile(files[0], []byte("{torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	address, _ = start()
	if err := tab.Go(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	until(t, tab, `document.querySelectorAll(".item").length === 2 && document.querySelector(".welcome")`)
}
