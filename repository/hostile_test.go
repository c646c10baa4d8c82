package repository

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// TestHostileRepository: whatever a repository serves, an installation ends within
// its limits and installs nothing.
func TestHostileRepository(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 17<<20))
	z.Close()
	endless := func(w http.ResponseWriter, r *http.Request) {
		block := bytes.Repeat([]byte(`{"plugins": [`), 4000)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	text := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s) }
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	names := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"plugins": [`)
		for i := range n {
			fmt.Fprintf(&b, `{"name": "Main", "type": "x"},%s`, strings.Repeat("\n", i&1))
		}
		return strings.TrimRight(b.String(), ",\n") + "]}"
	}
	const manifest, document, commit = "/raw/lab/p/HEAD/manifest.imjoy.json", "/raw/lab/p/HEAD/Main.imjoy.html", "/api/repos/lab/p/commits/HEAD"
	for name, handlers := range map[string]map[string]http.HandlerFunc{
		"manifest of 10 GB":           {manifest: endless},
		"manifest of 200 000 plugins": {manifest: text(names(200_000))},
		"manifest nested without end": {manifest: text(strings.Repeat("[", 1<<20))},
		"manifest that is a page":     {manifest: text("<html>")},
		"manifest of nothing":         {manifest: text("")},
		"plugin of 10 GB":             {document: endless},
		"plugin that is a gzip bomb": {document: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		}},
		"plugin that never comes":      {document: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		"plugin at the metadata":       {document: redirect("http://169.254.169.254/latest/meta-data/")},
		"plugin on this machine":       {document: redirect("https://127.0.0.1/x")},
		"plugin in a file":             {document: redirect("file:///etc/passwd")},
		"plugin redirected for ever":   {document: redirect("https://raw.githubusercontent.com/lab/p/HEAD/Main.imjoy.html")},
		"commit at the metadata":       {commit: redirect("https://169.254.169.254/")},
		"plugin of a million brackets": {document: text(strings.Repeat("<", 1<<20))},
		"manifest that drips": {manifest: func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(" ")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(100 * time.Millisecond)
			}
		}},
		"commit and manifest that never come": {
			commit:   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			manifest: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		},
		"plugin that depends on itself":   {document: text(plugin("Main", needs("Main")))},
		"plugin that depends on a circle": {document: text(plugin("Main", needs("https://plain.example/a.imjoy.html"))), "/plain/a.imjoy.html": text(plugin("A", needs("https://plain.example/b.imjoy.html"))), "/plain/b.imjoy.html": text(plugin("B", needs("https://plain.example/a.imjoy.html")))},
		"plugin that names a file":        {document: text(plugin("Main", needs("file:///etc/passwd")))},
		"plugin that names this machine":  {document: text(plugin("Main", needs("https://127.0.0.1/x.imjoy.html")))},
		"manifest that leads to the disk": {manifest: text(`{"plugins": [{"name": "Main", "type": "x", "uri": "../../../../etc/passwd"}]}`)},
		"manifest that leads elsewhere":   {manifest: text(`{"plugins": [{"name": "Main", "type": "x", "uri": "https://evil.example/github.com/lab/p/blob/main/x.imjoy.html"}]}`)},
		"plugin of another name in bidi":  {document: text(plugin("\u202eniaM"))},
		"a thousand dependencies":         {document: text(plugin("Main", needs(hosts(1000)...)))},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.files[manifest] = manifestOfNames("Main")
			w.files[document] = plugin("Main")
			for path, h := range handlers {
				w.handlers[path] = h
			}
			for i := range 1000 {
				w.files[fmt.Sprintf("/plain/%d.imjoy.html", i)] = plugin(fmt.Sprint("P", i))
			}
			w.Repository = w.with(fetch.Options{Idle: 300 * time.Millisecond, Time: 2 * time.Second})
			start := time.Now()
			if _, err := w.install("lab/p:Main", Options{}); err == nil {
				t.Error("it was installed")
			} else if len(err.Error()) > 2000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if len(w.names()) > 0 {
				t.Errorf("installed: %v", w.names())
			}
			if _, err := os.Stat(w.store.Dir()); !errors.Is(err, fs.ErrNotExist) {
				t.Error("the store was touched")
			}
		})
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.Sys > 800<<20 {
		t.Errorf("the process took %d MiB", m.Sys>>20)
	}
}

// TestManyTags: a plugin that is merely absurd is read in time that grows with it.
func TestManyTags(t *testing.T) {
	w := newWorld(t)
	var list []string
	for i := range 100_000 {
		list = append(list, fmt.Sprintf("%q", fmt.Sprint("t", i)))
	}
	w.file("x.imjoy.html", plugin("Main", `"tags": [`+strings.Join(list, ",")+`]`))
	start := time.Now()
	if _, err := w.install("./x.imjoy.html", Options{}); err != nil {
		t.Log(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func hosts(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("https://plain.example/%d.imjoy.html", i))
	}
	return list
}

// TestConcurrentInstallations installs two versions of a closure at once, again
// and again. In the end, and at any time, each plugin is one version, whole.
func TestConcurrentInstallations(t *testing.T) {
	rounds := 2
	if os.Getenv("IMJOY_LONG") != "" {
		rounds = 20
	}
	w := newWorld(t)
	for _, version := range []string{"one", "two"} {
		w.file(version+"/main.imjoy.html", plugin("Main", `"icon": "`+version+`"`, needs("Helper")))
		w.file(version+"/helper.imjoy.html", plugin("Helper", `"icon": "`+version+`"`))
	}
	for range rounds {
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				dir := []string{"one", "two"}[i%2]
				if _, err := w.install("./"+dir+"/main.imjoy.html", Options{Replace: true}); err != nil {
					t.Error(err)
				}
				if closure, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{}); err != nil {
					t.Errorf("resolve meanwhile: %v", err)
				} else if a, b := iconOf(closure.Root), iconOf(closure.Find("Helper")); a != b {
					t.Errorf("mixed: %s with %s", a, b)
				}
			})
		}
		wg.Wait()
	}
	if staged, _ := filepath.Glob(filepath.Join(w.store.Dir(), ".staging", "*")); len(staged) > 0 {
		t.Errorf("left in staging: %v", staged)
	}
}

func iconOf(p *Plugin) string { return p.Plan.Icon }

// TestTamperedStore flips bytes of stored plugins: none is opened or resolved.
func TestTamperedStore(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", plugin("Helper"))
	w.mustInstall("./main.imjoy.html")
	for _, name := range []string{"Main", "Helper"} {
		p, err := w.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		file := w.store.BlobFile(p.SHA256)
		for i := range p.Text {
			changed := bytes.Clone(p.Text)
			changed[i] ^= 1
			if err := os.WriteFile(file, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			var corrupt *store.CorruptError
			if _, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{}); !errors.As(err, &corrupt) {
				t.Fatalf("byte %d of %s: %v", i, name, err)
			}
		}
		if err := os.WriteFile(file, p.Text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{}); err != nil {
		t.Error(err)
	}
}
