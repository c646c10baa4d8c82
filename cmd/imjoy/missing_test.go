package main

import (
	"strings"
	"testing"
)

// TestWhatIsNotThereIsMissing wants one exit code for a name that leads nowhere,
// whichever command it was given to.
func TestWhatIsNotThereIsMissing(t *testing.T) {
	m := newMachine(t)
	for _, command := range []string{
		"parse nowhere", "plan nowhere", "plan nowhere.imjoy.html", "plan ./nowhere", "validate nowhere --data {}", "lint nowhere",
		"run nowhere", "run ./nowhere.imjoy.html", "info nowhere", "install ./nowhere.imjoy.html", "uninstall nowhere",
		"manifest build nowhere", "manifest check nowhere", "docs build nowhere -o out",
	} {
		code, stdout, stderr := m.imjoy(strings.Fields(command)...)
		if code != exitMissing || stdout != "" || !strings.Contains(stderr, "nowhere") {
			t.Errorf("imjoy %s: exit %d, said %q and %q", command, code, stdout, stderr)
		}
	}
}
