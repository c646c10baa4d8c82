package docsrender

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func serve(t *testing.T, site *Site) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(site.Handler())
	t.Cleanup(func() {
		server.CloseClientConnections() // pages wait for changes
		server.Close()
	})
	return server
}

func sample(t *testing.T) *Site {
	t.Helper()
	return build(t, Options{Title: "Ours"}, input("blur.imjoy.html", pluginText(map[string]any{"name": "Blur", "type": "web-worker", "version": "0.1.0"}, "# Blur\n\nIt blurs.")))
}

// TestHandlerAnswersOnlyThisMachine sends what web pages of other sites, and names
// that were pointed at this machine, can send.
func TestHandlerAnswersOnlyThisMachine(t *testing.T) {
	server := serve(t, sample(t))
	address := strings.TrimPrefix(server.URL, "http://")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	fetch := func(site, mode, dest string) string {
		return "\r\nSec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: " + mode + "\r\nSec-Fetch-Dest: " + dest
	}
	tests := []struct {
		name, line, host, rest string
		status                 int
	}{
		{"by number", "GET / HTTP/1.1", address, "", 200},
		{"by name", "GET /index.html HTTP/1.1", "localhost:" + port, "", 200},
		{"IPv6", "GET /plugins/blur.html HTTP/1.1", "[::1]:" + port, "", 200},
		{"head", "HEAD / HTTP/1.1", address, "", 200},
		{"with a query", "GET /?x=1 HTTP/1.1", address, "", 200},
		{"own origin", "GET / HTTP/1.1", address, "\r\nOrigin: http://" + address, 200},
		{"typed", "GET /plugins/blur.html HTTP/1.1", address, fetch("none", "navigate", "document"), 200},
		{"own page", "GET /assets/style.css HTTP/1.1", address, fetch("same-origin", "no-cors", "style"), 200},
		{"link to the front page", "GET / HTTP/1.1", address, fetch("cross-site", "navigate", "document"), 200},

		{"link into the site", "GET /plugins/blur.html HTTP/1.1", address, fetch("cross-site", "navigate", "document"), 403},
		{"changes for another page", "GET /changes HTTP/1.1", address, fetch("cross-site", "no-cors", "script"), 403},
		{"changes for a rebound name", "GET /changes HTTP/1.1", "evil.example:" + port, "", 403},
		{"framed", "GET / HTTP/1.1", address, fetch("cross-site", "navigate", "iframe"), 403},
		{"as an image", "GET / HTTP/1.1", address, fetch("cross-site", "no-cors", "image"), 403},
		{"as a script", "GET /assets/search.js HTTP/1.1", address, fetch("cross-site", "no-cors", "script"), 403},
		{"from another port", "GET /assets/search.js HTTP/1.1", address, fetch("same-site", "no-cors", "script"), 403},
		{"posted from elsewhere", "POST / HTTP/1.1", address, fetch("cross-site", "navigate", "document"), 403},
		{"rebound name", "GET / HTTP/1.1", "evil.example:" + port, "", 403},
		{"rebound name without a port", "GET / HTTP/1.1", "evil.example", "", 403},
		{"other port", "GET / HTTP/1.1", "127.0.0.1:1", "", 403},
		{"no port", "GET / HTTP/1.1", "localhost", "", 403},
		{"name that only begins so", "GET / HTTP/1.1", "localhost.evil.example:" + port, "", 403},
		{"other spelling", "GET / HTTP/1.1", "127.1:" + port, "", 403},
		{"any address", "GET / HTTP/1.1", "0.0.0.0:" + port, "", 403},
		{"with a user", "GET / HTTP/1.1", "x@" + address, "", 400},
		{"absolute", "GET http://evil.example/ HTTP/1.1", address, "", 403},
		{"absolute of ours", "GET http://" + address + "/ HTTP/1.1", address, "", 403},
		{"null origin", "GET / HTTP/1.1", address, "\r\nOrigin: null", 403},
		{"other origin", "GET / HTTP/1.1", address, "\r\nOrigin: http://evil.example", 403},
		{"https origin", "GET / HTTP/1.1", address, "\r\nOrigin: https://" + address, 403},
		{"two origins", "GET / HTTP/1.1", address, "\r\nOrigin: http://" + address + "\r\nOrigin: http://evil.example", 403},
		{"old protocol without host", "GET / HTTP/1.0", "", "", 403},
		{"post", "POST / HTTP/1.1", address, "\r\nContent-Length: 0", 405},
		{"options", "OPTIONS / HTTP/1.1", address, "", 405},
		{"traversal", "GET /../../etc/passwd HTTP/1.1", address, "", 404},
		{"encoded traversal", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", address, "", 404},
		{"twice the slash", "GET //index.html HTTP/1.1", address, "", 404},
		{"other host in the path", "GET //evil.example/ HTTP/1.1", address, "", 404},
		{"folder", "GET /assets/ HTTP/1.1", address, "", 404},
		{"not there", "GET /<script> HTTP/1.1", address, "", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			host := "\r\nHost: " + tt.host
			if tt.host == "" {
				host = ""
			}
			answer, body := raw(t, address, tt.line+host+tt.rest+"\r\nConnection: close\r\n\r\n")
			if answer.StatusCode != tt.status {
				t.Fatalf("status %d, want %d: %s", answer.StatusCode, tt.status, body)
			}
			if tt.status == 400 {
				return // by net/http, before us
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": Policy + "; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
				"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
				"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "", "Set-Cookie": "",
			} {
				if got := answer.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if tt.status != 200 && strings.ContainsAny(body, "<>") {
				t.Errorf("the error repeats what was asked: %s", body)
			}
		})
	}
}

// raw sends bytes that no client library would send.
func raw(t *testing.T, address, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, request)
	method, _, _ := strings.Cut(request, " ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestServedAndWrittenBytesAreTheSame(t *testing.T) {
	site := sample(t)
	dir := filepath.Join(t.TempDir(), "out")
	if err := site.Write(dir); err != nil {
		t.Fatal(err)
	}
	server := serve(t, site)
	for _, path := range site.Paths() {
		answer, err := http.Get(server.URL + "/" + path)
		if err != nil {
			t.Fatal(err)
		}
		served, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		written, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		if string(served) != string(written) || answer.Header.Get("Content-Type") != site.Files[path].Type {
			t.Errorf("%s: served %d bytes as %s, written %d", path, len(served), answer.Header.Get("Content-Type"), len(written))
		}
	}
}

func TestHandlerWithoutAListenerRefuses(t *testing.T) {
	w := httptest.NewRecorder()
	sample(t).Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/", nil))
	if w.Code != http.StatusForbidden {
		t.Errorf("status %d", w.Code)
	}
}

// TestChangesAreToldToPages asks as a page does, while its site changes.
func TestChangesAreToldToPages(t *testing.T) {
	var current atomic.Pointer[Site]
	server := httptest.NewServer(Handler(func(context.Context) (*Site, error) {
		if site := current.Load(); site != nil {
			return site, nil
		}
		return nil, errors.New("the config cannot be read")
	}))
	t.Cleanup(server.Close)
	plugin := func(description string) *Site {
		return build(t, Options{}, input("p.imjoy.html", pluginText(map[string]any{"name": "P", "type": "window", "description": description}, "")))
	}
	ask := func(since string) string {
		answer, err := http.Get(server.URL + "/changes?since=" + since)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		if kind := answer.Header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
			t.Errorf("the answer is %s", kind)
		}
		return string(body)
	}
	current.Store(plugin("First."))
	first := ask("")
	if first == "" || ask("another") != first {
		t.Fatalf("the version is %q", first)
	}
	told := make(chan string)
	go func() { told <- ask(first) }()
	select {
	case early := <-told:
		t.Fatalf("told of %q although nothing changed", early)
	case <-time.After(2 * changesLook):
	}
	current.Store(nil) // while it is being edited it cannot be built
	time.Sleep(2 * changesLook)
	current.Store(plugin("Second."))
	select {
	case second := <-told:
		if second == first {
			t.Error("the version did not change")
		}
	case <-time.After(changesWait / 2):
		t.Error("the page was not told")
	}
}

// TestPagesComeAnewWhenAPluginIsSaved looks at it in a browser.
func TestPagesComeAnewWhenAPluginIsSaved(t *testing.T) {
	ctx := browser(t)
	var current atomic.Pointer[Site]
	server := httptest.NewServer(Handler(func(context.Context) (*Site, error) { return current.Load(), nil }))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	for i, description := range []string{"First.", "Second.", "Third."} {
		current.Store(build(t, Options{}, input("p.imjoy.html", pluginText(map[string]any{"name": "P", "type": "window", "description": description}, ""))))
		if i == 0 {
			if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/plugins/p.html")); err != nil {
				t.Fatal(err)
			}
			continue // saved at once, before the page has asked
		}
		waitFor(t, ctx, `document.querySelector(".lead").textContent === "`+description+`"`)
	}
}
