package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Exchange is a request of somebody else's code: any method, headers and body, and an
// answer of any status. Nothing of ours goes along: no token, no cache, no retry.
type Exchange struct {
	URL     *url.URL
	Method  string
	Headers [][2]string
	Body    []byte
	// Redirect is "follow" (the default), "error" or "manual".
	Redirect string
	// Allow is asked before each hop. named is true for hosts that the person named, be
	// they of this machine and its network. Nil allows the public internet.
	Allow func(ctx context.Context, u *url.URL) (named bool, err error)
	// Limit is how long the body of the answer may be; 0 means [AssetLimit].
	Limit int64
}

// Answer is what came back.
type Answer struct {
	URL        string
	Redirected bool
	Status     int
	StatusText string
	Headers    [][2]string
	Body       []byte
}

// ours are headers that the transport sets, or that belong to the person and not to
// the code that asks.
var ours = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "Dnt", "Expect", "Host", "Keep-Alive",
	"Origin", "Referer", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "User-Agent",
}

// Exchange sends a request and follows its redirects. Its errors are [*Error]s.
func (c *Client) Exchange(ctx context.Context, e Exchange) (*Answer, error) {
	if c.o.Offline {
		return nil, &Error{Kind: Offline, URL: address.Redact(e.URL.String()), Err: errors.New("offline: the network is not used")}
	}
	if e.Limit == 0 {
		e.Limit = AssetLimit
	}
	if e.Method == "" {
		e.Method = http.MethodGet
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.Time, errTime)
	defer cancel()
	ctx, clock := startClock(ctx, c.o.Idle)
	defer clock.stop()
	answer, err := c.exchange(ctx, e, clock)
	if err != nil {
		return nil, &Error{Kind: err.kind, URL: address.Redact(e.URL.String()), Status: err.status, Err: err}
	}
	return answer, nil
}

func (c *Client) exchange(ctx context.Context, e Exchange, clock *clock) (*Answer, *problem) {
	target, method, body, headers := e.URL, e.Method, e.Body, header(e.Headers)
	for hop := range maxRedirects + 1 {
		response, err := c.hop(ctx, e, target, method, body, headers)
		if err != nil {
			return nil, err
		}
		clock.tick()
		next, err := location(response, target)
		if err == nil && next == nil || e.Redirect == "manual" {
			return c.answer(ctx, response, e, target, hop > 0, clock)
		}
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		if e.Redirect == "error" {
			return nil, refuse("the server redirects, and the request forbids that")
		}
		if next.Scheme != target.Scheme || hostPort(next) != hostPort(target) {
			headers.Del("Authorization")
		}
		if status := response.StatusCode; status == http.StatusSeeOther && method != http.MethodHead ||
			(status == http.StatusMovedPermanently || status == http.StatusFound) && method == http.MethodPost {
			method, body = http.MethodGet, nil
			headers.Del("Content-Type")
		}
		target = next
	}
	return nil, refuse("more than %d redirects", maxRedirects)
}

func header(list [][2]string) http.Header {
	h := http.Header{}
	for _, pair := range list {
		name := http.CanonicalHeaderKey(pair[0])
		if !slices.Contains(ours, name) && !strings.HasPrefix(name, "Proxy-") && !strings.HasPrefix(name, "Sec-") {
			h.Add(name, pair[1])
		}
	}
	return h
}

// hop sends one request. What the person named is reached without the guard, and by
// plain http; everything else must be of the public internet.
func (c *Client) hop(ctx context.Context, e Exchange, target *url.URL, method string, body []byte, headers http.Header) (*http.Response, *problem) {
	if target.Scheme != "http" && target.Scheme != "https" {
		return nil, refuse("only http and https are fetched, not %q", target.Scheme)
	}
	named := false
	if e.Allow != nil {
		var err error
		if named, err = e.Allow(ctx, target); err != nil {
			return nil, &problem{kind: Refused, err: err}
		}
	}
	u := *c.o.Mirrors.Rewrite(target)
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	request, err := http.NewRequestWithContext(context.WithValue(ctx, namedKey{}, named), method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, refuse("it is not a request: %v", err)
	}
	request.Header = headers.Clone()
	request.Header.Set("User-Agent", c.o.UserAgent)
	response, err := c.exchangeTransport().RoundTrip(request)
	if err != nil {
		return nil, transportProblem(ctx, err)
	}
	return response, nil
}

func (c *Client) answer(ctx context.Context, response *http.Response, e Exchange, from *url.URL, redirected bool, clock *clock) (*Answer, *problem) {
	defer response.Body.Close()
	if response.ContentLength > e.Limit && e.Method != http.MethodHead {
		return nil, tooLarge(e.Limit)
	}
	var body []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := response.Body.Read(chunk)
		if int64(len(body)+n) > e.Limit {
			return nil, tooLarge(e.Limit)
		}
		if n > 0 {
			clock.tick() // each byte counts: some servers send few, for long
			body = append(body, chunk[:n]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, transportProblem(ctx, err)
		}
	}
	a := &Answer{URL: from.String(), Redirected: redirected, Status: response.StatusCode, Body: body}
	_, a.StatusText, _ = strings.Cut(response.Status, " ")
	for name, values := range response.Header {
		if name == "Set-Cookie" || name == "Set-Cookie2" {
			continue // there is no jar, and scripts never see cookies
		}
		for _, v := range values {
			a.Headers = append(a.Headers, [2]string{strings.ToLower(name), v})
		}
	}
	slices.SortStableFunc(a.Headers, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
	return a, nil
}

// namedKey marks a request whose host the person named.
type namedKey struct{}

// exchangeTransport keeps connections that went past the guard apart from all others:
// one that is open already is not judged again.
func (c *Client) exchangeTransport() http.RoundTripper {
	if c.o.Transport != nil {
		return c.o.Transport
	}
	return exchangeTransport{c}
}

type exchangeTransport struct{ client *Client }

func (t exchangeTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if named, _ := r.Context().Value(namedKey{}).(bool); !named {
		return t.client.transport.RoundTrip(r)
	}
	free := newTransport(newNamed(r.URL.Hostname()), t.client.o.Resolver)
	free.DisableKeepAlives = true
	response, err := free.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", r.URL.Host, err)
	}
	return response, nil
}
