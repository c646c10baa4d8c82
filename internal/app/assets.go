package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// AssetOptions say how what plugins load by address is got.
type AssetOptions struct {
	AllowNet []string
	Offline  bool
	// CDN is "auto", "npm" or "off"; "" takes IMJOY_CDN, else "auto". See [asset.CDN].
	CDN string
	// Reload fetches once more what is kept.
	Reload bool
	// Quiet says nothing of downloads.
	Quiet bool
}

// library makes loaders for the plugins of one command.
type library struct {
	app    *App
	o      AssetOptions
	cdn    asset.CDN
	store  *store.Store
	client *fetch.Client
	done   func()
}

func (a *App) library(o AssetOptions) (*library, error) {
	cdn := o.CDN
	if cdn == "" {
		cdn = a.Env("IMJOY_CDN")
	}
	switch asset.CDN(cdn) {
	case "":
		cdn = string(asset.Fallback)
	case asset.Fallback, asset.Registry, asset.Direct:
	default:
		return nil, &SettingError{"IMJOY_CDN", fmt.Errorf("%q is not auto, npm or off", cdn)}
	}
	mirrors, err := fetch.ParseMirrors(a.Env("IMJOY_MIRRORS"))
	if err != nil {
		return nil, &SettingError{"IMJOY_MIRRORS", err}
	}
	proxies, err := a.proxies()
	if err != nil {
		return nil, err
	}
	s, err := a.Store("run")
	if err != nil {
		return nil, err
	}
	progress := a.newProgress()
	// What is fetched is kept in the store, so the client has no cache of its own.
	client := fetch.New(fetch.Options{Mirrors: mirrors, Proxies: proxies, Allow: o.AllowNet, Offline: o.Offline, Progress: progress.show, Done: progress.done})
	return &library{app: a, o: o, cdn: asset.CDN(cdn), store: s, client: client, done: func() {
		progress.clear()
		client.Close()
		s.Close()
	}}, nil
}

// loader gets the assets of one plugin; record is what it was installed with, or nil.
func (l *library) loader(plan *tags.Plan, record *store.Record) *asset.Loader {
	o := asset.Options{Store: l.store, Fetch: l.client, CDN: l.cdn, Names: packageNames(plan), Reload: l.o.Reload}
	if !l.o.Quiet {
		o.Say = func(format string, args ...any) {
			fmt.Fprintf(l.app.Stderr, "imjoy: %s: %s\n", findings.Clean(plan.Name), findings.Clean(fmt.Sprintf(format, args...)))
		}
	}
	if record != nil {
		o.Known = installed(l.store, record)
	}
	return asset.New(o)
}

// installed answers with what a plugin was installed with, whatever is kept or served
// by now.
func installed(s *store.Store, record *store.Record) func(asset.Kind, string) (asset.Asset, bool) {
	known := map[string]store.Asset{}
	for _, a := range record.Assets {
		known[a.Kind+" "+a.URL] = a
	}
	return func(kind asset.Kind, request string) (asset.Asset, bool) {
		a, ok := known[string(kind)+" "+request]
		if !ok {
			return asset.Asset{}, false
		}
		text, err := s.Blob(a.SHA256)
		if err != nil { // verify and doctor tell; the asset is asked for like any other
			return asset.Asset{}, false
		}
		address := a.Resolved
		if address == "" {
			address = a.URL
		}
		return asset.Asset{Address: address, ContentType: a.ContentType, SHA256: a.SHA256, Text: text, Empty: a.Size == 0}, true
	}
}

// packageNames are what bare imports mean: packages of the requirements, and those that
// a requirement takes from a CDN.
func packageNames(plan *tags.Plan) map[string]string {
	names := map[string]string{}
	for _, s := range plan.Needs.URLs {
		if s.Kind != requirement.NPMPackage {
			continue
		}
		if p, err := asset.ParsePackage(s.URL); err == nil {
			names[p.Name] = asset.Package{Name: p.Name, Range: p.Range}.String()
		}
	}
	return names
}

// pluginAssets are what one running plugin may load: what it names, what that names in
// turn, and what it was granted.
type pluginAssets struct {
	plan   *tags.Plan
	loader *asset.Loader

	mu     sync.Mutex
	served map[string][]byte // the text of modules by address
}

var (
	_ engine.Modules = (*pluginAssets)(nil)
	_ engine.Named   = (*pluginAssets)(nil)
)

func newPluginAssets(plan *tags.Plan, loader *asset.Loader) *pluginAssets {
	return &pluginAssets{plan: plan, loader: loader, served: map[string][]byte{}}
}

// Asset gets a classic script.
func (p *pluginAssets) Asset(ctx context.Context, address string) ([]byte, error) {
	a, err := p.loader.Load(ctx, asset.Request{Specifier: address, Kind: asset.Script})
	if err != nil {
		return nil, err
	}
	return a.Text, nil
}

// Module gets what a module imports.
func (p *pluginAssets) Module(ctx context.Context, r bundle.Request) (*bundle.Module, error) {
	m, err := loadModule(ctx, p.loader, r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.served[m.Address] = m.Text
	return m, nil
}

func loadModule(ctx context.Context, l *asset.Loader, r bundle.Request) (*bundle.Module, error) {
	kind := asset.Import
	if r.Kind == bundle.Require {
		kind = asset.Require
	}
	a, err := l.Load(ctx, asset.Request{Specifier: r.Specifier, Importer: r.Importer, Kind: kind})
	if err != nil {
		return nil, err
	}
	return &bundle.Module{Address: a.Address, ContentType: a.ContentType, Text: a.Text, Pure: a.Pure, Empty: a.Empty}, nil
}

// Named reports whether an address stands in the text that asks for it: a computed one
// could carry away what the plugin was given to work on.
func (p *pluginAssets) Named(specifier, importer string) (want permission.Permission, named bool) {
	text := p.plan.Document.Source.Text
	if importer != "" {
		p.mu.Lock()
		text = p.served[importer]
		p.mu.Unlock()
	}
	if specifier != "" && strings.Contains(string(text), specifier) {
		return permission.Permission{}, true
	}
	for _, s := range p.plan.Needs.URLs {
		if s.URL == specifier {
			return permission.Permission{}, true
		}
	}
	host := asset.DefaultRegistry
	if strings.HasPrefix(specifier, "http") {
		host = specifier
	}
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		if want, err := permission.Parse(string(permission.Net) + ":" + u.Host); err == nil {
			return want, false
		}
	}
	return permission.Permission{Kind: permission.Net}, false
}
