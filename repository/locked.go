package repository

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
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

// MakeLock describes closures as a lock in a folder. They must be complete.
func MakeLock(dir string, closures []*Closure) *lock.File {
	l := &Lock{File: &lock.File{}, Dir: dir}
	for _, c := range closures {
		for _, p := range c.Plugins {
			entry := l.entry(p)
			entry.Requested = p == c.Root
			if known := l.Find(entry.Name, entry.Origin); known != nil {
				known.Requested = known.Requested || entry.Requested
				continue
			}
			l.Plugins = append(l.Plugins, entry)
		}
	}
	return l.File
}

// entry describes one plugin.
func (l *Lock) entry(p *Plugin) lock.Plugin {
	file := ""
	if p.Local {
		file = p.URL
	}
	entry := lock.Plugin{
		Name: p.Name, Origin: p.Origin, Address: l.addressOf(p.Address, file), Commit: p.Commit, URL: p.URL,
		Size: int64(len(p.Text)), SHA256: p.SHA256, Config: configSum(p.Document), Type: p.Plan.Type, Number: p.Plan.Version,
		Tag: p.Tag(), Local: p.Local, Attachments: attachmentsOf(p.Document), Requirements: p.requirements(),
		Permissions: words(p), Python: p.Environment,
	}
	if len(p.Plan.Sheet.Packages) > 0 {
		entry.Packages = p.Plan.Sheet.Packages
	}
	if p.Local {
		entry.URL, entry.Origin = entry.Address, l.originOf(p.Origin)
	}
	for _, edge := range p.edges {
		edge.Origin = l.originOf(edge.Origin)
		entry.Dependencies = append(entry.Dependencies, edge)
	}
	return entry
}

// addressOf is an address as the lock writes it: a file by its path from the lock.
func (l *Lock) addressOf(a address.Address, file string) string {
	if file == "" {
		return wanted(a)
	}
	return l.originOf(file)
}

// originOf makes the path of a file relative, so that a project can be moved; other
// origins stay.
func (l *Lock) originOf(origin string) string {
	if !filepath.IsAbs(origin) {
		return origin
	}
	if inside, err := filepath.Rel(l.Dir, origin); err == nil {
		inside = filepath.ToSlash(inside)
		if !strings.HasPrefix(inside, "../") {
			inside = "./" + inside
		}
		return inside
	}
	return filepath.ToSlash(origin)
}

func words(p *Plugin) []string {
	if list := p.Plan.Permissions.Words(); len(list) > 0 {
		return list
	}
	return nil
}

func configSum(doc *pluginfile.Document) string {
	if doc.Config.Block == nil {
		return ""
	}
	return sumOf(textOf(doc.Config.Block))
}

func attachmentsOf(doc *pluginfile.Document) (list []lock.Attachment) {
	for _, b := range doc.Blocks {
		if b.Kind != pluginfile.AttachmentBlock {
			continue
		}
		text := textOf(b)
		list = append(list, lock.Attachment{Name: b.Name(), Size: int64(len(text)), SHA256: sumOf(text)})
	}
	return list
}

func textOf(b *pluginfile.Block) string { return string(b.Source.Text[b.Inner.Start:b.Inner.End]) }

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func requirementsOf(p *Plugin) (list []lock.Requirement) {
	for _, a := range p.Assets {
		list = append(list, lock.Requirement{URL: a.URL, Resolved: a.Resolved, Kind: a.Kind, ContentType: a.ContentType, Size: a.Size, SHA256: a.SHA256})
	}
	return list
}
