package engine

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Network sends what plugins fetch. Whether a plugin may reach an address is decided
// by NetworkRequest.Allow, which an implementation asks before each hop.
type Network interface {
	// Fetch returns the answer, whatever its status, with its whole body. It fails when
	// there is no answer.
	Fetch(ctx context.Context, r *NetworkRequest) (*NetworkResponse, error)
}

// NetworkRequest is one request of a plugin.
type NetworkRequest struct {
	URL     *url.URL
	Method  string
	Headers [][2]string // as the plugin wants them; the implementation leaves out those that are its own
	Body    []byte
	// Redirect is "follow", "error" or "manual".
	Redirect string
	// Allow is asked for the address of each hop, the first among them. named is true
	// for addresses of this machine and its network that the person named in so many
	// words: for all others, the address must be one of the public internet.
	Allow func(ctx context.Context, u *url.URL) (named bool, err error)
	// Limit is how long the body of the answer may be, in bytes.
	Limit int64
}

// NetworkResponse is an answer.
type NetworkResponse struct {
	URL        string // where it came from, after redirects
	Redirected bool
	Status     int
	StatusText string
	Headers    [][2]string
	Body       []byte
}

// apiFetch is the request of a plugin's fetch.
func apiFetch(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	o, _ := argument(args, 0).(*value.Object)
	u, err := url.Parse(o.Text("url"))
	switch {
	case o == nil || err != nil:
		return nil, &value.Error{Name: "TypeError", Message: "fetch needs an address"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &value.Error{Name: "TypeError", Message: fmt.Sprintf("fetch reaches http and https, not %s:", u.Scheme)}
	case u.Hostname() == "":
		return nil, &value.Error{Name: "TypeError", Message: "the address has no host"}
	}
	r := &NetworkRequest{
		URL: u, Method: o.Text("method"), Redirect: o.Text("redirect"), Limit: maxFetched,
		Headers: pairs(o.Get("headers")),
		Allow:   func(ctx context.Context, u *url.URL) (bool, error) { return p.reach(ctx, u) },
	}
	r.Body, _ = o.Get("body").([]byte)
	if _, err := r.Allow(ctx, u); err != nil {
		return nil, networkError(u, err)
	}
	if p.options.Host.Network == nil {
		return nil, networkError(u, fmt.Errorf("this program gives plugins no network"))
	}
	answer, err := p.options.Host.Network.Fetch(ctx, r)
	if err != nil {
		return nil, networkError(u, err)
	}
	headers := make([]any, len(answer.Headers))
	for i, h := range answer.Headers {
		headers[i] = []any{h[0], h[1]}
	}
	body := answer.Body
	if body == nil {
		body = []byte{}
	}
	return value.NewObject("status", answer.Status, "statusText", answer.StatusText, "url", answer.URL,
		"redirected", answer.Redirected, "headers", headers, "body", body), nil
}

// networkError is what fetch rejects with: a TypeError, as in browsers, that says why.
func networkError(u *url.URL, err error) error {
	return &value.Error{Name: "TypeError", Message: fmt.Sprintf("fetch %s: %v", u.Redacted(), err)}
}

// pairs reads a list of pairs of texts.
func pairs(v value.Value) (out [][2]string) {
	list, _ := v.([]any)
	for _, item := range list {
		if pair, _ := item.([]any); len(pair) == 2 {
			out = append(out, [2]string{text(pair[0]), text(pair[1])})
		}
	}
	return out
}

// reach reports whether the plugin may connect to an address, and whether the person
// named it, be it of this machine.
func (p *Plugin) reach(ctx context.Context, u *url.URL) (named bool, err error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	want, err := permission.Parse(string(permission.Net) + ":" + hostPort(u.Hostname(), port))
	if err != nil {
		return false, err
	}
	if err := p.Require(ctx, want); err != nil {
		return false, err
	}
	return inside(u.Hostname()) && p.named(want), nil
}

func hostPort(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// inside reports whether a host is written as an address, or is this machine: only
// those can be granted although they are not of the public internet. A name that
// leads inside stays refused.
func inside(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// named reports whether something granted names this host, and not just any.
func (p *Plugin) named(want permission.Permission) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, granted := range p.options.Granted.Allowed() {
		if granted.Kind == permission.Net && granted.Value != "" && permission.NewSet(granted).Allows(want) {
			return true
		}
	}
	return false
}
