package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/chromium"
)

// A plugin that throws, with the line where it does: THROWS stands in its place.
const throwing = `<config lang="json">
{"name": "Thrower", "type": "TYPE", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">
BEFORE
class Thrower {
  async setup() {}
  deep(x) {
    return IN;
  }
  async run() {
    LATER
    return this.deep({});
  }
}
api.export(new Thrower());
</script>
`

// needsChromium skips where the test cannot drive a browser.
func needsChromium(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	if _, err := chromium.Find(); err != nil {
		t.Skipf("%v: this test drives one", err)
	}
}

// What a window's script throws is told once, at its line of the file.
func TestErrorsOfWindowsHaveALine(t *testing.T) {
	needsChromium(t)
	for name, c := range map[string]struct {
		kind, before, in, later string
		message, at             string
	}{
		"in run":        {"window", "", "x.nothing.there", "", "TypeError: Cannot read properties of undefined (reading 'there')", "10:22"},
		"at the top":    {"window", "absent();", "1", "", "ReferenceError: absent is not defined", "6:1"},
		"no JavaScript": {"window", "", "x.(1", "", "SyntaxError: Unexpected token '('", "10:14"},
		"in a timer":    {"window", "", "1", "setTimeout(() => { absent() }); await new Promise(r => setTimeout(r, 50))", "ReferenceError: absent is not defined", "13:24"},
		"in a promise":  {"window", "", "1", "(async () => absent())(); await new Promise(r => setTimeout(r, 50))", "ReferenceError: absent is not defined", "13:18"},
		"in a frame":    {"iframe", "", "x.nothing.there", "", "TypeError: Cannot read properties of undefined (reading 'there')", "10:22"},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "in run" && name != "no JavaScript" {
				needsLong(t)
			}
			m := newMachine(t)
			m.write("a.imjoy.html", strings.NewReplacer("TYPE", c.kind, "BEFORE", c.before, "IN", c.in, "LATER", c.later).Replace(throwing))
			code, _, said := m.imjoy("run", "a.imjoy.html", "--headless", "--offline")
			if code != exitFindings {
				t.Errorf("exit code %d", code)
			}
			if n := strings.Count(said, c.message); n != 1 {
				t.Errorf("the message is told %d times:\n%s", n, said)
			}
			if !strings.Contains(said, "--> a.imjoy.html:"+c.at) || !strings.Contains(said, "^") {
				t.Errorf("no frame at %s:\n%s", c.at, said)
			}
		})
	}
}

// A call that run does not wait for fails when its result is there already: that is told
// as in a process of its own, at the line of the call and with what it came from.
func TestErrorsOfCallsNobodyAwaitsInThePage(t *testing.T) {
	needsLong(t)
	needsChromium(t)
	const other = `<config lang="json">
{"name": "Other", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
api.export({setup() {}, fail(x) { return x.deep.er }, giver: () => (n) => { throw new RangeError("no " + n) }});
</script>
`
	for name, c := range map[string]struct {
		kinds, call   string
		message, from string
	}{
		"of the api":       {"window iframe web-worker", `api.getPlugin("nowhere")`, `error: api.getPlugin: there is no plugin "nowhere"`, ""},
		"after others":     {"iframe web-worker", `api.echo(1).then(() => api.echo(2)).then(() => api.getPlugin("nowhere"))`, `error: api.getPlugin: there is no plugin "nowhere"`, ""},
		"of a plugin":      {"window", `(await api.getPlugin("Other")).fail({})`, "error: TypeError: Cannot read property 'er' of undefined", "other.imjoy.html:5:"},
		"of its functions": {"window", `(await (await api.getPlugin("Other")).giver())(7)`, "error: RangeError: no 7", "other.imjoy.html:5:"},
		"that is caught":   {"window", `api.getPlugin("nowhere").catch(() => {})`, "", ""},
	} {
		for _, kind := range strings.Fields(c.kinds) {
			t.Run(name+" "+kind, func(t *testing.T) {
				m := newMachine(t)
				m.write("other.imjoy.html", other)
				m.write("a.imjoy.html", strings.NewReplacer("TYPE", kind, "BEFORE", "", "IN", "1", "LATER", c.call).Replace(throwing))
				code, out, said := m.imjoy("run", "a.imjoy.html", "--headless", "--offline")
				want := exitFindings
				if c.message == "" {
					want = exitFine
				}
				if code != want || strings.TrimSpace(out) != "1" {
					t.Errorf("exit code %d: %s%s", code, out, said)
				}
				if c.message == "" && strings.Contains(said, "error") {
					t.Error(said)
				}
				if c.message != "" && (strings.Count(said, c.message) != 1 || !strings.Contains(said, "--> a.imjoy.html:13:") || !strings.Contains(said, c.from)) {
					t.Error(said)
				}
			})
		}
	}
}

// A plugin that misses a file says which, why, and what to do; the address stands there
// once.
func TestMissingFilesAreNamed(t *testing.T) {
	needsChromium(t)
	m := newMachine(t)
	m.write("needs.imjoy.html", servedPlugins["needs.imjoy.html"])
	code, _, said := m.imjoy("run", "needs.imjoy.html", "--headless", "--offline")
	if code != exitMissing {
		t.Errorf("exit code %d", code)
	}
	const address = "https://cdn.example.org/lib@1/lib.js"
	for _, want := range []string{"it needs a file that is not on this machine", address, "offline, and no copy is kept", "`imjoy freeze needs.imjoy.html`"} {
		if strings.Count(said, want) != 1 {
			t.Errorf("%q is not told once:\n%s", want, said)
		}
	}

	// What a script asks for while it runs is named beside the error that follows.
	m.write("later.imjoy.html", strings.NewReplacer("TYPE", "window", "BEFORE", "", "IN", "1",
		"LATER", `const r = await fetch("`+address+`"); if (!r.ok) throw new Error("no data")`).Replace(throwing))
	if _, _, said := m.imjoy("run", "later.imjoy.html", "--headless", "--offline"); !strings.Contains(said, "no data") || !strings.Contains(said, "could not load\n    "+address) {
		t.Errorf("the address is not named:\n%s", said)
	}
}

// The page shows the line as well.
func TestErrorsAreShownInTheWindow(t *testing.T) {
	dir := servedFolder(t, nil)
	text := strings.NewReplacer("TYPE", "window", "BEFORE", "", "IN", "x.nothing.there", "LATER", "").Replace(throwing)
	if err := os.WriteFile(filepath.Join(dir, "thrower.imjoy.html"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tab := browse(t, serve(t, dir, "."))
	openPlugin(t, tab, "Thrower")
	do(t, tab, `document.querySelector(".panel button.main").click()`)
	until(t, tab, `/thrower.imjoy.html:10:22\n *9 \| .*\n10 \| +return x.nothing.there;\n +\| +\^/.test(document.querySelector(".lack pre")?.textContent)`)
}
