package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// waits between tries, when the server does not ask for more.
var waits = [maxAttempts - 1]time.Duration{200 * time.Millisecond, time.Second}

// retry tries again what may pass: a lost connection, a server that is busy. A
// host that does not exist, a refusal and a "not found" stay what they are. The
// whole of redirects and body is repeated, since a body may break in its middle.
func (c *Client) retry(ctx context.Context, try func() (*Response, *problem)) (*Response, *problem) {
	for attempt := 0; ; attempt++ {
		response, err := try()
		if err == nil || attempt == len(waits) {
			return response, err
		}
		wait, again := passing(err, waits[attempt])
		if !again || c.o.Sleep(ctx, wait) != nil {
			return nil, err
		}
	}
}

// passing reports whether a problem may pass by itself, and after how long.
func passing(p *problem, wait time.Duration) (time.Duration, bool) {
	var ask *askedWait
	if errors.As(p.err, &ask) {
		return max(ask.wait, wait), ask.wait <= maxWait && (p.kind == Limited || p.kind == Broken)
	}
	switch p.kind {
	case Limited:
		return wait, true
	case Broken:
		return wait, p.status == http.StatusBadGateway || p.status == http.StatusServiceUnavailable || p.status == http.StatusGatewayTimeout
	case Unreachable:
		return wait, !settled(p.err)
	}
	return 0, false
}

// settled reports errors that another try would only repeat.
func settled(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, errIdle), errors.Is(err, errTime):
		return true
	case errors.As(err, &dns):
		return !dns.IsTemporary || dns.IsNotFound
	case errors.As(err, &op):
		return op.Op == "dial"
	}
	return false
}

// askedWait is the wait that a server asks for in Retry-After.
type askedWait struct{ wait time.Duration }

func (a *askedWait) Error() string { return "try again in " + a.wait.String() }

func retryAfter(h http.Header) error {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return nil
	}
	return &askedWait{time.Duration(min(seconds, 86400)) * time.Second}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
