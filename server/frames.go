package server

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// frame is the page of one plugin: who it is for, and what it may do.
type frame struct {
	plan    *tags.Plan
	granted permission.Set
	hosts   hostSet
	scripts []script
	styles  []any  // that its scripts import
	worker  string // script of the worker that the plugin runs in; "" for the frame itself
	python  *Python
	page    string                    // origin of the page that holds it
	missing func(address, why string) // tells the page what cannot be had
	made    time.Time
	opened  bool
}

// frameTable knows the frames by a secret in their address. An address opens a frame
// once, and soon; what the frame itself loads has the same secret.
type frameTable struct {
	mu      sync.Mutex
	entries map[string]*frame
}

// add makes an address: the path of a frame on its own origin.
func (t *frameTable) add(f *frame) (key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries == nil {
		t.entries = map[string]*frame{}
	}
	f.made = time.Now()
	key = secret()
	t.entries[key] = f
	return key
}

func (t *frameTable) get(key string) *frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.entries[key]
}

func (t *frameTable) remove(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, key)
}

// open finds a frame that is loaded now: for its document once, for the rest as long
// as it is there.
func (t *frameTable) open(key string, document bool) *frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.entries[key]
	switch {
	case f == nil:
		return nil
	case !document:
		if !f.opened {
			return nil
		}
		return f
	case f.opened || time.Since(f.made) > frameTimeout:
		return nil
	}
	f.opened = true
	return f
}

// handler answers what frames load: /f/KEY/ is the frame, everything it needs lies
// below.
func (t *frameTable) handler(s *Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, rest, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/f/"), "/")
		if !ok || !strings.HasPrefix(r.URL.Path, "/f/") {
			refuse(w)
			return
		}
		navigates := r.Header.Get("Sec-Fetch-Dest") == "iframe"
		f := t.open(key, rest == "")
		if f == nil || originName(f.plan.Document.Source.Text) != r.PathValue("plugin") || navigates && rest != "" {
			refuse(w)
			return
		}
		f.protect(w.Header())
		remote, isRemote := strings.CutPrefix(rest, "remote/")
		python, isPython := strings.CutPrefix(rest, "python/")
		worker := f.worker != "" && (rest == f.worker || rest == "worker-frame.js")
		switch {
		case rest == "":
			send(w, r, "text/html; charset=utf-8", f.document())
		case rest == "imjoy-rpc.js":
			send(w, r, "text/javascript; charset=utf-8", part("imjoy-rpc.js.gz"))
		case rest == "frame.js":
			send(w, r, "text/javascript; charset=utf-8", part("frame.js.gz"))
		case worker:
			send(w, r, "text/javascript; charset=utf-8", part(rest+".gz"))
		case f.worker == jsWorker && rest == "worker/parts.json":
			send(w, r, "application/json", f.scriptParts())
		case f.python != nil && isPython:
			f.sendPython(w, r, python)
		case isRemote:
			s.remote(w, r, f, "/f/"+key+"/remote/", remote)
		default:
			http.Error(w, "not found", http.StatusNotFound)
		}
	})
}

// document is the frame's page. It has no doctype, as the one that plugins were
// written for: style sheets of theirs count on it.
func (f *frame) document() []byte {
	if f.worker != "" {
		return f.workerDocument()
	}
	return fmt.Appendf(nil, "<meta charset=\"utf-8\"><title>%s</title>\n<style>body { overscroll-behavior: contain; }</style>\n"+
		"<script src=\"imjoy-rpc.js\"></script>\n<script src=\"frame.js\" data-page=\"%s\"></script>\n", html.EscapeString(f.plan.Name), html.EscapeString(f.page))
}

// protect replaces the headers of the page by those of a frame: scripts may do what
// they like in it, and reach nothing but their own origin and granted hosts.
func (f *frame) protect(h http.Header) {
	hosts := ""
	for _, p := range f.granted.Allowed() {
		if p.Kind == permission.Net {
			hosts += hostSource(p.Value)
		}
	}
	h.Set("Content-Security-Policy", "default-src 'self' data: blob:"+hosts+
		"; script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"+hosts+
		"; style-src 'self' 'unsafe-inline' data: blob:"+hosts+
		"; base-uri 'none'; form-action 'none'; frame-ancestors "+f.page)
	h.Del("X-Frame-Options")
	h.Set("Permissions-Policy", f.policy())
}

// hostSource is a granted host as Content-Security-Policy writes it. What does not look
// like one is left out: the word must not say more than a host.
func hostSource(host string) string {
	if !hostPattern().MatchString(host) {
		return ""
	}
	return " https://" + host
}

var hostPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)
})

// policy turns on what was granted, for the frame itself.
func (f *frame) policy() string {
	policy := denyAll
	for word, feature := range features {
		if f.grants(word) {
			policy = strings.Replace(policy, feature+"=()", feature+"=(self)", 1)
		}
	}
	return policy
}

func (f *frame) grants(word string) bool {
	p, err := permission.Parse(word)
	return err == nil && f.granted.Allows(p)
}

// allow is the attribute of that name of the page's iframe.
func (f *frame) allow() string {
	var list []string
	for word, feature := range features {
		if f.grants(word) {
			list = append(list, feature)
		}
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// remote answers something that a plugin loads by address. It stays below the frame's
// own origin, so the browser asks nobody else: https/HOST/PATH?QUERY.
func (s *Server) remote(w http.ResponseWriter, r *http.Request, f *frame, prefix, rest string) {
	scheme, place, _ := strings.Cut(rest, "/")
	host, _, _ := strings.Cut(place, "/")
	if scheme != "https" && scheme != "http" || host == "" {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	address := (&url.URL{Scheme: scheme, Host: host, Path: strings.TrimPrefix(place, host), RawQuery: r.URL.RawQuery}).String()
	if !f.names(host) {
		why := fmt.Sprintf("nothing of plugin %q names %s; --allow-net=%s lets it load from there", f.plan.Name, host, host)
		f.missing(address, why)
		http.Error(w, why, http.StatusForbidden)
		return
	}
	data, mediaType, err := s.asset(r.Context(), f.plan, address)
	if err != nil {
		f.missing(address, err.Error())
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	mediaType = usable(mediaType, path.Ext(place), r.Header.Get("Sec-Fetch-Dest"))
	f.learn(mediaType, data)
	switch base, _, _ := strings.Cut(mediaType, ";"); strings.TrimSpace(base) {
	case "text/css":
		data = cssAddress().ReplaceAll(data, []byte("${1}"+prefix+"${2}/"))
	case "text/javascript", "application/javascript", "application/x-javascript":
		data = importAddress().ReplaceAll(data, []byte("${1}"+prefix+"${2}/"))
	}
	send(w, r, mediaType, data)
}

// asset gets what a plugin loads by address, or says in a few words why it cannot be had:
// the address is known to who asked.
func (s *Server) asset(ctx context.Context, plan *tags.Plan, address string) (data []byte, mediaType string, err error) {
	if s.options.Asset == nil {
		return nil, "", errNoAssets
	}
	data, mediaType, err = s.options.Asset(ctx, plan, address)
	if err == nil {
		return data, mediaType, nil
	}
	text := err.Error()
	if why, ok := strings.CutPrefix(text, "fetch "+address+": "); ok {
		text = why
	}
	return nil, "", errors.New(text)
}

// usable is the media type with which a browser takes something for what it asked for.
// Servers that tell nothing (or only that it is text) would do without nosniff.
func usable(mediaType, extension, dest string) string {
	switch base, _, _ := strings.Cut(mediaType, ";"); base {
	case "", "application/octet-stream", "text/plain":
	default:
		return mediaType
	}
	if better, ok := mediaTypes[strings.ToLower(extension)]; ok {
		return better
	}
	switch dest {
	case "script", "worker", "sharedworker":
		return mediaTypes[".js"]
	case "style":
		return mediaTypes[".css"]
	}
	return mediaType
}

var (
	cssAddress    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(url\(\s*["']?|@import\s+["'])(https?)://`) })
	importAddress = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(\bimport\s*\(\s*["']|\bfrom\s*["']|\bimport\s*["']|\bimportScripts\s*\(\s*["'])(https?)://`)
	})
)

// mediaTypes are those without which a browser refuses to use a file.
var mediaTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8",
}
