package pyenv

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"encoding/pem"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

func TestConsent(t *testing.T) {
	w := newWorld(t, "python3", "git")
	for _, test := range []struct {
		config, flag string
		items        int
	}{
		{`{"requirements": ["git+https://h.example/x@0123456789012345678901234567890123456789", "six"]}`, "--allow-build", 1},
		{`{"requirements": ["https://h.example/x-1.tar.gz", "https://h.example/y-1-py3-none-any.whl"]}`, "--allow-build", 1},
		{`{"requirements": ["cmd: make x && make y"]}`, "--allow-run", 2},
	} {
		_, err := w.open().Make(context.Background(), declare(t, test.config), nil, "Test")
		var consent *ConsentError
		if !errors.As(err, &consent) || consent.Flag != test.flag || len(consent.Items) != test.items || !consent.Items[0].Place.Known() {
			t.Errorf("%s: %v", test.config, err)
		}
	}
	if names, _ := w.open().names(); len(names) > 0 {
		t.Errorf("something was begun: %q", names)
	}
}

// TestSourceDistributionsRunNothing has an index with a poisonous package: its code
// would run when it is built.
func TestSourceDistributionsRunNothing(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, w *world, _ string) {
		sentinel := filepath.Join(w.dir, "sentinel")
		// Its backend lies in itself, so that nothing else is needed to run it.
		backend := fmt.Sprintf("open(%q, 'w').close()\n", sentinel)
		project := "[build-system]\nrequires = []\nbuild-backend = \"poison\"\nbackend-path = [\".\"]\n"
		out, err := os.Create(filepath.Join(w.wheels, "poison-1.0.tar.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(out)
		a := tar.NewWriter(z)
		for name, text := range map[string]string{"poison-1.0/poison.py": backend, "poison-1.0/pyproject.toml": project, "poison-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: poison\nVersion: 1.0\n"} {
			_ = a.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), ModTime: time.Now()})
			_, _ = a.Write([]byte(text))
		}
		a.Close()
		z.Close()
		out.Close()
		_, err = w.open().Make(context.Background(), declare(t, `{"requirements": "poison"}`), nil, "Test")
		var failed *BuildError
		if !errors.As(err, &failed) || failed.Item.Text != "poison" {
			t.Errorf("the answer is %v, %+v", err, failed)
		}
		if exists(sentinel) {
			t.Error("code of a package ran")
		}
		_, _ = w.open(func(o *Options) { o.AllowBuild = true }).Make(context.Background(), declare(t, `{"requirements": "poison"}`), nil, "Test")
		if !exists(sentinel) {
			t.Error("with the person's word nothing runs either: the test says nothing")
		}
	})
}

func TestCommandsRunWithoutAShell(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3", "echo")
	// The grammar leaves one thing that a shell would read otherwise: brackets, which are
	// the name of a file that is there.
	d := declare(t, `{"requirements": ["cmd: python -c \"import sys; open('made','w').write(sys.prefix)\"", "cmd: python -c \"import sys; open('given','w').write(sys.argv[1])\" [m]ade"]}`)
	if len(d.Commands) != 2 {
		t.Fatalf("%d commands", len(d.Commands))
	}
	env := mustMake(t, w.open(func(o *Options) { o.AllowRun = true; o.Backend = Venv }), d, nil)
	for name, want := range map[string]string{"made": filepath.Join(env.Dir, "python"), "given": "[m]ade"} {
		if text, err := os.ReadFile(filepath.Join(env.Dir, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestClone clones from a real git server that speaks https.
func TestClone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3", "git")
	repo := filepath.Join(w.dir, "served", "tools.git")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.example", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.example")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet", "--initial-branch=main", repo)
	for name, text := range map[string]string{"tool.py": "word = 'cloned'\n", "README": "x"} {
		if err := os.WriteFile(filepath.Join(repo, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	git("-C", repo, "add", "-A")
	git("-C", repo, "commit", "--quiet", "-m", "one")
	commit := git("-C", repo, "rev-parse", "HEAD")
	git("-C", repo, "config", "uploadpack.allowAnySHA1InWant", "true")
	server := httptest.NewTLSServer(&cgi.Handler{
		Path: filepath.Join(git("--exec-path"), "git-http-backend"), Root: "/", Stderr: io.Discard,
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Join(w.dir, "served"), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	})
	defer server.Close()
	ca := filepath.Join(w.dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	w.vars["GIT_SSL_CAINFO"] = ca
	e := w.open(func(o *Options) { o.Backend = Venv })
	d := declare(t, fmt.Sprintf(`{"requirements": "repo: %s/tools.git lib/tools"}`, server.URL))
	if len(d.Repos) != 1 { // the grammar wants a host with a name
		d.Repos, d.Refused = []requirement.Clone{{Item: requirement.Item{Text: "repo"}, URL: server.URL + "/tools.git", Dir: "lib/tools"}}, nil
	}
	env := mustMake(t, e, d, nil)
	if len(env.Resolved.Repos) != 1 || env.Resolved.Repos[0].Commit != commit {
		t.Errorf("resolved %+v, want %s", env.Resolved.Repos, commit)
	}
	if text, err := os.ReadFile(filepath.Join(env.WorkDir(), "lib", "tools", "tool.py")); err != nil || string(text) != "word = 'cloned'\n" {
		t.Errorf("in the working folder: %q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(env.Dir, "repos", "lib", "tools", "tool.py")); err != nil || info.Mode().Perm()&0o222 != 0 {
		t.Errorf("the clone can be written to: %v", err)
	}

	// A newer commit appears; the lock keeps the one before.
	if err := os.WriteFile(filepath.Join(repo, "tool.py"), []byte("word = 'newer'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	git("-C", repo, "commit", "--quiet", "-am", "two")
	elsewhere := w.open(func(o *Options) { o.Backend = Venv; o.Dir = filepath.Join(w.dir, "elsewhere") })
	locked, err := requirement.ParseResolved(env.Resolved.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if again := mustMake(t, elsewhere, d, locked); again.Resolved.Repos[0].Commit != commit {
		t.Errorf("the lock says %s, and it became %s", commit, again.Resolved.Repos[0].Commit)
	}
	d.Repos[0].URL = server.URL + "/nothing.git"
	_, err = elsewhere.Make(context.Background(), d, nil, "Test")
	var failed *BuildError
	if !errors.As(err, &failed) || failed.Item.Text != d.Repos[0].Text {
		t.Errorf("no such repository: %v", err)
	}
}
