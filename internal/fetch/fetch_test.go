package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// local returns a client that may reach the given test servers, and only those.
func local(o Options, servers ...*httptest.Server) *Client {
	for _, s := range servers {
		o.Allow = append(o.Allow, strings.TrimPrefix(s.URL, "http://"))
	}
	if o.Sleep == nil {
		o.Sleep = func(context.Context, time.Duration) error { return nil }
	}
	return New(o)
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestGetReturnsTheBody(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/json" || r.Header.Get("User-Agent") != "imjoy" {
			w.WriteHeader(http.StatusBadRequest)
		}
		w.Header().Set("Content-Type", "text/x-test")
		w.Write([]byte("hello"))
	})
	var seen int64
	var done int64
	c := local(Options{Progress: func(_ string, done, _ int64) { seen = done }, Done: func(_ string, size int64) { done += size }}, s)
	got, err := c.Get(t.Context(), Request{URL: s.URL + "/a#fragment", Accept: "application/json"})
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != "hello" || got.ContentType != "text/x-test" || got.URL != s.URL+"/a#fragment" || seen != 5 || done != 5 {
		t.Errorf("got %q %q %q, progress %d, done %d", got.Body, got.ContentType, got.URL, seen, done)
	}
}

func TestStatusBecomesAKind(t *testing.T) {
	for status, want := range map[int]Kind{
		404: NotFound, 410: NotFound, 401: Denied, 403: Denied, 451: Denied, 429: Limited, 500: Broken, 503: Broken, 204: Other, 304: Other, 418: Other,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := local(Options{}, s).Get(t.Context(), Request{URL: s.URL})
		var e *Error
		if status == 204 {
			if err != nil {
				t.Errorf("204: %v", err)
			}
			continue
		}
		if !errors.As(err, &e) || e.Kind != want || e.Status != status {
			t.Errorf("%d: %v, kind %v, want %v", status, err, KindOf(err), want)
		}
	}
}

func TestRetriesWhatMayPass(t *testing.T) {
	tests := []struct {
		name  string
		first func(http.ResponseWriter)
		tries int
	}{
		{"busy", func(w http.ResponseWriter) { w.WriteHeader(503) }, 2},
		{"limited for a second", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "1"); w.WriteHeader(429) }, 2},
		{"busy for a second", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "1"); w.WriteHeader(503) }, 2},
		{"limited as GitHub says it", func(w http.ResponseWriter) { w.Header().Set("X-RateLimit-Remaining", "0"); w.WriteHeader(403) }, 2},
		{"limited for an hour", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "3600"); w.WriteHeader(429) }, 1},
		{"limited for a week", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "604800"); w.WriteHeader(429) }, 1},
		{"busy for a time that is none", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "-1"); w.WriteHeader(504) }, 2},
		{"an error of the server's own", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "soon"); w.WriteHeader(500) }, 1},
		{"cut in the middle", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "100"); w.Write([]byte("half")) }, 2},
		{"hung up", func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }, 2},
		{"denied, with a time", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "1"); w.WriteHeader(401) }, 1},
		{"not found", func(w http.ResponseWriter) { w.WriteHeader(404) }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int32
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if asked.Add(1) == 1 {
					test.first(w)
					return
				}
				w.Write([]byte("whole"))
			})
			got, err := local(Options{}, s).Get(t.Context(), Request{URL: s.URL})
			tries := int(asked.Load())
			if tries != test.tries || test.tries == 2 && (err != nil || string(got.Body) != "whole") || test.tries == 1 && err == nil {
				t.Errorf("%d tries, want %d: %v", tries, test.tries, err)
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	tries := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { tries++; w.WriteHeader(502) })
	_, err := local(Options{}, s).Get(t.Context(), Request{URL: s.URL})
	if KindOf(err) != Broken || tries != maxAttempts {
		t.Errorf("%d tries: %v", tries, err)
	}
}

func TestRetriesEndWithTheirContext(t *testing.T) {
	tries := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { tries++; w.WriteHeader(503) })
	enough := errors.New("enough")
	_, err := local(Options{Sleep: func(context.Context, time.Duration) error { return enough }}, s).Get(t.Context(), Request{URL: s.URL})
	if KindOf(err) != Broken || tries != 1 {
		t.Errorf("%d tries: %v", tries, err)
	}
}

// TestSlowIsNotStill: what arrives slowly arrives, as long as it does not stop; what is too
// large by its own word is not begun.
func TestSlowIsNotStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := func(pause time.Duration, length int64) *Client {
			return New(Options{Idle: 30 * time.Second, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Request: r, ContentLength: length, Body: &drops{ctx: r.Context(), left: 5, pause: pause}}, nil
			}), Sleep: func(context.Context, time.Duration) error { t.Error("tried again"); return nil }})
		}
		if got, err := answer(20*time.Second, -1).Get(t.Context(), Request{URL: "https://example.com/"}); err != nil || len(got.Body) != 5 {
			t.Errorf("slow: %v", err)
		}
		if _, err := answer(40*time.Second, -1).Get(t.Context(), Request{URL: "https://example.com/"}); !errors.Is(err, errIdle) || KindOf(err) != Unreachable {
			t.Errorf("still: %v", err)
		}
		c := answer(0, 1<<40)
		c.o.Progress = func(string, int64, int64) { t.Error("it was begun") }
		if _, err := c.Get(t.Context(), Request{URL: "https://example.com/"}); KindOf(err) != TooLarge {
			t.Errorf("large: %v", err)
		}
		for pause, want := range map[time.Duration]error{20 * time.Second: nil, 40 * time.Second: errIdle} {
			got, err := answer(pause, -1).Exchange(t.Context(), Exchange{URL: &url.URL{Scheme: "https", Host: "example.com"}})
			if want == nil && (err != nil || len(got.Body) != 5) || want != nil && !errors.Is(err, want) {
				t.Errorf("exchanged every %s: %v", pause, err)
			}
		}
		leave := errors.New("the person left")
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() { time.Sleep(time.Second); cancel(leave) }()
		if _, err := answer(20*time.Second, -1).Get(ctx, Request{URL: "https://example.com/"}); !errors.Is(err, leave) || KindOf(err) != Other {
			t.Errorf("left: %v", err)
		}
	})
}

// drops is a body that comes byte by byte.
type drops struct {
	ctx   context.Context
	left  int
	pause time.Duration
}

func (d *drops) Read(p []byte) (int, error) {
	if d.left--; d.left < 0 {
		return 0, io.EOF
	}
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(d.pause):
	}
	return copy(p, "x"), nil
}

func (d *drops) Close() error { return nil }

func TestOfflineSendsNothing(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	_, err := local(Options{Offline: true}, s).Get(t.Context(), Request{URL: s.URL})
	if KindOf(err) != Offline {
		t.Error(err)
	}
}

func TestCancelledRequestTellsSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	_, err := local(Options{}, s).Get(ctx, Request{URL: s.URL})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled in the chain", err)
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	c := local(Options{}, s)
	s.Close()
	c.o.Sleep = func(context.Context, time.Duration) error { t.Error("nobody will be there in a moment"); return nil }
	_, err := c.Get(t.Context(), Request{URL: s.URL})
	if KindOf(err) != Unreachable {
		t.Error(err)
	}
}

// TestTokenGoesToGitHubOnly looks at the requests as they would leave.
func TestTokenGoesToGitHubOnly(t *testing.T) {
	for raw, want := range map[string]string{
		"https://api.github.com/repos/a/b/commits/HEAD": "Bearer sesame",
		"https://raw.githubusercontent.com/a/b/c":       "Bearer sesame",
		"https://API.GitHub.com/x":                      "Bearer sesame",
		"http://api.github.com/x":                       "refused",
		"https://api.github.com:444/x":                  "",
		"http://api.github.com:443/x":                   "",
		"https://api.github.com.evil.example/x":         "",
		"https://evil.example/api.github.com/x":         "",
		"https://github.com/x":                          "",
		"https://api.github.com@evil.example/x":         "Basic YXBpLmdpdGh1Yi5jb206",
		"https://mirrored.example/x":                    "",
	} {
		mirrors, err := ParseMirrors("https://mirrored.example=https://mirror.example")
		if err != nil {
			t.Fatal(err)
		}
		got := "refused"
		c := New(Options{Token: "sesame", Mirrors: mirrors, Allow: []string{"api.github.com:443"}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			got = r.Header.Get("Authorization")
			return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
		})})
		_, err = c.Get(t.Context(), Request{URL: raw})
		if got != want {
			t.Errorf("%s: sent %q, want %q", raw, got, want)
		}
		if err != nil && strings.Contains(err.Error(), "sesame") {
			t.Errorf("the token is in %v", err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCredentialsStayWithTheirHost(t *testing.T) {
	var other string
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { other = r.Header.Get("Authorization") })
	var own []string
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		own = append(own, r.Header.Get("Authorization"))
		if r.URL.Path == "/1" {
			http.Redirect(w, r, "/2", http.StatusFound)
			return
		}
		http.Redirect(w, r, b.URL, http.StatusFound)
	})
	_, err := local(Options{}, a, b).Get(t.Context(), Request{URL: strings.Replace(a.URL, "//", "//me:sesame@", 1) + "/1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(own) != 2 || own[0] == "" || own[1] != own[0] || other != "" {
		t.Errorf("own host got %q, the other host %q", own, other)
	}
}

// TestRedirectsCarryNoSecret: not in plain http to the very host and port, and none that the
// server made up.
func TestRedirectsCarryNoSecret(t *testing.T) {
	var sent []string
	c := New(Options{Allow: []string{"example.com:8443"}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.URL.Scheme+" "+r.Header.Get("Authorization"))
		if r.URL.Path == "/2" {
			return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
		}
		return &http.Response{StatusCode: 302, Body: http.NoBody, Header: http.Header{"Location": {"http://you:too@example.com:8443/2#part"}}}, nil
	})})
	e := Exchange{URL: &url.URL{Scheme: "https", Host: "example.com:8443", Path: "/1"}, Headers: [][2]string{{"Authorization", "Basic x"}}}
	if _, err := c.Exchange(t.Context(), e); err != nil || len(sent) != 2 || sent[0] != "https Basic x" || sent[1] != "http " {
		t.Errorf("exchanged: sent %q, %v", sent, err)
	}
	sent = nil
	got, err := c.Get(t.Context(), Request{URL: "https://me:sesame@example.com:8443/1"})
	if err != nil || len(sent) != 2 || !strings.HasPrefix(sent[0], "https Basic ") || sent[1] != "http " {
		t.Errorf("sent %q, %v", sent, err)
	}
	if err == nil && got.Final != "http://example.com:8443/2" {
		t.Errorf("it ended at %s", got.Final)
	}
}

func TestErrorsHideCredentials(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirect" {
			w.Header().Set("Location", "http://me:sesame@10.1.2.3/?token=sesame")
			w.WriteHeader(302)
			return
		}
		w.WriteHeader(404)
	})
	userinfo := strings.Replace(s.URL, "//", "//me:sesame@", 1)
	for _, raw := range []string{
		userinfo + "/x", userinfo + "/redirect", s.URL + "/x?access_token=sesame&a=b", s.URL + "/x?X-Amz-Signature=sesame",
		"https://me:sesame@ho st/%zz", "ftp://me:sesame@host/", "http://me:sesame@127.0.0.1:1/",
	} {
		_, err := local(Options{}, s).Get(t.Context(), Request{URL: raw})
		if err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestErrorsAreSafeToPrint(t *testing.T) {
	_, err := New(Options{}).Get(t.Context(), Request{URL: "https://h/\x1b[31m\u202e"})
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") {
		t.Errorf("%q", err)
	}
}
