package repository

import (
	"cmp"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/lock"
)

// verify compares a document with what the lock says of it, and takes from there what
// its Python packages were resolved to.
func (l *Lock) verify(p *Plugin) error {
	entry := p.locked
	if entry != nil && entry.SHA256 == p.SHA256 {
		p.Environment = entry.Python
	}
	if l == nil || entry == nil || entry.SHA256 == p.SHA256 || entry.Local && !l.Frozen {
		return nil
	}
	return &DriftError{p.Name, []lock.Drift{{Plugin: p.Name, What: "sha256", Old: entry.SHA256, New: p.SHA256}}}
}

// frozen refuses a plugin that the lock does not list as it is.
func (w *walk) frozen(p *Plugin) error {
	l := w.o.Lock
	if l == nil || !l.Frozen {
		return nil
	}
	if p.locked == nil {
		return &DriftError{p.Name, []lock.Drift{{Plugin: p.Name, What: "plugin", New: p.Origin}}}
	}
	now := *p.locked
	now.Tag, now.Permissions, now.Packages = p.Tag(), words(p), p.Plan.Sheet.Packages
	if len(now.Packages) == 0 {
		now.Packages = nil
	}
	if drifts := lock.Differ(p.locked, &now); len(drifts) > 0 {
		return &DriftError{p.Name, drifts}
	}
	return nil
}

// unchanged reports whether the lock has just this plugin.
func (p *Plugin) unchanged() bool {
	return p.locked != nil && p.locked.SHA256 == p.SHA256 && p.locked.Tag == p.Tag()
}

// stays is what the lock says that a plugin loads, and that cannot be had now to compare.
func (p *Plugin) stays() (list []lock.Requirement) {
	if !p.unchanged() || len(p.missing) == 0 {
		return nil
	}
	for _, was := range p.locked.Requirements {
		had := func(a Asset) bool { return a.URL == was.URL && a.Kind == was.Kind }
		if !slices.ContainsFunc(p.Assets, had) {
			list = append(list, was)
		}
	}
	return list
}

// requirements are what a new lock says that a plugin loads.
func (p *Plugin) requirements() []lock.Requirement {
	stays := p.stays()
	if len(stays) == 0 {
		return requirementsOf(p)
	}
	return slices.SortedStableFunc(slices.Values(append(stays, requirementsOf(p)...)), func(a, b lock.Requirement) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Kind, b.Kind))
	})
}

// complete compares what was fetched and resolved for a plugin with the lock.
func (l *Lock) complete(p *Plugin) error {
	if l == nil || !p.unchanged() {
		return nil
	}
	if left := p.stays(); len(left) > 0 && (l.Frozen || l.check) {
		// Which of them it is cannot always be told: a module names others.
		m := *p.missing[max(0, slices.IndexFunc(p.missing, func(m *MissingAsset) bool { return m.URL == left[0].URL }))]
		m.URL, m.Locked = left[0].URL, true
		return &m
	}
	now := *p.locked
	now.Requirements = requirementsOf(p)
	if p.Environment != nil || l.Frozen && p.locked.Python == nil {
		now.Python = p.Environment
	}
	if !l.Frozen { // a lock may know more, or less, than can be had now
		now.Requirements, now.Python = changed(p.locked.Requirements, now.Requirements), p.locked.Python
	}
	drifts := lock.Differ(p.locked, &now)
	if len(drifts) > 0 {
		return &DriftError{p.Name, drifts}
	}
	return nil
}

// changed is the locked list with what is now found at its places.
func changed(locked, now []lock.Requirement) []lock.Requirement {
	list := slices.Clone(locked)
	for i, was := range list {
		for _, is := range now {
			if was.URL == is.URL && was.Kind == is.Kind {
				list[i] = is
			}
		}
	}
	return list
}
