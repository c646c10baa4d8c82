package git

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// source makes a repository with two commits, and returns what their ids are.
func source(t *testing.T) (link, first, second string) {
	t.Helper()
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "main")
	for _, text := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "sub", "-a b.html"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		run("add", "-A")
		run("commit", "-q", "-m", text)
	}
	run("config", "uploadpack.allowAnySHA1InWant", "true")
	return "file://" + filepath.ToSlash(dir), run("rev-parse", "HEAD~1"), run("rev-parse", "HEAD")
}

func TestFetch(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // file:///C:/ is another matter
	}
	link, first, second := source(t)
	o := Options{Dir: t.TempDir(), Env: os.Getenv}
	offline := o
	offline.Offline = true
	var failed *Error
	if _, err := New(offline).Fetch(t.Context(), link, ""); !errors.As(err, &failed) || !failed.Offline {
		t.Errorf("offline, before: %v", err)
	}
	for ref, want := range map[string]string{"": second, "main": second, first: first} {
		for _, o := range []Options{o, offline} {
			tree, err := New(o).Fetch(t.Context(), link, ref)
			if err != nil || tree.Commit != want {
				t.Fatalf("%q, offline %v: %+v, %v", ref, o.Offline, tree, err)
			}
			text, err := tree.File(t.Context(), "sub/-a b.html", 3)
			if err != nil || string(text) != map[string]string{first: "one", second: "two"}[want] {
				t.Errorf("%q: %q, %v", ref, text, err)
			}
		}
	}
	// What was fetched by its id is there for good, even without the repository.
	gone := strings.TrimPrefix(link, "file://")
	if err := os.Rename(gone, gone+"-gone"); err != nil {
		t.Fatal(err)
	}
	defer os.Rename(gone+"-gone", gone)
	tree, err := New(o).Fetch(t.Context(), link, first)
	if err != nil {
		t.Fatalf("a commit that was fetched: %v", err)
	}
	if _, err := New(o).Fetch(t.Context(), link, "main"); !errors.As(err, &failed) {
		t.Errorf("a branch of a repository that is gone: %v", err)
	}
	if _, err := New(o).Fetch(t.Context(), link, "none"); !errors.As(err, &failed) {
		t.Errorf("no such branch: %v", err)
	}
	files, err := tree.Files(t.Context())
	if err != nil || len(files) != 1 || files[0] != "sub/-a b.html" {
		t.Errorf("files %q, %v", files, err)
	}
	for _, name := range []string{"none", "sub", "../x", "-a b.html", ""} {
		if text, err := tree.File(t.Context(), name, 100); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %q, %v", name, text, err)
		}
	}
	if text, err := tree.File(t.Context(), "sub/-a b.html", 2); !errors.As(err, &failed) || !strings.Contains(failed.Why, "too much") {
		t.Errorf("a file that is too large: %q, %v", text, err)
	}
	leave := errors.New("the person left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(leave)
	if _, err := tree.File(ctx, "sub/-a b.html", 100); !errors.Is(err, leave) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestProgramGit is found in absolute folders of PATH alone: never in the folder that
// people work in.
func TestProgramGit(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\ntouch ran\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, path := range []string{"", ".", "./", string(os.PathListSeparator), "nowhere"} {
		g := New(Options{Dir: t.TempDir(), Env: func(name string) string { return map[string]string{"PATH": path}[name] }})
		var failed *Error
		if _, err := g.Fetch(t.Context(), "file:///srv/x.git", ""); !errors.As(err, &failed) || !failed.Missing {
			t.Errorf("PATH=%q: %v", path, err)
		}
	}
	if _, err := os.Stat("ran"); err == nil {
		t.Error("the git of the working folder ran")
	}
}

// TestOnlyHTTPS: no other protocol is spoken to hosts that nobody named, whoever asks, and
// no connection is made past the guard.
func TestOnlyHTTPS(t *testing.T) {
	refused := errors.New("refused by the guard")
	dialled := 0
	o := Options{Dir: t.TempDir(), Env: os.Getenv, Dial: func(context.Context, string, string) (net.Conn, error) { dialled++; return nil, refused }}
	mirror := func(to string, named bool) func(string) (string, bool) {
		return func(string) (string, bool) { return to, named }
	}
	for _, test := range []struct {
		link   string
		mirror func(string) (string, bool)
		why    string
	}{
		{"http://example.com/x.git", nil, "only https is fetched, not http"},
		{"ssh://example.com/x.git", nil, "only https is fetched, not ssh"},
		{"ext::sh -c id", nil, "only https is fetched"},
		{"git://example.com/x.git", nil, "only https is fetched, not git"},
		{"https://example.com/x.git", nil, "refused by the guard"},
		{"https://example.com/x.git", mirror("http://example.com/x.git", false), "'http' not allowed"},
		{"https://example.com/x.git", mirror("ssh://example.com/x.git", true), "only https is fetched, not ssh"},
		{"https://example.com/x.git", mirror("https://%zz", true), "cannot be read"},
		{"https://%zz/x.git", nil, "cannot be read"},
	} {
		o.Mirror = test.mirror
		var failed *Error
		if _, err := New(o).Fetch(t.Context(), test.link, ""); !errors.As(err, &failed) || !strings.Contains(failed.Why, test.why) {
			t.Errorf("%s: %v, want %q", test.link, err, test.why)
		}
	}
	if dialled != 1 {
		t.Errorf("the guard was asked %d times", dialled)
	}
}
