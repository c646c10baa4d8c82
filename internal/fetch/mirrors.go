package fetch

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Mirrors rewrites URLs whose start is served elsewhere: a lab behind a wall has
// its own copy of raw.githubusercontent.com, a test serves one from loopback. The
// zero value rewrites nothing.
type Mirrors struct{ rules []mirror }

type mirror struct{ from, to *url.URL }

// ParseMirrors reads "FROM=TO,FROM=TO", both absolute http or https URLs. A rule
// applies to URLs with the scheme and host of FROM whose path is FROM's or lies
// below it; the longest FROM wins. Slashes at the ends do not matter. A comma or
// an equals sign inside a URL is written %2C or %3D.
func ParseMirrors(text string) (Mirrors, error) {
	var m Mirrors
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		from, to, ok := strings.Cut(entry, "=")
		if !ok {
			return Mirrors{}, fmt.Errorf("parse mirror %q: it needs the form FROM=TO", address.Redact(entry))
		}
		rule, err := newMirror(strings.TrimSpace(from), strings.TrimSpace(to))
		if err != nil {
			return Mirrors{}, err
		}
		m.rules = append(m.rules, rule)
	}
	slices.SortStableFunc(m.rules, func(a, b mirror) int { return len(b.from.Path) - len(a.from.Path) })
	return m, nil
}

func newMirror(from, to string) (mirror, error) {
	f, err := mirrorURL(from)
	if err != nil {
		return mirror{}, err
	}
	t, err := mirrorURL(to)
	if err != nil {
		return mirror{}, err
	}
	return mirror{from: f, to: t}, nil
}

func mirrorURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("parse mirror %q: it is not an absolute http or https URL", address.Redact(raw))
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("parse mirror %q: a mirror is a prefix, without ? and #", address.Redact(raw))
	}
	return u, nil
}

// Rewrite returns the URL that is really asked for u: u itself when no rule applies.
func (m Mirrors) Rewrite(u *url.URL) *url.URL {
	for _, rule := range m.rules {
		if rest, ok := rule.match(u); ok {
			return rule.target(u, rest)
		}
	}
	return u
}

// match returns what follows FROM in the escaped path of u: nothing, or a path
// that begins with a slash.
func (r mirror) match(u *url.URL) (rest string, ok bool) {
	if !strings.EqualFold(r.from.Scheme, u.Scheme) || hostPort(r.from) != hostPort(u) {
		return "", false
	}
	rest, ok = strings.CutPrefix(u.EscapedPath(), strings.TrimRight(r.from.EscapedPath(), "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}

func (r mirror) target(u *url.URL, rest string) *url.URL {
	to := *r.to
	to.RawQuery, to.Fragment = u.RawQuery, ""
	escaped := strings.TrimRight(r.to.EscapedPath(), "/") + rest
	path, err := url.PathUnescape(escaped)
	if err != nil { // both halves were valid, so this cannot happen
		return u
	}
	to.Path, to.RawPath = path, escaped
	return &to
}

// hosts returns host:port of every target.
func (m Mirrors) hosts() []string {
	var list []string
	for _, rule := range m.rules {
		list = append(list, hostPort(rule.to))
	}
	return list
}

// hostPort is the host as the dialer is asked for it: lower case, with a port.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return joinHost(u.Hostname(), port)
}
