package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// follow sends one request and goes where its redirects lead. Each hop is mirrored
// and judged like the first.
func (c *Client) follow(ctx context.Context, start *url.URL, r Request) (*Response, *problem) {
	ctx, clock := startClock(ctx, c.o.Idle)
	defer clock.stop()
	known := c.o.Cache.load(r)
	final := start
	target := c.o.Mirrors.Rewrite(start)
	origin := target
	for range maxRedirects + 1 {
		response, err := c.send(ctx, origin, target, r, known)
		if err != nil {
			return nil, err
		}
		clock.tick()
		next, err := location(response, target)
		if err == nil && next == nil {
			if response.StatusCode == http.StatusNotModified && known != nil {
				response.Body.Close()
				return known.kept(r)
			}
			answer, err := c.read(ctx, response, r, clock)
			if err == nil {
				answer.Final = final.String()
			}
			return answer, err
		}
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		final, target = next, c.o.Mirrors.Rewrite(next)
	}
	return nil, refuse("more than %d redirects", maxRedirects)
}

// send makes one hop. Credentials of the URL stay with the scheme, host and port
// they were given for.
func (c *Client) send(ctx context.Context, origin, target *url.URL, r Request, known *answer) (*http.Response, *problem) {
	if err := c.judge(target); err != nil {
		return nil, err
	}
	u := *target
	u.User = nil
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, refuse("it is not a URL")
	}
	request.Header.Set("User-Agent", c.o.UserAgent)
	if r.Accept != "" {
		request.Header.Set("Accept", r.Accept)
	}
	known.ask(request.Header)
	switch {
	case origin.User != nil && origin.Scheme == target.Scheme && hostPort(origin) == hostPort(target):
		password, _ := origin.User.Password()
		request.SetBasicAuth(origin.User.Username(), password)
	case c.o.Token != "" && tokenHost(target):
		request.Header.Set("Authorization", "Bearer "+c.o.Token)
	}
	return c.through(request)
}

// judge refuses plain http to hosts that nobody named.
func (c *Client) judge(u *url.URL) *problem {
	if u.Scheme == "https" || u.Scheme == "http" && c.named.has(hostPort(u)) {
		return nil
	}
	return refuse("plain http to %s, a host that neither IMJOY_MIRRORS nor --allow-net names", u.Host)
}

func tokenHost(u *url.URL) bool {
	host := hostPort(u)
	return u.Scheme == "https" && (host == "api.github.com:443" || host == "raw.githubusercontent.com:443")
}

// location returns where a redirect leads, nil when the response is none.
func location(response *http.Response, from *url.URL) (*url.URL, *problem) {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	raw := response.Header.Get("Location")
	if raw == "" || len(raw) > maxURL {
		return nil, &problem{kind: Broken, status: response.StatusCode, text: "the server redirects to nowhere"}
	}
	to, err := url.Parse(raw)
	if err != nil {
		return nil, refuse("the server redirects to something that is not a URL")
	}
	to = from.ResolveReference(to)
	to.User, to.Fragment, to.RawFragment = nil, "", ""
	if to.Scheme != "http" && to.Scheme != "https" {
		return nil, refuse("the server redirects to %q, only https is followed", to.Scheme)
	}
	if to.Hostname() == "" {
		return nil, refuse("the server redirects to a URL without a host")
	}
	return to, nil
}

// read takes the body within its limit. The transport has undone the compression
// by then, so a small bomb counts with its full size.
func (c *Client) read(ctx context.Context, response *http.Response, r Request, clock *clock) (*Response, *problem) {
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		p := statusProblem(response.StatusCode)
		if limited(response) {
			p.kind = Limited
		}
		p.err = retryAfter(response.Header)
		c.o.Cache.keepMissing(r, response.StatusCode)
		return nil, p
	}
	if response.ContentLength > r.Limit {
		return nil, tooLarge(r.Limit)
	}
	var body []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := response.Body.Read(chunk)
		if int64(len(body)+n) > r.Limit {
			return nil, tooLarge(r.Limit)
		}
		if n > 0 {
			clock.tick()
			body = append(body, chunk[:n]...)
			if c.o.Progress != nil {
				c.o.Progress(r.URL, int64(len(body)), response.ContentLength)
			}
		}
		if errors.Is(err, io.EOF) {
			c.o.Cache.keep(r, response, body)
			if c.o.Done != nil {
				c.o.Done(r.URL, int64(len(body)))
			}
			return &Response{URL: r.URL, ContentType: response.Header.Get("Content-Type"), Body: body}, nil
		}
		if err != nil {
			return nil, transportProblem(ctx, err)
		}
	}
}

func tooLarge(limit int64) *problem {
	return &problem{kind: TooLarge, text: "the answer is larger than " + strconv.FormatInt(limit>>20, 10) + " MiB"}
}

// limited recognises GitHub's way of saying "too many requests": 403 with a
// counter that stands at zero.
func limited(response *http.Response) bool {
	return response.StatusCode == http.StatusForbidden && response.Header.Get("X-RateLimit-Remaining") == "0"
}

// clock ends a context when nothing arrives for a while.
type clock struct {
	idle   time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

func startClock(ctx context.Context, idle time.Duration) (context.Context, *clock) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &clock{idle: idle, cancel: cancel, timer: time.AfterFunc(idle, func() { cancel(errIdle) })}
}

func (c *clock) tick() { c.timer.Reset(c.idle) }

func (c *clock) stop() {
	c.timer.Stop()
	c.cancel(nil)
}
