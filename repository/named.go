package repository

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// Names is what a person calls repositories by: short names, in the order in which
// bare names are looked up in them, and repositories that moved.
type Names struct {
	Repositories []Known `json:"repositories"`
	Aliases      []Alias `json:"aliases"`
}

// Known is a repository with a short name.
type Known struct {
	Name    string `json:"name"`
	Address string `json:"address"` // owner/repo, git+https://..., the URL of a manifest, a folder
}

// Alias says that a repository of a host is to be found under another name.
type Alias struct {
	Old string `json:"old"` // owner/repo
	New string `json:"new"`
}

// DefaultNames is what is known before a person changes it.
func DefaultNames() *Names {
	return &Names{Repositories: []Known{{"imjoy", DefaultRepository}}, Aliases: []Alias{}}
}

// NameListError is a list of names that cannot be read, or a change to it that makes
// no sense.
type NameListError struct{ Why, Hint string }

func (e *NameListError) Error() string { return e.Why }

const maxKnown = 1000 // repositories and aliases of one list

type namesFile struct {
	Version int `json:"version"`
	Names
}

// ParseNames reads what [Names.Encode] wrote.
func ParseNames(text []byte) (*Names, error) {
	var f namesFile
	if err := json.Unmarshal(text, &f); err != nil || f.Version != 1 || len(f.Repositories)+len(f.Aliases) > maxKnown {
		return nil, &NameListError{"it is no such list", ""}
	}
	n := &Names{Repositories: []Known{}, Aliases: []Alias{}}
	for _, k := range f.Repositories {
		if err := n.Add(k.Name, k.Address); err != nil {
			return nil, err
		}
	}
	for _, a := range f.Aliases {
		if err := n.Rename(a.Old, a.New); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// Encode writes the list.
func (n *Names) Encode() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	err := e.Encode(namesFile{1, *n})
	return out.Bytes(), err
}

var shortName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`) })

// Add gives a repository a short name, or another address to a name.
func (n *Names) Add(name, text string) error {
	a, err := address.Parse(text)
	switch {
	case !shortName().MatchString(name):
		return &NameListError{fmt.Sprintf("%q cannot be the name of a repository", address.Redact(name)), "use letters, digits, \"-\", \"_\" and \".\""}
	case err != nil:
		return err
	case a.Kind == address.Name || a.Alias != "" || a.Name != "" || a.Collection != "" || a.File != "" || a.Tag != "":
		return &NameListError{fmt.Sprintf("%q is not the address of a repository", address.Redact(text)), "write owner/repo, gitlab.com/group/repo, git+https://HOST/repo.git, the URL of a manifest, or an absolute folder"}
	case address.HasCredentials(text):
		return &NameListError{"the address holds credentials, which would be kept in a file", "leave them away; GH_TOKEN is sent to GitHub"}
	}
	known := Known{name, a.String()}
	if i := slices.IndexFunc(n.Repositories, func(k Known) bool { return k.Name == name }); i >= 0 {
		n.Repositories[i] = known
		return nil
	}
	n.Repositories = append(n.Repositories, known)
	return nil
}

// Address returns what a short name stands for, "" for none.
func (n *Names) Address(name string) string {
	for _, k := range n.Repositories {
		if k.Name == name {
			return k.Address
		}
	}
	return ""
}

// Remove forgets a short name, or the alias of a repository.
func (n *Names) Remove(name string) error {
	before := len(n.Repositories) + len(n.Aliases)
	n.Repositories = slices.DeleteFunc(n.Repositories, func(k Known) bool { return k.Name == name })
	n.Aliases = slices.DeleteFunc(n.Aliases, func(a Alias) bool { return strings.EqualFold(a.Old, name) })
	if len(n.Repositories)+len(n.Aliases) < before {
		return nil
	}
	return n.unknown(name)
}

func (n *Names) unknown(name string) error {
	var names []string
	for _, k := range n.Repositories {
		names = append(names, k.Name)
	}
	hint := "`imjoy repo list` shows those that are known; `imjoy repo add NAME ADDRESS` adds one"
	if near := source.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return &NameListError{fmt.Sprintf("no repository is known by the name %q", name), hint}
}

// Rename says that a repository is now found under another name.
func (n *Names) Rename(old, new string) error {
	for _, text := range []string{old, new} {
		a, err := address.Parse(text + ":x")
		if err != nil || a.Kind != address.Repository || a.Alias != "" || a.Ref != "" {
			return &NameListError{fmt.Sprintf("%q is not a repository", address.Redact(text)), "write owner/repo"}
		}
	}
	if strings.EqualFold(old, new) {
		return &NameListError{"a repository cannot be an alias of itself", ""}
	}
	n.Aliases = slices.DeleteFunc(n.Aliases, func(a Alias) bool { return strings.EqualFold(a.Old, old) })
	n.Aliases = append(n.Aliases, Alias{old, new})
	return nil
}

// now returns the name under which a repository is found: aliases are followed once
// each, so that a circle ends.
func (n *Names) now(name string) string {
	for range n.Aliases {
		i := slices.IndexFunc(n.Aliases, func(a Alias) bool { return strings.EqualFold(a.Old, name) })
		if i < 0 {
			break
		}
		name = n.Aliases[i].New
	}
	return name
}

// moved gives a repository the name it has now.
func (r *Repository) moved(a address.Address) address.Address {
	if a.Kind != address.Repository || a.Alias != "" || len(r.c.Names.Aliases) == 0 {
		return a
	}
	if to, err := address.Parse(r.c.Names.now(a.RepositoryName()) + ":x"); err == nil {
		a.Host, a.Repo = to.Host, to.Repo
	}
	return a
}

// sameOrigin compares two origins as they are named now.
func (r *Repository) sameOrigin(a, b string) bool {
	if a == b || len(r.c.Names.Aliases) == 0 {
		return a == b
	}
	return r.originNow(a) == r.originNow(b)
}

func (r *Repository) originNow(origin string) string {
	a, err := address.Parse(origin)
	if err != nil || a.Kind != address.Repository {
		return origin
	}
	return r.moved(a).Origin()
}

// catalogue is a list of plugins that can be searched and looked up in.
type catalogue interface {
	scope
	names() ([]string, error)
	// list is the manifest, nil when there is none.
	list() (*manifest.Manifest, error)
}

// catalogueOf opens the list of a repository: its address without a plugin.
func (r *Repository) catalogueOf(ctx context.Context, a address.Address) (catalogue, error) {
	a.Name, a.Collection, a.File, a.Tag = "", "", "", ""
	switch a.Kind {
	case address.Repository:
		a = r.moved(a)
		at, err := r.pin(ctx, a)
		if err != nil {
			return nil, err
		}
		return r.manifestOf(ctx, a, at)
	case address.URL:
		return r.fetchManifest(ctx, a, "", a.URL)
	case address.Path:
		return folder{r, r.abs(a.Path)}, nil
	case address.Git:
		return r.gitList(ctx, a)
	}
	return nil, fmt.Errorf("open repository: %s is none", a)
}

// byShortName replaces the short name of a repository by its address.
func (r *Repository) byShortName(a address.Address) (address.Address, error) {
	i := slices.IndexFunc(r.c.Names.Repositories, func(k Known) bool { return k.Name == a.Alias })
	if i < 0 {
		return a, r.c.Names.unknown(a.Alias)
	}
	to, err := address.Parse(r.c.Names.Repositories[i].Address)
	if err != nil {
		return a, err
	}
	if a.Ref != "" {
		if to.Kind != address.Repository && to.Kind != address.Git {
			return a, &UnsupportedError{fmt.Sprintf("%s has no branches", a.Alias), "leave @" + a.Ref + " away"}
		}
		to.Ref = a.Ref
	}
	to.Name, to.Collection, to.Tag = a.Name, a.Collection, a.Tag
	return to, nil
}

// locateKnown finds a plugin of a repository that goes by a short name.
func (r *Repository) locateKnown(ctx context.Context, a address.Address) (*location, error) {
	to, err := r.byShortName(a)
	if err != nil {
		return nil, err
	}
	if to.Kind == address.Repository || to.Kind == address.Git {
		return r.locate(ctx, to, nil)
	}
	list, err := r.catalogueOf(ctx, to)
	if err != nil {
		return nil, err
	}
	if a.Name == "" {
		names, err := list.names()
		if err != nil {
			return nil, err
		}
		return only(ctx, list, names)
	}
	return list.find(ctx, a.Name)
}

// fromKnown looks a bare name up in the repositories that have short names, in
// order. One that cannot be asked ends the search: another one's plugin of that name
// may be anything.
func (r *Repository) fromKnown(ctx context.Context, name string) (*location, error) {
	missing := &NotFoundError{Name: name}
	for _, k := range r.c.Names.Repositories {
		found, err := r.locateKnown(ctx, address.Address{Kind: address.Repository, Alias: k.Name, Name: name})
		var deeper *NotFoundError
		if !errors.As(err, &deeper) {
			return found, err
		}
		missing.Looked = append(missing.Looked, k.Name+" ("+k.Address+")")
		if missing.Suggestion == "" {
			missing.Suggestion = deeper.Suggestion
		}
	}
	if len(missing.Looked) == 0 {
		missing.Looked = []string{"no repository: none is known by a short name"}
	}
	return nil, missing
}

// members returns the plugins of a collection, as addresses.
func (r *Repository) members(ctx context.Context, a address.Address) ([]address.Address, error) {
	from := a
	if a.Alias != "" {
		var err error
		if from, err = r.byShortName(a); err != nil {
			return nil, err
		}
	}
	list, err := r.catalogueOf(ctx, from)
	if err != nil {
		return nil, err
	}
	m, err := list.list()
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, &NotFoundError{Name: "collection/" + a.Collection, Looked: []string{list.String() + ", which has no manifest"}}
	}
	c := m.Collection(a.Collection)
	if c == nil {
		var names []string
		for _, c := range m.Collections {
			names = append(names, c.Name)
		}
		return nil, &NotFoundError{Name: "collection/" + a.Collection, Looked: []string{list.String()}, Suggestion: source.Nearest(a.Collection, names)}
	}
	var addresses []address.Address
	for _, text := range c.Plugins {
		member, err := address.Parse(text)
		if err != nil {
			return nil, err
		}
		if member.Kind == address.Name {
			own := a
			own.Collection, own.Name, own.Tag = "", member.Name, member.Tag
			member = own
		}
		if member.Kind == address.Path {
			return nil, &RefusedError{text, "a collection cannot name files of this machine"}
		}
		addresses = append(addresses, member)
	}
	if len(addresses) == 0 {
		return nil, &NotFoundError{Name: "collection/" + a.Collection, Looked: []string{list.String() + ", where it is empty"}}
	}
	return addresses, nil
}
