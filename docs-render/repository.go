package docsrender

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
	"github.com/imjoy-tools/imjoy/tags"
)

// Repository is a group of plugins that lie together: a folder, a repository
// somewhere else, or some files.
type Repository struct {
	// Name is shown where a site has several repositories. It defaults to the name in
	// the manifest, the address, the folder.
	Name string
	// Folder stands before the paths of the plugins wherever they are shown or typed.
	Folder string
	// Address is where the repository is, "owner/repo"; then plugins are installed by
	// name from there, else by their path.
	Address string
	// Manifest gives the plugins their order and hides what it disables; nil: none.
	Manifest *manifest.Manifest
	// Open answers the bytes of an image that lies beside the plugins; paths are
	// relative like those of the plugins and never lead out. nil: there are none.
	Open    func(path string) ([]byte, error)
	Plugins []Input
}

// Input is one plugin of a site.
type Input struct {
	Path        string // relative to the folder of its repository, with slashes
	Document    *pluginfile.Document
	Diagnostics []source.Diagnostic // of reading it; of everything, when Linted
	Linted      bool                // a linter has looked at it: nothing is added to its findings
	Address     string              // what installs it, where its repository has no Address; "" is its path
	URL         string              // where the manifest has it, when it lies elsewhere
	Versions    []Version           // earlier ones, newest first
	Cover       []byte              // a picture, for a plugin that names none
}

// title is what the repository is called on pages.
func (r *Repository) title() string {
	name := r.Name
	if m := r.Manifest; m != nil && !m.Single {
		name = cmp.Or(name, m.Name)
	}
	folder := r.Folder
	if parts := strings.Split(folder, "/"); path.IsAbs(folder) && len(parts) > 2 {
		folder = path.Join(parts[len(parts)-2:]...) // where it lies on this machine is nobody's business
	}
	return cmp.Or(name, r.Address, folder, "plugins")
}

// read resolves the plugins of the repository: those of its manifest first and in its
// order, the others by name.
func (r *Repository) read() []*plugin {
	var list []*plugin
	byPath := map[string]*plugin{}
	for _, in := range r.Plugins {
		p := &plugin{Input: in, in: r, shown: path.Join(r.Folder, in.Path), name: nameOf(in)}
		p.plans, p.found = tags.All(in.Document)
		list = append(list, p)
		byPath[cmp.Or(in.URL, in.Path)] = p
	}
	rank := map[*plugin]int{}
	if m := r.Manifest; m != nil {
		for i := range m.Plugins {
			where, err := m.Locate(&m.Plugins[i])
			if p := byPath[cmp.Or(where.URL, where.Path)]; err == nil && p != nil {
				rank[p], p.hidden = i-len(m.Plugins), m.Plugins[i].Disabled
			}
		}
	}
	slices.SortStableFunc(list, func(x, y *plugin) int {
		return cmp.Or(cmp.Compare(rank[x], rank[y]),
			strings.Compare(strings.ToLower(x.name), strings.ToLower(y.name)), strings.Compare(x.Path, y.Path))
	})
	return list
}

// nameOf is the name of a plugin, or of its file where it has none.
func nameOf(in Input) string {
	if name := strings.TrimSpace(in.Document.Config.Name); name != "" {
		return name
	}
	name := in.Path[strings.LastIndexByte(in.Path, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return cmp.Or(name, "plugin")
}
