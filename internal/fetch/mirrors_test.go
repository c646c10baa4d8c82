package fetch

import (
	"net/http"
	"net/url"
	"testing"
)

func TestMirrorsRewritePrefixes(t *testing.T) {
	m, err := ParseMirrors(" https://raw.githubusercontent.com/=http://127.0.0.1:8080/raw , https://api.github.com=http://127.0.0.1:8080/api/," +
		"https://raw.githubusercontent.com/lab/=https://git.lab.example/x%2Fy,https://h.example:8443/a=https://h2.example")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		"https://raw.githubusercontent.com/a/b/HEAD/x%20y?q=1": "http://127.0.0.1:8080/raw/a/b/HEAD/x%20y?q=1",
		"https://RAW.githubusercontent.com:443/a":              "http://127.0.0.1:8080/raw/a",
		"https://raw.githubusercontent.com":                    "http://127.0.0.1:8080/raw",
		"https://raw.githubusercontent.com/lab/r/main/p":       "https://git.lab.example/x%2Fy/r/main/p",
		"https://raw.githubusercontent.com/labyrinth/r":        "http://127.0.0.1:8080/raw/labyrinth/r",
		"https://api.github.com/repos":                         "http://127.0.0.1:8080/api/repos",
		"https://h.example:8443/a/b":                           "https://h2.example/b",
		"https://h.example:8443/ab":                            "https://h.example:8443/ab",
		"https://h.example/a/b":                                "https://h.example/a/b",
		"http://h.example:8443/a/b":                            "http://h.example:8443/a/b",
		"https://raw.githubusercontent.com.evil.example/a":     "https://raw.githubusercontent.com.evil.example/a",
		"http://raw.githubusercontent.com/a":                   "http://raw.githubusercontent.com/a",
		"https://evil.example/https://api.github.com/a":        "https://evil.example/https://api.github.com/a",
		"https://u@raw.githubusercontent.com/a":                "http://127.0.0.1:8080/raw/a",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Rewrite(u).String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func TestMirrorsRefused(t *testing.T) {
	for _, text := range []string{
		"https://a.example", "a.example=b.example", "https://a.example=/tmp/x", "https://a.example=file:///tmp",
		"ftp://a.example=https://b.example", "https://a.example=https://b.example/?q", "=", "https://=https://b.example",
		"https://a.example=https://b.example/#x", "https://a.example=http://%zz", "https://a.example,https://b.example",
	} {
		if _, err := ParseMirrors(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	if m, err := ParseMirrors(" , "); err != nil || len(m.rules) != 0 {
		t.Errorf("nothing: %v, %v", m, err)
	}
}

func TestResponseKeepsTheUnmirroredURL(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.URL.Path)) })
	m, err := ParseMirrors("https://raw.githubusercontent.com=" + s.URL + "/gh")
	if err != nil {
		t.Fatal(err)
	}
	got, err := New(Options{Mirrors: m}).Get(t.Context(), Request{URL: "https://raw.githubusercontent.com/o/r/HEAD/p"})
	if err != nil || string(got.Body) != "/gh/o/r/HEAD/p" || got.URL != "https://raw.githubusercontent.com/o/r/HEAD/p" {
		t.Errorf("%+v, %v", got, err)
	}
}
