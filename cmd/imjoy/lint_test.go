package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// lintHere runs `imjoy lint` in a folder.
func lintHere(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	a := &app.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Env: func(string) string { return "" }, Dir: dir}
	code = run(t.Context(), a, append([]string{"lint"}, args...))
	return out.String(), err.String(), code
}

// Without python3 its scripts are left out, which is said once for all files.
func TestLintWithoutPython(t *testing.T) {
	dir := t.TempDir()
	const plugin = "<config lang=\"json\">\n{\"name\": \"A\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"python\">\nprint 'x'\n</script>\n"
	for _, name := range []string{"a.imjoy.html", "b.imjoy.html"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(plugin), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "")
	stdout, stderr, code := lintHere(t, dir)
	if code != exitFine || stdout != "" || strings.Count(stderr, "not looked into") != 1 || !strings.HasPrefix(stderr, "2 Python scripts not looked into") {
		t.Errorf("exit %d\nstdout: %s\nstderr: %s", code, stdout, stderr)
	}
	if _, stderr, _ := lintHere(t, dir, "--no-python"); strings.Contains(stderr, "not looked into") {
		t.Errorf("--no-python is not quiet: %s", stderr)
	}
}

// A panic of one file's rules reaches the caller, who tells it as a bug of imjoy.
func TestParallelBringsPanicsToItsCaller(t *testing.T) {
	defer func() {
		if recover() != "boom" {
			t.Error("the panic is lost")
		}
	}()
	parallel(10, func(i int) {
		if i == 7 {
			panic("boom")
		}
	})
}
