package requirement

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Resolved is what a declaration became on one kind of machine: exact versions and
// the hashes of what is installed. It is what locks and records keep, as JSON.
type Resolved struct {
	Version  int    `json:"version"`         // of this format: 1
	Backend  string `json:"backend"`         // what installs it: "uv", "venv" or "conda"
	Python   string `json:"python"`          // "3.11.7"
	Platform string `json:"platform"`        // as Python's sysconfig calls it: "linux-x86_64"
	AsOf     string `json:"as_of,omitempty"` // nothing published after this moment was considered

	Packages []ResolvedPackage `json:"packages,omitempty"` // of pip, by name
	Conda    []string          `json:"conda,omitempty"`    // URLs with their MD5, as conda's explicit lists have them
	Repos    []ResolvedClone   `json:"repos,omitempty"`
}

// ResolvedPackage is one distribution.
type ResolvedPackage struct {
	Name    string   `json:"name"`
	Version string   `json:"package_version,omitempty"` // empty for a URL
	URL     string   `json:"url,omitempty"`             // of a direct URL; git URLs end in @COMMIT
	Marker  string   `json:"marker,omitempty"`
	Hashes  []string `json:"hashes,omitempty"` // "sha256:...", one of which the file has; none for git, whose commit is one
}

// ResolvedClone is a repository at one commit.
type ResolvedClone struct {
	URL    string `json:"url"`
	Dir    string `json:"dir"`
	Commit string `json:"commit"`
}

// resolvedVersion is the version of the format that this program writes.
const resolvedVersion = 1

// ParseResolved reads what [Resolved.Encode] wrote.
func ParseResolved(text []byte) (*Resolved, error) {
	var r Resolved
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("read the resolved packages: %w", err)
	}
	if r.Version != resolvedVersion {
		return nil, fmt.Errorf("read the resolved packages: they have version %d of the format, and this program knows %d", r.Version, resolvedVersion)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("read the resolved packages: %w", err)
	}
	return &r, nil
}

// resolvedName and what follows bound what a lock, which anybody may have edited,
// can put into an argument or a line of a requirements file.
var (
	resolvedName     = pattern(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	resolvedVersions = pattern(`^[A-Za-z0-9][A-Za-z0-9.!+_-]*$`)
	resolvedHash     = pattern(`^(sha256|sha384|sha512):[0-9a-f]{64,128}$`)
	resolvedURL      = pattern(`^(git\+)?https://[^\s\\"'<>{}|^$]+$`)
	resolvedConda    = pattern(`^(https://|file:///)[^\s\\"'<>{}|^$]+$`)
	resolvedMarker   = pattern(`^[A-Za-z0-9_.<>=!~()'" -]*$`)
)

var errEdited = errors.New("it was not written by this program")

func (r *Resolved) check() error {
	for _, p := range r.Packages {
		good := resolvedName().MatchString(p.Name) && resolvedMarker().MatchString(p.Marker) &&
			(p.URL == "" && resolvedVersions().MatchString(p.Version) || p.URL != "" && resolvedURL().MatchString(p.URL))
		for _, h := range p.Hashes {
			good = good && resolvedHash().MatchString(h)
		}
		if !good {
			return fmt.Errorf("package %q: %w", p.Name, errEdited)
		}
	}
	for _, url := range r.Conda {
		if !resolvedConda().MatchString(url) {
			return fmt.Errorf("package %q: %w", url, errEdited)
		}
	}
	for _, c := range r.Repos {
		if !resolvedURL().MatchString(c.URL) || !fullCommit().MatchString(c.Commit) || !localPath(c.Dir) {
			return fmt.Errorf("repository %q: %w", c.URL, errEdited)
		}
	}
	return nil
}

// Encode writes the resolved packages as JSON, always the same for the same ones.
func (r *Resolved) Encode() []byte {
	r.Version = resolvedVersion
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings always marshal
	}
	return text
}

// Hash names what was resolved.
func (r *Resolved) Hash() string {
	sum := sha256.Sum256(r.Encode())
	return hex.EncodeToString(sum[:])
}
