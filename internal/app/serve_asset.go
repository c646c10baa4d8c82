package app

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// asset gets what a plugin's frame loads by address: what it was installed with, what is
// kept, else from the network, as for plugins in a worker.
func (p *Page) asset(ctx context.Context, plan *tags.Plan, address string) (data []byte, mediaType string, err error) {
	loader := p.loader(plan)
	a, err := loader.Load(ctx, asset.Request{Specifier: address, Kind: kindOf(address)})
	if err != nil {
		return nil, "", err
	}
	if asset.AsModule(address) {
		return linked(ctx, loader, address)
	}
	return a.Text, a.ContentType, nil
}

// linked is a module of a package as a CDN makes it for pages: what it imports is named
// by addresses that the page can ask for.
func linked(ctx context.Context, l *asset.Loader, address string) (data []byte, mediaType string, err error) {
	result, err := bundle.Build(ctx, bundle.Entry{Address: address}, bundle.Options{
		Target: bundle.Browser,
		Load:   func(ctx context.Context, r bundle.Request) (*bundle.Module, error) { return moduleOf(ctx, l, r) },
		Link:   func(ctx context.Context, r bundle.Request) (string, error) { return l.Link(ctx, request(r)) },
	})
	if err != nil {
		return nil, "", err
	}
	return []byte(result.Code), "text/javascript; charset=utf-8", nil
}

func request(r bundle.Request) asset.Request {
	return asset.Request{Specifier: r.Specifier, Importer: r.Importer, Kind: asset.Kind(r.Kind)}
}

func moduleOf(ctx context.Context, l *asset.Loader, r bundle.Request) (*bundle.Module, error) {
	a, err := l.Load(ctx, request(r))
	if err != nil {
		return nil, err
	}
	return &bundle.Module{Address: a.Address, ContentType: a.ContentType, Text: a.Text, Pure: a.Pure, Empty: a.Empty}, nil
}

// module and link are what scripts of plugins import, see [server.Options]. What they can
// ask for is named by the plugin's text, or by a module that is.
func (p *Page) module(ctx context.Context, plan *tags.Plan, r bundle.Request) (*bundle.Module, error) {
	return moduleOf(ctx, p.loader(plan), r)
}

func (p *Page) link(ctx context.Context, plan *tags.Plan, name string) (string, error) {
	return p.loader(plan).Link(ctx, asset.Request{Specifier: name, Kind: asset.Import})
}

// loader gets what one plugin loads.
func (p *Page) loader(plan *tags.Plan) *asset.Loader {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.loaders[plan]
	if l == nil {
		var record *store.Record
		if from := p.Session.origin(plan); from != nil {
			record = from.plugin.Record
		}
		l = p.library.loader(plan, record)
		p.loaders[plan] = l
	}
	return l
}

// kindOf is what an address is wanted for, as far as its name says.
func kindOf(address string) asset.Kind {
	name, _, _ := strings.Cut(address, "?")
	switch strings.ToLower(path.Ext(name)) {
	case ".css":
		return asset.Style
	case ".mjs":
		return asset.Import
	case ".js", "":
		return asset.Script
	}
	return asset.Data
}

// ask asks in the page whether a plugin may do what it was not granted. What is said
// there holds until the plugin ends, or is kept for this content of it.
func (p *Page) ask(ctx context.Context, q PermissionQuestion) (PermissionAnswer, error) {
	answer, err := p.server.Choose(ctx, q.Plugin+" wants more", fmt.Sprintf("It wants to %s. (Plugin with the SHA-256 %.12s…)", q.Want.Describe(), q.SHA256),
		[]string{"No", "This time", "Always", "Never"})
	if err != nil {
		return No, err
	}
	return []PermissionAnswer{No, Once, Always, Never}[answer], nil
}
