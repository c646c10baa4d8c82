package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/server"
)

// served is a page that is served until the test ends.
type served struct {
	*server.Server
	host, port, token string
}

func start(t *testing.T, o server.Options) *served {
	t.Helper()
	s := server.New(o)
	listeners, err := server.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listeners...) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(s.Address(listeners[0]))
	if err != nil {
		t.Fatal(err)
	}
	return &served{s, u.Host, u.Port(), u.Fragment}
}

// raw sends the bytes of a request and returns the status and the whole answer.
func raw(t *testing.T, address, request string) (status int, answer string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(conn, strings.ReplaceAll(request, "\n", "\r\n"))
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body := make([]byte, 64<<10)
	n, _ := response.Body.Read(body)
	var head strings.Builder
	_ = response.Header.Write(&head)
	return response.StatusCode, head.String() + string(body[:n])
}

const upgrade = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"

// Each probe is what another page, another machine's name, or a program without the
// token could send; HOST is the page's own host and port, PORT its port.
var probes = []struct{ name, request string }{
	{"name of another site (rebinding)", "GET / HTTP/1.1\nHost: evil.example\n\n"},
	{"the same with our port", "GET / HTTP/1.1\nHost: evil.example:PORT\n\n"},
	{"name that ends like ours", "GET / HTTP/1.1\nHost: evil.localhost:PORT\n\n"},
	{"name that begins like ours", "GET / HTTP/1.1\nHost: 127.0.0.1.evil.example:PORT\n\n"},
	{"another port", "GET / HTTP/1.1\nHost: 127.0.0.1:1\n\n"},
	{"no port", "GET / HTTP/1.1\nHost: 127.0.0.1\n\n"},
	{"user in the host", "GET / HTTP/1.1\nHost: x@127.0.0.1:PORT\n\n"},
	{"upper case", "GET / HTTP/1.1\nHost: LOCALHOST:PORT\n\n"},
	{"trailing dot", "GET / HTTP/1.1\nHost: localhost.:PORT\n\n"},
	{"number for the address", "GET / HTTP/1.1\nHost: 2130706433:PORT\n\n"},
	{"no host at all", "GET / HTTP/1.0\n\n"},
	{"two hosts", "GET / HTTP/1.1\nHost: HOST\nHost: evil.example\n\n"},
	{"absolute address of another", "GET http://evil.example/ HTTP/1.1\nHost: HOST\n\n"},
	{"absolute address of ours", "GET http://HOST/ HTTP/1.1\nHost: HOST\n\n"},
	{"frame of no plugin", "GET / HTTP/1.1\nHost: p-00000000000000000000000000000000.localhost:PORT\n\n"},
	{"frame with a wrong key", "GET /f/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/ HTTP/1.1\nHost: p-00000000000000000000000000000000.localhost:PORT\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n\n"},
	{"origin of another page", "GET /app.js HTTP/1.1\nHost: HOST\nOrigin: http://evil.example\n\n"},
	{"origin null", "GET / HTTP/1.1\nHost: HOST\nOrigin: null\n\n"},
	{"origin of another port", "GET / HTTP/1.1\nHost: HOST\nOrigin: http://127.0.0.1:1\n\n"},
	{"two origins", "GET / HTTP/1.1\nHost: HOST\nOrigin: http://HOST\nOrigin: http://evil.example\n\n"},
	{"script of another site", "GET /app.js HTTP/1.1\nHost: HOST\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: script\n\n"},
	{"script of a plugin's frame", "GET /app.js HTTP/1.1\nHost: HOST\nSec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: script\n\n"},
	{"frame of another site", "GET / HTTP/1.1\nHost: HOST\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n\n"},
	{"form of another site", "POST / HTTP/1.1\nHost: HOST\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nContent-Length: 0\n\n"},
	{"preflight", "OPTIONS /ws HTTP/1.1\nHost: HOST\nOrigin: http://evil.example\nAccess-Control-Request-Method: POST\n\n"},
	{"socket without an origin", "GET /ws HTTP/1.1\nHost: HOST\n" + upgrade + "\n"},
	{"socket of another page", "GET /ws HTTP/1.1\nHost: HOST\nOrigin: http://evil.example\n" + upgrade + "\n"},
	{"socket of a sandboxed page", "GET /ws HTTP/1.1\nHost: HOST\nOrigin: null\n" + upgrade + "\n"},
	{"socket of a plugin's frame", "GET /ws HTTP/1.1\nHost: HOST\nOrigin: http://p-00000000000000000000000000000000.localhost:PORT\n" + upgrade + "\n"},
	{"path out of the page", "GET /../../etc/passwd HTTP/1.1\nHost: HOST\n\n"},
	{"the same, escaped", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\nHost: HOST\n\n"},
	{"redirect to another site", "GET //evil.example/ HTTP/1.1\nHost: HOST\n\n"},
	{"file of this program", "GET /built/index.html HTTP/1.1\nHost: HOST\n\n"},
	{"method that changes", "PUT / HTTP/1.1\nHost: HOST\nContent-Length: 0\n\n"},
	{"tunnel", "CONNECT evil.example:80 HTTP/1.1\nHost: evil.example:80\n\n"},
}

func TestProbesGetNothing(t *testing.T) {
	s := start(t, server.Options{})
	host, port, token := s.host, s.port, s.token
	for _, probe := range probes {
		t.Run(probe.name, func(t *testing.T) {
			request := strings.NewReplacer("HOST", host, "PORT", port).Replace(probe.request)
			if strings.Contains(probe.name, "host at all") || strings.Contains(probe.name, "hosts") {
				request = strings.Replace(request, "\n\n", "\nConnection: close\n\n", 1)
			}
			status, answer := raw(t, host, request)
			if status < 300 || status == 304 {
				t.Fatalf("%d %s", status, answer)
			}
			for _, secret := range []string{token, "<script", "root:", "Access-Control-Allow"} {
				if strings.Contains(answer, secret) {
					t.Errorf("the answer has %q: %s", secret, answer)
				}
			}
			if location := http.Header(header(answer)).Get("Location"); strings.HasPrefix(location, "//") || strings.Contains(location, "evil") {
				t.Errorf("it leads to %s", location)
			}
		})
	}
}

func header(answer string) http.Header {
	h := http.Header{}
	for line := range strings.Lines(answer) {
		if key, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			h.Add(key, v)
		}
	}
	return h
}

// The page itself answers by each name of this machine, with headers that keep others
// out; nothing in its files is secret.
func TestPageAnswers(t *testing.T) {
	s := start(t, server.Options{})
	host, port, token := s.host, s.port, s.token
	if len(token) < 43 {
		t.Fatalf("the token %q has fewer than 256 bits", token)
	}
	if other := start(t, server.Options{}); other.token == token {
		t.Error("two servers have one token")
	}
	for path := range map[string]bool{"/": true, "/window": true, "/app.js": true} {
		status, answer := raw(t, host, "GET "+path+" HTTP/1.1\nHost: [::1]:"+port+"\nConnection: close\n\n")
		if status != 421 || !strings.Contains(answer, "http://localhost:"+port+"/") || header(answer).Get("Location") != "" {
			t.Errorf("by a name that no policy has: %d %s", status, answer)
		}
	}
	for _, name := range []string{"127.0.0.1:", "localhost:"} {
		for path, mediaType := range map[string]string{"/": "text/html", "/app.js": "text/javascript", "/app.css": "text/css"} {
			status, answer := raw(t, host, "GET "+path+" HTTP/1.1\nHost: "+name+port+"\nConnection: close\n\n")
			h := header(answer)
			if status != 200 || !strings.HasPrefix(h.Get("Content-Type"), mediaType) {
				t.Errorf("%s%s: %d %s", name, path, status, h.Get("Content-Type"))
			}
			for key, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
				"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
			} {
				if h.Get(key) != want {
					t.Errorf("%s: %s is %q", path, key, h.Get(key))
				}
			}
			policy := h.Get("Content-Security-Policy")
			want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src blob:; connect-src 'self' ws://" + name + port +
				"; frame-src http://*.localhost:" + port + "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
			if policy != want {
				t.Errorf("%s: the policy is\n%s, not\n%s", path, policy, want)
			}
			if abilities := h.Get("Permissions-Policy"); !strings.Contains(abilities, "camera=*") || !strings.Contains(abilities, "usb=(), serial=(), hid=(), display-capture=()") {
				t.Errorf("%s: frames may be given %q", path, abilities)
			}
			if strings.Contains(policy, "unsafe") || h.Get("Set-Cookie") != "" || strings.Contains(answer, token) {
				t.Errorf("%s: %s", path, answer)
			}
		}
	}
	// What is no page loads nothing and has no abilities.
	_, answer := raw(t, host, "GET /none HTTP/1.1\nHost: "+host+"\nConnection: close\n\n")
	for key, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
		"Permissions-Policy":      "camera=(), microphone=(), geolocation=(), midi=(), encrypted-media=(), fullscreen=(), payment=(), usb=(), serial=(), hid=(), display-capture=()",
		"X-Content-Type-Options":  "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
	} {
		if got := header(answer).Get(key); got != want {
			t.Errorf("an error has %s %q", key, got)
		}
	}
	// A link from anywhere may lead to the front of the page, and nowhere else.
	link := "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nConnection: close\n\n"
	if status, _ := raw(t, host, "GET / HTTP/1.1\nHost: "+host+"\n"+link); status != 200 {
		t.Errorf("a link to the page: %d", status)
	}
	for _, other := range []string{"no-cors", "cors", "websocket"} {
		if status, _ := raw(t, host, "GET / HTTP/1.1\nHost: "+host+"\n"+strings.Replace(link, "navigate", other, 1)); status != 403 {
			t.Errorf("no link to the page (%s): %d", other, status)
		}
	}
	if status, _ := raw(t, host, "GET /docs/ HTTP/1.1\nHost: "+host+"\n"+link); status != 403 {
		t.Errorf("a link into the page: %d", status)
	}
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := server.New(server.Options{}).Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "this machine alone") {
		t.Errorf("got %v", err)
	}
}
