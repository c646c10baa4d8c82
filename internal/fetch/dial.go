package fetch

import (
	"context"
	"net"
	"net/url"
)

// Dial connects to "host:port" as an https request would: freely where a person named the
// host, through the guard elsewhere, by a proxy where one is named. It is for programs that
// speak for themselves.
func (c *Client) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	proxy, refused := c.proxyOf(&url.URL{Scheme: "https", Host: address})
	if refused != nil {
		return nil, refused
	}
	if proxy != nil {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, refuse("%q is not host:port", address)
		}
		if !c.named.has(address) {
			if err := c.judgeHost(ctx, host); err != nil {
				return nil, err
			}
		}
		return c.dialThrough(ctx, proxy, address)
	}
	return c.named.dial(c.o.Resolver)(ctx, network, address)
}

// Mirror returns where a URL is really fetched. named reports that a person named the
// host, which may then be private and speak plain http.
func (c *Client) Mirror(raw string) (to string, named bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return raw, false
	}
	target := c.o.Mirrors.Rewrite(u)
	return target.String(), c.named.has(hostPort(target))
}
