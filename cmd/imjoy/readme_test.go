package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// consoleBlock is a session in a guide: commands behind "$ ", each followed by what it
// prints.
var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestReadmeShowsWhatHappens types every command of the README's tour and compares all
// it prints with what the README shows.
func TestReadmeShowsWhatHappens(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not on PATH: the tour runs Python plugins")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "imjoy")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	commands := 0
	for _, block := range consoleBlock.FindAllStringSubmatch(string(text), -1) {
		for _, part := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			line, want, _ := strings.Cut(part, "\n")
			commands++
			words := strings.Fields(line)
			if words[0] != "imjoy" {
				t.Fatalf("the tour types %q", line)
			}
			cmd := exec.Command(binary, words[1:]...)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "NO_COLOR=1", "IMJOY_HOME="+t.TempDir())
			got, _ := cmd.CombinedOutput()
			if diff := cmp.Diff(strings.TrimRight(want, "\n"), strings.TrimRight(string(got), "\n")); diff != "" {
				t.Errorf("%s prints something else (-README +program):\n%s", line, diff)
			}
		}
	}
	if commands < 5 {
		t.Errorf("only %d commands in the tour", commands)
	}
}

// TestReadmePluginRuns writes the plugin that the README begins with and runs it as the
// README does.
func TestReadmePluginRuns(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```html\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatal("the README shows no plugin")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.imjoy.html"), found[1], 0o644); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	a := &app.App{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said, Dir: dir, Now: time.Now,
		Env: func(name string) string { return map[string]string{"IMJOY_HOME": dir}[name] },
	}
	if code := run(t.Context(), a, []string{"run", "hello.imjoy.html", "name=Ada"}); code != exitFine || !bytes.Contains(text, out.Bytes()) || out.Len() == 0 {
		t.Errorf("exit code %d, printed %q, said %q", code, out.String(), said.String())
	}
}
