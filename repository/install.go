package repository

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/repository/address"
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
	// ChooseAgain asks ChooseTag also where an installed version has a tag.
	ChooseAgain bool
	// Replace puts the plugin in the place of another of the same name.
	Replace bool
	// DryRun does everything but keep it.
	DryRun bool
	// PassOver is told of an installed plugin that cannot be upgraded, and the others go
	// on without it; nil ends the upgrade with the error. Of an installation it is not
	// asked: that is all or nothing.
	PassOver func(name string, err error)
	// upgrade tells that the plugins are installed. It is left as it is whether a person
	// asked for one.
	upgrade bool
	// Check looks at each plugin of the closure before anybody is asked; an error
	// ends the installation.
	Check func(context.Context, *Plugin) error
	// Consent asks a person; an error is a no. It is called when a plugin wants
	// more than computing, and more than it was already given.
	Consent func(context.Context, Question) error
}

// Installed is what an installation did.
type Installed struct {
	Closure *Closure
	Changes []Change // in the order of Closure.Plugins
	// Beside are dependencies that come for the root alone: a person asked for a plugin of
	// that name at a ref of its own, which stays the installed one.
	Beside []Change
	Notes  []string

	name string // of the installed plugin that is upgraded, "" for none
	lock *Lock
}

// wish is an address with the installed plugin that came from it, "" for none.
type wish struct {
	name    string
	address address.Address
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
	wishes := make([]wish, len(addresses))
	for i, a := range addresses {
		wishes[i].address = a
	}
	return r.installWishes(ctx, wishes, o)
}

func (r *Repository) installWishes(ctx context.Context, wishes []wish, o Options) ([]*Installed, error) {
	var results []*Installed
	for _, w := range wishes {
		result, err := r.prepare(ctx, w.address, o)
		if err == nil {
			err = r.agrees(results, result, o)
		}
		if err == nil {
			result.name = w.name
			results = append(results, result)
		} else if err := o.passOver(ctx, w.name, err); err != nil {
			return nil, err
		}
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
	results, err := r.completeAll(ctx, results, o)
	if err != nil {
		return nil, err
	}
	results, err = r.keep(ctx, results, o)
	return onlyOnce(results), err
}

// completeAll gets the rest of what the plugins need, and returns those that have it.
func (r *Repository) completeAll(ctx context.Context, results []*Installed, o Options) (complete []*Installed, err error) {
	for _, result := range results {
		err := r.complete(ctx, result.Closure, result.changed, result.lock)
		if err == nil {
			complete = append(complete, result)
		} else if err := o.passOver(ctx, result.name, err); err != nil {
			return nil, err
		}
	}
	return complete, nil
}

// passOver tells of a plugin that cannot be upgraded, or returns the error that ends it
// all. Once the context has ended, no error says anything about a plugin.
func (o *Options) passOver(ctx context.Context, name string, err error) error {
	if name == "" {
		return err
	}
	err = fmt.Errorf("upgrade %s: %w", name, err)
	switch {
	case o.PassOver == nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	o.PassOver(name, err)
	return nil
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
	closure, err := r.Resolve(ctx, a, ResolveOptions{Tag: o.Tag, Lock: lock, ChooseTag: o.ChooseTag, ChooseAgain: o.ChooseAgain, fromDefault: true})
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
		for _, each := range result.Beside {
			if err := put(change, each.Plugin); err != nil {
				return nil, fmt.Errorf("install %s: %w", each.Plugin.Name, err)
			}
		}
		results = append(results, result)
	}
	return results, change.Commit()
}
