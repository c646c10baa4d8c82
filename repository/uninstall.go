package repository

import (
	"context"
	"errors"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/store"
)

// Removed is what an uninstallation did.
type Removed struct {
	Names []string
	// Orphans came only as dependencies of what is gone; nobody needs them now.
	Orphans []string
}

// Uninstall removes plugins. One that others need is a [*NeededError] unless force
// is set; those others keep the bytes they were installed with in any case. All go at
// one moment, or with an error none.
func (r *Repository) Uninstall(ctx context.Context, names []string, force bool) (*Removed, error) {
	change, err := r.c.Store.Begin(ctx, names...)
	if err != nil {
		return nil, err
	}
	defer change.Close()
	var gone []*store.Record
	for _, name := range names {
		record, err := r.removable(name, names, force)
		if err != nil {
			return nil, err
		}
		if record != nil {
			gone = append(gone, record)
		}
	}
	for _, name := range names {
		if err := change.Delete(name); err != nil {
			return nil, err
		}
	}
	if err := change.Commit(); err != nil {
		return nil, err
	}
	return &Removed{Names: names, Orphans: r.orphans(gone)}, nil
}

// removable returns the record of a plugin that may go; nil for one whose record is
// corrupt, which may always go.
func (r *Repository) removable(name string, with []string, force bool) (*store.Record, error) {
	record, err := r.c.Store.Record(name)
	var missing *store.NotInstalledError
	var corrupt *store.CorruptError
	switch {
	case errors.As(err, &missing):
		return nil, &NotFoundError{Name: name, Looked: []string{installed{r}.String()}, Suggestion: r.nearest(name)}
	case errors.As(err, &corrupt):
		return nil, nil
	case err != nil:
		return nil, err
	}
	by, err := r.Dependants(name)
	if err != nil {
		return nil, err
	}
	by = slices.DeleteFunc(by, func(n string) bool { return slices.Contains(with, n) })
	if len(by) > 0 && !force {
		return nil, &NeededError{Name: name, By: by}
	}
	return record, nil
}

// orphans are dependencies of removed plugins that nobody asked for and nobody
// needs any more.
func (r *Repository) orphans(gone []*store.Record) (names []string) {
	for _, removed := range gone {
		for _, pin := range removed.Dependencies {
			record, err := r.c.Store.Record(pin.Name)
			if err != nil || record.Requested || slices.Contains(names, pin.Name) {
				continue
			}
			if by, err := r.Dependants(pin.Name); err == nil && len(by) == 0 {
				names = append(names, pin.Name)
			}
		}
	}
	return names
}
