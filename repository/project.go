package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
)

// ProjectOptions say what is locked together.
type ProjectOptions struct {
	Dir   string            // folder of the lock file, absolute
	Roots []address.Address // what the project names itself
	Tag   string            // for all roots; "" leaves it to the address, the old lock, or the first
	Old   *lock.File        // nil for none: what it says stays
	// Fresh resolves again what the old lock says, and keeps only which plugins it
	// locks, and with which tags.
	Fresh bool
	// Check makes what the old lock has and cannot be had now an error. Otherwise that
	// stays locked as it is.
	Check bool
}

// LockProject resolves everything that a project needs, and describes it. Plugins
// from elsewhere that the old lock holds because somebody asked for them stay.
func (r *Repository) LockProject(ctx context.Context, o ProjectOptions) (f *lock.File, notes []string, err error) {
	old := o.Old
	if old == nil {
		old = &lock.File{}
	}
	roots, err := withLocked(o, old)
	if err != nil {
		return nil, nil, err
	}
	l := &Lock{File: old, Dir: o.Dir, check: o.Check}
	if o.Fresh {
		l.File = &lock.File{}
	}
	var closures []*Closure
	for _, a := range roots {
		tag := o.Tag
		if entry := old.At(l.addressOf(a, r.fileOfPath(a))); tag == "" && a.Tag == "" && o.Fresh && entry != nil {
			tag = entry.Tag
		}
		c, err := r.Resolve(ctx, a, ResolveOptions{Tag: tag, Lock: l, fromDefault: true})
		if err != nil {
			return nil, nil, err
		}
		if err := r.Complete(ctx, c, l); err != nil {
			return nil, nil, err
		}
		for _, p := range c.Plugins {
			notes = append(notes, p.Notes...)
			for _, was := range p.stays() {
				notes = append(notes, fmt.Sprintf("%s: %s stays in the lock as it was", p.label(), was.URL))
			}
		}
		closures = append(closures, c)
	}
	return MakeLock(o.Dir, closures), notes, nil
}

func (r *Repository) fileOfPath(a address.Address) string {
	if a.Kind != address.Path {
		return ""
	}
	return r.abs(a.Path)
}

// withLocked adds to the roots what was asked for before.
func withLocked(o ProjectOptions, old *lock.File) ([]address.Address, error) {
	roots := slices.Clone(o.Roots)
	for i := range old.Plugins {
		p := &old.Plugins[i]
		if !p.Requested || p.Local {
			continue
		}
		a, err := address.Parse(p.Address)
		if err != nil {
			return nil, err
		}
		same := func(b address.Address) bool {
			return wanted(a) == wanted(b) || b.Kind == address.Name && b.Name == p.Name
		}
		if !slices.ContainsFunc(roots, same) {
			roots = append(roots, a.WithTag(p.Tag))
		}
	}
	return roots, nil
}

// Requested returns the addresses of what a lock holds because a person asked for it.
func (l *Lock) Requested(dir func(string) string) (list []address.Address, err error) {
	for i := range l.Plugins {
		p := &l.Plugins[i]
		if !p.Requested {
			continue
		}
		a := address.Address{Kind: address.Path, Path: p.Address, Tag: p.Tag}
		if p.Local {
			a.Path = dir(p.Address)
		} else if a, err = address.Parse(p.Address); err != nil {
			return nil, err
		} else {
			a.Tag = p.Tag
		}
		list = append(list, a)
	}
	return list, nil
}
