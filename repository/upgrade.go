package repository

import (
	"context"
	"errors"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// Upgrades returns the names of the installed plugins to install again so that the
// given ones are new: a dependency is only new for those that need it once they are
// installed again. Without names it is everything a person asked for; what of that is
// in records that cannot be used is told in bad.
func (r *Repository) Upgrades(names []string) (list []string, bad []error, err error) {
	records, bad, err := r.c.Store.Records()
	if err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		for _, record := range records {
			if record.Requested {
				list = append(list, record.Name)
			}
		}
		return list, bad, nil
	}
	for _, name := range names {
		own, err := r.installedRecord(name)
		if err != nil {
			return nil, nil, err
		}
		for _, record := range records {
			if !own.Requested && record.Requested && record.DependsOn(name) {
				list = union(list, record.Name)
			}
		}
		if own.Requested || len(list) == 0 {
			list = union(list, name)
		}
	}
	return list, nil, nil
}

// installedRecord returns the record of an installed plugin; a name that is not installed is
// a [*NotFoundError].
func (r *Repository) installedRecord(name string) (*store.Record, error) {
	record, err := r.c.Store.Record(name)
	var missing *store.NotInstalledError
	if errors.As(err, &missing) {
		return nil, &NotFoundError{Name: name, Looked: []string{installed{r}.String()}, Suggestion: r.nearest(name)}
	}
	return record, err
}

// Upgrade installs installed plugins again from where they came: what their branches,
// URLs or files hold now, with the tags they have as long as there are such tags. The
// versions in use stay until the new ones are in place, and beside them after that. With
// an error none is upgraded; with o.PassOver a plugin whose source fails is none.
func (r *Repository) Upgrade(ctx context.Context, names []string, o Options) ([]*Installed, error) {
	var wishes []wish
	for _, name := range names {
		record, err := r.installedRecord(name)
		if err != nil {
			return nil, err
		}
		a, err := address.Parse(record.Address)
		if err == nil {
			wishes = append(wishes, wish{name, a})
		} else if err := o.passOver(ctx, name, err); err != nil {
			return nil, err
		}
	}
	o.upgrade = true
	return r.installWishes(ctx, wishes, o)
}

// Verified is what reading an installed plugin again found.
type Verified struct {
	Name     string
	Blobs    int     // contents that were read
	Problems []error // [*store.CorruptError], or of the disk; none: all is as it was installed
}

// Verify reads all bytes of installed plugins again, of the version before too, and
// compares them with their hashes. Without names it is everything.
func (r *Repository) Verify(ctx context.Context, names []string) (list []Verified, err error) {
	records, bad, err := r.c.Store.Records()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := r.installedRecord(name); err != nil {
			return nil, err
		}
	}
	for _, record := range records {
		if len(names) > 0 && !slices.Contains(names, record.Name) {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		list = append(list, r.verify(record))
	}
	if len(names) == 0 {
		for _, problem := range bad {
			list = append(list, Verified{Problems: []error{problem}})
		}
	}
	return list, nil
}

func (r *Repository) verify(record *store.Record) Verified {
	v := Verified{Name: record.Name}
	seen := map[string]bool{}
	for _, version := range append([]store.Version{record.Version}, record.Before()...) {
		for sum := range version.Blobs {
			if seen[sum] {
				continue
			}
			seen[sum] = true
			v.Blobs++
			if _, err := r.c.Store.Blob(sum); err != nil {
				v.Problems = append(v.Problems, err)
			}
		}
	}
	return v
}

// Outdated is an installed plugin compared with where it came from.
type Outdated struct {
	Record *store.Record // without a name where it cannot be read
	Latest *Plugin       // nil when Err is set
	Err    error
}

// Changed reports whether an upgrade would bring other content.
func (o *Outdated) Changed() bool { return o.Latest != nil && o.Latest.SHA256 != o.Record.SHA256 }

// Outdated looks where each installed plugin came from for what is there now. Nothing
// is installed. A place that cannot be asked is an error in that entry.
func (r *Repository) Outdated(ctx context.Context, names []string) (list []Outdated, err error) {
	records, bad, err := r.c.Store.Records()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := r.installedRecord(name); err != nil {
			return nil, err
		}
	}
	if len(names) == 0 {
		for _, problem := range bad {
			if corrupt := (*store.CorruptError)(nil); errors.As(problem, &corrupt) && corrupt.Interrupted() {
				continue // no plugin
			}
			list = append(list, Outdated{Record: &store.Record{}, Err: problem})
		}
	}
	for _, record := range records {
		if len(names) > 0 && !slices.Contains(names, record.Name) {
			continue
		}
		entry := Outdated{Record: record}
		a, err := address.Parse(record.Address)
		if err == nil {
			entry.Latest, err = r.Open(ctx, a)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		entry.Err = err
		list = append(list, entry)
	}
	return list, nil
}
