package requirement

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
)

// schemeText matches the beginning of any URL; secureURL the whole of one that a
// package or repository may come from. The second knows no character that a shell,
// git or pip would read as something else, but for "&" between two name=value.
var (
	schemeText = pattern(`^[A-Za-z][A-Za-z0-9+.-]*:(//|:)?`)
	secureURL  = pattern(`^https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%+,=@!:/-]*)?(\?` + pairs + `)?(#` + pairs + `)?$`)
	revText    = pattern(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)
	fullCommit = pattern(`^[0-9a-f]{40}$`)
	// shortCommit is what git takes for the beginning of a commit id.
	shortCommit = pattern(`^[0-9a-f]{7,39}$`)
)

const (
	pair  = `[A-Za-z0-9._~%+,:@/\[\]-]+(=[A-Za-z0-9._~%+,:@/=\[\]-]*)?`
	pairs = pair + `(&` + pair + `)*`
)

func looksLikeURL(text string) bool {
	scheme := schemeText().FindString(text)
	return strings.Contains(scheme, "//") || strings.Contains(scheme, "+") || strings.HasPrefix(strings.ToLower(scheme), "file:")
}

// link reads an https URL, optionally behind "git+", and reports everything that
// cannot be fetched safely.
func (p *parser) link(start, end int) (u *url.URL, git, ok bool) {
	text := p.text[start:end]
	rest, git := strings.CutPrefix(text, "git+")
	lower := strings.ToLower(rest)
	if bad := strings.IndexAny(text, shellCharacters+"*{}'\"^"); bad >= 0 && text[bad] != '&' {
		p.unexpected(start + bad)
		return nil, git, false
	}
	if !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") {
		p.report(ruleURL, start, end, fmt.Sprintf("nothing is fetched from %s", schemeOf(text)), "use an https: or git+https: URL")
		return nil, git, false
	}
	u, err := url.Parse(rest)
	switch {
	case err == nil && u.User != nil:
		p.report(ruleCredentials, start, end, "the URL holds credentials that every reader of this file can use", "remove them, and revoke them")
		return nil, git, false
	case err != nil || len(text) > maxURL || !secureURL().MatchString(rest) || u.Hostname() == "" || strings.Contains("/"+u.Path+"/", "/../"):
		p.badURL(start, end, text)
		return nil, git, false
	case u.Scheme == "http" && !loopback(u.Hostname()):
		p.report(ruleURL, start, end, "code fetched over plain http can be changed on its way", "write https")
		return nil, git, false
	case hasSecret(u):
		p.report(ruleCredentials, start, end, "the URL holds a token that every reader of this file can use", "remove it, and revoke it")
		return nil, git, false
	}
	return u, git, true
}

// badURL points at the first part of a URL that no URL needs.
func (p *parser) badURL(start, end int, text string) {
	if i := strings.Index(text, "&&"); i >= 0 {
		p.shell(start+i, end)
		return
	}
	for i, r := range text {
		if r > 0x7e || strings.ContainsRune("*{}[]'\"^|!", r) {
			p.report(ruleURL, start+i, start+i+len(string(r)), fmt.Sprintf("%q cannot stand in this URL", r), "percent-encode it")
			return
		}
	}
	p.report(ruleURL, start, end, "this URL cannot be read", "write https://HOST/path")
}

func schemeOf(text string) string {
	if scheme, _, found := strings.Cut(text, ":"); found && len(scheme) < 20 {
		return fmt.Sprintf("%q addresses", scheme)
	}
	return "such an address"
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// secretNames are query parameters that carry credentials.
var secretNames = []string{"access_token", "token", "auth", "api_key", "apikey", "password", "secret", "private_token", "sig", "signature", "x-amz-signature"}

func hasSecret(u *url.URL) bool {
	for name, values := range u.Query() {
		if slices.Contains(secretNames, strings.ToLower(name)) && strings.Join(values, "") != "" {
			return true
		}
	}
	return false
}

// pipURL reads a URL that pip would install from; start is where its requirement
// begins ("name @ URL").
func (l *pipLine) pipURL(start, from, to int, pkg Package) {
	u, git, ok := l.link(from, to)
	if !ok {
		return
	}
	fragment, err := url.ParseQuery(u.Fragment)
	if err != nil || len(fragment) == 0 && u.Fragment != "" {
		l.report(ruleURL, from, to, "the part after # cannot be read", "write #egg=NAME")
		return
	}
	for key, values := range fragment {
		value := values[len(values)-1]
		switch {
		case key == "egg":
			name, extras, _ := strings.Cut(value, "[")
			if pkg.Name == "" {
				pkg.Name = name
			}
			if extras = strings.TrimSuffix(extras, "]"); extras != "" && len(pkg.Extras) == 0 {
				pkg.Extras = strings.Split(strings.ToLower(extras), ",")
				slices.Sort(pkg.Extras)
			}
		case key == "subdirectory" && localPath(value):
			pkg.Subfolder = path.Clean(value)
		case key == "sha256" || key == "sha512" || key == "sha384":
			pkg.Hash = key + "=" + strings.ToLower(value)
		default:
			l.report(ruleURL, from, to, fmt.Sprintf("#%s=%s is not understood", key, value), "allowed are #egg=, #subdirectory= and #sha256=")
			return
		}
	}
	if git && !l.gitRev(u, from, to, &pkg.Rev) {
		return
	}
	u.Fragment, u.RawFragment = "", ""
	if pkg.URL = u.String(); git {
		pkg.URL = "git+" + pkg.URL
	} else if pkg.Name == "" {
		pkg.Name = wheelName(u.Path)
	}
	if pkg.Name != "" && (!validName(pkg.Name) || skipName(pkg.Name, 0, len(pkg.Name)) != len(pkg.Name)) {
		l.report(ruleURL, from, to, fmt.Sprintf("%q is not the name of a package", pkg.Name), "write #egg=NAME")
		return
	}
	for _, extra := range pkg.Extras {
		if !validName(extra) || skipName(extra, 0, len(extra)) != len(extra) {
			l.report(ruleURL, from, to, fmt.Sprintf("%q is not the name of an extra", extra), "")
			return
		}
	}
	pkg.Item = l.item(start, to)
	l.addPackage(pkg)
}

// gitRev takes the part after the last "@" of a git URL's path, and tells when it
// can move.
func (p *parser) gitRev(u *url.URL, start, end int, rev *string) bool {
	if i := strings.LastIndexByte(u.Path, '@'); i >= 0 {
		*rev, u.Path, u.RawPath = u.Path[i+1:], u.Path[:i], ""
		if !validRev(*rev) {
			p.report(ruleURL, start, end, fmt.Sprintf("%q is not a branch, tag or commit", *rev), "")
			return false
		}
	}
	if strings.Trim(u.Path, "/") == "" {
		p.report(ruleURL, start, end, "the URL names no repository", "")
		return false
	}
	if !fullCommit().MatchString(*rev) {
		what := "no commit is named, so every installation may get other code"
		switch {
		case shortCommit().MatchString(*rev):
			what = fmt.Sprintf("%q is an abbreviated commit, which may come to mean another", *rev)
		case *rev != "":
			what = fmt.Sprintf("%q is a branch or a tag, which can move", *rev)
		}
		p.report(ruleUnpinned, start, end, what, "write @ and the 40 digits of the commit after the repository")
	}
	return true
}

func validRev(rev string) bool {
	return revText().MatchString(rev) && !strings.Contains(rev, "..") && len(rev) <= 250
}

// wheelName takes the name of a package from the file name of its wheel or archive.
func wheelName(file string) string {
	base := path.Base(file)
	if name, _, found := strings.Cut(base, "-"); found && strings.HasSuffix(base, ".whl") {
		return name
	}
	return ""
}

func looksLikePath(text string) bool {
	switch {
	case strings.HasPrefix(text, "/"), strings.HasPrefix(text, "."), strings.HasPrefix(text, "~"), strings.HasPrefix(text, `\`):
		return true
	case len(text) > 2 && text[1] == ':' && (text[2] == '\\' || text[2] == '/'):
		return true
	}
	return strings.ContainsAny(text, `/\`) && !strings.ContainsAny(text, "<>=!~;[@")
}

// pipPath reads a folder. Only a folder of a clone can be on another machine; that
// is checked when all clones are known.
func (l *pipLine) pipPath(start, end int) {
	text := l.text[start:end]
	if i := strings.IndexAny(text, ";&|<>`$()*?{}!#\"'"); i >= 0 {
		l.shell(start+i, end)
		return
	}
	if !localPath(text) {
		l.report(rulePrivatePath, start, end, fmt.Sprintf("%q is a folder of one machine", text), "name the package, or its git repository")
		return
	}
	l.addPackage(Package{Item: l.item(start, end), Path: path.Clean(text)})
}

// localText matches relative paths without surprises.
var localText = pattern(`^[A-Za-z0-9_.][A-Za-z0-9_./ +-]*$`)

// localPath reports a relative path that stays below the folder it starts from.
func localPath(text string) bool {
	clean := path.Clean(text)
	return localText().MatchString(text) && clean != ".." && clean != "." && !strings.HasPrefix(clean, "../") && !strings.HasPrefix(clean, ".git") &&
		!strings.Contains("/"+text+"/", "/../") && !strings.Contains(clean, "/.git")
}

// checkPaths refuses folders that no clone brings.
func (p *parser) checkPaths() {
	kept := p.d.Pip[:0:0]
	for _, pkg := range p.d.Pip {
		if pkg.Path == "" || slices.ContainsFunc(p.d.Repos, func(c Clone) bool { return pkg.Path == c.Dir || strings.HasPrefix(pkg.Path, c.Dir+"/") }) {
			kept = append(kept, pkg)
			continue
		}
		p.add(rulePrivatePath.Diagnostic(pkg.Place, fmt.Sprintf("%q is not in any repository that this plugin clones", pkg.Path), "clone it with `repo:`, or name the package"))
		p.d.Refused = append(p.d.Refused, pkg.Item)
	}
	p.d.Pip = kept
}

func (p *parser) implyNumpy() {
	if !slices.ContainsFunc(p.d.Pip, func(pkg Package) bool { return pkg.Key() == "numpy" }) {
		p.d.Pip = append(p.d.Pip, Package{Name: "numpy", Implied: true})
	}
}
