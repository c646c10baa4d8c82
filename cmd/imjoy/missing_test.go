package main

import (
	"path/filepath"
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

// TestAWrongNameIsAnsweredWithTheRightOne covers files, folders, and commands that are
// asked for help.
func TestAWrongNameIsAnsweredWithTheRightOne(t *testing.T) {
	m := newMachine(t)
	m.write("hello.imjoy.html", "<docs>Hi</docs>")
	for _, test := range []struct{ command, want string }{
		{"lint helo.imjoy.html", "did you mean hello.imjoy.html?"},
		{"fmt ./helo", "did you mean hello.imjoy.html?"},
		{"parse nowhere/at/all", "there is no folder " + filepath.Join("nowhere/at") + " either"},
		{"docs biuld --help", "did you mean `imjoy docs build`?"},
		{"lnit --help", "did you mean `imjoy lint`?"},
	} {
		code, stdout, stderr := m.imjoy(strings.Fields(test.command)...)
		if code == exitFine || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("imjoy %s: exit %d, said %q and %q, want %q", test.command, code, stdout, stderr, test.want)
		}
	}
}
