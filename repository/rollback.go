package repository

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/store"
)

// Rollback puts versions before in the place of those in use, with the dependencies they
// were installed with; a second time undoes the first. With to it is the latest of the
// versions that are kept whose number is to, or whose commit or hash begins with it. All
// bytes are verified before anything changes; with an error nothing does.
func (r *Repository) Rollback(ctx context.Context, names []string, to string) (list []*store.Record, err error) {
	change, err := r.c.Store.Begin(ctx, names...)
	if err != nil {
		return nil, err
	}
	defer change.Close()
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		record, err := r.rolledBack(name, to)
		if err == nil {
			err = change.Save(record)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, record)
	}
	return list, change.Commit()
}

// rolledBack is the record of a plugin with an earlier version in use.
func (r *Repository) rolledBack(name, to string) (*store.Record, error) {
	record, err := r.installedRecord(name)
	if err != nil {
		return nil, err
	}
	before := record.Before()
	i := slices.IndexFunc(before, func(v store.Version) bool { return isVersion(&v, to) })
	if i < 0 {
		return nil, &NoVersionError{name, to, before}
	}
	for sum := range before[i].Blobs {
		if _, err := r.c.Store.Blob(sum); err != nil {
			return nil, err
		}
	}
	now := record.Version
	record.Version = before[i]
	record.KeepBefore(append([]store.Version{now}, before...))
	return record, nil
}

// isVersion reports whether a person means a version; "" is any.
func isVersion(v *store.Version, to string) bool {
	const least = 7 // digits of a commit or hash
	return to == "" || v.Number == to ||
		len(to) >= least && (strings.HasPrefix(v.Commit, to) || strings.HasPrefix(v.SHA256, to))
}

// NoVersionError is a plugin without the version to go back to.
type NoVersionError struct {
	Name string
	To   string          // what was asked for, "" for any
	Kept []store.Version // that one can go back to
}

func (e *NoVersionError) Error() string {
	if e.To != "" && len(e.Kept) > 0 {
		var list []string
		for _, v := range e.Kept {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %.10s", v.Number, cmp.Or(v.Commit, v.SHA256))))
		}
		return fmt.Sprintf("no version %q of %s is kept, only %s", e.To, e.Name, strings.Join(list, ", "))
	}
	return "there is no version of " + e.Name + " before the one in use"
}

// Keepers returns the names of installed plugins that run with another version of this
// one than the one in use: the copy they were installed with.
func (r *Repository) Keepers(of *store.Record) (names []string, err error) {
	records, _, err := r.c.Store.Records()
	for _, record := range records {
		if slices.ContainsFunc(record.Dependencies, func(p store.Pin) bool { return p.Name == of.Name && p.SHA256 != of.SHA256 }) {
			names = append(names, record.Name)
		}
	}
	return names, err
}
