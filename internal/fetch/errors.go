package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// Kind says what a caller can do about a failed request.
type Kind int

// The kinds of failures.
const (
	Other       Kind = iota
	Unreachable      // no network, no such host, no answer in time: try later or work offline
	Offline          // the client was told not to use the network
	NotFound         // the server has no such thing
	Denied           // the server wants credentials, or refuses these
	Limited          // too many requests for now
	Broken           // the server answered with an error of its own, or not as HTTP demands
	TooLarge         // more than the limit of the request
	Refused          // we refuse: scheme, address, redirect or form of the URL
)

var kindNames = [...]string{"failed", "unreachable", "offline", "not found", "denied", "limited", "broken", "too large", "refused"}

func (k Kind) String() string { return kindNames[k] }

// Error is a request that failed.
type Error struct {
	Kind   Kind
	URL    string // redacted, before mirrors
	Status int    // of the answer, 0 when there was none
	Err    error
}

func (e *Error) Error() string {
	shown := strconv.Quote(e.URL)
	if plain := `"` + e.URL + `"`; plain == shown {
		shown = e.URL
	}
	return fmt.Sprintf("fetch %s: %v", shown, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first [Error] in the chain, Other when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Other
}

// problem is a failure on its way to becoming an Error.
type problem struct {
	kind   Kind
	status int
	text   string
	err    error
}

func (p *problem) Error() string {
	if p.err == nil {
		return p.text
	}
	if p.text == "" {
		return p.err.Error()
	}
	return p.text + ": " + p.err.Error()
}

func (p *problem) Unwrap() error { return p.err }

func refuse(format string, args ...any) *problem {
	return &problem{kind: Refused, text: fmt.Sprintf(format, args...)}
}

var (
	errIdle = errors.New("nothing arrived for too long")
	errTime = errors.New("it took too long")
)

// statusProblem judges a status that is neither success nor redirect.
func statusProblem(status int) *problem {
	p := &problem{kind: Other, status: status, text: fmt.Sprintf("the server answered %d %s", status, http.StatusText(status))}
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		p.kind = NotFound
	case status == http.StatusTooManyRequests:
		p.kind = Limited
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusUnavailableForLegalReasons:
		p.kind = Denied
	case status >= 500:
		p.kind = Broken
	}
	return p
}

// transportProblem judges an error of the connection. The context's cause tells
// our clocks from the caller's own end.
func transportProblem(ctx context.Context, err error) *problem {
	var guard *problem
	if errors.As(err, &guard) {
		return guard
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errIdle), errors.Is(cause, errTime):
		return &problem{kind: Unreachable, err: cause}
	case cause != nil:
		return &problem{kind: Other, err: cause}
	}
	return &problem{kind: Unreachable, err: err}
}
