package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/idna"
)

// Proxies say by which proxy a URL is fetched. The zero value is no proxy.
//
// A proxy that the person named is dialled wherever it is. Where it connects, it decides:
// the guard in the dialer sees the proxy's address alone. What remains of it is judged
// before a request is handed over, by [Client.judgeHost].
type Proxies struct {
	of func(*url.URL) (*url.URL, error)
}

// ParseProxies reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the same in small letters,
// as other programs do: a proxy is http://[USER:PASSWORD@]HOST:PORT, https: for one that
// is spoken to in TLS.
func ParseProxies(env func(string) string) (Proxies, error) {
	config := &httpproxy.Config{NoProxy: either(env, "NO_PROXY")}
	for name, to := range map[string]*string{"HTTPS_PROXY": &config.HTTPSProxy, "HTTP_PROXY": &config.HTTPProxy} {
		text := either(env, name)
		if text == "" {
			continue
		}
		proxy, err := parseProxy(text)
		if err != nil {
			return Proxies{}, fmt.Errorf("%s %w", name, err)
		}
		*to = proxy.String()
	}
	if config.HTTPProxy == "" && config.HTTPSProxy == "" {
		return Proxies{}, nil
	}
	return Proxies{config.ProxyFunc()}, nil
}

// For returns the host of the proxy by which a scheme goes, "" for none.
func (p Proxies) For(scheme string) string {
	if p.of == nil {
		return ""
	}
	if proxy, err := p.of(&url.URL{Scheme: scheme, Host: "example.com"}); err == nil && proxy != nil {
		return proxy.Host
	}
	return ""
}

func either(env func(string) string, name string) string {
	if text := env(name); text != "" {
		return text
	}
	return env(strings.ToLower(name))
}

// parseProxy says nothing of the text it cannot read: it may hold a password.
func parseProxy(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("is not the URL of a proxy: http://HOST:PORT")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("names a proxy of the kind %q, and only http: and https: are used", u.Scheme)
	}
	return u, nil
}

// proxyOf returns the proxy of a URL, nil for none.
func (c *Client) proxyOf(u *url.URL) (*url.URL, *problem) {
	if c.o.Proxies.of == nil {
		return nil, nil
	}
	proxy, err := c.o.Proxies.of(u)
	if err != nil {
		return nil, refuse("the proxy cannot be used: %v", err)
	}
	return proxy, nil
}

// through sends a request the way it must go: directly, past the guard in the dialer, or
// by a proxy.
func (c *Client) through(r *http.Request) (*http.Response, *problem) {
	proxy, refused := c.proxyOf(r.URL)
	if refused != nil {
		return nil, refused
	}
	if proxy == nil {
		response, err := c.transport.RoundTrip(r)
		if err != nil {
			return nil, transportProblem(r.Context(), err)
		}
		return response, nil
	}
	if !c.named.has(hostPort(r.URL)) {
		if err := c.judgeHost(r.Context(), r.URL.Hostname()); err != nil {
			return nil, err
		}
	}
	response, err := c.proxied.RoundTrip(r)
	if err != nil {
		p := transportProblem(r.Context(), err)
		if p.text == "" {
			p.text = "by the proxy " + proxy.Host
		}
		return nil, p
	}
	return response, nil
}

// newProxied makes the transport that dials proxies and nothing else.
func (c *Client) newProxied() *http.Transport {
	t := newTransport(nil, nil)
	t.DialContext = (&net.Dialer{Timeout: dialLimit, Resolver: c.o.Resolver}).DialContext
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		proxy, err := c.proxyOf(r.URL)
		if err == nil && proxy == nil {
			err = refuse("no proxy is named for %s", r.URL.Host)
		}
		if err != nil {
			return nil, err
		}
		return proxy, nil
	}
	return t
}

// insideNames are the ends of names that only mean something inside a network.
var insideNames = []string{"localhost", "localdomain", "local", "internal", "intranet", "lan", "corp", "home", "private", "home.arpa"}

// judgeHost refuses a host that can be seen to be inside this machine or its network
// although a proxy would do the connecting: addresses in any spelling, names that mean
// something only inside, and names that lead inside when they are looked up here. A name
// that is not known here, as behind many a wall, is left to the proxy.
func (c *Client) judgeHost(ctx context.Context, host string) *problem {
	host, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if addr, e := netip.ParseAddr(strings.TrimSuffix(host, ".")); e == nil {
		if public(addr) {
			return nil
		}
		return refuse("%s is an address inside this machine or its network", host)
	}
	labels := strings.Split(host, ".")
	switch last := labels[len(labels)-1]; {
	case err != nil || last == "":
		return refuse("%q is no name of a host", host)
	case last[0] >= '0' && last[0] <= '9':
		return refuse("%s is an address in a spelling that not everybody reads alike", host)
	case len(labels) == 1, slices.ContainsFunc(insideNames, func(n string) bool { return strings.HasSuffix("."+host, "."+n) }):
		return refuse("%s is a name inside this machine or its network", host)
	}
	if _, known := c.judged.Load(host); known {
		return nil
	}
	resolver := c.o.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	addresses, _ := resolver.LookupNetIP(ctx, "ip", host) // not known here: the proxy knows
	for _, addr := range addresses {
		if !public(addr) {
			return refuse("the host leads to %s, an address inside this machine or its network", addr)
		}
	}
	c.judged.Store(host, true)
	return nil
}

// dialThrough opens a tunnel to a host by its proxy.
func (c *Client) dialThrough(ctx context.Context, proxy *url.URL, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialLimit, Resolver: c.o.Resolver}).DialContext(ctx, "tcp", hostPort(proxy))
	if err != nil {
		return nil, fmt.Errorf("reach the proxy %s: %w", proxy.Host, err)
	}
	if proxy.Scheme == "https" {
		config := &tls.Config{}
		if c.proxied.TLSClientConfig != nil {
			config = c.proxied.TLSClientConfig.Clone()
		}
		config.ServerName, config.NextProtos = proxy.Hostname(), nil
		conn = tls.Client(conn, config)
	}
	tunnel, err := connect(ctx, conn, proxy, address)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("by the proxy %s: %w", proxy.Host, err)
	}
	return tunnel, nil
}

// connect asks a proxy for a tunnel.
func connect(ctx context.Context, conn net.Conn, proxy *url.URL, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password)))
	}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, maxHeader)
	response, err := http.ReadResponse(in, request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %d %s", response.StatusCode, http.StatusText(response.StatusCode))
	}
	if in.Buffered() > 0 {
		return nil, errors.New("it spoke before it was asked")
	}
	return conn, nil
}
