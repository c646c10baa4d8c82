package repository

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
)

// Lock is the lock of a project. A nil Lock locks nothing.
type Lock struct {
	*lock.File
	// Dir is the folder of the lock file, absolute: paths in it start there.
	Dir string
	// Frozen makes everything that the lock does not say an error, a changed file of
	// the project included. Otherwise what is new is resolved, and only what the lock
	// fetches from elsewhere must be as it says.
	Frozen bool

	check bool // what it has must be there to be compared
}

// DriftError is a plugin that is not what the lock says.
type DriftError struct {
	Name   string
	Drifts []lock.Drift
}

func (e *DriftError) Error() string {
	more := ""
	if n := len(e.Drifts) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return "the lock does not hold: " + e.Drifts[0].String() + more
}

// root locates what the person named: as the lock says, if it says anything.
func (w *walk) root(ctx context.Context, a address.Address) (*location, error) {
	l := w.o.Lock
	if l == nil {
		return w.r.start(ctx, a, w.o)
	}
	if a.Kind == address.Path {
		found, err := w.r.start(ctx, a, w.o)
		if err == nil && found.file != "" {
			found.locked = l.At(l.addressOf(found.address, found.file))
		}
		if err == nil && l.Frozen && found.locked == nil {
			err = notLocked(a)
		}
		return found, err
	}
	if entry := l.named(w.r.moved(a)); entry != nil {
		return w.r.atLock(ctx, l, entry)
	}
	if a.Kind == address.Name && !w.o.fromDefault {
		return w.installedAsLocked(ctx, a)
	}
	if l.Frozen {
		return nil, notLocked(a)
	}
	return w.r.start(ctx, a, w.o)
}

// installedAsLocked locates an installed plugin that the lock at most knows as a file of
// the project. With a frozen lock it must be that file.
func (w *walk) installedAsLocked(ctx context.Context, a address.Address) (*location, error) {
	l := w.o.Lock
	found, err := w.r.start(ctx, a, w.o)
	if err != nil || !l.Frozen {
		return found, err
	}
	for i := range l.Plugins {
		if l.Plugins[i].Name == a.Name {
			found.locked = &l.Plugins[i]
			return found, nil
		}
	}
	return nil, notLocked(a)
}

func notLocked(a address.Address) error {
	return &DriftError{a.String(), []lock.Drift{{Plugin: a.String(), What: "plugin", New: a.String()}}}
}

// named returns the plugin that a person means by an address.
func (l *Lock) named(a address.Address) *lock.Plugin {
	if entry := l.At(wanted(a)); entry != nil {
		return entry
	}
	for i := range l.Plugins {
		entry := &l.Plugins[i]
		if a.Ref == "" && entry.Origin == a.Origin() || a.Kind == address.Name && entry.Name == a.Name && !entry.Local {
			return entry
		}
	}
	return nil
}

// fromLock locates a dependency as the lock says; nil when it says nothing.
func (w *walk) fromLock(ctx context.Context, parent *Plugin, a address.Address) (*location, error) {
	l := w.o.Lock
	if l == nil || parent.locked == nil {
		return nil, nil
	}
	if entry := l.Wants(parent.locked, wanted(a)); entry != nil {
		return w.r.atLock(ctx, l, entry)
	}
	if l.Frozen {
		return nil, &DriftError{parent.Name, []lock.Drift{{Plugin: parent.Name, What: "dependencies", New: wanted(a)}}}
	}
	return nil, nil
}

// atLock locates a plugin at the commit and content of the lock. Bytes that the
// store has need no network.
func (r *Repository) atLock(ctx context.Context, l *Lock, entry *lock.Plugin) (*location, error) {
	if entry.Local {
		file := filepath.FromSlash(entry.URL)
		if !filepath.IsAbs(file) {
			file = filepath.Join(l.Dir, file)
		}
		found := localFile(r, file)
		found.locked, found.name = entry, entry.Name
		return found, nil
	}
	a, err := address.Parse(entry.Address)
	if err != nil {
		return nil, err
	}
	if a.Kind == address.Git {
		return r.gitAtLock(ctx, a, entry)
	}
	found := &location{address: a, name: entry.Name, url: entry.URL, commit: entry.Commit, locked: entry}
	switch a.Kind {
	case address.Repository:
		found.scope = checkout{r, a, pin{commit: entry.Commit}}
	case address.URL:
		found.scope = beside{r, a}
	}
	if text, err := r.c.Store.Blob(entry.SHA256); err == nil {
		found.text = text
	}
	return found, nil
}

// gitAtLock is atLock for a git repository.
func (r *Repository) gitAtLock(ctx context.Context, a address.Address, entry *lock.Plugin) (*location, error) {
	found := &location{address: a, name: entry.Name, url: entry.URL, commit: entry.Commit, locked: entry}
	text, err := r.c.Store.Blob(entry.SHA256)
	if err == nil {
		found.text, found.scope = text, gitLater{r, a.WithRef(entry.Commit)}
		return found, nil
	}
	at, err := r.locateGit(ctx, a.WithRef(entry.Commit))
	if err != nil {
		return nil, err
	}
	at.address, at.url, at.locked = a, entry.URL, entry
	return at, nil
}

// gitLater is the scope of a git repository that is fetched when a name is looked up.
type gitLater struct {
	r *Repository
	a address.Address
}

func (g gitLater) String() string { return g.a.Origin() }

func (g gitLater) find(ctx context.Context, name string) (*location, error) {
	list, err := g.r.gitList(ctx, g.a)
	if err != nil {
		return nil, err
	}
	return list.find(ctx, name)
}
