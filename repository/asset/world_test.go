package asset

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// registry is an npm registry and the hosts of CDNs, on loopback.
type registry struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	packages map[string]map[string]map[string]string // name, version, files
	tags     map[string]map[string]string
	pages    map[string]func(http.ResponseWriter, *http.Request) // by "host/path"
	archive  func(name, version string, honest []byte) []byte    // nil: honest ones
	asked    []string
}

func newRegistry(t *testing.T) *registry {
	r := &registry{t: t, packages: map[string]map[string]map[string]string{}, tags: map[string]map[string]string{}, pages: map[string]func(http.ResponseWriter, *http.Request){}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// add publishes a package; package.json is made where files has none.
func (r *registry) add(name, version string, files map[string]string) {
	files = maps.Clone(files)
	if _, ok := files["package.json"]; !ok {
		files["package.json"] = fmt.Sprintf(`{"name": %q, "version": %q}`, name, version)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.packages[name] == nil {
		r.packages[name], r.tags[name] = map[string]map[string]string{}, map[string]string{}
	}
	r.packages[name][version] = files
	r.tags[name]["latest"] = version
}

func (r *registry) page(where, contentType, body string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages[where] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

func (r *registry) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// ServeHTTP answers for the host of the first folder, where the mirrors send all.
func (r *registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	where := strings.TrimPrefix(q.URL.Path, "/")
	r.mu.Lock()
	r.asked = append(r.asked, where)
	page := r.pages[where]
	r.mu.Unlock()
	if page != nil {
		page(w, q)
		return
	}
	rest, ok := strings.CutPrefix(where, "npm/")
	if !ok {
		http.NotFound(w, q)
		return
	}
	name, rest, scoped := strings.Cut(rest, "/")
	if strings.HasPrefix(name, "@") && scoped {
		second, after, _ := strings.Cut(rest, "/")
		name, rest = name+"/"+second, after
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	versions, ok := r.packages[name]
	if !ok {
		http.NotFound(w, q)
		return
	}
	switch file, isArchive := strings.CutPrefix(rest, "-/"); {
	case isArchive:
		version := strings.TrimSuffix(file[strings.LastIndex(file, "-")+1:], ".tgz")
		w.Write(r.tgz(name, version))
	case rest == "":
		said := map[string]any{"dist-tags": r.tags[name], "versions": map[string]any{}}
		for v := range versions {
			said["versions"].(map[string]any)[v] = map[string]any{}
		}
		json.NewEncoder(w).Encode(said)
	case versions[rest] == nil:
		http.NotFound(w, q)
	default:
		json.NewEncoder(w).Encode(r.said(name, rest))
	}
}

func (r *registry) said(name, version string) any {
	sum := sha512.Sum512(r.honest(name, version))
	base := name[strings.LastIndex(name, "/")+1:]
	return map[string]any{"version": version, "dist": map[string]string{
		"tarball":   fmt.Sprintf("https://elsewhere.example/%s/-/%s-%s.tgz", name, base, version),
		"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
	}}
}

func (r *registry) honest(name, version string) []byte {
	return tgz(r.t, r.packages[name][version])
}

func (r *registry) tgz(name, version string) []byte {
	if r.archive != nil {
		return r.archive(name, version, r.honest(name, version))
	}
	return r.honest(name, version)
}

func tgz(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var list []tar.Header
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, tar.Header{Name: "package/" + name, Typeflag: tar.TypeReg, Size: int64(len(files[name])), Mode: 0o644})
	}
	return archiveOf(t, list, func(i int) string { return files[strings.TrimPrefix(list[i].Name, "package/")] })
}

func archiveOf(t *testing.T, list []tar.Header, body func(int) string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	w := tar.NewWriter(zipped)
	for i := range list {
		if err := w.WriteHeader(&list[i]); err != nil {
			t.Fatal(err)
		}
		if list[i].Typeflag == tar.TypeReg {
			fmt.Fprint(w, body(i))
		}
	}
	w.Close()
	zipped.Close()
	return out.Bytes()
}

// loader is a loader whose requests all go to the registry's server.
func (r *registry) loader(s *store.Store, change func(*Options)) *Loader {
	r.t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		r.t.Fatal(err)
	}
	mirrors, err := fetch.ParseMirrors("https://registry.npmjs.org=" + r.URL + "/npm,https://a.example=" + r.URL + "/a,https://b.example=" + r.URL + "/b")
	if err != nil {
		r.t.Fatal(err)
	}
	o := Options{Store: s, Fetch: fetch.New(fetch.Options{Mirrors: mirrors, Allow: []string{u.Host}})}
	if change != nil {
		change(&o)
	}
	return New(o)
}

func offline(o *Options) { o.Fetch = fetch.New(fetch.Options{Offline: true}) }

func newStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
