package repository

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
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
	// upgrade leaves it as it is whether a person asked for the plugin.
	upgrade bool
	// Check looks at each plugin of the closure before anybody is asked; an error
	// ends the installation.
	Check func(context.Context, *Plugin) error
	// Consent asks a person; an error is a no. It is called when a plugin wants
	// more than computing, and more than it was already given.
	Consent func(context.Context, Question) error
}

// Question is what a person has to agree to.
type Question struct {
	Closure  *Closure
	Parts    []Part
	Warnings []source.Diagnostic // what is doubtful about the chosen tags
}

// Part is what one plugin of the closure wants on top of what it has.
type Part struct {
	Plugin  *Plugin
	Upgrade bool             // it is installed and wanted less so far
	Sheet   permission.Sheet // only what is new
}

// ConsentError is an installation that nobody agreed to.
type ConsentError struct{ Question Question }

func (e *ConsentError) Error() string {
	return fmt.Sprintf("%s is not installed: nobody agreed to what it wants", e.Question.Closure.Root.Name)
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
	for _, a := range addresses {
		result, err := r.prepare(ctx, a, o)
		if err != nil {
			return nil, err
		}
		if err := r.agrees(results, result, o); err != nil {
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
		return results, nil
	}
	for _, result := range results {
		if err := r.complete(ctx, result.Closure, result.changed, result.lock); err != nil {
			return nil, err
		}
	}
	return r.keep(ctx, results, o)
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
	result, err := r.compare(closure, o)
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
				return &ConflictError{Name: p.Name, Installed: q.Origin, Wanted: p.Origin}
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

// compare tells what installing a closure would do to each plugin.
func (r *Repository) compare(c *Closure, o Options) (*Installed, error) {
	result := &Installed{Closure: c}
	for _, p := range c.Plugins {
		before, err := r.before(p)
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

// before returns the record that a plugin would take the place of, nil for none. A
// record that cannot be trusted counts as none: saving sets it aside.
func (r *Repository) before(p *Plugin) (*store.Record, error) {
	record, err := r.c.Store.Record(p.Name)
	var missing *store.NotInstalledError
	var corrupt *store.CorruptError
	if errors.As(err, &missing) || errors.As(err, &corrupt) {
		return nil, nil
	}
	return record, err
}

// ask puts the question, if there is one.
func (r *Repository) ask(ctx context.Context, result *Installed, asked map[string]bool, o Options) error {
	q := Question{Closure: result.Closure}
	for _, change := range result.Changes {
		key := change.Plugin.Name + " " + change.Plugin.SHA256 + " " + change.Plugin.Tag()
		if change.Status == Unchanged || asked[key] {
			continue
		}
		asked[key] = true
		q.Warnings = append(q.Warnings, doubts(change.Plugin)...)
		part := Part{Plugin: change.Plugin, Sheet: change.Plugin.Plan.Sheet}
		if change.Status == Upgraded {
			part.Upgrade = true
			part.Sheet = permission.Diff(r.sheetOf(change.Before), part.Sheet).Added
		}
		if !part.Sheet.Empty() {
			q.Parts = append(q.Parts, part)
		}
	}
	switch {
	case len(q.Parts)+len(q.Warnings) == 0:
		return nil
	case o.Consent == nil:
		return &ConsentError{q}
	}
	return o.Consent(ctx, q)
}

// doubts are findings about the chosen tag that a person should agree to go on
// with: a field without a value for it, requirements that could not be read.
func doubts(p *Plugin) (list []source.Diagnostic) {
	for _, d := range p.Diagnostics {
		if d.Severity == source.Error || d.Code == "tag-without-value" {
			list = append(list, d)
		}
	}
	return list
}

// sheetOf reads what an installed version wanted from its own bytes. Bytes that
// cannot be read wanted nothing, so that everything is asked again.
func (r *Repository) sheetOf(record *store.Record) permission.Sheet {
	l, err := r.installed(record.Name)
	if err != nil || l.record.SHA256 != record.SHA256 {
		return permission.Sheet{}
	}
	p, err := r.read(context.Background(), l)
	if err != nil {
		return permission.Sheet{}
	}
	if plan, _ := tags.Resolve(p.Document, record.Tag); plan != nil {
		return plan.Sheet
	}
	return permission.Sheet{}
}

// keep writes closures into the store: dependencies first, each with its record. When
// one cannot be written, the records that were are put back.
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
	var done []Change
	defer func() {
		if err != nil {
			err = errors.Join(err, r.undo(change, done))
		}
	}()
	for _, one := range prepared {
		// Others may have been at work while a person was thinking.
		result, err := r.compare(one.Closure, o)
		if err != nil {
			return nil, err
		}
		for _, each := range result.Changes {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			done = append(done, each)
			if err := r.keepOne(change, one.Closure, each, o); err != nil {
				return nil, fmt.Errorf("install %s: %w", each.Plugin.Name, err)
			}
		}
		results = append(results, result)
	}
	return results, nil
}

// undo puts back the records of before, the last first.
func (r *Repository) undo(change *store.Change, done []Change) error {
	var failed []error
	for _, each := range slices.Backward(done) {
		switch now, err := r.c.Store.Record(each.Plugin.Name); {
		case each.Plugin.Record != nil, err == nil && each.Before != nil && reflect.DeepEqual(now, each.Before):
		case each.Before != nil:
			failed = append(failed, change.Save(each.Before))
		case err == nil:
			failed = append(failed, change.Delete(each.Plugin.Name))
		}
	}
	return errors.Join(failed...)
}

func (r *Repository) keepOne(change *store.Change, c *Closure, each Change, o Options) error {
	p := each.Plugin
	if p.Record != nil { // it is in the store; only its bytes must stay for our pins
		_, err := change.Put(p.Text)
		return err
	}
	record := r.record(c, each)
	if o.upgrade && each.Before != nil {
		record.Requested = each.Before.Requested
	}
	if each.Before != nil && reflect.DeepEqual(each.Before, record) {
		_, err := r.c.Store.Blob(record.SHA256)
		if err == nil {
			return nil
		}
	}
	if _, err := change.Put(p.Text); err != nil {
		return err
	}
	for _, asset := range p.Assets {
		if _, err := change.Put(asset.Text); err != nil {
			return err
		}
	}
	return change.Save(record)
}

// record describes a plugin as it is about to be installed.
func (r *Repository) record(c *Closure, each Change) *store.Record {
	p, before := each.Plugin, each.Before
	record := &store.Record{Name: p.Name, Origin: p.Origin, Requested: p == c.Root, Version: store.Version{
		Address: p.Address.String(), Commit: p.Commit, URL: p.URL, Size: int64(len(p.Text)), SHA256: p.SHA256, Tag: p.Tag(),
		Type: p.Plan.Type, Number: p.Plan.Version, Description: brief(p.Plan.Description),
		Dependencies: c.pins(p), Permissions: words(p), Assets: assetsOf(p), Environment: p.Environment, Installed: r.c.Now().UTC(),
	}}
	if before == nil || !r.sameOrigin(before.Origin, p.Origin) {
		return record
	}
	record.Requested = record.Requested || before.Requested
	record.Previous, record.Older = before.Previous, before.Older
	switch {
	case before.SHA256 != record.SHA256 || before.Tag != record.Tag:
		record.KeepBefore(append([]store.Version{before.Version}, before.Before()...))
	default:
		record.Installed = before.Installed
	}
	return record
}

// pins returns everything below a plugin, each before what needs it.
func (c *Closure) pins(p *Plugin) (list []store.Pin) {
	below := map[string]bool{}
	var mark func(*Plugin)
	mark = func(p *Plugin) {
		for _, name := range p.Needs {
			if !below[name] {
				below[name] = true
				mark(c.Find(name))
			}
		}
	}
	mark(p)
	for _, q := range c.Plugins {
		if below[q.Name] {
			list = append(list, store.Pin{
				Name: q.Name, Origin: q.Origin, SHA256: q.SHA256, Tag: q.Tag(), Wanted: q.wanted,
				Address: q.Address.String(), Commit: q.Commit, URL: q.URL, Permissions: words(q),
				Assets: assetsOf(q), Environment: q.Environment,
			})
		}
	}
	return list
}

// brief keeps the first part of a description for lists.
func brief(text string) string {
	const most = 300
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
