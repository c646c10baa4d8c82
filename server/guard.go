package server

import (
	"net"
	"net/http"
	"strings"
)

// names are those by which this machine calls itself.
var names = []string{"127.0.0.1", "localhost", "[::1]"}

// guard refuses what is not for us, before anything else is looked at: a name that is
// not of this machine (DNS rebinding), requests of other sites' pages, and addresses
// that are meant for a proxy. Each answer has the headers that keep other pages away.
func (s *Server) guard(app, frames http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch plugin, kind := s.site(r); {
		case kind == foreign || r.URL.IsAbs() || r.URL.Opaque != "" || !strings.HasPrefix(r.URL.Path, "/"):
			refuse(w)
		case !s.ourOrigin(r):
			refuse(w)
		case kind == frameSite:
			if !s.frameFetch(r) {
				refuse(w)
				return
			}
			r.SetPathValue("plugin", plugin)
			frames.ServeHTTP(w, r)
		case !pageFetch(r):
			refuse(w)
		default:
			app.ServeHTTP(w, r)
		}
	})
	// It refuses unsafe methods of other origins by its own rules, on top of ours.
	return cross.Handler(guarded)
}

func refuse(w http.ResponseWriter) { http.Error(w, "forbidden", http.StatusForbidden) }

// The kinds of sites.
const (
	foreign = iota
	pageSite
	frameSite
)

// site says whom a request's Host names: the page, or a plugin's frame.
func (s *Server) site(r *http.Request) (plugin string, kind int) {
	port := s.port(r)
	if port == "" || strings.ContainsAny(r.Host, " \t/\\@,") {
		return "", foreign
	}
	for _, name := range names {
		if r.Host == name+":"+port || port == "80" && r.Host == name {
			return "", pageSite
		}
	}
	name, ok := strings.CutSuffix(r.Host, ".localhost:"+port)
	if !ok || !isOriginName(name) {
		return "", foreign
	}
	return name, frameSite
}

// port is the one this request came in at.
func (s *Server) port(r *http.Request) string {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return ""
	}
	_, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return ""
	}
	return port
}

func isOriginName(name string) bool {
	hash, ok := strings.CutPrefix(name, "p-")
	if !ok || len(hash) != 32 {
		return false
	}
	return strings.Trim(hash, "0123456789abcdef") == ""
}

// ourOrigin reports that a request names no origin, or exactly that of its Host.
func (s *Server) ourOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	return len(origins) == 0 || len(origins) == 1 && origins[0] == "http://"+r.Host
}

// pageFetch reports that a request comes from our page, from the address bar, or is a
// link that leads to the front of the page.
func pageFetch(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.URL.Path == "/" && r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// frameFetch reports that a request of a frame's origin is the frame being loaded, or
// comes from it.
func (s *Server) frameFetch(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin":
		return true
	case "none":
		return false // nobody opens a frame by hand
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "iframe"
}

// pagePolicy is what the page may load. %s is the address of its WebSocket, and the
// port of frames.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src blob:; " +
	"connect-src 'self' ws://%[1]s; frame-src http://*.localhost:%[2]s; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// protect sets the headers of every answer; handlers loosen what they must.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Permissions-Policy", denyAll)
}

// features are the abilities of a browser that plugins can be granted, by the word of
// `permissions`.
var features = map[string]string{
	"camera": "camera", "microphone": "microphone", "geolocation": "geolocation", "midi": "midi",
	"encrypted-media": "encrypted-media", "full-screen": "fullscreen", "payment-request": "payment",
}

const denyAll = "camera=(), microphone=(), geolocation=(), midi=(), encrypted-media=(), fullscreen=(), payment=(), usb=(), serial=(), hid=(), display-capture=()"
