package fetch

import (
	"bytes"
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
