// Package address reads and prints the places plugins come from: a bare name, a
// plugin of a repository, a link, a file on this machine.
//
//	Name@TAG
//	owner/repo@ref:Name@TAG        gitlab.com/group/repo@ref:Name@TAG
//	lab:Name@TAG                   a repository known by a short name
//	owner/repo@ref:collection/Name
//	https://host/x.imjoy.html@TAG  https://github.com/o/r/blob/REF/x.imjoy.html@TAG
//	https://gist.github.com/owner/id@TAG
//	git+https://host/x.git@ref:Name@TAG
//	./x.imjoy.html@TAG             /x.imjoy.html  file:///x.imjoy.html
//
// Call [Parse], or [ParseWith] where the disk has a say. [Address.String] prints
// the canonical form, which parses to the same address again; it never shows
// credentials. Fetching, and turning refs into commits, is left to others.
package address

import (
	"fmt"
	"strings"
)

// Kind tells which of its fields an [Address] uses.
type Kind uint8

// The kinds of addresses. The zero value is no address.
const (
	None       Kind = iota
	Name            // Name, Tag: looked up in a scope the caller knows
	Repository      // Host, Repo or Alias, Ref; Name, Collection or File, or none of them; Tag
	Git             // URL, Ref, Name or Collection, Tag: a git repository on any host
	Gist            // Repo (the owner, may be empty), ID, Ref, Tag
	URL             // URL, Tag
	Path            // Path, Tag
)

var kindNames = [...]string{"none", "name", "repository", "git", "gist", "url", "path"}

func (k Kind) String() string { return kindNames[k] }

// Address says where a plugin is. It is a plain value: two addresses are the same
// exactly when they are ==.
type Address struct {
	Kind Kind

	Host  string // Repository: "github.com" or "gitlab.com"; empty with an Alias
	Repo  string // Repository: "owner/repo", on GitLab with its groups; Gist: the owner
	Alias string // Repository: the short name the user gave it
	Ref   string // branch, tag or commit; "" means the default branch

	Name       string // the plugin's name, exactly as in the manifest
	Collection string // the name of a collection instead
	File       string // the path of the file in the repository instead, with slashes

	ID   string // Gist: its identifier
	URL  string // URL, Git: absolute; may hold credentials, so print String() instead
	Path string // Path: as given, but never mistaken for a name ("./x", not "x")

	Tag string // the chosen tag, "" when the address does not say
}

// The hosts whose links and raw files this package knows.
const (
	GitHub = "github.com"
	GitLab = "gitlab.com"
)

// PluginSuffix ends the file name of a plugin; HyphaSuffix is Hypha's.
const (
	PluginSuffix = ".imjoy.html"
	HyphaSuffix  = ".hypha.html"
)

// ManifestName is the file that lists the plugins of a repository.
const ManifestName = "manifest.imjoy.json"

// Error says why a text is not an address. Text is redacted.
type Error struct {
	Text string // the address as given
	Why  string
	Hint string // what to write instead; may be empty
}

func (e *Error) Error() string { return fmt.Sprintf("%q is not an address: %s", e.Text, e.Why) }

// IsZero reports whether there is no address at all.
func (a Address) IsZero() bool { return a.Kind == None }

// WithTag returns the address with another tag.
func (a Address) WithTag(tag string) Address {
	a.Tag = tag
	return a
}

// WithRef returns the address at another ref, usually the commit it stands for.
func (a Address) WithRef(ref string) Address {
	a.Ref = ref
	return a
}

// External reports whether a URL is not a plugin's source: ImJoy opens it as a web
// page and asks the page for its config.
func (a Address) External() bool {
	return a.Kind == URL && !hasPluginSuffix(urlPath(a.URL))
}

// Local reports whether the address is on this machine.
func (a Address) Local() bool {
	return a.Kind == Path || a.Kind == Git && strings.HasPrefix(a.URL, "file:")
}

// String prints the canonical form. Credentials are replaced by "***".
func (a Address) String() string {
	s := a.place()
	if a.Tag != "" {
		s += "@" + a.Tag
	}
	return s
}

// Origin is the address without tag and ref: two plugins of one name but different
// origins are different plugins.
func (a Address) Origin() string {
	a.Tag, a.Ref = "", ""
	return a.place()
}

func (a Address) place() string {
	switch a.Kind {
	case Name:
		return a.Name
	case Repository:
		if a.File != "" {
			return a.link()
		}
		return a.RepositoryName() + atRef(a.Ref) + a.member()
	case Git:
		return "git+" + Redact(a.URL) + atRef(a.Ref) + a.member()
	case Gist:
		return "https://gist.github.com/" + join(a.Repo, a.ID, a.Ref)
	case URL:
		return Redact(a.URL)
	case Path:
		return a.Path
	}
	return ""
}

// RepositoryName is the repository as the address grammar writes it: "owner/repo",
// "gitlab.com/group/repo", or the short name.
func (a Address) RepositoryName() string {
	switch {
	case a.Alias != "":
		return a.Alias
	case a.Host == GitHub:
		return a.Repo
	}
	return a.Host + "/" + a.Repo
}

// link is the page of a file on its host.
func (a Address) link() string {
	ref := a.Ref
	if ref == "" {
		ref = "HEAD"
	}
	between := "/blob/"
	if a.Host == GitLab {
		between = "/-/blob/"
	}
	return "https://" + a.Host + "/" + a.Repo + between + escapePath(ref) + "/" + escapePath(a.File)
}

// member is the part after the repository: ":Name" or ":collection/Name". A short
// name alone needs the colon, or it would be a plugin's name.
func (a Address) member() string {
	switch {
	case a.Collection != "":
		return ":" + collectionPrefix + a.Collection
	case a.Name != "":
		return ":" + a.Name
	case a.Alias != "":
		return ":"
	}
	return ""
}

// MarshalText writes the canonical form.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads any form [Parse] reads; an empty text is no address.
func (a *Address) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*a = Address{}
		return nil
	}
	*a, err = Parse(string(text))
	return err
}

func atRef(ref string) string {
	if ref == "" {
		return ""
	}
	return "@" + ref
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "/")
}
