package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// gitTree is the scope of a git repository at one commit: its manifest, else its
// plugin files.
type gitTree struct {
	r        *Repository
	a        address.Address // without a plugin
	tree     *git.Tree
	manifest *manifest.Manifest // nil for none
	files    map[string]string  // without a manifest: name to file
}

func (g *gitTree) String() string { return g.a.Origin() }

func (g *gitTree) names() (names []string, err error) {
	if g.manifest != nil {
		return g.manifest.Names(), nil
	}
	for name := range g.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func (g *gitTree) list() (*manifest.Manifest, error) { return g.manifest, nil }

// gitList fetches a git repository and reads its list of plugins, once.
func (r *Repository) gitList(ctx context.Context, a address.Address) (*gitTree, error) {
	if r.c.Git == nil {
		return nil, &UnsupportedError{"git repositories cannot be read here", "give the https link of the raw file"}
	}
	a.Name, a.Collection, a.Tag = "", "", ""
	r.mu.Lock()
	known := r.trees[a.String()]
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	tree, err := r.c.Git.Fetch(ctx, a.URL, a.Ref)
	if err != nil {
		return nil, err
	}
	g := &gitTree{r: r, a: a, tree: tree}
	if err := g.read(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trees[a.String()] = g
	return g, nil
}

func (g *gitTree) read(ctx context.Context) error {
	text, err := g.tree.File(ctx, address.ManifestName, fetch.ManifestLimit)
	if err == nil {
		m, diagnostics := manifest.Parse(address.ManifestName, text)
		g.manifest = m
		return unusable(g.String(), m, diagnostics)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	files, err := g.tree.Files(ctx)
	if err != nil {
		return err
	}
	g.files = map[string]string{}
	for _, file := range files {
		if !isPluginFile(file) || strings.Count(file, "/") > maxFolders {
			continue
		}
		if len(g.files) >= maxFiles {
			return &TooManyError{fmt.Sprintf("%s has more than %d plugin files", g, maxFiles)}
		}
		text, err := g.tree.File(ctx, file, fetch.PluginLimit)
		if err != nil {
			return err
		}
		doc, _ := pluginfile.Parse(file, text)
		if name := doc.Config.Name; name != "" && g.files[name] == "" {
			g.files[name] = file
		}
	}
	return nil
}

func (g *gitTree) find(ctx context.Context, name string) (*location, error) {
	file := g.files[name]
	if g.manifest != nil {
		e := g.manifest.Find(name)
		if e == nil {
			return nil, &NotFoundError{Name: name, Looked: []string{g.String()}, Suggestion: g.manifest.Nearest(name), There: g.manifest.Names()}
		}
		at, err := g.manifest.Locate(e)
		if err != nil {
			return nil, &RefusedError{fmt.Sprintf("%s in %s", name, g), err.Error()}
		}
		if at.URL != "" {
			return g.elsewhere(ctx, name, at.URL)
		}
		file = at.Path
	}
	if file == "" {
		names, _ := g.names()
		return nil, &NotFoundError{Name: name, Looked: []string{g.String()}, Suggestion: source.Nearest(name, names), There: names}
	}
	return g.file(ctx, name, file)
}

// file locates a file of the tree, by its path or by the path it encodes.
func (g *gitTree) file(ctx context.Context, name, file string) (*location, error) {
	text, err := g.tree.File(ctx, file, fetch.PluginLimit)
	if plain, e := url.PathUnescape(file); errors.Is(err, fs.ErrNotExist) && e == nil && filepath.IsLocal(plain) {
		file = plain
		text, err = g.tree.File(ctx, file, fetch.PluginLimit)
	}
	if err != nil {
		return nil, err
	}
	a := g.a
	a.Name = name
	return &location{
		address: a, name: name, origin: g.a.Origin(), url: g.a.WithRef(g.tree.Commit).String() + ":" + file,
		commit: g.tree.Commit, text: text, scope: g,
	}, nil
}

// elsewhere follows an entry that is a link: to a file of the same path in this tree,
// when it is published under the link, else to the link if it is on the same host.
func (g *gitTree) elsewhere(ctx context.Context, name, link string) (*location, error) {
	to, err := address.Parse(link)
	if err != nil {
		return nil, err
	}
	if to.Kind == address.Repository && to.File != "" {
		if found, err := g.file(ctx, name, to.File); err == nil {
			return found, nil
		}
	}
	if err := g.r.sameHost(g.a.URL, link); err != nil {
		return nil, err
	}
	return g.r.locate(ctx, to, nil)
}

// locateGit finds a plugin of a git repository.
func (r *Repository) locateGit(ctx context.Context, a address.Address) (*location, error) {
	if a.Collection != "" {
		return r.onlyMember(ctx, a)
	}
	g, err := r.gitList(ctx, a)
	if err != nil {
		return nil, err
	}
	if a.Name == "" {
		names, _ := g.names()
		return only(ctx, g, names)
	}
	return g.find(ctx, a.Name)
}
