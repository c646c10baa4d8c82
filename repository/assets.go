package repository

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Asset is something that scripts load by URL, with its bytes.
type Asset struct {
	store.Asset
	Text []byte
}

// MissingAsset is something that a plugin loads and that cannot be had now.
type MissingAsset struct {
	Plugin string
	URL    string // as the plugin names it, without credentials; "" for all that it loads
	Locked bool   // the lock has it
	Err    error
}

func (e *MissingAsset) Error() string {
	switch {
	case e.Locked:
		return fmt.Sprintf("%s loads %s, which the lock has and which cannot be had now: %v", e.Plugin, e.URL, e.Err)
	case e.URL == "":
		return fmt.Sprintf("what %s loads by address is not kept: %v", e.Plugin, e.Err)
	}
	return fmt.Sprintf("%s loads %s, which is not kept: %v", e.Plugin, e.URL, e.Err)
}

func (e *MissingAsset) Unwrap() error { return e.Err }

// assetsOf describes the assets of a plugin.
func assetsOf(p *Plugin) (list []store.Asset) {
	for _, asset := range p.Assets {
		list = append(list, asset.Asset)
	}
	return list
}

// Complete gets what the scripts of a closure load by URL, and resolves its Python
// packages. Nothing is kept or installed.
func (r *Repository) Complete(ctx context.Context, c *Closure, l *Lock) error {
	return r.complete(ctx, c, func(*Plugin) bool { return true }, l)
}

// complete does so for those plugins that are wanted; for the others the record says.
func (r *Repository) complete(ctx context.Context, c *Closure, wanted func(*Plugin) bool, l *Lock) error {
	size := 0
	for _, p := range c.Plugins {
		if !wanted(p) {
			if err := r.recall(p); err == nil {
				continue
			}
		}
		if err := r.completeOne(ctx, p, l); err != nil {
			return fmt.Errorf("%s: %w", p.label(), err)
		}
		for _, asset := range p.Assets {
			size += len(asset.Text)
		}
		if size > maxAssets {
			return &TooManyError{fmt.Sprintf("the scripts load more than %d MiB", maxAssets>>20)}
		}
	}
	return nil
}

// recall takes from the store what is known of a plugin that does not change.
func (r *Repository) recall(p *Plugin) error {
	record, err := r.c.Store.Record(p.Name)
	if err != nil {
		return err
	}
	if record.SHA256 != p.SHA256 || record.Tag != p.Tag() {
		return errNotListed
	}
	p.Environment = record.Environment
	return r.recallAssets(p, record.Assets)
}

func (r *Repository) recallAssets(p *Plugin, assets []store.Asset) error {
	var list []Asset
	for _, asset := range assets {
		text, err := r.c.Store.Blob(asset.SHA256)
		if err != nil {
			return err
		}
		list = append(list, Asset{asset, text})
	}
	p.Assets = list
	return nil
}

func (r *Repository) completeOne(ctx context.Context, p *Plugin, l *Lock) error {
	var known []store.Asset
	var python json.RawMessage
	if p.unchanged() {
		known, python = lockedAssets(p.locked), p.locked.Python
	}
	get := r.c.Assets
	if get == nil {
		get = r.required
	}
	if err := r.recallAssets(p, known); err != nil || len(known) == 0 {
		assets, missing, err := get(ctx, p, known)
		if err != nil {
			return err
		}
		p.Assets, p.missing = assets, missing
		for _, m := range missing {
			p.Notes = append(p.Notes, m.Error())
		}
	}
	if r.c.Environment != nil && p.Plan.Needs != nil {
		found, err := r.c.Environment(ctx, p, python)
		if err != nil {
			return err
		}
		if p.Environment, err = compact(found); err != nil {
			return fmt.Errorf("resolve the Python packages: %w", err)
		}
	}
	return l.complete(p)
}

func compact(text json.RawMessage) (json.RawMessage, error) {
	if len(text) == 0 {
		return nil, nil
	}
	// Marshal, not Compact: it also escapes as the record does.
	out, err := json.Marshal(text)
	return bytes.Clone(out), err
}

func lockedAssets(p *lock.Plugin) (list []store.Asset) {
	for _, q := range p.Requirements {
		list = append(list, store.Asset{URL: q.URL, Resolved: q.Resolved, Kind: q.Kind, ContentType: q.ContentType, Size: q.Size, SHA256: q.SHA256})
	}
	return list
}

// kinds are the words of package asset for what requirements name.
var kinds = map[requirement.ScriptKind]string{
	requirement.ClassicScript: "script", requirement.ModuleScript: "import", requirement.StyleSheet: "style", requirement.CacheOnly: "data",
}

// required gets the files that the requirements of a plugin name.
func (r *Repository) required(ctx context.Context, p *Plugin, locked []store.Asset) (list []Asset, missing []*MissingAsset, err error) {
	seen := map[string]bool{}
	for _, script := range p.Plan.Needs.URLs {
		u, err := url.Parse(script.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || seen[script.URL] {
			continue
		}
		seen[script.URL] = true
		response, err := r.c.Fetch.Get(ctx, fetch.Request{URL: script.URL, Limit: fetch.AssetLimit})
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, err
			}
			missing = append(missing, &MissingAsset{Plugin: p.label(), URL: address.Redact(script.URL), Err: err})
			continue
		}
		sum := sha256.Sum256(response.Body)
		list = append(list, Asset{store.Asset{
			URL: address.Redact(script.URL), Kind: kinds[script.Kind], ContentType: response.ContentType,
			Size: int64(len(response.Body)), SHA256: hex.EncodeToString(sum[:]),
		}, response.Body})
	}
	return list, missing, nil
}
