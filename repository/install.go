package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// Options choose how a plugin is installed. The zero value installs only what
// wants nothing.
type Options struct {
	// Tag is the tag a person asked for; "" leaves it to the address, to the
	// installed version, or to the plugin's first.
	Tag string
	// Lock is the lock of the project, which then says what is installed; LockOf finds
	// the one of an address, where there may be several.
	Lock   *Lock
	LockOf func(address.Address) (*Lock, error)
	// ChooseTag chooses one of several tags where neither a person, the address, the
	// lock nor an installed version says which; nil takes the first.
	ChooseTag func(context.Context, *Plugin) (tag, why string, err error)
	// Replace puts the plugin in the place of another of the same name.
	Replace bool
	// DryRun does everything but keep it.
	DryRun bool
	// upgrade has the names of the installed plugins that the addresses are of. It is
	// left as it is whether a person asked for a plugin.
	upgrade []string
	// Check looks at each plugin of the closure before anybody is asked; an error
	// ends the installation.
	Check func(context.Context, *Plugin) error
	// Consent asks a person; an error is a no. It is called when a plugin wants
	// more than computing, and more than it was already given.
	Consent func(context.Context, Question) error
}

// Status says what an installation did to one plugin.
type Status string

// What happens to a plugin.
const (
	Added     Status = "installed"
	Upgraded  Status = "upgraded"
	Replaced  Status = "replaced"
	Unchanged Status = "unchanged"
)

// Installed is what an installation did.
type Installed struct {
	Closure *Closure
	Changes []Change // in the order of Closure.Plugins
	Notes   []string

	lock *Lock
}

// Change is what happened to one plugin.
type Change struct {
	Plugin *Plugin
	Status Status
	Before *store.Record // nil for a new plugin
}

// Install resolves an address and keeps its closure. A bare name is looked up in the
// repositories known by short names. The old version of a plugin stays until the new
// one is in place, and beside it after that.
func (r *Repository) Install(ctx context.Context, a address.Address, o Options) (*Installed, error) {
	results, err := r.InstallAll(ctx, []address.Address{a}, o)
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// InstallAll installs several addresses together: all of them, or with an error none.
// Everything is resolved before anybody is asked, and fetched before anything is kept.
func (r *Repository) InstallAll(ctx context.Context, addresses []address.Address, o Options) ([]*Installed, error) {
	var results []*Installed
	for i, a := range addresses {
		result, err := r.prepare(ctx, a, o)
		if err == nil {
			err = r.agrees(results, result, o)
		}
		if err != nil && o.upgrade != nil {
			err = fmt.Errorf("upgrade %s: %w", o.upgrade[i], err)
		}
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	asked := map[string]bool{}
	for _, result := range results {
		if err := r.ask(ctx, result, asked, o); err != nil {
			return nil, err
		}
	}
	if o.DryRun {
		return onlyOnce(results), nil
	}
	for _, result := range results {
		if err := r.complete(ctx, result.Closure, result.changed, result.lock); err != nil {
			return nil, err
		}
	}
	results, err := r.keep(ctx, results, o)
	return onlyOnce(results), err
}

// onlyOnce tells of a plugin that several closures share where it comes first.
func onlyOnce(results []*Installed) []*Installed {
	told := map[string]bool{}
	for _, result := range results {
		result.Changes = slices.DeleteFunc(result.Changes, func(c Change) bool {
			key := c.Plugin.Name + " " + c.Plugin.SHA256 + " " + c.Plugin.Tag()
			defer func() { told[key] = true }()
			return told[key]
		})
	}
	return results
}

// prepare resolves one address and tells what installing it would do.
func (r *Repository) prepare(ctx context.Context, a address.Address, o Options) (*Installed, error) {
	lock := o.Lock
	if lock == nil && o.LockOf != nil {
		var err error
		if lock, err = o.LockOf(a); err != nil {
			return nil, err
		}
	}
	if lock == nil {
		lock = r.c.Lock
	}
	closure, err := r.Resolve(ctx, a, ResolveOptions{Tag: o.Tag, Lock: lock, ChooseTag: o.ChooseTag, fromDefault: true})
	if err != nil {
		return nil, err
	}
	result, err := r.compare(closure, r.c.Store.Record, o)
	if err != nil {
		return nil, err
	}
	result.lock = lock
	for _, p := range closure.Plugins {
		if o.Check == nil {
			break
		}
		if err := o.Check(ctx, p); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// agrees refuses to install two plugins of one name together.
func (r *Repository) agrees(others []*Installed, result *Installed, o Options) error {
	for _, other := range others {
		for _, p := range result.Closure.Plugins {
			if q := other.Closure.Find(p.Name); q != nil && q.Origin != p.Origin && !o.Replace {
				return &ConflictError{Name: p.Name, Installed: q.Origin, Wanted: p.Origin, Together: true}
			}
		}
	}
	return nil
}

// changed reports whether a plugin of the closure will be written.
func (i *Installed) changed(p *Plugin) bool {
	for _, change := range i.Changes {
		if change.Plugin == p {
			return change.Status != Unchanged
		}
	}
	return true
}

// compare tells what installing a closure would do to each plugin; recordOf looks up what
// is installed.
func (r *Repository) compare(c *Closure, recordOf func(name string) (*store.Record, error), o Options) (*Installed, error) {
	result := &Installed{Closure: c}
	for _, p := range c.Plugins {
		before, err := usable(recordOf(p.Name))
		if err != nil {
			return nil, err
		}
		change := Change{Plugin: p, Before: before, Status: Upgraded}
		switch {
		case before == nil:
			change.Status = Added
		case p.Record != nil || before.SHA256 == p.SHA256 && before.Origin == p.Origin && before.Tag == p.Tag():
			change.Status = Unchanged
		case !r.sameOrigin(before.Origin, p.Origin) && !o.Replace:
			return nil, &ConflictError{Name: p.Name, Installed: before.Origin, Wanted: p.Origin}
		case !r.sameOrigin(before.Origin, p.Origin):
			change.Status = Replaced
		}
		result.Changes = append(result.Changes, change)
		result.Notes = append(result.Notes, p.Notes...)
	}
	return result, nil
}

// usable is a record that a plugin would take the place of, nil for none. One that
// cannot be trusted counts as none: saving sets it aside.
func usable(record *store.Record, err error) (*store.Record, error) {
	var missing *store.NotInstalledError
	var corrupt *store.CorruptError
	if errors.As(err, &missing) || errors.As(err, &corrupt) {
		return nil, nil
	}
	return record, err
}

// keep writes closures into the store. The records of all of them change at one moment,
// after their bytes are there.
func (r *Repository) keep(ctx context.Context, prepared []*Installed, o Options) (results []*Installed, err error) {
	var names []string
	for _, result := range prepared {
		for _, p := range result.Closure.Plugins {
			names = append(names, p.Name)
		}
	}
	change, err := r.c.Store.Begin(ctx, names...)
	if err != nil {
		return nil, err
	}
	defer change.Close()
	for _, one := range prepared {
		// Others may have been at work while a person was thinking.
		result, err := r.compare(one.Closure, change.Record, o)
		if err != nil {
			return nil, err
		}
		for _, each := range result.Changes {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			if err := r.keepOne(change, one.Closure, each, o); err != nil {
				return nil, fmt.Errorf("install %s: %w", each.Plugin.Name, err)
			}
		}
		results = append(results, result)
	}
	return results, change.Commit()
}
