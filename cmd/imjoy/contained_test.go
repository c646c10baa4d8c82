package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const containedConfig = `<config lang="json">
{"name": "Held", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "Held.", "inputs": null, "outputs": null}
</config>
`

// What ended a JavaScript plugin is told by the exit code.
func TestExitCodesOfAWorker(t *testing.T) {
	m := newMachine(t)
	m.write("held.imjoy.html", containedConfig+`<script lang="javascript">
api.export({
	loop() { for (;;); }, deep() { const f = () => f() + 1; return f() }, fill() { const all = []; for (;;) all.push(new Uint8Array(8 << 20).fill(1)) },
	fault() { throw new Error("no") }, fine: () => 1,
})
</script>
`)
	for method, want := range map[string]int{"loop": exitTimeout, "deep": exitBroken, "fill": exitKilled, "fault": exitFindings, "none": exitUsage, "fine": exitFine} {
		args := []string{"run", "held.imjoy.html", "--method", method, "--memory", "128M"}
		if method == "loop" {
			args = append(args, "--timeout", "200ms")
		}
		if code, out, said := m.imjoy(args...); code != want {
			t.Errorf("%s: exit %d, want %d: %s%s", method, code, want, out, said)
		}
	}
}

// --allow-all says so in one line, and nothing of it is kept.
func TestAllowAllIsNeverKept(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "it answered") }))
	defer s.Close()
	m := newMachine(t)
	m.env["IMJOY_MIRRORS"] = "https://plain.example=" + s.URL
	m.write("held.imjoy.html", containedConfig+`<script lang="javascript">
api.export({run: async () => (await fetch("https://plain.example/")).text()})
</script>
`)
	code, out, said := m.imjoy("run", "held.imjoy.html", "--allow-all")
	if code != exitFine || !strings.Contains(out, "it answered") || strings.Count(said, "--allow-all") != 1 {
		t.Errorf("exit %d: %s%s", code, out, said)
	}
	if _, list, _ := m.imjoy("permissions", "list", "--json"); !strings.Contains(list, `"grants": []`) {
		t.Errorf("it was kept: %s", list)
	}
	if code, out, _ := m.imjoy("run", "held.imjoy.html"); code == exitFine || strings.Contains(out, "it answered") {
		t.Errorf("without it: exit %d %s", code, out)
	}
}

// "Always" is for what was asked: the same content asks again for more.
func TestAlwaysIsForWhatWasAsked(t *testing.T) {
	m := newMachine(t)
	m.write("held.imjoy.html", strings.Replace(containedConfig, `"inputs": null`, `"permissions": ["net:127.0.0.1:1", "net:127.0.0.1:2"], "inputs": null`, 1)+`<script lang="javascript">
api.export({run: async (ctx) => { try { await fetch("http://127.0.0.1:" + ctx.data.port) } catch (e) { return String(e) } }})
</script>
`)
	ask := func(port, answer string) (asked bool, out string) {
		t.Helper()
		m := &machine{T: t, dir: m.dir, env: m.env, tty: true, answer: answer}
		_, out, said := m.imjoy("run", "held.imjoy.html", "--data", `{"port":`+port+`}`)
		return strings.Contains(said, "Allow it?"), out + said
	}
	if asked, out := ask("1", "always\n"); !asked {
		t.Errorf("the first is not asked: %s", out)
	}
	if asked, out := ask("1", "no\n"); asked {
		t.Errorf("always is forgotten: %s", out)
	}
	if asked, out := ask("2", "no\n"); !asked {
		t.Errorf("always is for another host too: %s", out)
	}
}
