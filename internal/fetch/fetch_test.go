package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
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
	c := local(Options{Progress: func(_ string, done, _ int64) { seen = done }}, s)
	got, err := c.Get(t.Context(), Request{URL: s.URL + "/a#fragment", Accept: "application/json"})
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != "hello" || got.ContentType != "text/x-test" || got.URL != s.URL+"/a#fragment" || seen != 5 {
		t.Errorf("got %q %q %q, progress %d", got.Body, got.ContentType, got.URL, seen)
	}
}

func TestStatusBecomesAKind(t *testing.T) {
	for status, want := range map[int]Kind{
		404: NotFound, 410: NotFound, 401: Denied, 403: Denied, 429: Limited, 500: Broken, 503: Broken, 204: Other, 304: Other, 418: Other,
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
		{"limited for an hour", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "3600"); w.WriteHeader(429) }, 1},
		{"cut in the middle", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "100"); w.Write([]byte("half")) }, 2},
		{"hung up", func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }, 2},
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
		c := New(Options{Token: "sesame", Mirrors: mirrors, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
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
