package repository

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// world is GitHub as far as we ask it, on a server of this machine, reached by
// mirrors; and a machine with a store.
type world struct {
	*testing.T
	*Repository
	store  *store.Store
	server *httptest.Server
	dir    string // the working folder
	now    time.Time

	mu       sync.Mutex
	commits  map[string]string           // "owner/repo@ref" to commit
	files    map[string]string           // URL path below the server to content
	handlers map[string]http.HandlerFunc // the same, for what is more than content
	asked    []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, commits: map[string]string{}, files: map[string]string{}, handlers: map[string]http.HandlerFunc{},
		now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	w.dir = t.TempDir()
	s, err := store.Open(filepath.Join(t.TempDir(), "home"), store.Options{What: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	w.fresh()
	return w
}

// fresh forgets what the repository learned about branches, as a new command does.
func (w *world) fresh() { w.Repository = w.with(fetch.Options{}) }

func (w *world) with(o fetch.Options) *Repository {
	w.Helper()
	mirrors, err := fetch.ParseMirrors("https://raw.githubusercontent.com=" + w.server.URL + "/raw,https://api.github.com=" + w.server.URL + "/api," +
		"https://plain.example=" + w.server.URL + "/plain,https://gist.githubusercontent.com=" + w.server.URL + "/gist")
	if err != nil {
		w.Fatal(err)
	}
	o.Mirrors = mirrors
	o.Sleep = func(context.Context, time.Duration) error { return nil }
	return New(Config{Store: w.store, Fetch: fetch.New(o), Dir: w.dir, Now: func() time.Time { return w.now }})
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.Path)
	handler, file := w.handlers[r.URL.Path], w.files[r.URL.Path]
	_, found := w.files[r.URL.Path]
	commit := ""
	if rest, ok := strings.CutPrefix(r.URL.Path, "/api/repos/"); ok {
		repo, ref, _ := strings.Cut(rest, "/commits/")
		commit = w.commits[repo+"@"+ref]
	}
	w.mu.Unlock()
	switch {
	case handler != nil:
		handler(rw, r)
	case commit != "":
		fmt.Fprint(rw, commit)
	case found:
		fmt.Fprint(rw, file)
	default:
		http.NotFound(rw, r)
	}
}

// commit makes the files of a repository what a ref, and HEAD, stand for.
func (w *world) commit(repo, ref string, files map[string]string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum := sha1.Sum(fmt.Appendf(nil, "%s %s %v", repo, ref, files))
	id := hex.EncodeToString(sum[:])
	for name, text := range files {
		w.files["/raw/"+repo+"/"+id+"/"+name] = text
	}
	w.commits[repo+"@"+ref] = id
	w.commits[repo+"@HEAD"] = id
	return id
}

func (w *world) file(path, text string) string {
	w.Helper()
	full := filepath.Join(w.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	return full
}

// plugin is the text of a plugin with further fields in its config.
func plugin(name string, fields ...string) string {
	quoted, _ := json.Marshal(name)
	config := []string{`"name": ` + string(quoted), `"version": "1.0.0"`, `"api_version": "0.1.8"`, `"description": "A test"`}
	if !slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(f, `"type"`) }) {
		config = append(config, `"type": "web-worker"`)
	}
	return "<config lang=\"json\">\n{" + strings.Join(append(config, fields...), ", ") + "}\n</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n"
}

func python(name string, fields ...string) string {
	text := plugin(name, append(fields, `"type": "native-python"`)...)
	i := strings.Index(text, "<script")
	return text[:i] + "<script lang=\"python\">\napi.export(None)\n</script>\n"
}

func needs(list ...string) string {
	text, _ := json.Marshal(list)
	return `"dependencies": ` + string(text)
}

// manifestOfNames lists plugins whose files are called as they are.
func manifestOfNames(names ...string) string {
	var entries []map[string]string
	for _, name := range names {
		entries = append(entries, map[string]string{"name": name, "type": "web-worker", "uri": name + ".imjoy.html"})
	}
	text, _ := json.Marshal(map[string]any{"name": "Test", "plugins": entries})
	return string(text)
}

func parse(t *testing.T, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// agree is a person who agrees to everything.
func agree(context.Context, Question) error { return nil }

func (w *world) install(text string, o Options) (*Installed, error) {
	w.Helper()
	if o.Consent == nil {
		o.Consent = agree
	}
	return w.Install(w.Context(), parse(w.T, text), o)
}

func (w *world) mustInstall(text string) *Installed {
	w.Helper()
	result, err := w.install(text, Options{})
	if err != nil {
		w.Fatalf("install %s: %v", text, err)
	}
	return result
}

// names are the installed plugins.
func (w *world) names() []string {
	w.Helper()
	records, bad, err := w.List()
	if err != nil || len(bad) > 0 {
		w.Fatal(bad, err)
	}
	var names []string
	for _, r := range records {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func pluginNames(list []*Plugin) (names []string) {
	for _, p := range list {
		names = append(names, p.Name)
	}
	return names
}
