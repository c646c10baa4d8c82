package app

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// Limits of the list.
const (
	maxListed      = 2000 // plugins
	maxListedDepth = 8    // folders inside each other
)

// found is a plugin file of a folder.
type found struct {
	path string
	info fs.FileInfo
}

// walk lists the plugin files of the paths, in order.
func (p *Page) walk() (list []found) {
	paths := p.options.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		root := p.Session.app.path(path)
		_ = filepath.WalkDir(root, func(at string, e fs.DirEntry, err error) error {
			if err != nil || len(list) >= maxListed {
				return nil // what cannot be read is not listed
			}
			name := e.Name()
			if e.IsDir() {
				below := strings.Count(strings.TrimPrefix(at, root), string(filepath.Separator))
				if at != root && (strings.HasPrefix(name, ".") || name == "node_modules" || below > maxListedDepth) {
					return fs.SkipDir
				}
				return nil
			}
			if !strings.HasSuffix(name, address.PluginSuffix) && !strings.HasSuffix(name, address.HyphaSuffix) && !workflow.IsFileName(name) && at != root {
				return nil
			}
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
				list = append(list, found{at, info})
			}
			return nil
		})
	}
	return list
}

// look answers something that changes when a plugin file does.
func (p *Page) look() string {
	var stamp strings.Builder
	for _, f := range p.walk() {
		fmt.Fprintf(&stamp, "%s %d %d\n", f.path, f.info.Size(), f.info.ModTime().UnixNano())
	}
	return stamp.String()
}

// refresh reads the plugins anew.
func (p *Page) refresh(ctx context.Context) error {
	stamp := p.look()
	entries, order := map[string]*entry{}, []string{}
	add := func(e *entry) {
		if entries[e.ID] == nil {
			entries[e.ID] = e
			order = append(order, e.ID)
		}
	}
	for _, f := range p.walk() {
		if err := ctx.Err(); err != nil {
			return err
		}
		shown := p.shown(f.path)
		if workflow.MayBe(shown) {
			add(p.describeWorkflow(ctx, shown))
			continue
		}
		to := address.Address{Kind: address.Path, Path: shown}
		add(p.describe(ctx, shown, shown, to))
	}
	if p.options.Installed {
		records, _, err := p.Session.repository.List()
		if err != nil {
			return err
		}
		for _, record := range records {
			add(p.describe(ctx, record.Name, "installed", address.Address{Kind: address.Name, Name: record.Name}))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(p.brought)) {
		add(p.brought[id])
	}
	p.entries, p.order, p.stamp = entries, order, stamp
	return nil
}

// describe reads one plugin; a document that cannot run is listed with the reason.
func (p *Page) describe(ctx context.Context, id, from string, to address.Address) *entry {
	var plan *tags.Plan
	got, err := p.Session.repository.Open(ctx, to)
	if err == nil {
		plan, err = p.Session.plan(got, tags.Choose(got.Document, "", "", ""))
	}
	if err != nil {
		name := strings.TrimSuffix(filepath.Base(id), address.PluginSuffix)
		return &entry{Plugin: server.Plugin{ID: id, Name: name, From: from, Fault: err.Error()}, to: to}
	}
	return &entry{Plugin: describePlugin(id, from, plan), to: to}
}
