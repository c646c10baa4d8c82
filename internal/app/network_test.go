package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// site answers what the plugins of these tests ask.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "secret=1")
		fmt.Fprint(w, "hé "+r.Header.Get("X-Mine")+r.Header.Get("Cookie")+r.Header.Get("Origin"))
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, strings.Split(r.Header.Get("Content-Type"), ";")[0], body)
	})
	mux.HandleFunc("/missing", http.NotFound)
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://localhost:"+r.URL.Query().Get("port")+"/text", http.StatusFound)
	})
	mux.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/text", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(20 * time.Second):
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 1<<20)
		for range 80 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestFetch(t *testing.T) {
	server := site(t)
	address, _ := url.Parse(server.URL)
	here := permission.NewSet(permission.Permission{Kind: permission.Net, Value: address.Host})
	either := here.Union(permission.NewSet(permission.Permission{Kind: permission.Net, Value: "localhost"}))
	anywhere := permission.NewSet(permission.Permission{Kind: permission.Net})
	for _, test := range []struct {
		name, body string
		granted    permission.Set
		want       string // of the result or of the error
	}{
		{"no grant", "return (await fetch(base + '/text')).status", permission.Set{}, "--allow-net=" + address.Host},
		{"granted", "const r = await fetch(base + '/text'); return [r.ok, r.url === base + '/text', await r.text(), r.headers.get('set-cookie')].join()", here, "true,true,hé ,"},
		{"own headers only", "const r = await fetch(base + '/text', {headers: {'X-Mine': 'm', Cookie: 'c', Origin: 'o'}}); return r.text()", here, "hé m"},
		{"any host is not this machine", "return (await fetch(base + '/text')).status", anywhere, "inside this machine"},
		{"everything but this machine", "return (await fetch(base + '/text')).status", permission.All(), "inside this machine"},
		{"denied", "return (await fetch(base + '/text')).status", here.Deny(permission.Permission{Kind: permission.Net, Value: "127.0.0.1"}), "may not connect"},
		{"another port", "return (await fetch('http://127.0.0.1:1/')).status", here, "--allow-net=127.0.0.1:1"},
		{"another spelling", "return (await fetch(base.replace('127.0.0.1', '127.1') + '/text')).status", here, "200"},
		{"a status of failure is an answer", "const r = await fetch(base + '/missing'); return [r.ok, r.status, r.statusText].join()", here, "false,404,Not Found"},
		{"post", "return (await fetch(base + '/echo', {method: 'POST', body: new URLSearchParams({a: 'b c'})})).text()", here, "POST application/x-www-form-urlencoded a=b+c"},
		{"put bytes", "return (await fetch(base + '/echo', {method: 'PUT', body: new Uint8Array([104, 105])})).text()", here, "PUT  hi"},
		{"form", "const f = new FormData(); f.append('a', 'x'); return (await (await fetch(base + '/echo', {method: 'POST', body: f})).text()).includes('name=\"a\"')", here, "true"},
		{"redirect", "const r = await fetch(base + '/here'); return [r.redirected, r.url === base + '/text'].join()", here, "true,true"},
		{"redirect away", "return (await fetch(base + '/away?port=' + new URL(base).port)).status", here, "--allow-net=localhost"},
		{"redirect away, granted", "return (await fetch(base + '/away?port=' + new URL(base).port)).text()", either, "hé"},
		{"redirect forbidden", "return (await fetch(base + '/here', {redirect: 'error'})).status", here, "forbids"},
		{"redirect by hand", "const r = await fetch(base + '/here', {redirect: 'manual'}); return [r.status, r.headers.get('location')].join()", here, "302,/text"},
		{"redirects without end", "return (await fetch(base + '/round')).status", here, "more than 5"},
		{"aborted", "const c = new AbortController(); setTimeout(() => c.abort(), 20); return (await fetch(base + '/slow', {signal: c.signal})).status", here, "AbortError"},
		{"timed out", "return (await fetch(base + '/slow', {signal: AbortSignal.timeout(20)})).status", here, "TimeoutError"},
		{"too long", "return (await fetch(base + '/endless')).status", here, "larger than 64 MiB"},
		{"file", "return (await fetch('file:///etc/passwd')).status", anywhere, "not file:"},
		{"metadata", "return (await fetch('http://169.254.169.254/latest')).status", anywhere, "inside this machine"},
		{"caught", "try { await fetch(base + '/text') } catch (e) { return [e instanceof TypeError, e.name].join() }", permission.Set{}, "true,TypeError"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && test.name == "too long" {
				t.Skip("with -short: 64 MiB take long with the race detector")
			}
			got := fetched(t, server.URL, test.body, test.granted)
			if !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// fetched runs a plugin that fetches, and returns what it returns or why it failed.
func fetched(t *testing.T, base, body string, granted permission.Set) string {
	t.Helper()
	text := "<config lang=\"json\">{\"name\": \"N\", \"type\": \"web-worker\", \"version\": \"1\", \"api_version\": \"0.1.8\"}</config>\n" +
		"<script lang=\"javascript\">const base = '" + base + "'; api.export({async run() { " + body + " }})</script>\n"
	doc, _ := pluginfile.Parse("n.imjoy.html", []byte(text))
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	a := &App{Env: func(string) string { return "" }}
	n, done, err := a.network(false)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	p, err := engine.Open(t.Context(), plan, engine.Options{Granted: granted, Host: engine.Host{Network: n}, Limits: engine.Limits{Timeout: 10 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	v, err := p.Call(t.Context(), "run")
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(v)
}
