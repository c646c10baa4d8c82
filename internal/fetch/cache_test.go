package fetch

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// cached is a server that counts how often it sent a whole answer, and a client with
// a cache.
func cached(t *testing.T, h http.HandlerFunc) (online, offline *Client, url string, cache *Cache, whole *atomic.Int32) {
	whole = &atomic.Int32{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case h != nil:
			h(w, r)
			return
		case r.URL.Path == "/gone":
			w.WriteHeader(404)
			return
		case r.Header.Get("If-None-Match") == `"1"`:
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole.Add(1)
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Type", "text/x")
		w.Write([]byte("body of " + r.URL.Path))
	})
	cache = NewCache(filepath.Join(t.TempDir(), "cache"), time.Now)
	return local(Options{Cache: cache}, s), local(Options{Cache: cache, Offline: true}, s), s.URL, cache, whole
}

func TestCacheAsksWhetherItChanged(t *testing.T) {
	online, offline, url, _, whole := cached(t, nil)
	if _, err := offline.Get(t.Context(), Request{URL: url + "/a"}); KindOf(err) != Offline {
		t.Fatalf("before: %v", err)
	}
	for i, want := range []bool{false, true, true} {
		got, err := online.Get(t.Context(), Request{URL: url + "/a"})
		if err != nil || string(got.Body) != "body of /a" || got.ContentType != "text/x" || got.Cached != want {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
	if n := whole.Load(); n != 1 {
		t.Errorf("sent %d times", n)
	}
	got, err := offline.Get(t.Context(), Request{URL: url + "/a"})
	if err != nil || string(got.Body) != "body of /a" || !got.Cached {
		t.Errorf("offline: %+v, %v", got, err)
	}
	if _, err := offline.Get(t.Context(), Request{URL: url + "/a", Accept: "text/html"}); KindOf(err) != Offline {
		t.Errorf("another media type: %v", err)
	}
	if _, err := offline.Get(t.Context(), Request{URL: url + "/a", Limit: 3}); KindOf(err) != Offline {
		t.Errorf("a smaller limit: %v", err)
	}
	// What is missing is remembered for offline, and asked for again online.
	for range 2 {
		if _, err := online.Get(t.Context(), Request{URL: url + "/gone"}); KindOf(err) != NotFound {
			t.Errorf("gone: %v", err)
		}
	}
	if _, err := offline.Get(t.Context(), Request{URL: url + "/gone"}); KindOf(err) != NotFound {
		t.Errorf("gone, offline: %v", err)
	}
}

// TestCacheTakesWhatChanged: a kept answer is taken when the server says so, and only then.
func TestCacheTakesWhatChanged(t *testing.T) {
	version := 1
	online, offline, url, _, _ := cached(t, func(w http.ResponseWriter, r *http.Request) {
		if version == 3 {
			w.WriteHeader(http.StatusGone)
			return
		}
		w.Header().Set("ETag", fmt.Sprint(version))
		fmt.Fprint(w, "body ", version)
	})
	for version = range 3 {
		for _, c := range []*Client{online, offline} {
			got, err := c.Get(t.Context(), Request{URL: url + "/a"})
			if err != nil || string(got.Body) != fmt.Sprint("body ", version) || got.Cached != (c == offline) {
				t.Errorf("%d: %+v, %v", version, got, err)
			}
		}
	}
	version = 3
	for _, c := range []*Client{online, offline} {
		if _, err := c.Get(t.Context(), Request{URL: url + "/a"}); KindOf(err) != NotFound {
			t.Errorf("gone: %v", err)
		}
	}
}

// TestCacheFilesInOtherPlaces: an answer counts at its own place only, and what is no file is
// none.
func TestCacheFilesInOtherPlaces(t *testing.T) {
	online, offline, url, cache, _ := cached(t, nil)
	a := Request{URL: url + "/a", Limit: PluginLimit}
	if _, err := online.Get(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(cache.file(a))
	if err != nil {
		t.Fatal(err)
	}
	put := func(r Request) string {
		file := cache.file(r)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		return file
	}
	moved := []Request{{URL: url + "/b", Limit: PluginLimit}, {URL: url + "/a", Accept: "text/x", Limit: PluginLimit}}
	for _, r := range moved {
		if err := os.WriteFile(put(r), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := offline.Get(t.Context(), r); KindOf(err) != Offline {
			t.Errorf("%+v was answered with %+v", r, got)
		}
	}
	// A link to the very bytes is none of ours.
	file := cache.file(a)
	if err := os.Rename(file, file+"-elsewhere"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file+"-elsewhere", file); err == nil {
		if _, err := offline.Get(t.Context(), a); KindOf(err) != Offline {
			t.Errorf("by a link: %v", err)
		}
	}
	// What cannot be put in its place leaves nothing behind.
	c := Request{URL: url + "/c", Limit: PluginLimit}
	if err := os.Mkdir(put(c), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := online.Get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(cache.Dir(), "*", tempPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestCacheDoesNotAskForWhatCannotChange(t *testing.T) {
	asked := 0
	online, _, url, _, _ := cached(t, func(w http.ResponseWriter, r *http.Request) { asked++; w.Write([]byte("x")) })
	for range 3 {
		if _, err := online.Get(t.Context(), Request{URL: url + "/c", Immutable: true}); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if _, err := online.Get(t.Context(), Request{URL: url + "/c"}); err != nil || asked != 2 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

func TestCacheKeepsNoSecrets(t *testing.T) {
	online, _, url, cache, _ := cached(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/private" {
			w.Header().Set("Cache-Control", "private, no-store")
		}
		w.Write([]byte("secret"))
	})
	for _, path := range []string{"/x?token=abc", "/private"} {
		if _, err := online.Get(t.Context(), Request{URL: url + path}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := online.Get(t.Context(), Request{URL: strings.Replace(url, "://", "://me:pw@", 1) + "/y"}); err != nil {
		t.Fatal(err)
	}
	if u, err := cache.Size(); err != nil || u.Files != 0 {
		t.Errorf("%+v, %v", u, err)
	}
}

// TestTamperedCache flips each bit of a kept answer: it is never returned.
func TestTamperedCache(t *testing.T) {
	online, offline, url, cache, _ := cached(t, nil)
	r := Request{URL: url + "/a", Limit: PluginLimit}
	if _, err := online.Get(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	file := cache.file(r)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := offline.Get(t.Context(), r); KindOf(err) != Offline {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	if got, err := online.Get(t.Context(), r); err != nil || got.Cached {
		t.Errorf("healed: %+v, %v", got, err)
	}
	if _, err := offline.Get(t.Context(), r); err != nil {
		t.Error(err)
	}
}

// TestKeptAnswersThatDoNotCount: of another format, too large, of an answer that may come to
// be, and none at all.
func TestKeptAnswersThatDoNotCount(t *testing.T) {
	missing := true
	online, offline, url, cache, _ := cached(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/new" && missing:
			w.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/header":
			w.Header().Set("ETag", strings.Repeat("x", maxHeader*3/4))
		case r.Header.Get("If-None-Match") != "" && r.URL.Path == "/new":
			t.Error("asked whether what was missing changed")
		case r.Header.Get("If-Modified-Since") == "Mon, 02 Jan 2006 15:04:05 GMT":
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.Write([]byte("whole"))
	})
	get := func(c *Client, r Request) (*Response, error) { return c.Get(t.Context(), r) }
	// What was missing at a commit is asked for again: it may have been pushed since.
	r := Request{URL: url + "/new", Immutable: true}
	if _, err := get(online, r); KindOf(err) != NotFound {
		t.Fatal(err)
	}
	missing = false
	if got, err := get(online, r); err != nil || string(got.Body) != "whole" || got.Cached {
		t.Errorf("pushed since: %+v, %v", got, err)
	}
	// A server that knows times alone is asked with them.
	for _, cached := range []bool{false, true} {
		if got, err := get(online, Request{URL: url + "/times"}); err != nil || got.Cached != cached || string(got.Body) != "whole" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	// A header that is nearly too large is used once, and not kept.
	if _, err := get(online, Request{URL: url + "/header"}); err == nil {
		if _, err := get(offline, Request{URL: url + "/header"}); KindOf(err) != Offline {
			t.Errorf("header: %v", err)
		}
	}
	r = Request{URL: url + "/times", Limit: PluginLimit}
	text, err := os.ReadFile(cache.file(r))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	rest = bytes.Replace(rest, []byte(`"version":1`), []byte(`"version":2`), 1)
	if err := os.WriteFile(cache.file(r), []byte(fmt.Sprintf("%x\n%s", sha256.Sum256(rest), rest)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := get(offline, r); KindOf(err) != Offline {
		t.Errorf("another format: %v", err)
	}
}

// TestPruneLeavesOthersAlone: only folders of the cache's own form are looked into.
func TestPruneLeavesOthersAlone(t *testing.T) {
	_, _, _, cache, _ := cached(t, nil)
	for name, stays := range map[string]bool{"git/x": true, "ab/x": false} {
		file := filepath.Join(cache.Dir(), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Prune(time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPrune(t *testing.T) {
	online, offline, url, cache, _ := cached(t, nil)
	if u, err := cache.Size(); err != nil || u != (Usage{}) {
		t.Errorf("an empty cache: %+v, %v", u, err)
	}
	for _, path := range []string{"/a", "/b"} {
		if _, err := online.Get(t.Context(), Request{URL: url + path}); err != nil {
			t.Fatal(err)
		}
	}
	if u, err := cache.Prune(time.Now().Add(-time.Hour)); err != nil || u.Files != 0 {
		t.Errorf("nothing is old: %+v, %v", u, err)
	}
	if u, err := cache.Size(); err != nil || u.Files != 2 || u.Bytes < 20 {
		t.Errorf("%+v, %v", u, err)
	}
	if u, err := cache.Prune(time.Now().Add(time.Hour)); err != nil || u.Files != 2 {
		t.Errorf("pruned %+v, %v", u, err)
	}
	if _, err := offline.Get(t.Context(), Request{URL: url + "/a"}); KindOf(err) != Offline {
		t.Error(err)
	}
	if u, err := cache.Size(); err != nil || u.Files != 0 {
		t.Errorf("after: %+v, %v", u, err)
	}
}
