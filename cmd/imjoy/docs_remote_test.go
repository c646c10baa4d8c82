package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A repository that lies elsewhere becomes a site like a folder: in the order of its
// manifest, with lines that install from there, and with its images when they are
// wanted. What is missing of it is told. A second build needs no network.
func TestDocsOfARemoteRepository(t *testing.T) {
	const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	picture, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		t.Fatal(err)
	}
	plugin := func(name, docs string) string {
		return fmt.Sprintf(strings.Replace(testPlugin, "</config>", "</config>\n<docs>\n"+docs+"\n</docs>", 1), name, "web-worker", "javascript")
	}
	files := map[string]string{
		"manifest.imjoy.json":     `{"name": "Lab", "version": "1", "uri_root": "", "plugins": [{"name": "Second", "uri": "tools/second.imjoy.html"}, {"name": "First", "uri": "first.imjoy.html"}, {"name": "Gone", "uri": "gone.imjoy.html"}]}`,
		"first.imjoy.html":        plugin("First", "# First\nIt counts."),
		"tools/second.imjoy.html": plugin("Second", "# Second\n![pixel](pixel.png)"),
		"tools/pixel.png":         string(picture),
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, text := range files {
			if strings.HasSuffix(r.URL.Path, "/"+name) && strings.HasPrefix(r.URL.Path, "/lab/plugins/") {
				fmt.Fprint(w, text)
				return
			}
		}
		http.NotFound(w, r)
	}))
	defer s.Close()
	m := newMachine(t)
	m.env["IMJOY_MIRRORS"] = "https://raw.githubusercontent.com=" + s.URL + ",https://api.github.com=" + s.URL + ",https://github.com=" + s.URL
	code, _, said := m.imjoy("docs", "build", "lab/plugins@v1", "-o", "site", "--fetch")
	if code != exitFine || !strings.Contains(said, "no docs of Gone") || !strings.Contains(said, "docs of 2 plugins") {
		t.Fatalf("exit code %d: %s", code, said)
	}
	site := filepath.Join(m.dir, "work", "site")
	index := read(t, filepath.Join(site, "index.html"))
	if at := []int{strings.Index(index, "Second"), strings.Index(index, "First")}; at[0] < 0 || !slices.IsSorted(at) {
		t.Error("the plugins are not in the order of the manifest")
	}
	page := read(t, filepath.Join(site, "plugins", "second.html"))
	if !strings.Contains(page, "imjoy install lab/plugins@v1:Second") {
		t.Errorf("no line that installs it:\n%s", page)
	}
	if pictures, _ := filepath.Glob(filepath.Join(site, "assets", "images", "*.png")); len(pictures) != 1 {
		t.Errorf("the pictures %v", pictures)
	}
	s.Close()
	if code, _, said := m.imjoy("docs", "build", "lab/plugins@v1:First", "-o", "one", "--offline"); code != exitFine {
		t.Errorf("offline: exit code %d: %s", code, said)
	}
	if code, _, said := m.imjoy("docs", "build", "lab/absent", "-o", "none", "--offline"); code != exitMissing {
		t.Errorf("a repository that nobody has: exit code %d: %s", code, said)
	}
}

// The manifest of a folder lists plugins of several repositories: with --fetch they are
// one site, in its order; without, those elsewhere are links, and nothing is asked for.
func TestDocsOfAManifestOfSeveralRepositories(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if strings.HasSuffix(r.URL.Path, "/far.imjoy.html") {
			fmt.Fprintf(w, testPlugin, "Far", "web-worker", "javascript")
			return
		}
		http.NotFound(w, r)
	}))
	defer s.Close()
	m := newMachine(t)
	m.env["IMJOY_MIRRORS"] = "https://one.example=" + s.URL + ",https://two.example=" + s.URL
	for name, text := range map[string]string{
		"manifest.imjoy.json": `{"name": "Lab", "version": "1", "uri_root": "", "plugins": [{"name": "Far", "uri": "https://one.example/a/far.imjoy.html"}, {"name": "Near", "uri": "near.imjoy.html"}, {"name": "Lost", "uri": "https://two.example/lost.imjoy.html"}]}`,
		"near.imjoy.html":     fmt.Sprintf(testPlugin, "Near", "web-worker", "javascript"),
	} {
		file := filepath.Join(m.dir, "work", "lab", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, said := m.imjoy("docs", "build", "lab", "-o", "links"); code != exitFine || asked > 0 {
		t.Fatalf("exit code %d, %d requests: %s", code, asked, said)
	}
	if index := read(t, filepath.Join(m.dir, "work", "links", "index.html")); !strings.Contains(index, `href="https://one.example/a/far.imjoy.html"`) || !strings.Contains(index, "Elsewhere") {
		t.Error("the front page does not link what lies elsewhere")
	}
	code, _, said := m.imjoy("docs", "build", "lab", "-o", "site", "--fetch")
	if code != exitFine || !strings.Contains(said, "no docs of Lost") || !strings.Contains(said, "docs of 2 plugins") {
		t.Fatalf("exit code %d: %s", code, said)
	}
	index := read(t, filepath.Join(m.dir, "work", "site", "index.html"))
	if far, near := strings.Index(index, `<a href="plugins/far.html">`), strings.Index(index, `<a href="plugins/near.html">`); far < 0 || near < far {
		t.Error("the plugins are not there in the order of the manifest")
	}
	if strings.Contains(index, `href="https://one.example`) || !strings.Contains(index, `href="https://two.example/lost.imjoy.html"`) {
		t.Error("the links elsewhere are not those of which there is no page")
	}
	if page := read(t, filepath.Join(m.dir, "work", "site", "plugins", "far.html")); !strings.Contains(page, "imjoy install https://one.example/a/far.imjoy.html") {
		t.Error("no line that installs it from there")
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
