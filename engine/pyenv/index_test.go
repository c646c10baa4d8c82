package pyenv

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadingPipConfig(t *testing.T) {
	got := map[string]string{}
	readPipConfig([]byte("[global]\nindex-url = https://a.example/simple\n; comment\nextra-index-url =\n  https://b.example/simple\n  https://c.example/simple\ntarget = /etc\n[list]\nindex-url = https://wrong.example\n[install]\nfind_links: /wheels\nno-index = true\n"), got)
	want := map[string]string{"index-url": "https://a.example/simple", "extra-index-url": "https://b.example/simple https://c.example/simple", "find-links": "/wheels", "no-index": "true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSettingsOfAPersonCount: index settings reach the installers from wherever a
// person keeps them; everything else stays behind.
func TestSettingsOfAPersonCount(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"PIP_NO_INDEX", "PIP_FIND_LINKS"} {
		delete(w.vars, name)
	}
	write := func(path, text string) string {
		path = filepath.Join(w.dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	has := func(what string, lines ...string) {
		t.Helper()
		env := "\n" + strings.Join(w.open().childEnv("", nil), "\n") + "\n"
		for _, line := range lines {
			if absent, not := strings.CutPrefix(line, "!"); not && strings.Contains(env, "\n"+absent) {
				t.Errorf("%s: %s is there", what, absent)
			} else if !not && !strings.Contains(env, "\n"+line+"\n") {
				t.Errorf("%s: no %s in %s", what, line, env)
			}
		}
	}
	has("nothing", "!UV_DEFAULT_INDEX", "!PIP_INDEX_URL", "PIP_CONFIG_FILE="+os.DevNull)
	write("home/.config/pip/pip.conf", "[global]\nindex-url = https://mirror.example/simple\ncert = /ca.pem\ntarget = /evil\n")
	has("pip's file", "PIP_INDEX_URL=https://mirror.example/simple", "UV_DEFAULT_INDEX=https://mirror.example/simple", "SSL_CERT_FILE=/ca.pem", "!PIP_TARGET")
	w.vars["PIP_INDEX_URL"] = "https://other.example/simple"
	w.vars["PIP_FIND_LINKS"] = "/not/there " + w.wheels
	w.vars["PIP_TARGET"], w.vars["PYTHONPATH"], w.vars["GH_TOKEN"] = "/evil", "/evil", "secret"
	has("variables", "PIP_INDEX_URL=https://other.example/simple", "UV_DEFAULT_INDEX=https://other.example/simple", "UV_FIND_LINKS="+w.wheels, "!PIP_TARGET", "!PYTHONPATH", "!GH_TOKEN")
	w.vars["PIP_CONFIG_FILE"] = write("own.conf", "[install]\ntrusted-host = a.example b.example\n")
	has("a file of one's own", "PIP_TRUSTED_HOST=a.example b.example", "UV_INSECURE_HOST=a.example b.example")
	w.vars["PIP_CONFIG_FILE"] = os.DevNull
	delete(w.vars, "PIP_INDEX_URL")
	has("no files at all", "!PIP_INDEX_URL", "!UV_DEFAULT_INDEX")
	w.vars["PIP_INDEX_URL"] = "https://other.example/simple"
	write("home/.config/uv/uv.toml", "")
	has("uv's own settings", "PIP_INDEX_URL=https://other.example/simple", "!UV_DEFAULT_INDEX", "!UV_FIND_LINKS")
}

// TestPrivateIndex installs from an index that wants a password, which no log shows.
func TestPrivateIndex(t *testing.T) {
	t.Parallel()
	onBackendsLong(t, func(t *testing.T, w *world, backend string) {
		w.wheel("cells", "1.0", "count = 1")
		var served, refused atomic.Int32
		files := http.StripPrefix("/wheels/", http.FileServer(http.Dir(w.wheels)))
		server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			switch {
			case user != "ada" || password != "s3cret-word":
				refused.Add(1)
				out.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				out.WriteHeader(http.StatusUnauthorized)
			case r.URL.Path == "/simple/cells/":
				out.Header().Set("Content-Type", "text/html")
				fmt.Fprint(out, `<!DOCTYPE html><a href="/wheels/cells-1.0-py3-none-any.whl">cells-1.0-py3-none-any.whl</a>`)
			case strings.HasPrefix(r.URL.Path, "/wheels/"):
				served.Add(1)
				files.ServeHTTP(out, r)
			default:
				http.NotFound(out, r)
			}
		}))
		defer server.Close()
		for _, name := range []string{"PIP_NO_INDEX", "PIP_FIND_LINKS"} {
			delete(w.vars, name)
		}
		w.vars["PIP_INDEX_URL"] = strings.Replace(server.URL, "://", "://ada:s3cret-word@", 1) + "/simple"
		w.vars["PIP_CACHE_DIR"] = filepath.Join(w.dir, "pip-cache")
		env := mustMake(t, w.open(), declare(t, `{"requirements": "cells"}`), nil)
		if got := w.python(env, "import cells; print(cells.count)"); got != "1" || served.Load() == 0 {
			t.Errorf("it says %q, %d files served", got, served.Load())
		}
		log, err := os.ReadFile(filepath.Join(env.Dir, "build.log"))
		if err != nil || strings.Contains(string(log), "s3cret") || strings.Contains(string(env.Resolved.Encode()), "s3cret") {
			t.Errorf("the password is in the log or the lock: %v\n%s", err, log)
		}
		_, err = w.open().Make(context.Background(), declare(t, `{"requirements": ["cells", "nothing"]}`), nil, "Test")
		var failed *BuildError
		if !errors.As(err, &failed) || strings.Contains(failed.Tail, "s3cret") || failed.Item.Text != "nothing" {
			t.Fatalf("%v %+v", err, failed)
		}
		if log, err := os.ReadFile(failed.Log); err != nil || len(log) == 0 || strings.Contains(string(log), "s3cret") {
			t.Errorf("the log of a failure: %v\n%s", err, log)
		}
	})
}
