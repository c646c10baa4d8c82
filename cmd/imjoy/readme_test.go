package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
