package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/corpus"
)

// lintHere runs `imjoy lint` in a folder.
func lintHere(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	a := &app.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Env: func(string) string { return "" }, Dir: dir}
	code = run(t.Context(), a, append([]string{"lint", "--ignore", "docs-missing"}, args...))
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

// --watch judges again when a file changes, until it is interrupted.
func TestLintWatches(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.imjoy.html")
	plugin := func(code string) {
		text := "<config lang=\"json\">\n{\"name\": \"A\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"javascript\">\n" + code + "\napi.export({setup() {}, run() {}})\n</script>\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plugin("")
	var talk lockedBuffer
	a := &app.App{Stdin: strings.NewReader(""), Stdout: &talk, Stderr: &talk, Env: func(string) string { return "" }, Dir: dir}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		done <- run(ctx, a, []string{"lint", "--watch", "--no-python", "--select", "api-unknown", "--format", "concise", "."})
	}()
	wait := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !strings.Contains(talk.String(), want); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("no %q in:\n%s", want, talk.String())
			}
		}
	}
	wait("waiting for changes")
	plugin("api.nothing()")
	wait("a.imjoy.html:5:5: warning[api-unknown]")
	stop()
	if code := <-done; code != exitInterrupted {
		t.Errorf("exit code %d after an interruption", code)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// The public repositories as wholes: what a careful reader found in their manifests.
func TestLintOfTheCorpusRepositories(t *testing.T) {
	stdout, stderr, code := lintHere(t, corpus.Dir(t), "--no-python", "--select", "manifest", "--format", "concise")
	if code != exitFindings {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []struct {
		repository, code string
		count            int
	}{
		{"imjoy-team/imjoy-plugins/", "manifest-drift", 10},
		{"imjoy-team/example-plugins/", "manifest-drift", 4},
		{"CellProfiling/cellpro-imjoy-plugins/", "manifest-unlisted", 6},
		{"constantinpape/affogato/", "manifest-config", 1},
		{"constantinpape/affogato/", "manifest-missing-file", 1},
		{"imjoy-team/imjoy-project-template/", "manifest-missing-file", 1},
	} {
		count := 0
		for line := range strings.Lines(stdout) {
			if strings.HasPrefix(line, want.repository) && strings.Contains(line, "["+want.code+"]") {
				count++
			}
		}
		if count != want.count {
			t.Errorf("%s has %d times %s, want %d", want.repository, count, want.code, want.count)
		}
	}
}
