package repository

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// Status says what an installation did to one plugin.
type Status string

// What happens to a plugin.
const (
	Added      Status = "installed"
	Upgraded   Status = "upgraded"
	Downgraded Status = "downgraded" // its version number is lower than before
	Replaced   Status = "replaced"
	Unchanged  Status = "unchanged"
)

// Direction is [Downgraded] when the version numbers say so, else [Upgraded]: many
// plugins change without a new number.
func Direction(before, now string) Status {
	if before != "" && now != "" && pluginfile.CompareVersions(now, before) < 0 {
		return Downgraded
	}
	return Upgraded
}

// Change is what happened to one plugin.
type Change struct {
	Plugin *Plugin
	Status Status
	Before *store.Record // nil for a new plugin
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
		change := Change{Plugin: p, Before: before, Status: Direction(numberOf(before), p.Plan.Version)}
		switch {
		case before == nil:
			change.Status = Added
		case p.Record != nil || before.SHA256 == p.SHA256 && before.Origin == p.Origin && before.Tag == p.Tag():
			change.Status = Unchanged
		case !r.sameOrigin(before.Origin, p.Origin) && !o.Replace:
			return nil, &ConflictError{Name: p.Name, Installed: before.Origin, Wanted: p.Origin}
		case !r.sameOrigin(before.Origin, p.Origin):
			change.Status = Replaced
		case p != c.Root && staysAt(before, p):
			result.Beside = append(result.Beside, change)
			result.Notes = append(result.Notes, fmt.Sprintf("%s gets %s of its own, as you installed that from %s", c.Root.Name, p.versioned(), before.Address))
			continue
		}
		result.Changes = append(result.Changes, change)
		result.Notes = append(result.Notes, p.Notes...)
	}
	return result, nil
}

// numberOf is the version number of a record, "" for none.
func numberOf(record *store.Record) string {
	if record == nil {
		return ""
	}
	return record.Number
}

// staysAt reports whether a person asked for an installed plugin at another ref than a
// dependency is wanted at. Nobody but that person moves it.
func staysAt(before *store.Record, p *Plugin) bool {
	a, err := address.Parse(before.Address)
	return err == nil && before.Requested && a.Ref != "" && a.Ref != p.Address.Ref && before.Commit != p.Commit
}

// versioned is the name with the version, if there is one.
func (p *Plugin) versioned() string {
	return strings.TrimSpace(p.Name + " " + p.Document.Config.Version)
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
