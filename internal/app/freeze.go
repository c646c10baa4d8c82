package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
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
	// Out is where the frozen file will be, so that it can say where the wheels are; ""
	// for nowhere.
	Out string
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
	f := freezing{library: lib, repository: r}
	if o.Vendor != "" {
		f.wheels = &wheelhouse{app: a, options: o}
	}
	result, err := f.freeze(ctx, p, func(ctx context.Context) ([]freeze.Plugin, error) { return f.dependencies(ctx, p) })
	if err != nil || o.Vendor == "" {
		return result, err
	}
	return result, a.vendor(p, result, f.wheels)
}

// freezing freezes a plugin and those it depends on.
type freezing struct {
	library    *library
	repository *repository.Repository
	wheels     *wheelhouse // nil keeps no Python packages
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
	options := freeze.Options{Load: loader.Load, Plugins: plugins}
	if f.wheels != nil {
		options.Wheels = func(ctx context.Context, plan *tags.Plan) (*freeze.Wheels, []freeze.Left, error) {
			return f.wheels.get(ctx, p, plan)
		}
	}
	return freeze.Freeze(ctx, p.Document, options)
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
