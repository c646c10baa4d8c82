package fetch

import (
	"context"
	"net"
	"net/url"
)

// Dial connects to "host:port" as a request would: freely where a person named the
// host, through the guard elsewhere. It is for programs that speak for themselves.
func (c *Client) Dial(ctx context.Context, network, address string) (net.Conn, error) {
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
