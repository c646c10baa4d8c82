package permission

import (
	"net/netip"
	"strings"
)

// covers reports whether a grants all of b.
func covers(a, b Permission) bool {
	both, ok := meet(a, b)
	return ok && both == b
}

// meet returns what two permissions have in common; ok is false when that is nothing.
func meet(a, b Permission) (both Permission, ok bool) {
	if a.Kind != b.Kind {
		return Permission{}, false
	}
	switch {
	case a.Value == "" || a == b:
		return b, true
	case b.Value == "":
		return a, true
	}
	value, ok := "", false
	switch a.Kind {
	case Net:
		value, ok = meetHosts(a.Value, b.Value)
	case Read, Write:
		value, ok = narrower(a.Value, b.Value, under)
	case Env:
		value, ok = narrower(a.Value, b.Value, startsLike)
	}
	return Permission{a.Kind, value}, ok
}

// meetHosts compares names and ports apart: "a.example.org" and "*.example.org:443"
// have "a.example.org:443" in common.
func meetHosts(a, b string) (string, bool) {
	hostA, portA, _ := splitPort(a)
	hostB, portB, _ := splitPort(b)
	host, ok := narrower(hostA, hostB, isSubdomain)
	if !ok || portA != "" && portB != "" && portA != portB {
		return "", false
	}
	if portA == "" {
		portA = portB
	}
	return host + portA, true
}

// private reports that p names one place that may lie inside a network: an address or
// this machine. Whoever connects lets such a place pass only when it is named, so that
// "net" does not stand for it.
func (p Permission) private() bool {
	if p.Kind != Net || p.Value == "" {
		return false
	}
	host, _, _ := splitPort(p.Value)
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// narrower returns the one of two values that lies within the other.
func narrower(a, b string, within func(inner, outer string) bool) (string, bool) {
	switch {
	case a == b || within(a, b):
		return a, true
	case within(b, a):
		return b, true
	}
	return "", false
}

// isSubdomain reports whether name matches the wildcard "*.example.org". The name
// after the star is not one of its own subdomains.
func isSubdomain(name, wildcard string) bool {
	suffix, wild := strings.CutPrefix(wildcard, "*")
	return wild && strings.HasSuffix(name, suffix) && name != suffix
}

// under reports whether a path is a folder or lies in it: "/data/x" is under
// "/data", "/database" is not.
func under(inner, folder string) bool {
	switch folder {
	case "/":
		return strings.HasPrefix(inner, "/")
	case ".":
		return !strings.HasPrefix(inner, "/") && !(len(inner) > 1 && inner[1] == ':')
	}
	return strings.HasPrefix(inner, folder+"/")
}

// startsLike reports whether a variable's name matches "PREFIX_*".
func startsLike(name, pattern string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	return wild && strings.HasPrefix(name, prefix)
}
