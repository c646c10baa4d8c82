package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// docsInputs is what a site is made of.
type docsInputs struct {
	repositories []docsrender.Repository
	roots        []*os.Root                      // for images beside the plugins
	places       map[*pluginfile.Document]string // what opens a plugin: a path, or an address
	get          func(context.Context, string) ([]byte, error)
}

func (in *docsInputs) Close() {
	for _, root := range in.roots {
		root.Close()
	}
}

func (in *docsInputs) plugins() (n int) {
	for _, r := range in.repositories {
		n += len(r.Plugins)
	}
	return n
}

// openBelow reads an image of a folder; links that lead out of it are refused.
func openBelow(root *os.Root) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		file, err := root.Open(filepath.FromSlash(path))
		if err != nil {
			return nil, cause(err)
		}
		defer file.Close()
		if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
			return nil, errors.New("not a file")
		}
		return io.ReadAll(io.LimitReader(file, docsrender.MaxImageBytes+1))
	}
}

// readDocsInputs reads the plugins that paths name. A folder is a repository: its
// manifest counts. Files that are named one by one are one repository together.
func readDocsInputs(ctx context.Context, a *app.App, paths []string, o docsOptions) (*docsInputs, error) {
	local, remote := remoteDocs(a, paths)
	groups, err := groupDocsPaths(a, local)
	if err != nil {
		return nil, err
	}
	in := &docsInputs{places: map[*pluginfile.Document]string{}, get: o.get}
	for _, g := range groups {
		if err := in.read(ctx, a, g, o.history); err != nil {
			in.Close()
			return nil, err
		}
	}
	err = in.readListed(ctx, a, o)
	if err == nil {
		err = in.readRemote(ctx, a, remote, o)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	if o.installed {
		if err := in.readInstalled(a); err != nil {
			in.Close()
			return nil, err
		}
	}
	if in.plugins() == 0 {
		in.Close()
		if len(paths) == 0 {
			return nil, usageError("`imjoy install` installs one", "no plugin is installed")
		}
		return nil, usageError("plugin files end in "+address.PluginSuffix, "there are no plugins in %s", strings.Join(paths, " "))
	}
	addresses, err := docsAddresses(o.address, len(in.repositories))
	if err != nil {
		in.Close()
		return nil, err
	}
	for i, address := range addresses {
		in.repositories[i].Address = cmp.Or(address, in.repositories[i].Address)
	}
	if err := lintDocs(a, in, o.read); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *docsInputs) read(ctx context.Context, a *app.App, g docsGroup, history bool) error {
	r := docsrender.Repository{Folder: g.folder}
	for _, file := range g.files {
		text, err := readPluginText(a, file)
		if err != nil {
			return withExit(exitMissing, err, "")
		}
		shown := filepath.ToSlash(file)
		if relative, err := filepath.Rel(g.base, absolute(a, file)); err == nil && filepath.IsLocal(relative) {
			shown = filepath.ToSlash(relative)
		}
		doc, found := pluginfile.Parse(shown, text)
		if !g.whole && pluginfile.First(doc.Recovered, pluginfile.ConfigBlock) == nil && pluginfile.First(doc.Recovered, pluginfile.ManifestBlock) == nil {
			return withExit(exitRefused, fmt.Errorf("%s is no plugin: it has no <config>", file), "")
		}
		plugin := docsrender.Input{Path: shown, Document: doc, Diagnostics: found}
		if history {
			if plugin.Versions, err = a.EarlierVersions(ctx, absolute(a, file), doc); err != nil {
				return withExit(exitMissing, err, "leave --history away")
			}
		}
		in.places[doc] = file
		r.Plugins = append(r.Plugins, plugin)
	}
	if g.images {
		root, err := os.OpenRoot(g.base)
		if err != nil {
			return fmt.Errorf("open folder %s: %w", g.base, cause(err))
		}
		in.roots = append(in.roots, root)
		r.Open = openBelow(root)
	}
	if g.whole {
		var err error
		_, r.Manifest, _, err = readManifest(a, filepath.Join(g.base, address.ManifestName))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	in.repositories = append(in.repositories, r)
	return nil
}

// docsAddresses checks the addresses of --address, which belong to the repositories
// in order.
func docsAddresses(list []string, n int) ([]string, error) {
	if len(list) > n {
		return nil, usageError("give at most one --address for each folder", "%d addresses for %d folders", len(list), n)
	}
	for i, text := range list {
		repository, err := address.Parse(text)
		if err != nil || repository.Kind != address.Repository || repository.Name != "" || repository.File != "" || repository.Collection != "" {
			return nil, usageError("write it as OWNER/REPO, with @REF if you like", "%q is not the address of a repository", text)
		}
		list[i] = cmp.Or(repository.String(), text)
	}
	return list, nil
}

// docsSiteOptions makes the options of a site; done frees what they hold.
func docsSiteOptions(a *app.App, o docsOptions) (docsrender.Options, func(), error) {
	options := docsrender.Options{Title: o.title, Rules: lint.Rules(), AboutRule: lint.About, Cache: docsrender.NewCache()}
	if !o.fetch {
		return options, func() {}, nil
	}
	get, done, err := imageFetcher(a)
	if err != nil {
		return options, nil, err
	}
	options.Fetch = get
	return options, done, nil
}
