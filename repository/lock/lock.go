// Package lock reads and writes imjoy.lock: everything that a project's plugins were
// resolved to, so that another machine, or this one next year, gets the same bytes or
// an error.
//
// [Parse] reads a file and [File.Encode] writes one; the same plugins always give the
// same bytes. [Compare] tells how two locks differ. Resolving, fetching and the disk
// are left to others.
package lock

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Name is the name of a project's lock file; one plugin's own is NAME.lock beside it.
const Name = "imjoy.lock"

// Version is the version of the format.
const Version = 1

// File is what a lock file says.
type File struct {
	Plugins []Plugin // by name, then origin
}

// Plugin is one plugin at exactly one content.
type Plugin struct {
	Name    string `json:"name"`
	Origin  string `json:"origin"`  // the address without version
	Address string `json:"address"` // to get it again; of a project's own plugin the path from the lock's folder
	Commit  string `json:"commit,omitempty"`
	URL     string `json:"url"` // before mirrors, without credentials; a path like Address
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Config  string `json:"config_sha256"` // of the text of its config

	Type      string `json:"type,omitempty"`
	Number    string `json:"plugin_version,omitempty"` // as the plugin calls it
	Tag       string `json:"tag,omitempty"`
	Requested bool   `json:"requested"` // not merely a dependency
	Local     bool   `json:"local"`     // the project's own: it may change without a new lock

	Attachments  []Attachment    `json:"attachments,omitempty"`
	Requirements []Requirement   `json:"requirements,omitempty"`
	Dependencies []Dependency    `json:"dependencies,omitempty"`
	Permissions  []string        `json:"permissions,omitempty"`
	Packages     []string        `json:"packages,omitempty"` // of Python, as the plugin writes them
	Python       json.RawMessage `json:"python,omitempty"`   // what those were resolved to, with their hashes
}

// Attachment is a block of data inside a plugin.
type Attachment struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Requirement is a file that scripts load by URL.
type Requirement struct {
	URL         string `json:"url"`
	Resolved    string `json:"resolved,omitempty"` // where it was found in the end, if elsewhere
	Kind        string `json:"kind"`               // "script", "import", "require", "style", "data"
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
}

// Dependency is an edge: what a plugin writes, and which plugin of the lock that is.
type Dependency struct {
	Wanted string `json:"wanted"` // the address, without a tag
	Name   string `json:"name"`
	Origin string `json:"origin"`
}

// Find returns the plugin of an origin, nil when the lock has none.
func (f *File) Find(name, origin string) *Plugin {
	for i := range f.Plugins {
		if p := &f.Plugins[i]; p.Name == name && p.Origin == origin {
			return p
		}
	}
	return nil
}

// At returns the plugin that an address without a tag leads to, nil when the lock
// has none.
func (f *File) At(address string) *Plugin {
	for i := range f.Plugins {
		if f.Plugins[i].Address == address {
			return &f.Plugins[i]
		}
	}
	return nil
}

// Wants returns the plugin that another one's dependency leads to.
func (f *File) Wants(p *Plugin, wanted string) *Plugin {
	for _, d := range p.Dependencies {
		if d.Wanted == wanted {
			return f.Find(d.Name, d.Origin)
		}
	}
	return nil
}

// sort gives the plugins the one order they are written in.
func (f *File) sort() {
	slices.SortFunc(f.Plugins, func(a, b Plugin) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Origin, b.Origin))
	})
}
