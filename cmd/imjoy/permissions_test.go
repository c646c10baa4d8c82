package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPermissionsOfAPlugin answers questions about one plugin that wants to reach a
// server of this machine, run after run: what was kept is not asked again, until the
// plugin changes.
func TestPermissionsOfAPlugin(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "it answered") }))
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	m := newMachine(t)
	file := filepath.Join(m.dir, "net.imjoy.html")
	address := "'" + s.URL + "'"
	write := func(declared, more string) {
		text := fmt.Sprintf("<config lang=\"json\">\n{\"name\": \"Net\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"permissions\": [%s]}\n</config>\n<script lang=\"javascript\">\napi.export({ async run() { return await (await fetch(%s)).text() } }) %s\n</script>\n", declared, address, more)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	declared := `"net:` + host + `"`
	write(declared, "")
	for _, test := range []struct {
		name   string
		before func()
		tty    bool
		answer string
		args   []string
		ok     bool
		asked  bool
		said   string
	}{
		{name: "nobody to ask", said: "--allow-net=" + host},
		{name: "no prompt", tty: true, answer: "y\n", args: []string{"--no-prompt"}, said: "--allow-net=" + host},
		{name: "flag", args: []string{"--allow-net=" + host}, ok: true},
		{name: "denied", args: []string{"--allow-net=" + host, "--deny-net=127.0.0.1"}},
		{name: "denied on a terminal", tty: true, answer: "y\n", args: []string{"--deny-net=" + host}},
		{name: "no", tty: true, answer: "no\n", asked: true},
		{name: "empty line", tty: true, answer: "\n", asked: true},
		{name: "end of input", tty: true, asked: true},
		{name: "nonsense, then once", tty: true, answer: "hm\nonce\n", asked: true, ok: true},
		{name: "once is not kept", tty: true, answer: "no\n", asked: true},
		{name: "always", tty: true, answer: "a\n", asked: true, ok: true},
		{name: "always is kept", ok: true},
		{name: "a denial wins", args: []string{"--deny-net"}},
		{name: "another content", before: func() { write(declared, "// changed") }, tty: true, answer: "never\n", asked: true},
		{name: "never is kept", tty: true, answer: "y\n"},
		{name: "a flag is newer", args: []string{"--allow-net=" + host}, ok: true},
		{name: "named in its script", before: func() { write("", "") }, tty: true, answer: "once\n", asked: true, ok: true},
		{name: "named, and nobody to ask", said: "--allow-net=" + host},
		{name: "neither declared nor named", before: func() {
			address = "['http', '//" + host + "'].join(':')"
			write("", "")
		}, tty: true, answer: "y\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.before != nil {
				test.before()
			}
			m := &machine{T: t, dir: m.dir, env: m.env, tty: test.tty, answer: test.answer}
			code, stdout, stderr := m.imjoy(append([]string{"run", file}, test.args...)...)
			if strings.Contains(stdout, "it answered") != test.ok || (code == exitFine) != test.ok {
				t.Errorf("exit %d: %s%s", code, stdout, stderr)
			}
			if strings.Contains(stderr, "Allow it?") != test.asked {
				t.Errorf("asked: %s", stderr)
			}
			if test.asked && !strings.Contains(stderr, `plugin "Net" (sha256 `) {
				t.Errorf("the question does not say who asks: %s", stderr)
			}
			if !strings.Contains(stderr, test.said) {
				t.Errorf("no %q in %s", test.said, stderr)
			}
		})
	}
	plain := &machine{T: t, dir: m.dir, env: m.env}
	code, stdout, stderr := plain.imjoy("permissions", "list")
	if code != exitFine || strings.Count(stdout, "Net: ") != 2 || !strings.Contains(stdout, "!net:"+host) {
		t.Errorf("list: exit %d: %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := plain.imjoy("permissions", "forget", "Net"); code != exitFine || strings.Count(stdout, "\n") != 2 {
		t.Errorf("forget: exit %d: %s%s", code, stdout, stderr)
	}
	if code, stdout, _ := plain.imjoy("permissions", "list", "--json"); code != exitFine || !strings.Contains(stdout, `"grants": []`) {
		t.Errorf("after that: exit %d: %s", code, stdout)
	}
	if code, _, stderr := plain.imjoy("permissions", "forget"); code != exitUsage || !strings.Contains(stderr, "--all") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
