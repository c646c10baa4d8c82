package app

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// asset gets what a plugin's frame loads by address: what it was installed with, what is
// kept, else from the network, as for plugins in a worker.
func (p *Page) asset(ctx context.Context, plan *tags.Plan, address string) (data []byte, mediaType string, err error) {
	a, err := p.loader(plan).Load(ctx, asset.Request{Specifier: address, Kind: kindOf(address)})
	if err != nil {
		return nil, "", err
	}
	return a.Text, a.ContentType, nil
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
