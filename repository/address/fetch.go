package address

import (
	"net/url"
	"strings"
)

// The methods below build the URLs where the parts of an address are fetched. They
// answer "" where the address has no such thing. All are https.

// RawURL returns where a file of the repository is fetched as bytes. ref is the
// commit the address stands for; "" takes the address's own ref, or HEAD.
func (a Address) RawURL(ref, file string) string {
	if ref == "" {
		ref = a.Ref
	}
	if ref == "" {
		ref = "HEAD"
	}
	file = strings.TrimPrefix(file, "/")
	if a.Kind != Repository || hasDots(file) {
		return ""
	}
	switch a.Host {
	case GitHub:
		return "https://" + rawHost + "/" + a.Repo + "/" + escapeRaw(ref) + "/" + escapeRaw(file)
	case GitLab:
		return "https://" + GitLab + "/" + a.Repo + "/-/raw/" + escapeRaw(ref) + "/" + escapeRaw(file)
	}
	return ""
}

// ManifestURL returns where the repository's manifest is fetched.
func (a Address) ManifestURL(ref string) string { return a.RawURL(ref, ManifestName) }

// CommitURL returns the API request that answers with the full commit id of a ref
// as plain text (GitHub, with the media type "application/vnd.github.sha") or as
// JSON (GitLab).
func (a Address) CommitURL() string {
	ref := a.Ref
	if ref == "" {
		ref = "HEAD"
	}
	switch {
	case a.Kind == Repository && a.Host == GitHub:
		return "https://api.github.com/repos/" + a.Repo + "/commits/" + escapeRaw(ref)
	case a.Kind == Repository && a.Host == GitLab:
		return "https://gitlab.com/api/v4/projects/" + url.PathEscape(a.Repo) + "/repository/commits/" + url.PathEscape(ref)
	}
	return ""
}

// GistURL returns the API request that lists the files of a gist.
func (a Address) GistURL() string {
	if a.Kind != Gist {
		return ""
	}
	return "https://api.github.com/gists/" + join(a.ID, a.Ref)
}

// Pinned reports whether the ref is a full commit id, which cannot move.
func (a Address) Pinned() bool { return len(a.Ref) == 40 && isHex(a.Ref) }

func escapeRaw(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
