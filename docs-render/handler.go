package docsrender

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Policy is the Content-Security-Policy of every page, in its head as well, so that a
// written site keeps it. Served pages forbid frames too, which a page cannot.
const Policy = "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

// Handler serves the site.
func (s *Site) Handler() http.Handler {
	return Handler(func(context.Context) (*Site, error) { return s, nil })
}

// Handler serves the site that current answers, asked anew for each request. It is
// for a listener on loopback: it answers only requests that name this machine and the
// port they came in at as their host, and none that another site's page has made, but
// for following a link to the front page.
func Handler(current func(context.Context) (*Site, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch {
		case !ours(r):
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/changes" {
			changes(w, r, current)
			return
		}
		site, err := current(r.Context())
		if err != nil {
			http.Error(w, "the site cannot be built; see the terminal", http.StatusInternalServerError)
			return
		}
		path := r.URL.Path
		if path == "/" {
			path = "/index.html"
		}
		file, ok := site.Files[path[1:]]
		if !ok {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		// By this a page knows which site it is of, so that it misses no change.
		w.Header().Set("Server-Timing", `site;desc="`+site.Version()+`"`)
		w.Header().Set("Content-Type", file.Type)
		w.Header().Set("Content-Length", strconv.Itoa(len(file.Body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(file.Body) // the client is gone
		}
	})
}

// changes answers the version of the site, as soon as it is another one than the page
// knows, or after a while. A site that cannot be built is waited for: its author is
// about to mend it.
func changes(w http.ResponseWriter, r *http.Request, current func(context.Context) (*Site, error)) {
	known, version := r.URL.Query().Get("since"), ""
	tick := time.NewTicker(changesLook)
	defer tick.Stop()
	for end := time.After(changesWait); ; {
		if site, err := current(r.Context()); err == nil {
			version = site.Version()
		}
		if version != "" && version != known {
			break
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			continue
		case <-end:
		}
		break
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, cmp.Or(version, known)) // the client is gone
}

// protect sets the headers of every answer, errors included.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", Policy+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), midi=(), payment=(), usb=(), fullscreen=()")
}

// ours reports whether a request comes from a person or from one of our own pages.
func ours(r *http.Request) bool {
	address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || r.URL.IsAbs() || len(r.URL.Path) == 0 || r.URL.Path[0] != '/' {
		return false
	}
	_, port, err := net.SplitHostPort(address.String())
	if err != nil || !hostIs(r.Host, port) {
		return false
	}
	if origins := r.Header.Values("Origin"); len(origins) > 0 && (len(origins) > 1 || origins[0] != "http://"+r.Host) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.URL.Path == "/" && r.Method == http.MethodGet &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func hostIs(host, port string) bool {
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		if host == name+":"+port || port == "80" && host == name {
			return true
		}
	}
	return false
}
