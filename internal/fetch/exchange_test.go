package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everybody allows each hop as a host that the person named.
func everybody(context.Context, *url.URL) (bool, error) { return true, nil }

func at(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// seen is what a server was sent.
type seen struct {
	Method, Body, Authorization, Type string
}

// hops are two servers: the first redirects /STATUS to the second, whose requests are told.
func hops(t *testing.T) (from string, told func() seen) {
	var last seen
	second := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last = seen{r.Method, string(body), r.Header.Get("Authorization"), r.Header.Get("Content-Type")}
	})
	var first *httptest.Server
	first = serve(t, func(w http.ResponseWriter, r *http.Request) {
		status := map[string]int{"301": 301, "302": 302, "303": 303, "307": 307, "308": 308, "stay": 307, "again": 200}[r.URL.Path[1:]]
		switch r.URL.Path {
		case "/stay":
			w.Header().Set("Location", first.URL+"/again")
		case "/again":
			last = seen{Method: r.Method, Authorization: r.Header.Get("Authorization")}
		default:
			w.Header().Set("Location", second.URL)
		}
		w.WriteHeader(status)
	})
	return first.URL, func() seen { return last }
}

// TestExchangeRedirectsAsBrowsersDo: what becomes of the method and the body, and that a
// secret stays with the host it was given to.
func TestExchangeRedirectsAsBrowsersDo(t *testing.T) {
	from, told := hops(t)
	c := New(Options{})
	defer c.Close()
	whole := seen{Method: "POST", Body: "data", Type: "text/x"}
	for _, test := range []struct {
		path, method string
		want         seen
	}{
		{"301", "POST", seen{Method: "GET"}}, {"302", "POST", seen{Method: "GET"}}, {"303", "POST", seen{Method: "GET"}},
		{"307", "POST", whole}, {"308", "POST", whole},
		{"301", "PUT", seen{Method: "PUT", Body: "data", Type: "text/x"}}, {"302", "PUT", seen{Method: "PUT", Body: "data", Type: "text/x"}}, {"303", "PUT", seen{Method: "GET"}},
		{"303", "HEAD", seen{Method: "HEAD", Body: "data", Type: "text/x"}}, {"stay", "GET", seen{Method: "GET", Authorization: "Bearer x"}},
	} {
		e := Exchange{URL: at(t, from+"/"+test.path), Method: test.method, Body: []byte("data"), Headers: [][2]string{{"authorization", "Bearer x"}, {"content-type", "text/x"}}, Allow: everybody}
		if test.method == "HEAD" {
			e.Body = nil
			test.want.Body = ""
		}
		answer, err := c.Exchange(t.Context(), e)
		if err != nil || answer.Status != 200 || !answer.Redirected || strings.HasPrefix(answer.URL, from) != (test.path == "stay") {
			t.Errorf("%s %s: %+v, %v", test.method, test.path, answer, err)
		}
		if diff := cmp.Diff(test.want, told()); diff != "" {
			t.Errorf("%s %s: %s", test.method, test.path, diff)
		}
	}
	answer, err := c.Exchange(t.Context(), Exchange{URL: at(t, from+"/302"), Redirect: "manual", Allow: everybody})
	if err != nil || answer.Status != 302 || answer.StatusText != "Found" || answer.Redirected {
		t.Errorf("manual: %+v, %v", answer, err)
	}
	if _, err := c.Exchange(t.Context(), Exchange{URL: at(t, from+"/302"), Redirect: "error", Allow: everybody}); KindOf(err) != Refused {
		t.Errorf("error: %v", err)
	}
}

// TestExchangeAsksBeforeEachHop: where a redirect leads is allowed like what was asked for.
func TestExchangeAsksBeforeEachHop(t *testing.T) {
	from, _ := hops(t)
	c := New(Options{})
	defer c.Close()
	no := errors.New("no")
	asked := 0
	_, err := c.Exchange(t.Context(), Exchange{URL: at(t, from+"/302"), Allow: func(_ context.Context, u *url.URL) (bool, error) {
		if asked++; asked == 2 {
			return false, no
		}
		return true, nil
	}})
	if !errors.Is(err, no) || KindOf(err) != Refused || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	// A host that nobody named is behind the guard, asked for directly or by a redirect.
	for _, allow := range []func(context.Context, *url.URL) (bool, error){
		nil,
		func(context.Context, *url.URL) (bool, error) { return false, nil },
		func(_ context.Context, u *url.URL) (bool, error) { return strings.HasPrefix(u.String(), from), nil },
	} {
		if _, err := c.Exchange(t.Context(), Exchange{URL: at(t, from+"/302"), Allow: allow}); KindOf(err) != Refused {
			t.Errorf("it got by: %v", err)
		}
	}
	if _, err := c.Exchange(t.Context(), Exchange{URL: at(t, "ftp://example.com/"), Allow: everybody}); KindOf(err) != Refused {
		t.Errorf("ftp: %v", err)
	}
	offline := New(Options{Offline: true})
	if _, err := offline.Exchange(t.Context(), Exchange{URL: at(t, from+"/302"), Allow: everybody}); KindOf(err) != Offline {
		t.Errorf("offline: %v", err)
	}
}

func TestExchangeEnds(t *testing.T) {
	var s *httptest.Server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			w.Header().Set("Content-Length", "100")
			if r.Method != http.MethodHead {
				w.Write(make([]byte, 100))
			}
		case "/nowhere":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case "/longer":
			w.Write(make([]byte, 100)) // without saying so
			flush(w)
			w.Write(make([]byte, 100))
		default:
			http.Redirect(w, r, "/round", http.StatusFound)
		}
	})
	c := New(Options{})
	defer c.Close()
	for _, test := range []struct {
		path, method string
		limit        int64
		want         Kind
	}{
		{"/round", "GET", 0, Refused}, {"/nowhere", "GET", 0, Refused}, {"/long", "", 0, -1}, {"/long", "GET", 99, TooLarge}, {"/long", "GET", 100, -1}, {"/long", "HEAD", 99, -1}, {"/longer", "GET", 199, TooLarge},
	} {
		_, err := c.Exchange(t.Context(), Exchange{URL: at(t, s.URL+test.path), Method: test.method, Limit: test.limit, Allow: everybody})
		if test.want == -1 && err != nil || test.want != -1 && KindOf(err) != test.want {
			t.Errorf("%s %s: %v", test.method, test.path, err)
		}
	}
}

// TestExchangeCarriesNothingOfThePerson: what only browsers may say is left away, and no
// cookie comes back.
func TestExchangeCarriesNothingOfThePerson(t *testing.T) {
	var got http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.Header().Set("Set-Cookie", "a=b")
		w.Header()["Set-Cookie2"] = []string{"a=b"}
		w.Header().Set("X-B", "2")
		w.Header().Set("X-A", "1")
	})
	c := New(Options{Token: "ghp_x", UserAgent: "agent"})
	defer c.Close()
	list := [][2]string{{"x-mine", "1"}, {"X-Mine", "2"}, {"proxy-authorization", "x"}, {"sec-fetch-site", "x"}}
	for _, name := range ours {
		list = append(list, [2]string{strings.ToLower(name), "forged"})
	}
	answer, err := c.Exchange(t.Context(), Exchange{URL: at(t, strings.Replace(s.URL, "://", "://me:pw@", 1)), Headers: list, Allow: everybody})
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-Mine": {"1", "2"}, "User-Agent": {"agent"}, "Accept-Encoding": {"gzip"}, "Connection": {"close"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, pair := range answer.Headers {
		names = append(names, pair[0])
	}
	if diff := cmp.Diff([]string{"content-length", "date", "x-a", "x-b"}, names); diff != "" {
		t.Error(diff)
	}
}
