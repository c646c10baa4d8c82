package git

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// wayOut starts a proxy whose connections lead to a host that sends back what it gets.
func wayOut(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) (p *proxy, ask func(method, password string) (net.Conn, *bufio.Reader, *http.Response)) {
	t.Helper()
	p, err := listen(dial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	u, err := url.Parse(p.address)
	if err != nil {
		t.Fatal(err)
	}
	return p, func(method, password string) (net.Conn, *bufio.Reader, *http.Response) {
		t.Helper()
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		request := method + " example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n"
		if password != "" {
			request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("imjoy:"+password)) + "\r\n"
		}
		if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(conn)
		response, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			t.Fatal(err)
		}
		return conn, in, response
	}
}

// echo is a host that sends back what it gets, as often as is told.
func echo(times int) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			b := make([]byte, 1024)
			for {
				n, err := far.Read(b)
				if err != nil {
					return
				}
				for range times {
					if _, err := far.Write(b[:n]); err != nil {
						return
					}
				}
			}
		}()
		return near, nil
	}
}

// TestWayOutIsForGitAlone: who does not know the password, or asks for something else than a
// tunnel, gets no connection.
func TestWayOutIsForGitAlone(t *testing.T) {
	dialled := 0
	p, ask := wayOut(t, func(ctx context.Context, network, host string) (net.Conn, error) {
		dialled++
		if network != "tcp" || host != "example.com:443" {
			t.Errorf("dialled %s %s", network, host)
		}
		return echo(1)(ctx, network, host)
	})
	for _, test := range []struct {
		method, password string
		want             int
	}{{"CONNECT", "", 407}, {"CONNECT", "guessed", 407}, {"GET", "", 403}, {"GET", p.password, 403}} {
		if _, _, response := ask(test.method, test.password); response.StatusCode != test.want {
			t.Errorf("%s with %q: %s", test.method, test.password, response.Status)
		}
	}
	if dialled != 0 {
		t.Errorf("dialled %d times", dialled)
	}
	conn, in, response := ask("CONNECT", p.password)
	if response.StatusCode != 200 {
		t.Fatal(response.Status)
	}
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := in.ReadString('\n'); err != nil || line != "hello\n" || dialled != 1 {
		t.Errorf("%q, %v, dialled %d times", line, err, dialled)
	}
}

// TestWayOutEnds: what the guard refuses is told as the reason, and so is too much.
func TestWayOutEnds(t *testing.T) {
	failed := &Error{URL: "https://example.com/x.git", Why: "exit status 128"}
	inside := errors.New("inside this machine")
	p, ask := wayOut(t, func(context.Context, string, string) (net.Conn, error) { return nil, inside })
	if err := p.explain(failed); err != failed {
		t.Errorf("before: %v", err)
	}
	if _, _, response := ask("CONNECT", p.password); response.StatusCode != 403 {
		t.Error(response.Status)
	}
	if err := p.explain(failed); err == nil || !strings.Contains(err.Error(), "inside this machine") || !strings.Contains(err.Error(), failed.URL) {
		t.Errorf("refused: %v", err)
	}

	p, ask = wayOut(t, echo(3))
	p.left.Store(10)
	conn, in, _ := ask("CONNECT", p.password)
	if _, err := io.WriteString(conn, "12345"); err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(in); len(text) > 10 {
		t.Errorf("%d bytes came", len(text))
	}
	if err := p.explain(failed); err == nil || !strings.Contains(err.Error(), "more than 256 MiB") {
		t.Errorf("too much: %v", err)
	}
	if err := p.explain(nil); err != nil {
		t.Errorf("a fetch that was done: %v", err)
	}
	if p, err := listen(nil); err != nil || p.left.Load() != maxTransfer {
		t.Errorf("the allowance is %d, %v", p.left.Load(), err)
	} else {
		p.close()
	}
}
