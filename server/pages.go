package server

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// What the page is made of, as page/bundle.go has written it; see there.
//
//go:generate go run page/generate.go
//go:embed built/*
var built embed.FS

// file is a part of the page. Nothing in it is secret: it is the same in every copy of
// this program.
type file struct{ name, mediaType string }

// pageFiles are all there is, by address: nothing is looked up on a disk.
var pageFiles = map[string]file{
	"/":         {"index.html", "text/html; charset=utf-8"},
	"/window":   {"window.html", "text/html; charset=utf-8"}, // an empty tab, which the page fills
	"/app.js":   {"app.js.gz", "text/javascript; charset=utf-8"},
	"/app.css":  {"app.css.gz", "text/css; charset=utf-8"},
	"/icon.svg": {"icon.svg", "image/svg+xml"},
}

// unpacked keeps what was asked for once.
var unpacked sync.Map

// part returns a file of the page, unpacked.
func part(name string) []byte {
	if body, ok := unpacked.Load(name); ok {
		return body.([]byte)
	}
	body, err := built.ReadFile("built/" + name)
	if err == nil && strings.HasSuffix(name, ".gz") {
		var plain *gzip.Reader
		if plain, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, err = io.ReadAll(plain)
		}
	}
	if err != nil {
		panic("embedded " + name + ": " + err.Error())
	}
	unpacked.Store(name, body)
	return body
}

// otherName is for people who type [::1]: the policies of pages, which say what may talk to
// what, have no word for such an address.
const otherName = "This page works as http://localhost:%[1]s/ and http://127.0.0.1:%[1]s/. Browsers cannot be told to let it talk to [::1]. " +
	"Take the address that imjoy printed, with the part behind its #."

// pages answers what belongs to the page itself.
func (s *Server) pages() http.Handler {
	var docs http.Handler
	if s.options.Docs != nil {
		docs = http.StripPrefix("/docs", s.options.Docs)
	}
	// No ServeMux: it redirects, and what it redirects to is the caller's word.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := pageFiles[r.URL.Path]
		switch {
		case ok && strings.HasPrefix(r.Host, "["):
			http.Error(w, fmt.Sprintf(otherName, s.port(r)), http.StatusMisdirectedRequest)
		case ok:
			w.Header().Set("Content-Security-Policy", fmt.Sprintf(pagePolicy, r.Host, s.port(r)))
			w.Header().Set("Permissions-Policy", allowFrames())
			send(w, r, f.mediaType, part(f.name))
		case r.URL.Path == "/ws":
			s.serveSocket(w, r)
		case docs != nil && strings.HasPrefix(r.URL.Path, "/docs/"):
			docs.ServeHTTP(w, r)
		default:
			http.Error(w, "not found", http.StatusNotFound)
		}
	})
}

// allowFrames lets the page pass the abilities of a browser on to frames; which ones a
// frame gets, the page says for each.
func allowFrames() string {
	granted, never, _ := strings.Cut(denyAll, ", usb")
	return strings.ReplaceAll(granted, "=()", "=*") + ", usb" + never
}

// send answers with bytes that are at hand; everything but GET and HEAD is refused.
func send(w http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the client is gone
	}
}
