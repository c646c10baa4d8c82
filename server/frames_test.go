package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

const framed = `<config lang="json">{"name": "A <b>", "type": "window"}</config>` + "\n<script lang=\"javascript\">load(\"https://cdn.example.org/lib.js\")</script>"

// opened serves a frame that waits to be opened, and answers what requests get that have
// its host and some headers.
func opened(t *testing.T, s *Server, f *frame) (key string, get func(path string, headers ...string) *http.Response) {
	t.Helper()
	listeners, err := Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listeners...) }()
	t.Cleanup(func() {
		stop()
		<-done
	})
	address := listeners[0].Addr().(*net.TCPAddr)
	f.page = "http://127.0.0.1:" + fmt.Sprint(address.Port)
	f.missing = func(string, string) {}
	key = s.frames.add(f)
	host := fmt.Sprintf("%s.localhost:%d", originName(f.plan.Document.Source.Text), address.Port)
	return key, func(path string, headers ...string) *http.Response {
		t.Helper()
		conn, err := net.Dial("tcp", address.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		head := "Host: " + host + "\r\n"
		for i := 0; i < len(headers); i += 2 {
			if headers[i] == "Host" {
				head = fmt.Sprintf("Host: %s.localhost:%d\r\n", headers[i+1], address.Port)
				continue
			}
			head += headers[i] + ": " + headers[i+1] + "\r\n"
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n", path, head)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		answer.Body = io.NopCloser(strings.NewReader(string(body)))
		return answer
	}
}

var (
	asIframe = []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}
	asPart   = []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}
)

// The address of a frame opens it once, soon, as a frame and on the plugin's own origin;
// its parts are there for it alone, and no longer than the plugin.
func TestAddressesOfFramesOpenOnce(t *testing.T) {
	s := New(Options{})
	f := frameOf(t, framed, "net:data.example.org")
	key, get := opened(t, s, f)
	here, part := "/f/"+key+"/", "/f/"+key+"/frame.js"
	expect := func(what string, want int, path string, headers ...string) {
		t.Helper()
		if got := get(path, headers...).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	expect("a part of a frame that nobody opened", 403, part, asPart...)
	expect("by hand", 403, here, "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
	expect("as a page", 403, here, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
	expect("by a script of the page", 403, here, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty")
	expect("as an iframe that does not navigate", 403, here, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "iframe")
	expect("on the origin of another plugin", 403, here, append([]string{"Host", originName([]byte("another"))}, asIframe...)...)
	s.frames.mu.Lock()
	f.opened = false // that was its key, after all
	s.frames.mu.Unlock()
	expect("a name that is longer than those of plugins", 403, here, append([]string{"Host", originName([]byte(framed)) + "0"}, asIframe...)...)
	expect("another key", 403, "/f/"+secret()+"/", asIframe...)
	expect("the frame", 200, here, asIframe...)
	expect("again", 403, here, asIframe...)
	expect("its parts", 200, part, asPart...)
	expect("its parts by another plugin", 403, part, append([]string{"Host", originName([]byte("another"))}, asPart...)...)
	expect("its parts by another page", 403, part, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script")
	expect("a part as a frame", 403, part, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe")
	ch := &channel{client: &client{server: s}, key: key}
	ch.change = sync.NewCond(&ch.mu)
	ch.finish(io.EOF)
	expect("a part when the plugin has ended", 403, part, asPart...)

	late := frameOf(t, framed, "net:data.example.org")
	late.page, late.missing = f.page, f.missing
	key = s.frames.add(late)
	s.frames.mu.Lock()
	late.made = time.Now().Add(-2 * frameTimeout)
	s.frames.mu.Unlock()
	expect("too late", 403, "/f/"+key+"/", asIframe...)
}

// A frame may reach its own origin and the hosts that were granted, and has the abilities
// of the browser that were granted; nobody but its page may hold it.
func TestHeadersOfFrames(t *testing.T) {
	f := frameOf(t, framed, "net:cdn.example.org")
	f.granted = permission.NewSet(
		permission.Permission{Kind: permission.Net, Value: "cdn.example.org"}, permission.Permission{Kind: permission.Net, Value: "x.example; script-src *"},
		permission.Permission{Kind: permission.Camera}, permission.Permission{Kind: permission.FullScreen},
	)
	key, get := opened(t, New(Options{}), f)
	answer := get("/f/"+key+"/", asIframe...)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'self' data: blob: https://cdn.example.org; script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: https://cdn.example.org; " +
			"style-src 'self' 'unsafe-inline' data: blob: https://cdn.example.org; base-uri 'none'; form-action 'none'; frame-ancestors " + f.page,
		"Permissions-Policy": "camera=(self), microphone=(), geolocation=(), midi=(), encrypted-media=(), fullscreen=(self), payment=(), usb=(), serial=(), hid=(), display-capture=()",
		"Referrer-Policy":    "no-referrer", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	}
	got := map[string]string{}
	for name := range want {
		got[name] = answer.Header.Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), "A &lt;b&gt;") {
		t.Errorf("the name of the plugin is markup: %s", body)
	}
	if got := f.allow(); got != "camera; fullscreen" {
		t.Errorf("the page allows the frame %q", got)
	}
}

// What a frame loads by address is asked of the network only if the plugin names its host.
func TestFramesLoadFromNamedHostsOnly(t *testing.T) {
	var asked []string
	f := frameOf(t, framed, "net:data.example.org")
	key, get := opened(t, New(Options{Asset: func(_ context.Context, _ *tags.Plan, address string) ([]byte, string, error) {
		asked = append(asked, address)
		return []byte("x"), "text/plain", nil
	}}), f)
	get("/f/"+key+"/", asIframe...)
	for path, want := range map[string]int{
		"https/cdn.example.org/lib.js": 200, "http/data.example.org/x?a=1": 200,
		"https/evil.example/secret": 403, "https/cdn.example.org.evil.example/x": 403, "https/cdn.example.org@evil.example/x": 403,
		"file/cdn.example.org/etc/passwd": 404, "ftp/cdn.example.org/x": 404, "https//etc/passwd": 404, "https": 404,
	} {
		if got := get("/f/"+key+"/remote/"+path, asPart...).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if len(asked) != 2 {
		t.Errorf("asked for %q", asked)
	}
}

// Each document has an origin of its own, whatever it has in common with others.
func TestOriginsAreOfOneDocument(t *testing.T) {
	long := strings.Repeat("the same beginning ", 1000)
	a, b := originName([]byte(long+"a")), originName([]byte(long+"b"))
	if a == b || a != originName([]byte(long+"a")) || !isOriginName(a) {
		t.Errorf("%s and %s", a, b)
	}
	for _, name := range []string{"", "p-", "p-0", a[:len(a)-1], a + "0", "q" + a[1:], strings.ToUpper(a), a[:len(a)-1] + "g"} {
		if isOriginName(name) {
			t.Errorf("%q is taken for an origin", name)
		}
	}
}

// What a page or a plugin in it sends is bounded.
func TestPagesAreBounded(t *testing.T) {
	s := New(Options{})
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	c := &client{server: s, ctx: ctx, stop: stop, channels: map[uint32]*channel{}, partial: map[uint32][]byte{}}
	c.control = newControl(c)
	if !testing.Short() { // memory that nobody touches, but for the race detector
		c.partial[0] = make([]byte, maxFrame)
		if err := c.take(0, false, []byte{1}); !errors.Is(err, errFrame) {
			t.Errorf("a frame of more than %d bytes: %v", maxFrame, err)
		}
		delete(c.partial, 0)
	}
	for range MaxChannels {
		if _, err := c.open(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.open(); err == nil {
		t.Errorf("more than %d plugins", MaxChannels)
	}
	c.channels = map[uint32]*channel{}

	ch := &channel{client: c, number: 1}
	ch.change = sync.NewCond(&ch.mu)
	piece := engine.Frame{Buffers: slices.Repeat([][]byte{make([]byte, MaxQueued>>8)}, 1<<4)}
	for range 1 << 4 {
		_ = ch.push(piece)
	}
	if ended := ch.Ended(); ended.Detail != "" {
		t.Errorf("it was ended at the limit: %s", ended.Detail)
	}
	_ = ch.push(engine.Frame{Header: []byte("{}")})
	if ended := ch.Ended(); ended.Detail == "" {
		t.Error("a plugin may send without end")
	}

	for i := range maxTickets + 10 {
		s.keep(&ticket{secret: fmt.Sprint(i)})
	}
	if len(s.tickets) != maxTickets || s.ticketOf("9") != nil || s.ticketOf("10") == nil {
		t.Errorf("%d tickets are kept, from %s on", len(s.tickets), s.tickets[0].secret)
	}
	if s.ticketOf("") != nil {
		t.Error("an empty ticket is one")
	}
}

// A value that refers to bytes that did not come is an error, not a crash.
func TestValuesReferToBytesThatCame(t *testing.T) {
	in := encoded{buffers: [][]byte{[]byte("one")}}
	for at, fine := range map[string]bool{"0": true, "1": false, "-1": false, "0.5": false, "1e300": false, "null": false, `"0"`: false} {
		if v, err := in.decode([]byte(`{"_rtype": "bytes", "_rvalue": ` + at + `}`)); (err == nil) != fine {
			t.Errorf("%s: %v %v", at, v, err)
		}
	}
}
