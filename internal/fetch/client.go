package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Options describe a client. The zero value reaches the public internet over https.
type Options struct {
	// Mirrors rewrites URLs; its targets may be private and speak plain http.
	Mirrors Mirrors
	// Proxies say by which proxy requests go. What [Client.Exchange] sends for others
	// goes directly in any case.
	Proxies Proxies
	// Allow names further hosts ("host" or "host:port") that may be private and
	// speak plain http: what the person typed as --allow-net.
	Allow []string
	// Token is sent to api.github.com and raw.githubusercontent.com, over https
	// and to no other host; mirrors do not get it.
	Token string
	// Offline makes every request fail with the kind [Offline] that the cache has no
	// answer to.
	Offline bool
	// Cache keeps answers; nil keeps none.
	Cache *Cache
	// UserAgent defaults to "imjoy".
	UserAgent string
	// Progress, when set, is told of bytes as they arrive, from the goroutine of
	// the caller. total is -1 when the server does not say.
	Progress func(url string, done, total int64)

	// Done, when set, is told of each answer that was read to its end, but not of kept
	// ones.
	Done func(url string, size int64)

	// Idle and Time default to 30 s without a byte and 5 min for one Get.
	Idle, Time time.Duration
	// Sleep waits between tries; tests replace it.
	Sleep func(context.Context, time.Duration) error
	// Resolver and Transport default to those of the system; a Transport takes
	// the place of the dialer with its guard, so only tests set it.
	Resolver  *net.Resolver
	Transport http.RoundTripper
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	o         Options
	named     named
	transport http.RoundTripper
	proxied   *http.Transport // dials proxies
	judged    sync.Map        // hosts that proxies may be asked for
}

// New returns a client.
func New(o Options) *Client {
	if o.UserAgent == "" {
		o.UserAgent = "imjoy"
	}
	if o.Idle == 0 {
		o.Idle = idleLimit
	}
	if o.Time == 0 {
		o.Time = timeLimit
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	c := &Client{o: o, named: newNamed(append(o.Mirrors.hosts(), o.Allow...)...), transport: o.Transport}
	if c.transport == nil {
		c.transport = newTransport(c.named, o.Resolver)
	}
	c.proxied = c.newProxied()
	return c
}

// newTransport has no proxy: a proxy connects where the guard cannot look.
func newTransport(n named, resolver *net.Resolver) *http.Transport {
	return &http.Transport{
		DialContext:            n.dial(resolver),
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialLimit,
		IdleConnTimeout:        idleLimit,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    4,
	}
}

// Close drops idle connections.
func (c *Client) Close() {
	c.proxied.CloseIdleConnections()
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Request is one thing to get.
type Request struct {
	URL    string
	Limit  int64  // bytes after decompression; 0 means [PluginLimit]
	Accept string // media type; empty means any
	// Immutable says that the answer can never change: the URL names a commit. A kept
	// one is taken without asking.
	Immutable bool
}

// Response is an answer with a status of success, read to its end.
type Response struct {
	URL         string // as asked for, before mirrors and redirects
	Final       string // where redirects led, before mirrors; URL for kept answers
	ContentType string
	Body        []byte
	Cached      bool // no server was asked, or it said that nothing changed
}

// Get fetches one URL: mirrors, guard, at most 5 redirects, retries for failures
// that pass, limits. Errors are [*Error]; when ctx ends, its cause is in the chain.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	if r.Limit == 0 {
		r.Limit = PluginLimit
	}
	if known := c.o.Cache.load(r); known != nil && (c.o.Offline || r.Immutable && known.Status == http.StatusOK) {
		response, err := known.kept(r)
		if err == nil {
			return response, nil
		}
		return nil, &Error{Kind: err.kind, URL: address.Redact(r.URL), Status: err.status, Err: err}
	}
	if c.o.Offline {
		return nil, &Error{Kind: Offline, URL: address.Redact(r.URL), Err: fmt.Errorf("offline: the network is not used, and no answer of it is kept")}
	}
	start, err := parse(r.URL)
	if err == nil {
		ctx, cancel := context.WithTimeoutCause(ctx, c.o.Time, errTime)
		defer cancel()
		var response *Response
		if response, err = c.retry(ctx, func() (*Response, *problem) { return c.follow(ctx, start, r) }); err == nil {
			return response, nil
		}
	}
	return nil, &Error{Kind: err.kind, URL: address.Redact(r.URL), Status: err.status, Err: err}
}

func parse(raw string) (*url.URL, *problem) {
	if len(raw) > maxURL {
		return nil, refuse("the URL is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, refuse("it is not a URL") // the error of url.Parse repeats the text
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, refuse("only https is fetched, not %q", u.Scheme)
	case u.Hostname() == "":
		return nil, refuse("the URL has no host")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
