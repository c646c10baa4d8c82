package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"strings"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// remoteDocs tells the addresses of repositories and plugins elsewhere from folders and
// files: what lies on this machine is meant first.
func remoteDocs(a *app.App, paths []string) (local []string, remote []address.Address) {
	for _, p := range paths {
		if _, err := os.Stat(absolute(a, p)); err != nil {
			if to, err := address.Parse(p); err == nil && !to.Local() && to.Kind != address.Name {
				remote = append(remote, to)
				continue
			}
		}
		local = append(local, p)
	}
	return local, remote
}

// readRemote adds repositories that lie elsewhere, each with all its plugins, and single
// plugins. What cannot be had of a repository is told, and left out.
func (in *docsInputs) readRemote(ctx context.Context, a *app.App, list []address.Address, o docsOptions) error {
	if len(list) == 0 {
		return nil
	}
	r, done, err := a.Repository(app.RepositoryOptions{What: "docs", AllowNet: o.allowNet, Offline: o.offline})
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer done()
	for _, to := range list {
		var c *repository.Catalogue
		if single(to) {
			c, err = singlePlugin(ctx, r, to)
		} else {
			c, err = r.Catalogue(ctx, to)
		}
		if err != nil {
			return repositoryFailure(a, err)
		}
		in.addCatalogue(a, to, c, o)
	}
	return nil
}

// single reports an address of one plugin.
func single(to address.Address) bool {
	return to.Name != "" || to.File != "" || to.Kind == address.URL && path.Base(to.URL) != address.ManifestName
}

func singlePlugin(ctx context.Context, r *repository.Repository, to address.Address) (*repository.Catalogue, error) {
	p, err := r.Open(ctx, to)
	if err != nil {
		return nil, err
	}
	return &repository.Catalogue{Plugins: []repository.Listed{{Name: p.Name, Path: to.File, Plugin: p}}}, nil
}

func (in *docsInputs) addCatalogue(a *app.App, to address.Address, c *repository.Catalogue, o docsOptions) {
	out := docsrender.Repository{Folder: "", Manifest: c.Manifest}
	if to.Kind == address.Repository {
		out.Address = repositoryAlone(to)
	}
	for _, p := range c.Plugins {
		if p.Err != nil {
			fmt.Fprintf(a.Stderr, "  note: no docs of %s: %s\n", findings.Clean(p.Name), findings.Clean(p.Err.Error()))
			continue
		}
		file := cmp.Or(p.Path, address.Slug(p.Name)+address.PluginSuffix)
		doc, found := pluginfile.Parse(file, p.Plugin.Text)
		out.Plugins = append(out.Plugins, docsrender.Input{Path: file, Document: doc, Diagnostics: found})
		in.places[doc] = p.Plugin.Address.String()
	}
	if o.fetch && c.Folder != "" && in.get != nil {
		out.Open = func(file string) ([]byte, error) { return in.get(context.Background(), c.Folder+file) }
	}
	in.repositories = append(in.repositories, out)
}

// readListed adds the plugins that the manifests of folders list on other hosts, so that
// the plugins of several repositories are one site. What cannot be had is told, and stays
// a link.
func (in *docsInputs) readListed(ctx context.Context, a *app.App, o docsOptions) error {
	if !o.fetch {
		return nil
	}
	r, done, err := a.Repository(app.RepositoryOptions{What: "docs", AllowNet: o.allowNet, Offline: o.offline})
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer done()
	for i := range in.repositories {
		m := in.repositories[i].Manifest
		if m == nil {
			continue
		}
		for j := range m.Plugins {
			e := &m.Plugins[j]
			where, err := m.Locate(e)
			if err != nil || where.URL == "" || e.Disabled {
				continue
			}
			plugin, err := in.listed(ctx, r, where.URL)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err != nil {
				fmt.Fprintf(a.Stderr, "  note: no docs of %s: %s\n", findings.Clean(e.Name), findings.Clean(err.Error()))
				continue
			}
			in.repositories[i].Plugins = append(in.repositories[i].Plugins, plugin)
		}
	}
	return nil
}

func (in *docsInputs) listed(ctx context.Context, r *repository.Repository, link string) (docsrender.Input, error) {
	to, err := address.Parse(link)
	if err != nil {
		return docsrender.Input{}, err
	}
	p, err := r.Open(ctx, to)
	if err != nil {
		return docsrender.Input{}, err
	}
	_, file, _ := strings.Cut(link, "://")
	doc, found := pluginfile.Parse(file, p.Text)
	in.places[doc] = link
	return docsrender.Input{Path: file, URL: link, Address: link, Document: doc, Diagnostics: found}, nil
}

// repositoryAlone is the address of the repository alone.
func repositoryAlone(to address.Address) string {
	to.Name, to.File, to.Tag, to.Collection = "", "", "", ""
	return to.String()
}
