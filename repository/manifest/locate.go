package manifest

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// Location is where an entry's file is: on a host of its own, or beside the manifest.
type Location struct {
	URL  string // absolute; "" when the file lies beside the manifest
	Path string // relative to the manifest's folder, clean, with slashes; never leads out of it
}

var scheme = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`) })

// Locate answers where the file of an entry is, by the rules of ImJoy: a URL is kept,
// anything else lies below uri_root. An entry that leads out of the repository's
// folder is an error.
func (m *Manifest) Locate(e *Entry) (Location, error) {
	root := strings.Trim(strings.TrimSpace(m.URIRoot), "/")
	uri := e.URI
	switch {
	case len(uri) > maxURI:
		return Location{}, errors.New("the uri is too long")
	case strings.IndexFunc(uri+root, unicode.IsControl) >= 0:
		return Location{}, errors.New("the uri contains a control character")
	case isWeb(uri):
		return webLocation(uri)
	case scheme().MatchString(uri):
		return Location{}, fmt.Errorf("%q is neither a path nor an https URL", uri)
	case isWeb(root):
		rest, err := localPath(uri)
		if err != nil {
			return Location{}, err
		}
		return webLocation(root + "/" + escape(rest))
	case scheme().MatchString(root):
		return Location{}, fmt.Errorf("the uri_root %q is neither a path nor an https URL", root)
	case root != "" && root != "." && !strings.HasPrefix(strings.TrimLeft(uri, "/"), root+"/"):
		uri = root + "/" + uri
	}
	local, err := localPath(uri)
	return Location{Path: local}, err
}

// beside returns where the file of an entry should lie in a copy of the repository:
// below a uri_root that is a URL, the rest of the URL is taken for the path. local is
// false for a file that is certainly elsewhere, or may be.
func (m *Manifest) beside(e *Entry) (file string, local bool) {
	at, err := m.Locate(e)
	if err != nil || at.URL == "" {
		return at.Path, err == nil
	}
	root := strings.Trim(strings.TrimSpace(m.URIRoot), "/")
	if rest, ok := strings.CutPrefix(at.URL, root+"/"); ok && isWeb(root) {
		if file, err := localPath(decoded(rest)); err == nil {
			return file, false
		}
	}
	return "", false
}

// On returns the URL of the file when the manifest itself was fetched from a URL.
func (l Location) On(manifest *url.URL) string {
	if l.URL != "" {
		return l.URL
	}
	folder := manifest.EscapedPath()
	folder = "/" + strings.TrimLeft(folder[:strings.LastIndexByte(folder, '/')+1], "/")
	// The rest of the manifest's URL (a query with a token) is not its neighbour's.
	base := url.URL{Scheme: manifest.Scheme, Host: manifest.Host, User: manifest.User}
	return base.String() + folder + escape(l.Path)
}

func isWeb(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")
}

func webLocation(text string) (Location, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.Contains(text, `\`) {
		return Location{}, errors.New("the uri is not a URL that can be fetched")
	}
	if u.Path != "" {
		clean := path.Clean(u.Path)
		if strings.Contains("/"+u.Path+"/", "/../") {
			return Location{}, fmt.Errorf("the uri leads to %q by a way up", clean)
		}
	}
	return Location{URL: u.String()}, nil
}

// localPath cleans a relative path; "//" and "./" are harmless and occur.
func localPath(uri string) (string, error) {
	trimmed := strings.TrimLeft(uri, "/")
	clean := path.Clean(trimmed)
	switch {
	case trimmed == "" || clean == ".":
		return "", errors.New("the uri names no file")
	case strings.Contains("/"+decoded(trimmed)+"/", "/../"):
		return "", fmt.Errorf("the uri %q leads out of the repository", uri)
	case len(trimmed) > 1 && trimmed[1] == ':' || strings.HasPrefix(trimmed, "~"):
		return "", fmt.Errorf("the uri %q is a path of one machine", uri)
	}
	return clean, nil
}

// decoded undoes percent-encoding to look behind it. A "%" that encodes nothing stays.
func decoded(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if plain, err := url.PathUnescape(text[i:min(i+3, len(text))]); err == nil && text[i] == '%' {
			b.WriteString(plain)
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return strings.ReplaceAll(b.String(), `\`, "/")
}

// escaped matches a percent-encoded byte.
var escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^%[0-9A-Fa-f]{2}`) })

// escape makes a path fit for a URL. What is encoded already stays: authors write
// both "3D Histogram" and "3D%20Histogram".
func escape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '/':
			b.WriteByte(c)
		case c == '%' && escaped().MatchString(text[i:]):
			b.WriteByte(c)
		default:
			b.WriteString(url.PathEscape(text[i : i+1]))
		}
	}
	return b.String()
}
