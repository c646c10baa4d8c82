package repository

import (
	"context"
	"fmt"
	"path/filepath"
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
	// AskedFor returns the names of plugins that the scripts of one ask for; nil looks for
	// none. A name that the lock does not hold is a note.
	AskedFor func(context.Context, *Plugin) []string
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
	made := MakeLock(o.Dir, closures)
	return made, append(notes, r.unlocked(ctx, o, closures, made)...), nil
}

// unlocked tells of plugins that others ask for by name alone: they are whatever is installed
// under that name, so no lock holds them.
func (r *Repository) unlocked(ctx context.Context, o ProjectOptions, closures []*Closure, made *lock.File) (notes []string) {
	if o.AskedFor == nil {
		return nil
	}
	for _, c := range closures {
		for _, p := range c.Plugins {
			for _, name := range o.AskedFor(ctx, p) {
				held := slices.Contains(p.Needs, name) || slices.ContainsFunc(made.Plugins, func(q lock.Plugin) bool { return q.Name == name })
				note := fmt.Sprintf("%s asks for the plugin %q by its name alone, and the lock does not hold it; add %q to its dependencies", p.label(), name, r.dependencyOf(ctx, p, name))
				if !held && !slices.Contains(notes, note) {
					notes = append(notes, note)
				}
			}
		}
	}
	return notes
}

// dependencyOf is what a plugin would write into its dependencies to get another.
func (r *Repository) dependencyOf(ctx context.Context, p *Plugin, name string) string {
	if p.Local {
		if _, err := (neighbours{folder{r, filepath.Dir(p.URL)}}).find(ctx, name); err == nil {
			return name
		}
	}
	if record, err := r.c.Store.Record(name); err == nil {
		if a, err := address.Parse(record.Address); err == nil && a.Kind != address.Path {
			return a.Origin()
		}
	}
	return "OWNER/REPO:" + name
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
