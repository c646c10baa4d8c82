package asset

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Package is a package of npm, or a file in it: "npm:@scope/name@1.2.3/path".
type Package struct {
	Name  string // with its scope
	Range string // version, range or tag; "" for the latest
	Path  string // inside, without a leading slash; "" for the package itself
}

func (p Package) String() string {
	s := "npm:" + p.Name
	if p.Range != "" {
		s += "@" + p.Range
	}
	if p.Path != "" {
		s += "/" + p.Path
	}
	return s
}

var (
	packageName  = pattern(`^(@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*$`)
	packageRange = pattern(`^[0-9A-Za-z^~<>=|*. +_-]*$`)
)

// ParsePackage reads "npm:NAME@RANGE/PATH"; the prefix may be missing.
func ParsePackage(text string) (Package, error) {
	rest := strings.TrimPrefix(text, "npm:")
	rest = strings.TrimPrefix(rest, "/")
	var p Package
	at := 0
	if strings.HasPrefix(rest, "@") {
		if at = strings.IndexByte(rest, '/') + 1; at == 0 {
			return p, fmt.Errorf("%q is not the name of a package", text)
		}
	}
	end := len(rest)
	if i := strings.IndexAny(rest[at:], "@/"); i >= 0 {
		end = at + i
	}
	p.Name, rest = rest[:end], rest[end:]
	if r, ok := strings.CutPrefix(rest, "@"); ok {
		p.Range, rest, _ = strings.Cut(r, "/")
	}
	rest = strings.TrimPrefix(rest, "/")
	if r, err := url.PathUnescape(p.Range); err == nil {
		p.Range = strings.TrimSpace(r)
	}
	switch {
	case !packageName().MatchString(p.Name) || len(p.Name) > 214:
		return p, fmt.Errorf("%q is not the name of a package", text)
	case !packageRange().MatchString(p.Range) || len(p.Range) > 128:
		return p, fmt.Errorf("%q is not a version of a package", p.Range)
	case len(rest) > maxPath || strings.ContainsAny(rest, "\\\x00"):
		return p, fmt.Errorf("%q is not a file of a package", rest)
	}
	if rest != "" {
		p.Path = strings.TrimPrefix(path.Clean("/"+rest), "/")
	}
	return p, nil
}

// kindOf says what a specifier is.
type kindOf int

const (
	bare kindOf = iota
	absolute
	relative
	npm
	internal // "#name", of the importer's own package
)

func specifierKind(s string) kindOf {
	lower := strings.ToLower(s)
	switch {
	case strings.HasPrefix(lower, "npm:"):
		return npm
	case strings.HasPrefix(lower, "https:") || strings.HasPrefix(lower, "http:") || strings.HasPrefix(s, "//"):
		return absolute
	case strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.HasPrefix(s, "/") || s == "." || s == "..":
		return relative
	case strings.HasPrefix(s, "#"):
		return internal
	}
	return bare
}

// join makes one address of a relative specifier and the address of its importer.
func join(specifier, importer string) (string, error) {
	if importer == "" {
		return "", fmt.Errorf("a plugin is one file, so %q leads nowhere; name a URL or npm:NAME@VERSION", specifier)
	}
	if strings.HasPrefix(importer, "npm:") {
		p, err := ParsePackage(importer)
		if err != nil {
			return "", err
		}
		inside := path.Join(path.Dir("/"+p.Path), specifier)
		if up := path.Join(path.Dir(p.Path), specifier); strings.HasPrefix(specifier, "/") || up == ".." || strings.HasPrefix(up, "../") {
			return "", fmt.Errorf("%q leads out of the package %s", specifier, p.Name)
		}
		p.Path = strings.TrimPrefix(inside, "/")
		return p.String(), nil
	}
	base, err := url.Parse(importer)
	if err != nil {
		return "", fmt.Errorf("%q is not a URL", importer)
	}
	u, err := base.Parse(specifier)
	if err != nil {
		return "", fmt.Errorf("%q is not a URL", specifier)
	}
	return u.String(), nil
}

// canonical gives one spelling to a URL.
func canonical(raw string) (*url.URL, error) {
	if strings.HasPrefix(raw, "//") {
		raw = "https:" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%q is not a URL on a host", raw)
	}
	u.Host = strings.ToLower(u.Host)
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
