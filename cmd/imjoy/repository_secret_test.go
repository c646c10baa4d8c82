package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoSecretIsWritten plants a secret in the token and in URLs, and looks for it in
// all that is printed and kept.
func TestNoSecretIsWritten(t *testing.T) {
	const secret = "ghp_plantedplantedplantedplanted0123"
	m := newMachine(t)
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if strings.HasSuffix(r.URL.Path, "x.imjoy.html") {
			fmt.Fprint(w, scriptPlugin("Main"))
			return
		}
		http.NotFound(w, r)
	}))
	defer s.Close()
	m.env["IMJOY_MIRRORS"] = "https://plain.example=" + s.URL + ",https://api.github.com=" + s.URL + ",https://raw.githubusercontent.com=" + s.URL
	m.env["GH_TOKEN"] = secret
	var said strings.Builder
	for _, link := range []string{
		"https://me:" + secret + "@plain.example/x.imjoy.html", "https://plain.example/x.imjoy.html?token=" + secret, "https://plain.example/" + secret + "/x.imjoy.html",
		"https://me:" + secret + "@plain.example/gone.imjoy.html", "https://plain.example/gone.imjoy.html?access_token=" + secret, "lab/p:Main", "git+https://me:" + secret + "@127.0.0.1/x.git:Main",
	} {
		for _, args := range [][]string{
			{"install", link, "--replace", "--progress=plain"}, {"install", link, "--json", "--replace"}, {"info", link}, {"info", link, "--json"}, {"lock", link}, {"lock", "--check"}, {"run", link},
			{"list", "--json"}, {"upgrade", "--dry-run"}, {"outdated", "--json"}, {"repo", "add", "x", link}, {"repo", "list"}, {"doctor"}, {"verify"}, {"install", link, "--offline"}, {"install", link, "--frozen"},
		} {
			_, stdout, stderr := m.imjoy(args...)
			said.WriteString(stdout + stderr)
		}
		os.Remove(filepath.Join(m.dir, "work", "imjoy.lock"))
	}
	if asked == 0 || !strings.Contains(said.String(), "installed Main") {
		t.Fatalf("nothing happened: %s", said.String())
	}
	if i := strings.Index(said.String(), secret); i >= 0 {
		t.Errorf("it was printed: %.300s", said.String()[max(0, i-200):])
	}
	files := 0
	err := filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), secret) || strings.Contains(path, secret) {
			t.Errorf("it was kept in %s: %.300s", path, text)
		}
		files++
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("%d files, %v", files, err)
	}
}
