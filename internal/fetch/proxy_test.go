package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// wall is a network behind a proxy that demands a password: whatever name it is asked
// for, it connects to one server, which says what it was asked.
type wall struct {
	origin, proxy *httptest.Server
	certificates  *x509.CertPool

	mu     sync.Mutex
	asked  []string // of the proxy: what to connect to
	tokens []string // what the origin was sent as Authorization
	answer http.HandlerFunc
}

func newWall(t *testing.T, inTLS bool) *wall {
	w := &wall{certificates: x509.NewCertPool()}
	w.origin = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.tokens = append(w.tokens, r.Header.Get("Authorization"))
		answer := w.answer
		w.mu.Unlock()
		if answer != nil {
			answer(rw, r)
			return
		}
		fmt.Fprint(rw, "for "+r.Host)
	}))
	t.Cleanup(w.origin.Close)
	w.proxy = httptest.NewUnstartedServer(http.HandlerFunc(w.connect))
	w.proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	if inTLS {
		w.proxy.StartTLS()
		w.certificates.AddCert(w.proxy.Certificate())
	} else {
		w.proxy.Start()
	}
	t.Cleanup(w.proxy.Close)
	w.certificates.AddCert(w.origin.Certificate())
	return w
}

func (w *wall) connect(rw http.ResponseWriter, r *http.Request) {
	plain := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	user, password, _ := plain.BasicAuth()
	w.mu.Lock()
	w.asked = append(w.asked, r.Method+" "+r.Host)
	w.mu.Unlock()
	if user != "me" || password != "p&ss" {
		rw.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	to, err := net.Dial("tcp", w.origin.Listener.Addr().String())
	if err != nil {
		rw.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, in, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	fmt.Fprint(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	go io.Copy(to, in)
	io.Copy(from, to)
}

// told are the tunnels that were asked for since the last time.
func (w *wall) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.asked
	w.asked = nil
	return list
}

// env names the proxy as a person would.
func (w *wall) env(user string, more ...string) func(string) string {
	vars := map[string]string{"https_proxy": strings.Replace(w.proxy.URL, "://", "://"+user+"@", 1)}
	for i := 0; i+1 < len(more); i += 2 {
		vars[more[i]] = more[i+1]
	}
	return func(name string) string { return vars[name] }
}

const knownHere = "140.82.112.3"

// client goes through the wall; names lead to an address when they are looked up here.
func (w *wall) client(t *testing.T, o Options, leadsTo string, env func(string) string) *Client {
	t.Helper()
	proxies, err := ParseProxies(env)
	if err != nil {
		t.Fatal(err)
	}
	o.Proxies = proxies
	o.Resolver = fakeDNS(t, func() netip.Addr { return netip.MustParseAddr(leadsTo) })
	o.Sleep = func(context.Context, time.Duration) error { return nil }
	c := New(o)
	t.Cleanup(c.Close)
	c.proxied.TLSClientConfig = &tls.Config{RootCAs: w.certificates}
	return c
}

const me = "me:p%26ss"

func TestProxyIsUsed(t *testing.T) {
	for _, inTLS := range []bool{false, true} {
		w := newWall(t, inTLS)
		c := w.client(t, Options{Token: "ghp_x"}, knownHere, w.env(me))
		got, err := c.Get(t.Context(), Request{URL: "https://example.com/a"})
		if err != nil {
			t.Fatal(err)
		}
		if asked := w.told(); string(got.Body) != "for example.com" || len(asked) != 1 || asked[0] != "CONNECT example.com:443" {
			t.Errorf("in TLS %v: %q, asked for %q", inTLS, got.Body, asked)
		}
		conn, err := c.Dial(t.Context(), "tcp", "example.com:443")
		if err != nil {
			t.Fatal(err)
		}
		secure := tls.Client(conn, &tls.Config{RootCAs: w.certificates, ServerName: "example.com"})
		fmt.Fprint(secure, "GET / HTTP/1.0\r\nHost: dialled\r\n\r\n")
		if text, _ := io.ReadAll(secure); !strings.HasSuffix(string(text), "for dialled") {
			t.Errorf("in TLS %v: dialled: %q", inTLS, text)
		}
		conn.Close()
	}
}

// TestProxySeesNoToken: what is sent to GitHub goes to it alone, in a tunnel, and not to
// where it redirects.
func TestProxySeesNoToken(t *testing.T) {
	w := newWall(t, false)
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.Host == "api.github.com" {
			http.Redirect(rw, r, "https://example.com/x", http.StatusFound)
		}
	}
	c := w.client(t, Options{Token: "ghp_x"}, knownHere, w.env(me))
	c.proxied.TLSClientConfig.InsecureSkipVerify = true
	if _, err := c.Get(t.Context(), Request{URL: "https://api.github.com/repos/a/b/commits/HEAD"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.tokens, ","); got != "Bearer ghp_x," {
		t.Errorf("tokens: %q", got)
	}
}

// TestGuardHoldsBeforeAProxy: no tunnel is asked for to what can be seen to be inside.
func TestGuardHoldsBeforeAProxy(t *testing.T) {
	w := newWall(t, false)
	c := w.client(t, Options{}, knownHere, w.env(me))
	hosts := []string{
		"127.0.0.1", "127.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "localhost", "LOCALHOST.",
		"x.localhost", "0", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00:ec2::254]", "①②⑦.⓪.⓪.①",
		"169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.100.100.200", "168.63.129.16", "metadata.google.internal", "printer.local",
		"intranet", "wiki", "wiki.corp", "nas.home.arpa", "router.lan", "[fe80::1%25eth0]", "1.2.3", "8.8.8.0x8", "127。0。0。1", "ａ.localhost",
	}
	for _, host := range hosts {
		raw := "https://" + host + "/"
		if _, err := c.Get(t.Context(), Request{URL: raw}); KindOf(err) != Refused {
			t.Errorf("%s: %v", raw, err)
		}
		if u, err := url.Parse(raw); err == nil {
			if _, err := c.Dial(t.Context(), "tcp", hostPort(u)); err == nil {
				t.Errorf("dialled %s", raw)
			}
		}
		w.answer = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", raw)
			rw.WriteHeader(http.StatusFound)
		}
		w.told()
		if _, err := c.Get(t.Context(), Request{URL: "https://example.com/"}); KindOf(err) != Refused {
			t.Errorf("a redirect to %s: %v", raw, err)
		}
		for _, asked := range w.told() {
			if asked != "CONNECT example.com:443" {
				t.Errorf("%s: the proxy was asked to %s", host, asked)
			}
		}
	}
	// The proxy's own address is no more open than others, though we dial it.
	w.told()
	if _, err := c.Get(t.Context(), Request{URL: strings.Replace(w.proxy.URL, "http:", "https:", 1)}); KindOf(err) != Refused {
		t.Errorf("the proxy's own address: %v", err)
	}
	if asked := w.told(); asked != nil {
		t.Errorf("asked for %q", asked)
	}
}

func TestNamesBeforeAProxy(t *testing.T) {
	w := newWall(t, false)
	inside := w.client(t, Options{Allow: []string{"wiki.example.org"}}, "10.1.2.3", w.env(me))
	if _, err := inside.Get(t.Context(), Request{URL: "https://rebind.example.org/"}); KindOf(err) != Refused || len(w.told()) > 0 {
		t.Errorf("a name that leads inside: %v", err)
	}
	inside.proxied.TLSClientConfig.InsecureSkipVerify = true
	if _, err := inside.Get(t.Context(), Request{URL: "https://wiki.example.org/"}); err != nil || len(w.told()) != 1 {
		t.Errorf("a host that the person named: %v", err)
	}
	// An address outside is no name to look up; a name that cannot be is no host.
	if _, err := inside.Get(t.Context(), Request{URL: "https://" + knownHere + "/"}); err != nil || len(w.told()) != 1 {
		t.Errorf("an address outside: %v", err)
	}
	outside := w.client(t, Options{}, knownHere, w.env(me))
	if _, err := outside.Get(t.Context(), Request{URL: "https://xn--0.example.org/"}); KindOf(err) != Refused || len(w.told()) > 0 {
		t.Errorf("a name that is none: %v", err)
	}
	// Behind a wall nothing outside can be looked up: the proxy knows.
	unknown := w.client(t, Options{}, knownHere, w.env(me))
	unknown.o.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no name server") }}
	unknown.proxied = unknown.newProxied()
	unknown.proxied.TLSClientConfig = &tls.Config{RootCAs: w.certificates}
	if _, err := unknown.Get(t.Context(), Request{URL: "https://example.com/"}); err != nil || len(w.told()) != 1 {
		t.Errorf("a name that is not known here: %v", err)
	}
}

func TestNoProxy(t *testing.T) {
	w := newWall(t, false)
	_, port, _ := net.SplitHostPort(w.origin.Listener.Addr().String())
	c := w.client(t, Options{Allow: []string{"example.com:" + port}}, "127.0.0.1", w.env(me, "NO_PROXY", "example.org, .com"))
	c.transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: w.certificates}
	if _, err := c.Get(t.Context(), Request{URL: "https://example.com:" + port + "/"}); err != nil {
		t.Error(err)
	}
	if asked := w.told(); asked != nil {
		t.Errorf("asked for %q", asked)
	}
	// Directly, the guard in the dialer stands.
	if _, err := c.Get(t.Context(), Request{URL: "https://other.com/"}); KindOf(err) != Refused {
		t.Error(err)
	}
}

// TestExchangeGoesDirectly: what plugins send when they run is not given to a proxy.
func TestExchangeGoesDirectly(t *testing.T) {
	w := newWall(t, false)
	c := w.client(t, Options{}, "127.0.0.1", w.env(me))
	u, err := url.Parse("https://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exchange(t.Context(), Exchange{URL: u}); KindOf(err) != Refused {
		t.Error(err)
	}
	if asked := w.told(); asked != nil {
		t.Errorf("asked for %q", asked)
	}
}

// TestProxyThatSpeaksFirst: bytes of the proxy's own never count as the host's.
func TestProxyThatSpeaksFirst(t *testing.T) {
	s := serve(t, hijack("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-evil\r\n"))
	proxies, err := ParseProxies(func(name string) string { return map[string]string{"HTTPS_PROXY": s.URL}[name] })
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{Proxies: proxies, Allow: []string{"example.com"}})
	defer c.Close()
	conn, err := c.Dial(t.Context(), "tcp", "example.com:443")
	if err == nil {
		conn.Close()
		t.Error("the tunnel is taken")
	}
}

// TestProxyThatFails tells which proxy, and never its password.
func TestProxyThatFails(t *testing.T) {
	w := newWall(t, false)
	for name, c := range map[string]*Client{
		"password": w.client(t, Options{}, knownHere, w.env("me:s3cr3t")),
		"gone":     w.client(t, Options{}, knownHere, func(name string) string { return map[string]string{"HTTPS_PROXY": "me:s3cr3t@127.0.0.1:1"}[name] }),
	} {
		host := map[string]string{"password": strings.TrimPrefix(w.proxy.URL, "http://"), "gone": "127.0.0.1:1"}[name]
		_, err := c.Get(t.Context(), Request{URL: "https://example.com/"})
		if err == nil || KindOf(err) != Unreachable {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, dialled := c.Dial(t.Context(), "tcp", "example.com:443")
		if dialled == nil {
			t.Errorf("%s: dialled", name)
			continue
		}
		for _, text := range []string{err.Error(), dialled.Error()} {
			if strings.Contains(text, "s3cr3t") || !strings.Contains(text, "the proxy "+host) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

func TestParseProxies(t *testing.T) {
	plain, err := ParseProxies(func(name string) string { return map[string]string{"HTTP_PROXY": "http://proxy.lab:3128"}[name] })
	if err != nil || plain.For("http") != "proxy.lab:3128" || plain.For("https") != "" || (Proxies{}).For("http") != "" {
		t.Errorf("HTTP_PROXY alone: %q, %q, %v", plain.For("http"), plain.For("https"), err)
	}
	for text, want := range map[string]string{
		"http://proxy.lab:3128": "http://proxy.lab:3128", "proxy.lab:3128": "http://proxy.lab:3128", "https://u:p@proxy.lab": "https://u:p@proxy.lab",
		"": "", "socks5://proxy.lab": "error", "http://": "error", "http://u:s3cr3t@ bad": "error", "://": "error",
	} {
		p, err := ParseProxies(func(name string) string { return map[string]string{"HTTPS_PROXY": text}[name] })
		if err != nil {
			if want != "error" || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "HTTPS_PROXY") {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		got := ""
		if p.of != nil {
			u, err := p.of(&url.URL{Scheme: "https", Host: "example.com"})
			if err != nil {
				t.Fatal(err)
			}
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
}
