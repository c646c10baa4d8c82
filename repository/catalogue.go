package repository

import (
	"context"
	"net/url"
	"sync"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// catalogueWorkers is how many documents of a repository are fetched at once.
const catalogueWorkers = 4

// Catalogue is a repository with all its plugins.
type Catalogue struct {
	Manifest *manifest.Manifest // nil: it has none
	Folder   string             // URL of the folder that the paths of the manifest start in, "" when it has none
	Plugins  []Listed           // in the order of the manifest
}

// Listed is a plugin of a catalogue: its document, or why there is none.
type Listed struct {
	Name   string
	Path   string // in the repository, "" when it lies elsewhere
	Plugin *Plugin
	Err    error
}

// Catalogue opens all plugins of a repository: an address without a plugin. One that
// cannot be had is among them, with its error.
func (r *Repository) Catalogue(ctx context.Context, a address.Address) (*Catalogue, error) {
	if a.Alias != "" {
		var err error
		if a, err = r.byShortName(a); err != nil {
			return nil, err
		}
	}
	from, err := r.catalogueOf(ctx, a)
	if err != nil {
		return nil, err
	}
	names, err := from.names()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{Plugins: make([]Listed, len(names))}
	if c.Manifest, err = from.list(); err != nil {
		return nil, err
	}
	if l, ok := from.(*listing); ok {
		c.Folder = folderOf(l.from)
	}
	c.open(ctx, r, a, names)
	return c, context.Cause(ctx)
}

func (c *Catalogue) open(ctx context.Context, r *Repository, a address.Address, names []string) {
	next := make(chan int)
	var done sync.WaitGroup
	for range min(catalogueWorkers, len(names)) {
		done.Go(func() {
			for i := range next {
				c.Plugins[i] = c.one(ctx, r, a, names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	done.Wait()
}

func (c *Catalogue) one(ctx context.Context, r *Repository, a address.Address, name string) Listed {
	a.Name = name
	found := Listed{Name: name}
	if c.Manifest != nil {
		if e := c.Manifest.Find(name); e != nil {
			if at, err := c.Manifest.Locate(e); err == nil {
				found.Path = at.Path
			}
		}
	}
	found.Plugin, found.Err = r.Open(ctx, a)
	return found
}

// folderOf is the URL of the folder that a file lies in.
func folderOf(file string) string {
	u, err := url.Parse(file)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.ResolveReference(&url.URL{Path: "./"}).String()
}
