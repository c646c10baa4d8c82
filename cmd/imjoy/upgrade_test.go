package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpgradeExitCodes tells a source that is gone from a network that is.
func TestUpgradeExitCodes(t *testing.T) {
	m := newMachine(t)
	m.gitHub(map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "Far", "type": "x"}]}`,
		"Far.imjoy.html":      scriptPlugin("Far"),
	})
	m.write("near.imjoy.html", scriptPlugin("Near"))
	if code, _, stderr := m.imjoy("install", "lab/p:Far", "near.imjoy.html"); code != exitFine {
		t.Fatal(stderr)
	}
	next := func(n string) { m.write("near.imjoy.html", strings.Replace(scriptPlugin("Near"), "1.0.0", n, 1)) }
	expect := func(args string, want int, out string, told ...string) {
		t.Helper()
		code, stdout, stderr := m.imjoy(strings.Fields(args)...)
		if code != want || !strings.Contains(stdout, out) {
			t.Errorf("imjoy %s: exit %d, want %d: %s%s", args, code, want, stdout, stderr)
		}
		for _, text := range told {
			if !strings.Contains(stderr, text) {
				t.Errorf("imjoy %s does not say %q: %s", args, text, stderr)
			}
		}
	}
	next("1.1.0")
	expect("upgrade", exitFine, "upgraded Near 1.1.0")
	m.env["IMJOY_MIRRORS"] = "https://api.github.com=http://127.0.0.1:1/api,https://raw.githubusercontent.com=http://127.0.0.1:1/raw"
	next("1.2.0")
	expect("upgrade", exitMissing, "upgraded Near 1.2.0", "upgrade Far: ", "check the network", "1 of 2 plugins could not be upgraded")
	next("1.3.0")
	expect("upgrade Far Near", exitMissing, "")
	expect("list", exitFine, "1.2.0")
	if err := os.Remove(filepath.Join(m.dir, "work", "near.imjoy.html")); err != nil {
		t.Fatal(err)
	}
	expect("upgrade", exitFindings, "", "upgrade Far: ", "upgrade Near: ", "2 of 2 plugins could not be upgraded")

	// A record that cannot be read is one more; the rest of an interrupted change is none.
	home := m.env["IMJOY_HOME"]
	if err := os.MkdirAll(filepath.Join(home, "journal"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"records/x.json", "journal/x.json"} {
		if err := os.WriteFile(filepath.Join(home, filepath.FromSlash(name)), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	delete(m.env, "IMJOY_MIRRORS")
	next("1.4.0")
	expect("upgrade --offline", exitFindings, "upgraded Near 1.4.0", "records/x.json is corrupt", "interrupted change, journal/x.json, is corrupt", "of 3 plugins")
	if left, _ := filepath.Glob(filepath.Join(home, "journal", "*")); len(left) > 0 {
		t.Error("the journal is not set aside")
	}
}
