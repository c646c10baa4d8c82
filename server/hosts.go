package server

import (
	"bytes"
	"mime"
	"net/url"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// hostSet is the hosts that a plugin may load from: those that its text names, and those
// that files name which it got from them. An address that a plugin computes could carry
// away what it was given to work on.
type hostSet struct {
	mu     sync.Mutex
	named  map[string]bool
	budget int // bytes of files that are still read for hosts
}

// names reports that a frame may load from a host without asking anybody.
func (f *frame) names(host string) bool {
	if f.grants(string(permission.Net) + ":" + host) {
		return true
	}
	host = strings.ToLower(host)
	s := &f.hosts
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin(f.plan)
	if s.named[host] {
		return true
	}
	// Maps have several servers that differ in one character: {s}.tile.example.org.
	label, rest, _ := strings.Cut(host, ".")
	return len(label) == 1 && s.named["{}."+rest]
}

// begin reads what the plugin itself names, the first time.
func (s *hostSet) begin(plan *tags.Plan) {
	if s.named != nil {
		return
	}
	s.budget = maxHostText
	s.named = map[string]bool{}
	s.add(plan.Document.Source.Text)
	for _, u := range plan.Needs.URLs { // short names have addresses that the text does not have
		if at, err := url.Parse(u.URL); err == nil && at.Host != "" {
			s.named[strings.ToLower(at.Host)] = true
		}
	}
}

// learn adds the hosts that a file names which the frame gets.
func (f *frame) learn(mediaType string, data []byte) {
	if !isText(mediaType) {
		return
	}
	f.hosts.mu.Lock()
	defer f.hosts.mu.Unlock()
	f.hosts.begin(f.plan)
	if len(data) > f.hosts.budget {
		data = data[:f.hosts.budget]
	}
	f.hosts.budget -= len(data)
	f.hosts.add(data)
}

func (s *hostSet) add(text []byte) {
	for len(s.named) < maxHosts {
		i := bytes.IndexByte(text, '/')
		if i < 0 {
			return
		}
		text = text[i+1:]
		// In JSON and in strings the second one may be escaped.
		after, ok := bytes.CutPrefix(bytes.TrimPrefix(text, []byte(`\`)), []byte("/"))
		if !ok {
			continue
		}
		if host := hostAt(after); host != "" {
			s.named[host] = true
		}
	}
}

// hostAt is the host that an address begins with after its slashes, in lower case, with
// "{}" for a first label in braces; "" where there is none. A name without a dot is
// none: comments are full of them.
func hostAt(text []byte) string {
	text = text[:min(len(text), maxHostName)]
	prefix := ""
	if len(text) > 0 && text[0] == '{' {
		end := bytes.Index(text, []byte("}."))
		if end < 0 || bytes.ContainsAny(text[1:end], "{/ ") {
			return ""
		}
		prefix, text = "{}.", text[end+2:]
	}
	end := bytes.IndexFunc(text, func(c rune) bool {
		return c != '.' && c != '-' && c != ':' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if end >= 0 {
		text = text[:end]
	}
	host := strings.ToLower(strings.TrimRight(string(text), ".:-"))
	if !strings.Contains(host, ".") {
		return ""
	}
	return prefix + host
}

// isText reports that a file of this media type may name addresses.
func isText(mediaType string) bool {
	base, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return true // what is wrong about it is no reason to keep something from a plugin
	}
	for _, part := range []string{"text/", "javascript", "json", "xml", "octet-stream"} {
		if strings.Contains(base, part) {
			return true
		}
	}
	return false
}
