package address

import (
	"net/url"
	"strings"
)

// hosts maps the names under which a host is reached to the one we compare.
// Comparison is exact: "github.com.evil.example" is somebody else.
var hosts = map[string]string{
	"github.com": GitHub, "www.github.com": GitHub,
	"gitlab.com": GitLab, "www.gitlab.com": GitLab,
	"gist.github.com":           gistHost,
	"raw.githubusercontent.com": rawHost,
}

const (
	gistHost = "gist.github.com"
	rawHost  = "raw.githubusercontent.com"
)

func hostOf(name string) string { return hosts[strings.ToLower(name)] }

// isLink reports links pasted without "https://". "gitlab.com/group/repo" is none:
// the grammar reads it as a repository.
func isLink(s string) bool {
	host, rest, found := strings.Cut(s, "/")
	if !found || strings.Contains(rest, ":") {
		return false
	}
	switch hostOf(host) {
	case gistHost, rawHost:
		return true
	case GitHub, GitLab:
		return strings.Contains(rest, "/blob/") || strings.Contains(rest, "/raw/") || strings.Contains(rest, "/tree/")
	}
	return strings.HasPrefix(strings.ToLower(host), "www.")
}

// splitScheme returns the lower-case scheme of a URL and what follows its colon.
func splitScheme(s string) (scheme, rest string) {
	i := strings.IndexByte(s, ':')
	if i < 2 || !isLetter(s[0]) { // one letter is a drive
		return "", s
	}
	for _, c := range []byte(s[:i]) {
		if !isLetter(c) && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return "", s
		}
	}
	return strings.ToLower(s[:i]), s[i+1:]
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// parseURL reads an http(s) URL with its tag. Links to a known host become what
// they stand for.
func parseURL(s string) (Address, error) {
	s, tag := splitURLTag(s)
	u, err := checkURL(s)
	if err != nil {
		return Address{}, err
	}
	if a, ok := parseKnownHost(u); ok {
		return a.WithTag(tag), nil
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	return Address{Kind: URL, URL: u.String(), Tag: tag}, nil
}

func checkURL(s string) (*url.URL, error) {
	if strings.ContainsAny(s, "\\\"<>^`{|}") {
		return nil, refuse("the URL contains a character that URLs cannot have", "percent-encode it")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, refuse("the URL cannot be read", "")
	case u.Hostname() == "":
		return nil, refuse("the URL has no host", "write https://HOST/path")
	case u.Scheme == "http" && u.User != nil:
		return nil, refuse("the URL sends credentials over plain http", "use https")
	case strings.Contains(u.Host, "%"):
		return nil, refuse("the URL's host is encoded", "")
	}
	return u, nil
}

// parseKnownHost reads pages, raw files and repositories of the hosts we know. A
// URL with credentials, another port or a query is left as it is.
func parseKnownHost(u *url.URL) (Address, bool) {
	if u.User != nil || u.Port() != "" && u.Port() != "443" {
		return Address{}, false
	}
	path := strings.Trim(u.Path, "/")
	if strings.Contains(path, "//") || hasDots(path) || checkText("path", path) != nil {
		return Address{}, false
	}
	parts := strings.Split(path, "/")
	switch hostOf(u.Hostname()) {
	case GitHub:
		return parseGitHub(parts)
	case rawHost:
		if len(parts) >= 4 {
			return fileOf(GitHub, strings.Join(parts[:2], "/"), parts[2:])
		}
	case GitLab:
		return parseGitLab(path)
	case gistHost:
		return parseGist(parts)
	}
	return Address{}, false
}

func parseGitHub(parts []string) (Address, bool) {
	if len(parts) < 2 || parts[0] == "" {
		return Address{}, false
	}
	repo := parts[0] + "/" + strings.TrimSuffix(parts[1], ".git")
	switch {
	case len(parts) == 2:
		return repositoryOf(GitHub, repo, "")
	case len(parts) >= 5 && (parts[2] == "blob" || parts[2] == "raw"):
		return fileOf(GitHub, repo, parts[3:])
	case len(parts) >= 4 && parts[2] == "tree":
		return repositoryOf(GitHub, repo, strings.Join(parts[3:], "/"))
	}
	return Address{}, false
}

func parseGitLab(path string) (Address, bool) {
	repo, rest, found := strings.Cut(path, "/-/")
	repo = strings.TrimSuffix(repo, ".git")
	if !strings.Contains(repo, "/") {
		return Address{}, false
	}
	parts := strings.Split(rest, "/")
	switch {
	case !found:
		return repositoryOf(GitLab, repo, "")
	case len(parts) >= 3 && (parts[0] == "blob" || parts[0] == "raw"):
		return fileOf(GitLab, repo, parts[1:])
	case len(parts) >= 2 && parts[0] == "tree":
		return repositoryOf(GitLab, repo, strings.Join(parts[1:], "/"))
	}
	return Address{}, false
}

// parseGist reads gist.github.com/[owner/]id[/revision].
func parseGist(parts []string) (Address, bool) {
	if len(parts) == 1 && isHex(parts[0]) {
		return Address{Kind: Gist, ID: parts[0]}, true
	}
	if len(parts) < 2 || len(parts) > 3 || !repositoryName().MatchString(parts[0]) || !isHex(parts[1]) {
		return Address{}, false
	}
	a := Address{Kind: Gist, Repo: parts[0], ID: parts[1]}
	if len(parts) == 3 {
		a.Ref = parts[2]
	}
	return a, a.Ref == "" || isHex(a.Ref)
}

// fileOf is the address of a file; parts begin with its ref. A ref with a slash
// cannot be told from a folder, so the first word is taken: the raw file is the
// same either way.
func fileOf(host, repo string, parts []string) (Address, bool) {
	if len(parts) > 3 && parts[0] == "refs" && (parts[1] == "heads" || parts[1] == "tags") {
		parts = parts[2:]
	}
	ref, file := parts[0], strings.Join(parts[1:], "/")
	if ref == "HEAD" {
		ref = ""
	}
	a := Address{Kind: Repository, Host: host, Repo: repo, Ref: ref, File: file}
	return a, validRepository(repo) && file != "" && checkRef(ref) == nil
}

// repositoryOf is the address of a repository. One that is called as plugin files are has
// none: written short it would be a path.
func repositoryOf(host, repo, ref string) (Address, bool) {
	a := Address{Kind: Repository, Host: host, Repo: repo, Ref: ref}
	return a, validRepository(repo) && !hasPluginSuffix(repo) && checkRef(ref) == nil
}

func validRepository(repo string) bool {
	for _, part := range strings.Split(repo, "/") {
		if !repositoryName().MatchString(part) {
			return false
		}
	}
	return true
}

// splitURLTag splits URL@TAG: directly after a plugin's suffix, or at the very end
// after its query.
func splitURLTag(s string) (link, tag string) {
	end := suffixEnd(s)
	if end == 0 {
		end = gistEnd(s)
	}
	if end == 0 {
		return s, ""
	}
	rest := s[end:]
	if after, ok := strings.CutPrefix(rest, "@"); ok {
		tag, query := after, ""
		if i := strings.IndexAny(after, "?#"); i >= 0 {
			tag, query = after[:i], after[i:]
		}
		return s[:end] + query, decodeTag(tag)
	}
	before, after, found := cutLast(rest, "@")
	if !found || after == "" || strings.ContainsAny(after, "/?&=#:") {
		return s, ""
	}
	return s[:end] + before, decodeTag(after)
}

// gistEnd returns where the page of a gist ends, 0 when s is no such page.
func gistEnd(s string) int {
	_, rest, _ := strings.Cut(s, "://")
	host, _, _ := strings.Cut(rest, "/")
	if hostOf(host) != gistHost {
		return 0
	}
	if i := strings.LastIndexByte(s, '@'); i > 0 {
		return i
	}
	return len(s)
}

// decodeTag undoes percent-encoding, which browsers add to a copied link.
func decodeTag(tag string) string {
	if plain, err := url.PathUnescape(tag); err == nil {
		return plain
	}
	return tag
}

func urlPath(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Path
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("@", "%40", ":", "%3A").Replace(url.PathEscape(p))
	}
	return strings.Join(parts, "/")
}

func hasDots(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

func isHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return len(s) >= 7
}
