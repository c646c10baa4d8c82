package fetch

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// inside lists what the dialer does not connect to: every range of IANA's
// special-purpose registries that is not the public internet, and the addresses
// at which clouds serve their machines' credentials.
var inside = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // carrier-grade NAT; Alibaba's metadata
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // Azure's metadata
	"169.254.0.0/16",   // link-local; everyone's metadata
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments; Oracle's metadata
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/3",      // multicast, reserved, broadcast
	"2001::/23",        // protocol assignments, Teredo
	"2001:db8::/32",    // documentation
	"3fff::/20",        // documentation
)

// global is where public IPv6 addresses are; everything else (::1, fc00::/7,
// fe80::/10, ff00::/8, ...) is not.
var global = netip.MustParsePrefix("2000::/3")

// carriers hold an IPv4 address inside an IPv6 address, at the given byte.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, text := range list {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public reports whether an address is on the public internet.
func public(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	for _, c := range carriers {
		if c.prefix.Contains(addr) {
			b := addr.As16()
			return public(netip.AddrFrom4([4]byte(b[c.at : c.at+4])))
		}
	}
	if addr.Is6() && !global.Contains(addr) {
		return false
	}
	for _, p := range inside {
		if p.Contains(addr) {
			return false
		}
	}
	return addr.IsValid()
}

// control refuses a connection by the address that is really dialled: names are
// resolved by now.
func control(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !public(ap.Addr()) {
		host, _, _ := net.SplitHostPort(address)
		return refuse("the host leads to %s, an address inside this machine or its network", host)
	}
	return nil
}

// named is the set of hosts that the person named: "host" for every port or
// "host:port".
type named map[string]bool

func newNamed(hosts ...string) named {
	n := named{}
	for _, host := range hosts {
		host = strings.ToLower(strings.TrimSpace(host))
		if name, port, err := net.SplitHostPort(host); err == nil {
			n[joinHost(name, port)] = true
			continue
		}
		n[strings.TrimSuffix(strings.Trim(host, "[]"), ".")] = true
	}
	return n
}

// has takes an address in the form of the dialer, host:port.
func (n named) has(hostport string) bool {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	joined := joinHost(host, port)
	bare, _, _ := net.SplitHostPort(joined)
	return n[joined] || n[bare]
}

// joinHost gives one spelling to a host with a port.
func joinHost(host, port string) string {
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(host), "."), port)
}

// dial connects to named hosts freely and to all others through the guard.
func (n named) dial(resolver *net.Resolver) func(context.Context, string, string) (net.Conn, error) {
	free := &net.Dialer{Timeout: dialLimit, Resolver: resolver}
	guarded := &net.Dialer{Timeout: dialLimit, Resolver: resolver, ControlContext: control}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if n.has(address) {
			return free.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}
