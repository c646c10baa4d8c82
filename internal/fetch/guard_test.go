package fetch

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestGuardHoldsAgainstSpellings asks for a server on this machine in every
// spelling known to get by lists of forbidden names. http is allowed for each host
// as far as the scheme goes, so only the guard in the dialer stands in the way.
func TestGuardHoldsAgainstSpellings(t *testing.T) {
	var reached atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	spellings := []string{
		"127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433",
		"017700000001", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "LocalHost.", "localhost.localdomain", "127.255.255.254",
		"0", "0.0.0.0", "0x0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]", "127.0.0.1%00",
		"①②⑦.⓪.⓪.①", "loc%61lhost", "user@127.0.0.1", "127.0.0.1#@example.org", "evil.example@127.0.0.1", "[::1%25lo]",
	}
	if len(spellings) < 32 {
		t.Fatalf("only %d spellings", len(spellings))
	}
	for _, host := range spellings {
		raw := "http://" + host + ":" + port + "/"
		if before, after, ok := strings.Cut(host, "#"); ok {
			raw = "http://" + before + ":" + port + "/#" + after
		}
		c := New(Options{})
		c.named = everyScheme{}.named(raw)
		if _, err := c.Get(t.Context(), Request{URL: raw}); err == nil {
			t.Errorf("%s reached the server", raw)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the server was reached %d times", n)
	}
}

// everyScheme lets plain http pass for a host without opening the dialer for it.
type everyScheme struct{}

func (everyScheme) named(raw string) named {
	n := named{}
	if u, err := parse(raw); err == nil {
		n[hostPort(u)] = true
	}
	return n
}

func TestGuardHoldsAtRedirects(t *testing.T) {
	var reached atomic.Int32
	inner := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	for _, target := range []string{
		inner.URL, "http://169.254.169.254/latest/meta-data/", "https://169.254.169.254/", "https://10.0.0.1/", "https://[::1]/", "https://[fd00:ec2::254]/",
		"https://168.63.129.16/", "//169.254.169.254/", "https://localhost/", "file:///etc/passwd", "gopher://127.0.0.1/", "https://metadata.google.internal@127.0.0.1/",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", target)
			w.WriteHeader(http.StatusFound)
		})
		_, err := local(Options{}, s).Get(t.Context(), Request{URL: s.URL})
		if KindOf(err) != Refused {
			t.Errorf("redirect to %s: %v", target, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("a server that nobody named was reached")
	}
}

// TestNamedHostsInAnySpelling: a person writes a host as it is read.
func TestNamedHostsInAnySpelling(t *testing.T) {
	for _, text := range []string{"Lab.Example", " lab.example ", "lab.example.", "LAB.example:443", "lab.example.:443"} {
		if !newNamed(text).has("lab.example:443") {
			t.Errorf("%q does not name lab.example", text)
		}
	}
	if n := newNamed("[::1]"); !n.has("[::1]:80") || n.has("[::2]:80") || n.has("::1") {
		t.Error("[::1] names something else")
	}
}

func TestNamedHostsArePrivateByPort(t *testing.T) {
	a := serve(t, func(w http.ResponseWriter, _ *http.Request) {})
	b := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the other port was reached") })
	c := local(Options{}, a)
	if _, err := c.Get(t.Context(), Request{URL: a.URL}); err != nil {
		t.Error(err)
	}
	if _, err := c.Get(t.Context(), Request{URL: b.URL}); KindOf(err) != Refused {
		t.Error(err)
	}
	c = New(Options{Allow: []string{"127.0.0.1"}})
	if _, err := c.Get(t.Context(), Request{URL: a.URL}); err != nil {
		t.Errorf("a host without port is allowed for every port: %v", err)
	}
}

// TestGuardSeesEveryAnswerOfTheResolver is DNS rebinding: the name is public when
// it is looked up first and private later; the address dialled is what counts.
func TestGuardSeesEveryAnswerOfTheResolver(t *testing.T) {
	var lookups atomic.Int32
	resolver := fakeDNS(t, func() netip.Addr {
		lookups.Add(1)
		return netip.MustParseAddr("127.0.0.1")
	})
	c := New(Options{Resolver: resolver})
	for _, name := range []string{"a.rebind.example", "b.rebind.example", "public.example", "x.1u.example", "169-254-169-254.example"} {
		_, err := c.Get(t.Context(), Request{URL: "https://" + name + "/"})
		if KindOf(err) != Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	if lookups.Load() == 0 {
		t.Error("the resolver was never asked, so nothing was tested")
	}
}

// fakeDNS answers every question for an IPv4 address over a pipe.
func fakeDNS(t *testing.T, answer func() netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				reply.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: answer().As4()},
				}}
			}
			if out, err := reply.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"140.82.112.3": true, "8.8.8.8": true, "2606:50c0:8000::153": true, "172.32.0.1": true, "100.128.0.1": true, "2002:8c52:7003::": true,
		"::ffff:140.82.112.3": true, "64:ff9b::140.82.112.3": true,
		"127.0.0.1": false, "10.255.255.255": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.100.100.200": false, "168.63.129.16": false, "192.0.0.192": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false,
		"198.18.0.1": false, "240.0.0.1": false, "::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:1::1": false, "2001:db8::1": false, "fec0::1": false,
		"64:ff9b:1::1": false, "::7f00:1": false, "5f00::1": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("public(%s) = %v", text, got)
		}
	}
}
