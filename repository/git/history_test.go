package git_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/imjoy-tools/imjoy/repository/git"
)

// TestHistory reads the commits of a file of a real checkout, whose configuration
// names programs that must not run.
func TestHistory(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: this test runs it")
	}
	dir := filepath.Join(t.TempDir(), "it's a checkout")
	sentinel := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "evil.sh")
	write := func(path, text string, mode fs.FileMode) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write(program, "#!/bin/sh\ntouch '"+sentinel+"'\n", 0o755)
	file := filepath.Join(dir, "src", "a plugin.imjoy.html")
	write(file, "one", 0o644)
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q")
	run("add", ".")
	run("commit", "-q", "-m", "first")
	write(filepath.Join(dir, "other"), "x", 0o644)
	run("add", ".")
	run("commit", "-q", "-m", "another file")
	write(file, "two", 0o644)
	write(filepath.Join(dir, ".gitattributes"), "*.html diff=evil filter=evil\n", 0o644)
	run("add", ".")
	run("commit", "-q", "-m", "second")
	for _, setting := range []string{"core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "gpg.program", "core.sshCommand", "core.alternateRefsCommand"} {
		run("config", setting, program)
	}
	run("config", "log.showSignature", "true")

	g := git.New(git.Options{Dir: t.TempDir(), Env: os.Getenv})
	list, err := g.History(t.Context(), file, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d revisions, %v", len(list), err)
	}
	for i, want := range []string{"two", "one"} {
		if text, err := list[i].Text(t.Context(), 100); err != nil || string(text) != want {
			t.Errorf("revision %d is %q, %v", i, text, err)
		}
		if list[i].Time.IsZero() || len(list[i].Commit) != 40 {
			t.Errorf("revision %d: %+v", i, list[i])
		}
	}
	if list, err := g.History(t.Context(), file, 1); err != nil || len(list) != 1 {
		t.Errorf("limited to one: %d, %v", len(list), err)
	}
	if _, err := os.Stat(sentinel); err == nil {
		t.Error("a program that the checkout names was run")
	}
	if _, err := g.History(t.Context(), filepath.Join(t.TempDir(), "x.imjoy.html"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("outside of a checkout: %v", err)
	}
}
