package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/freeze"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// installAssets is what a repository asks for all that a plugin loads by address: its
// requirements, what its pages load, and the modules that those import. Nothing is run:
// the plugin is frozen, and what that loads is what there is.
func (l *library) installAssets(ctx context.Context, p *repository.Plugin, locked []store.Asset) ([]repository.Asset, []*repository.MissingAsset, error) {
	if !loads(p) {
		return nil, nil, nil
	}
	known := &store.Record{Version: store.Version{Assets: locked}}
	seen := &recorder{loader: l.loader(p.Plan, known), list: map[string]repository.Asset{}}
	result, err := freeze.Freeze(ctx, p.Document, freeze.Options{Load: seen.load})
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, []*repository.MissingAsset{{Plugin: p.Name, Err: err}}, nil
	}
	var missing []*repository.MissingAsset
	for _, left := range result.Left {
		if !left.Later {
			missing = append(missing, &repository.MissingAsset{Plugin: p.Name, URL: address.Redact(left.URL), Err: cmp.Or(left.Err, errors.New(left.Why))})
		}
	}
	for _, description := range seen.loader.Described() {
		seen.keep(description)
	}
	return seen.sorted(), missing, nil
}

// loads reports whether a plugin may load something: most in Python do not.
func loads(p *repository.Plugin) bool {
	if len(p.Plan.Needs.URLs) > 0 || p.Plan.Language != tags.Python {
		return true
	}
	return slices.ContainsFunc(p.Document.Recovered, func(b *pluginfile.Block) bool {
		return b.Kind == pluginfile.WindowBlock || b.Kind == pluginfile.LinkBlock || b.Kind == pluginfile.StyleBlock
	})
}

// recorder remembers what a loader loaded.
type recorder struct {
	loader *asset.Loader

	mu   sync.Mutex
	list map[string]repository.Asset
}

func (r *recorder) load(ctx context.Context, request asset.Request) (*asset.Asset, error) {
	a, err := r.loader.Load(ctx, request)
	if err == nil && !strings.HasPrefix(a.Address, "npm:empty/") { // that is said by a package.json
		r.keep(a)
	}
	return a, err
}

func (r *recorder) keep(a *asset.Asset) {
	sum := sha256.Sum256(a.Text)
	kept := repository.Asset{Text: a.Text, Asset: store.Asset{
		URL: address.Redact(a.Request), Kind: string(a.Kind), ContentType: a.ContentType, Size: int64(len(a.Text)), SHA256: hex.EncodeToString(sum[:]),
	}}
	if a.Address != a.Request {
		kept.Resolved = address.Redact(a.Address)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list[kept.Kind+" "+kept.URL] = kept
}

func (r *recorder) sorted() (list []repository.Asset) {
	for _, a := range r.list {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b repository.Asset) int { return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Kind, b.Kind)) })
	return list
}
