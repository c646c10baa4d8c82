package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/freeze"
	"github.com/imjoy-tools/imjoy/tags"
)

// FreezeOptions say how a plugin is frozen.
type FreezeOptions struct {
	AssetOptions
	// Vendor is a folder that gets each part as a file of its own, and the wheels of a
	// Python plugin; "" for none.
	Vendor string
}

// Freeze makes one file of a plugin and all it loads by address.
func (a *App) Freeze(ctx context.Context, to address.Address, o FreezeOptions) (*freeze.Result, error) {
	r, done, err := a.Repository(RepositoryOptions{What: "freeze", AllowNet: o.AllowNet, Offline: o.Offline})
	if err != nil {
		return nil, err
	}
	defer done()
	lib, err := a.library(o.AssetOptions)
	if err != nil {
		return nil, err
	}
	defer lib.done()
	p, err := r.Open(ctx, to)
	if err != nil {
		return nil, err
	}
	f := freezing{lib, r}
	result, err := f.freeze(ctx, p, func(ctx context.Context) ([]freeze.Plugin, error) { return f.dependencies(ctx, p) })
	if err != nil || o.Vendor == "" {
		return result, err
	}
	return result, a.vendor(ctx, p, result, o)
}

// freezing freezes a plugin and those it depends on.
type freezing struct {
	library    *library
	repository *repository.Repository
}

func (f freezing) freeze(ctx context.Context, p *repository.Plugin, plugins func(context.Context) ([]freeze.Plugin, error)) (*freeze.Result, error) {
	if blocking := pluginfile.Blocking(p.Diagnostics); len(blocking) > 0 {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: blocking}
	}
	plan, found := tags.Resolve(p.Document, tags.Choose(p.Document, "", "", ""))
	if plan == nil {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: found}
	}
	loader := f.library.loader(plan, p.Record)
	return freeze.Freeze(ctx, p.Document, freeze.Options{Load: loader.Load, Plugins: plugins})
}

// dependencies are the plugins that one depends on, with what those depend on.
func (f freezing) dependencies(ctx context.Context, p *repository.Plugin) (list []freeze.Plugin, err error) {
	closure, err := f.repository.Resolve(ctx, p.Address, repository.ResolveOptions{PreferInstalled: true})
	if err != nil {
		return nil, err
	}
	for _, q := range closure.Plugins {
		if q.SHA256 == p.SHA256 || q == closure.Root {
			continue
		}
		result, err := f.freeze(ctx, q, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, freeze.Plugin{Name: q.Name, Origin: q.URL, Text: result.Text})
	}
	return list, nil
}

// vendor writes each part into a folder, with a list of them.
func (a *App) vendor(ctx context.Context, p *repository.Plugin, result *freeze.Result, o FreezeOptions) error {
	dir := a.path(o.Vendor)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keep the parts beside the plugin: %w", err)
	}
	type entry struct {
		freeze.Part
		File string `json:"file"`
	}
	type leftOut struct {
		Package string `json:"package"`
		Why     string `json:"why"`
	}
	list := struct {
		Version     int             `json:"version"`
		Plugin      string          `json:"plugin"`
		Parts       []entry         `json:"parts"`
		Wheels      []string        `json:"wheels,omitempty"`
		Environment json.RawMessage `json:"environment,omitempty"`
		Left        []leftOut       `json:"left,omitempty"`
	}{Version: 1, Plugin: p.Name, Parts: []entry{}}
	for _, part := range result.Parts {
		name := vendorName(part)
		if err := os.WriteFile(filepath.Join(dir, name), part.Text, 0o644); err != nil {
			return fmt.Errorf("keep the parts beside the plugin: %w", err)
		}
		list.Parts = append(list.Parts, entry{part, name})
	}
	wheels, err := a.wheels(ctx, p, dir, o)
	if err != nil {
		return err
	}
	list.Wheels = wheels.Files
	if wheels.Resolved != nil {
		list.Environment = wheels.Resolved.Encode()
	}
	for _, l := range wheels.Left {
		list.Left = append(list.Left, leftOut{l.Text, l.Why})
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("list the parts: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "imjoy-vendor.json"), append(text, '\n'), 0o644)
}

// wheels downloads the Python packages of a plugin, as they are locked if they are.
func (a *App) wheels(ctx context.Context, p *repository.Plugin, dir string, o FreezeOptions) (*pyenv.Wheels, error) {
	plan, _ := tags.Resolve(p.Document, tags.Choose(p.Document, "", "", ""))
	if plan == nil || plan.Language != tags.Python || !pyenv.Needed(plan.Needs) {
		return &pyenv.Wheels{}, nil
	}
	locked, err := readLocked(lockedEnvironment(p))
	if err != nil {
		return nil, err
	}
	envs, err := a.Environments(EnvironmentOptions{Offline: o.Offline})
	if err != nil {
		return nil, err
	}
	return envs.Wheels(ctx, plan.Needs, locked, dir)
}

// vendorName is the name of a part's file: what it is called, behind its hash.
func vendorName(p freeze.Part) string {
	from := p.From
	if from == "" {
		from = p.URL
	}
	from, _, _ = strings.Cut(from, "?")
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, path.Base(from))
	if p.Kind == "plugin" {
		name = strings.TrimSuffix(name, address.PluginSuffix) + address.PluginSuffix
	}
	return p.SHA256[:12] + "-" + name[:min(len(name), 80)]
}

// embedded finds a plugin in the frozen file of the one that asks, or in that in which
// this one was.
func (s *Session) embedded(by *engine.Plugin, want engine.Wanted) (*tags.Plan, bool, error) {
	name := want.Name
	if a, err := address.Parse(name); err == nil && a.Name != "" {
		name = a.Name
	}
	for doc := by.Plan().Document; doc != nil; {
		if text, ok := freeze.Embedded(doc, name); ok {
			want.Source = string(text)
			plan, err := s.brought(by, want)
			if err == nil {
				s.mu.Lock()
				s.origins[plan.Document].inside = doc
				s.mu.Unlock()
			}
			return plan, true, err
		}
		s.mu.Lock()
		from := s.origins[doc]
		s.mu.Unlock()
		if from == nil {
			break
		}
		doc = from.inside
	}
	return nil, false, nil
}
