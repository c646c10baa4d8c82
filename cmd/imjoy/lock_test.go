package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/schema"
)

func (m *machine) read(name string) string {
	m.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, "work", name))
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

// must runs the program and fails the test on another exit code.
func (m *machine) must(want int, args ...string) (stdout, stderr string) {
	m.Helper()
	code, stdout, stderr := m.imjoy(args...)
	if code != want {
		m.Errorf("imjoy %s: exit %d, want %d\n%s%s", strings.Join(args, " "), code, want, stdout, stderr)
	}
	return stdout, stderr
}

// TestLockOfARepository: what is locked stays at its commit while the branch moves, is
// installed offline, and a server that answers with something else is refused.
func TestLockOfARepository(t *testing.T) {
	m := newMachine(t)
	files := map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}, {"name": "Helper", "type": "x"}]}`,
		"Main.imjoy.html":     strings.Replace(scriptPlugin("Main"), `"description"`, `"dependencies": ["Helper"], "description"`, 1),
		"Helper.imjoy.html":   scriptPlugin("Helper"),
	}
	m.gitHub(files)
	m.must(exitFine, "lock", "lab/p:Main")
	text := m.read("imjoy.lock")
	var data any
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	if v := schema.OfFormat("lock").Validate(data); len(v) > 0 {
		t.Errorf("imjoy.lock does not fit its schema: %v", v)
	}
	m.must(exitFine, "lock", "--check")
	m.must(exitFine, "lock", "--check", "--offline")
	m.must(exitFine, "install", "--frozen", "--offline")
	if got := m.installed(); len(got) != 2 {
		t.Errorf("installed %v", got)
	}
	// Another machine, whose server has other bytes at the same commit.
	files["Helper.imjoy.html"] = scriptPlugin("Helper") + "\n"
	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "home2")
	for _, args := range [][]string{{"install", "--frozen"}, {"install", "lab/p:Main"}, {"lock"}, {"lock", "--check"}} {
		if _, stderr := m.must(exitRefused, args...); !strings.Contains(stderr, "the lock does not hold: Helper: sha256") {
			t.Errorf("%v: %s", args, stderr)
		}
	}
	if got := m.installed(); len(got) != 0 {
		t.Errorf("installed %v", got)
	}
	// What is not in the lock is refused with --frozen only.
	if _, stderr := m.must(exitRefused, "install", "lab/p:Helper", "--frozen", "--lock", "imjoy.lock"); !strings.Contains(stderr, "Helper") {
		t.Error(stderr)
	}
	if _, stderr := m.must(exitRefused, "install", "lab/q:Other", "--frozen"); !strings.Contains(stderr, "lab/q:Other is not in the lock") {
		t.Error(stderr)
	}
	m.must(exitFine, "lock", "--upgrade")
	m.must(exitFine, "install", "--frozen")
}

// TestRequirementThatChanges: what a script loads is what was fetched first, until a
// person asks for what is there now.
func TestRequirementThatChanges(t *testing.T) {
	m := newMachine(t)
	files := map[string]string{"lib.js": "var first = 1"}
	m.gitHub(files)
	const url = "https://raw.githubusercontent.com/lab/p/0123456789abcdef0123456789abcdef01234567/lib.js"
	m.write("main.imjoy.html", strings.Replace(scriptPlugin("Main"), `"description"`, `"requirements": ["`+url+`"], "description"`, 1))
	if _, stderr := m.must(exitFine, "lock", "--progress", "plain"); !strings.Contains(stderr, "fetched "+url+" (13 bytes)") {
		t.Errorf("the download is not told: %s", stderr)
	}
	first := m.read("imjoy.lock")
	files["lib.js"] = "var second = 2"
	m.must(exitFine, "lock")
	m.must(exitFine, "lock", "--check")
	if m.read("imjoy.lock") != first {
		t.Error("the lock changed by itself")
	}
	if out, _ := m.must(exitFine, "lock", "--upgrade"); !strings.Contains(out, "changed Main: requirements") {
		t.Errorf("lock --upgrade says %q", out)
	}
	m.must(exitFine, "lock", "--upgrade", "--offline")
	m.must(exitFine, "install", "--frozen", "--offline", "--yes")
}

// TestLockedScriptThatCannotBeHad: without a network the lock still holds, and what is
// missing is told as missing, with what to do; only other content is drift.
func TestLockedScriptThatCannotBeHad(t *testing.T) {
	m := newMachine(t)
	files := map[string]string{"lib.js": "var first = 1", "other.js": "var other = 1"}
	m.gitHub(files)
	const url = "https://raw.githubusercontent.com/lab/p/0123456789abcdef0123456789abcdef01234567/"
	m.write("main.imjoy.html", strings.Replace(scriptPlugin("Main"), `"description"`, `"requirements": ["`+url+`lib.js", "`+url+`other.js"], "description"`, 1))
	m.must(exitFine, "lock")
	first := m.read("imjoy.lock")

	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "home2") // a machine that has neither
	delete(files, "lib.js")
	for _, args := range [][]string{{"install", "--frozen", "--yes"}, {"lock", "--check"}} {
		_, stderr := m.must(exitMissing, append(args, "--offline")...)
		if !strings.Contains(stderr, url+"lib.js, which the lock has and which cannot be had now: ") || !strings.Contains(stderr, "leave --offline away") {
			t.Errorf("%v --offline says %s", args, stderr)
		}
		if _, stderr := m.must(exitMissing, args...); !strings.Contains(stderr, "lib.js: not found") && !strings.Contains(stderr, "404") {
			t.Errorf("%v says %s", args, stderr)
		}
	}
	if got := m.installed(); len(got) != 0 {
		t.Errorf("installed %v", got)
	}
	for _, flag := range []string{"--offline", "--progress=plain"} {
		if _, stderr := m.must(exitFine, "lock", flag); !strings.Contains(stderr, "Main: "+url+"lib.js stays in the lock as it was") {
			t.Errorf("lock %s says %s", flag, stderr)
		}
		if m.read("imjoy.lock") != first {
			t.Errorf("lock %s lost what it could not compare", flag)
		}
	}
	m.must(exitFine, "install", "--yes") // without --frozen it does without

	files["lib.js"] = "var second = 2"
	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "home3")
	for _, args := range [][]string{{"install", "--frozen", "--yes"}, {"install", "--yes"}, {"lock"}, {"lock", "--check"}} {
		if _, stderr := m.must(exitRefused, args...); !strings.Contains(stderr, "the lock does not hold: Main: requirements is ") {
			t.Errorf("%v says %s", args, stderr)
		}
	}
	delete(files, "lib.js")
	m.env["IMJOY_HOME"] = filepath.Join(m.dir, "home4")
	if out, _ := m.must(exitFine, "lock", "--upgrade"); !strings.Contains(out, "changed Main: requirements") {
		t.Errorf("lock --upgrade says %q", out)
	}
}

// TestTogether: two plugins of one name in one command, and one that two others share.
func TestTogether(t *testing.T) {
	m := newMachine(t)
	m.gitHub(map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}, {"name": "Helper", "type": "x"}]}`,
		"Main.imjoy.html":     strings.Replace(scriptPlugin("Main"), `"description"`, `"dependencies": ["Helper"], "description"`, 1),
		"Helper.imjoy.html":   scriptPlugin("Helper"),
	})
	m.write("helper.imjoy.html", scriptPlugin("Helper"))
	if _, stderr := m.must(exitRefused, "install", "lab/p:Main", "helper.imjoy.html"); !strings.Contains(stderr, "two plugins of one name") {
		t.Error(stderr)
	}
	for _, flag := range []string{"--dry-run", "--yes"} {
		if out, _ := m.must(exitFine, "install", "lab/p:Main", "lab/p:Helper", flag); strings.Count(out, "Helper 1.0.0") != 1 {
			t.Errorf("%s tells twice: %s", flag, out)
		}
	}
}

// TestTamperedLock flips bytes all over a lock: each is refused, by every command
// that uses it.
func TestTamperedLock(t *testing.T) {
	m := newMachine(t)
	m.gitHub(map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}]}`,
		"Main.imjoy.html":     scriptPlugin("Main"),
	})
	m.must(exitFine, "lock", "lab/p:Main")
	text := m.read("imjoy.lock")
	refused := 0
	for i := 0; i < len(text); i += max(1, len(text)/200) {
		changed := []byte(text)
		changed[i] ^= 1
		m.write("imjoy.lock", string(changed))
		for _, args := range [][]string{{"install", "--frozen"}, {"lock", "--check"}} {
			if code, _, stderr := m.imjoy(args...); code != exitRefused {
				t.Errorf("byte %d, %v: exit %d: %s", i, args, code, stderr)
			}
		}
		refused++
	}
	if refused < 200 || len(m.installed()) > 0 {
		t.Errorf("%d flips; installed %v", refused, m.installed())
	}
}

func TestPlainProgress(t *testing.T) {
	m := newMachine(t)
	m.gitHub(map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}]}`, "Main.imjoy.html": scriptPlugin("Main")})
	if _, stderr := m.must(exitFine, "install", "lab/p:Main"); stderr != "" {
		t.Errorf("without a terminal nothing is told: %s", stderr)
	}
	m.must(exitFine, "cache", "prune")
	_, stderr := m.must(exitFine, "install", "lab/p:Main", "--progress=plain")
	for _, want := range []string{"fetched https://api.github.com/repos/lab/p/commits/HEAD (40 bytes)\n", "/manifest.imjoy.json (", "/Main.imjoy.html ("} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing in %s", want, stderr)
		}
	}
	if _, stderr := m.must(exitFine, "install", "lab/p:Main", "--progress=plain"); strings.Contains(stderr, "Main.imjoy.html") {
		t.Errorf("what is kept at a commit is not fetched again: %s", stderr)
	}
	m.must(exitUsage, "install", "lab/p:Main", "--progress=loud")
}

// TestRunVerifiesTheLock: what runs is what the lock says, or nothing.
func TestRunVerifiesTheLock(t *testing.T) {
	m := newMachine(t)
	answer := func(n string) string {
		return strings.Replace(scriptPlugin("Main"), "run() {}", "run() { return "+n+" }", 1)
	}
	files := map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "Main", "type": "x"}]}`, "Main.imjoy.html": answer("41")}
	m.gitHub(files)
	if _, stderr := m.must(exitMissing, "run", "lab/p:Main", "--frozen"); !strings.Contains(stderr, "imjoy lock") {
		t.Error(stderr)
	}
	m.must(exitFine, "lock", "lab/p:Main")
	if out, _ := m.must(exitFine, "run", "lab/p:Main", "--frozen", "--offline"); strings.TrimSpace(out) != "41" {
		t.Errorf("it answers %q", out)
	}
	files["Main.imjoy.html"] = answer("42")
	m.must(exitFine, "cache", "prune")
	if _, stderr := m.must(exitRefused, "run", "lab/p:Main"); !strings.Contains(stderr, "the lock does not hold") {
		t.Error(stderr)
	}
	m.must(exitFine, "lock", "--upgrade")
	if out, _ := m.must(exitFine, "run", "lab/p:Main"); strings.TrimSpace(out) != "42" {
		t.Errorf("it answers %q", out)
	}
	// A file of the project may change, but not with --frozen.
	m.write("x.imjoy.html", answer("1"))
	m.must(exitFine, "lock", "x.imjoy.html")
	m.write("x.imjoy.html", answer("2"))
	if out, _ := m.must(exitFine, "run", "x.imjoy.html"); strings.TrimSpace(out) != "2" {
		t.Errorf("it answers %q", out)
	}
	m.must(exitRefused, "run", "x.imjoy.html", "--frozen")
	if err := os.Remove(filepath.Join(m.dir, "work", "imjoy.lock")); err != nil {
		t.Fatal(err)
	}
	m.must(exitFine, "lock", "x.imjoy.html", "-o", "imjoy.lock")
	m.must(exitFine, "install", "x.imjoy.html", "--replace")
	m.must(exitFine, "run", "Main", "--frozen")
	m.write("x.imjoy.html", answer("5"))
	if out, _ := m.must(exitFine, "run", "Main"); strings.TrimSpace(out) != "2" {
		t.Errorf("what is installed is not the file of the project: %q", out)
	}
	m.must(exitFine, "lock")
	m.must(exitRefused, "run", "Main", "--frozen")
	m.must(exitFine, "uninstall", "Main")
	// What is installed is verified as it is read.
	m.must(exitFine, "install", "x.imjoy.html", "--lock", "imjoy.lock")
	blobs, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], "blobs", "*", "*"))
	for _, blob := range blobs {
		if err := os.WriteFile(blob, []byte(answer("3")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(m.dir, "work", "imjoy.lock")); err != nil {
		t.Fatal(err)
	}
	m.must(exitRefused, "run", "Main")
	m.must(exitRefused, "verify")
}
