package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
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
			fmt.Fprintf(a.Stderr, "  note: no docs of %s: %s\n", diag.Clean(p.Name), diag.Clean(p.Err.Error()))
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

// repositoryAlone is the address of the repository alone.
func repositoryAlone(to address.Address) string {
	to.Name, to.File, to.Tag, to.Collection = "", "", "", ""
	return to.String()
}
