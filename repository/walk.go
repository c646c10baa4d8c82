package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// walk goes through the dependencies depth first.
type walk struct {
	r     *Repository
	o     ResolveOptions
	done  map[string]*Plugin // by key of the location
	order []*Plugin
	size  int
	count int
	// choose is asked for a tag once, for the root.
	choose func(context.Context, *Plugin) (tag, why string, err error)
}

// visit reads one plugin, then its dependencies, then puts it in order. path holds
// the plugins that led here.
func (w *walk) visit(ctx context.Context, l *location, tag string, path []*visited) (*Plugin, error) {
	if err := circle(l, path); err != nil {
		return nil, err
	}
	if p := w.done[l.key()]; p != nil {
		return p, sameTag(p, tag)
	}
	p, err := w.read(ctx, l, len(path))
	if err != nil {
		return nil, err
	}
	if err := w.plan(ctx, p, tag, len(path) == 0); err != nil {
		return nil, err
	}
	if other := w.byName(p.Name, path); other != nil {
		return w.meet(p, other, path, tag)
	}
	p.pins = l.pins
	if err := w.frozen(p); err != nil {
		return nil, err
	}
	path = append(slices.Clone(path), &visited{l.key(), p})
	for _, d := range p.Plan.Dependencies {
		found, err := w.dependency(ctx, p, d, path)
		if err != nil {
			return nil, wrap(p, d, err)
		}
		if !slices.Contains(p.Needs, found.Name) {
			p.Needs = append(p.Needs, found.Name)
		}
		found.wanted = union(found.wanted, wanted(d.Address))
		p.edges = append(p.edges, lock.Dependency{Wanted: wanted(d.Address), Name: found.Name, Origin: found.Origin})
	}
	w.done[l.key()] = p
	w.order = append(w.order, p)
	return p, nil
}

// meet settles two plugins of one name: one that was reached by two addresses, one
// that depends on itself, or two different ones.
func (w *walk) meet(p, other *Plugin, path []*visited, tag string) (*Plugin, error) {
	onPath := slices.ContainsFunc(path, func(v *visited) bool { return v.plugin == other })
	switch {
	case other.Origin == p.Origin && onPath:
		return nil, cycleTo(other, path)
	case other.Origin == p.Origin && other.SHA256 == p.SHA256:
		return other, sameTag(other, tag)
	case other.Origin == p.Origin:
		return nil, &ConflictError{Name: p.Name, Installed: other.Address.String(), Wanted: p.Address.String()}
	}
	return nil, &ConflictError{Name: p.Name, Installed: other.Origin, Wanted: p.Origin}
}

// visited is a plugin whose dependencies are being read.
type visited struct {
	key    string
	plugin *Plugin
}

func circle(l *location, path []*visited) error {
	for i, v := range path {
		if v.key == l.key() {
			return cycleTo(v.plugin, path[i:])
		}
	}
	return nil
}

// cycleTo names the circle that begins and ends with a plugin.
func cycleTo(p *Plugin, path []*visited) error {
	at := max(0, slices.IndexFunc(path, func(v *visited) bool { return v.plugin == p }))
	var names []string
	for _, v := range path[at:] {
		names = append(names, v.plugin.Name)
	}
	return &CycleError{append(names, p.Name)}
}

func (w *walk) read(ctx context.Context, l *location, depth int) (*Plugin, error) {
	if w.count++; w.count > maxDependencies+1 {
		return nil, &TooManyError{fmt.Sprintf("more than %d plugins", maxDependencies)}
	}
	if depth > maxDepth {
		return nil, &TooManyError{fmt.Sprintf("more than %d levels", maxDepth)}
	}
	p, err := w.r.read(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := w.o.Lock.verify(p); err != nil {
		return nil, err
	}
	if w.size += len(p.Text); w.size > maxClosure {
		return nil, &TooManyError{fmt.Sprintf("more than %d MiB in all", maxClosure>>20)}
	}
	return p, p.accept()
}

// refusing are the codes of resolving a tag that leave no plugin to install.
var refusing = map[string]bool{"tag-unknown": true, "tags-missing": true, "type-missing": true, "dependency-address": true}

// plan chooses the tag: the one asked for, else the one it is installed with, else
// the first.
func (w *walk) plan(ctx context.Context, p *Plugin, tag string, root bool) error {
	before := ""
	if record, err := w.r.c.Store.Record(p.Name); err == nil && w.r.sameOrigin(record.Origin, p.Origin) {
		before = record.Tag
	}
	if p.Record != nil {
		before = p.Record.Tag
	}
	if p.locked != nil {
		before = p.locked.Tag
	}
	open := before == "" || w.o.ChooseAgain && p.locked == nil
	if root && tag == "" && open && w.choose != nil && len(tags.Of(p.Document)) > 1 {
		chosen, why, err := w.choose(ctx, p)
		if err != nil {
			return err
		}
		if tag = chosen; why != "" {
			p.Notes = append(p.Notes, why)
		}
	}
	plan, found := tags.Resolve(p.Document, tags.Choose(p.Document, tag, before, ""))
	p.Plan = plan
	p.Diagnostics = append(p.Diagnostics, found...)
	var fatal []source.Diagnostic
	for _, d := range found {
		if d.Severity == source.Error && refusing[d.Code] {
			fatal = append(fatal, d)
		}
	}
	if len(fatal) > 0 {
		return &DocumentError{p.label(), fatal}
	}
	return nil
}

// sameTag refuses one plugin with two tags in one closure.
func sameTag(p *Plugin, tag string) error {
	if tag == "" || tag == p.Tag() {
		return nil
	}
	return &TagError{Name: p.Name, Flag: tag, Other: p.Tag(), Where: "is wanted by another dependency"}
}

// byName returns a plugin of this closure with the same name.
func (w *walk) byName(name string, path []*visited) *Plugin {
	for _, v := range path {
		if v.plugin.Name == name {
			return v.plugin
		}
	}
	for _, p := range w.order {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// dependency finds and visits one dependency.
func (w *walk) dependency(ctx context.Context, parent *Plugin, d tags.Dependency, path []*visited) (*Plugin, error) {
	l, err := w.find(ctx, parent, d.Address)
	if err != nil {
		return nil, err
	}
	// The same plugin may be reached by two addresses: by its name in a manifest and
	// by the link of its file.
	if l.name != "" {
		if p := w.twin(l); p != nil {
			return p, sameTag(p, d.Address.Tag)
		}
	}
	return w.visit(ctx, l, d.Address.Tag, path)
}

// twin returns the finished plugin that a location leads to again.
func (w *walk) twin(l *location) *Plugin {
	for _, p := range w.order {
		if p.Name == l.name && p.Origin == l.originOf(p.Name) {
			return p
		}
	}
	return nil
}

// find looks a dependency up: what an installed plugin was installed with; else, a
// bare name where the parent comes from and then among the installed; else the
// place its address names.
func (w *walk) find(ctx context.Context, parent *Plugin, a address.Address) (*location, error) {
	if pin := pinOf(parent.pins, a); pin != nil {
		return w.r.pinned(*pin, parent.pins)
	}
	if l, err := w.fromLock(ctx, parent, a); l != nil || err != nil {
		return l, err
	}
	if w.o.PreferInstalled && a.Kind != address.Path {
		if l := w.r.installedFrom(a); l != nil {
			return l, nil
		}
	}
	var in []scope
	if parent.scope != nil {
		in = append(in, parent.scope)
	}
	if a.Kind == address.Path && !parent.Local {
		return nil, &RefusedError{a.String(), "a plugin from elsewhere cannot name files of this machine"}
	}
	if a.Alias != "" && !parent.Local {
		return nil, &RefusedError{a.String(), "a plugin from elsewhere cannot know your short names of repositories"}
	}
	if a.Kind == address.Path {
		return w.r.nextTo(ctx, parent, a)
	}
	return w.r.locate(ctx, a, in)
}

// pinOf returns what was installed for an address in the dependencies.
func pinOf(pins []store.Pin, a address.Address) *store.Pin {
	for i, pin := range pins {
		if slices.Contains(pin.Wanted, wanted(a)) {
			return &pins[i]
		}
	}
	return nil
}

// wanted is an address as pins remember it: it is the parent that says the tag.
func wanted(a address.Address) string { return a.WithTag("").String() }

// installedFrom returns the installed plugin that an address without a ref leads to.
func (r *Repository) installedFrom(a address.Address) *location {
	if a.Kind == address.Name || a.Ref != "" {
		return nil
	}
	records, _, _ := r.c.Store.Records()
	for _, record := range records {
		if record.Origin == r.moved(a).Origin() || record.Address == wanted(a) {
			if l, err := r.installed(record.Name); err == nil {
				return l
			}
		}
	}
	return nil
}

func wrap(parent *Plugin, d tags.Dependency, err error) error {
	var deeper *DependencyError
	var cycle *CycleError
	if errors.As(err, &deeper) || errors.As(err, &cycle) {
		return err
	}
	return &DependencyError{Parent: parent.Name, Dependency: d.Address.String(), Place: d.Place, Err: err}
}

func union(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}
