package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/disk"
)

// RunOptions say how plugins run.
type RunOptions struct {
	RepositoryOptions
	BrowserOptions
	Frontend    workspace.Frontend
	Environment EnvironmentOptions
	Timeout     time.Duration
	Memory      int64
	Trace       io.Writer
	CDN         string // see [AssetOptions]
	Reload      bool
	Quiet       bool
	// Vendor is the folder with the wheels of a frozen plugin, "" for the one beside it.
	Vendor string
	// Permissions say what plugins may do beyond computing.
	Permissions PermissionOptions
	// Settings keep what plugins store; nil: the person's store does.
	Settings workspace.Settings
	// Data is where plugins have their own folders; "": in the person's store.
	Data string
	// Watch is told what happens to plugins.
	Watch func(workspace.Event)
}

// Session is a workspace with the plugins that can be found from it.
type Session struct {
	*workspace.Workspace

	app        *App
	options    RunOptions
	repository *repository.Repository
	pythons    *interpreters
	guard      *guard
	done       func()

	mu      sync.Mutex
	origins map[*pluginfile.Document]*origin
}

// origin is where a plugin of the session comes from, and what came with it.
type origin struct {
	plugin  *repository.Plugin
	closure *repository.Closure  // nil: not resolved yet
	inside  *pluginfile.Document // the frozen file that holds it, or nil
}

// Session opens a workspace. Call Close at the end.
func (a *App) Session(o RunOptions) (*Session, error) {
	r, done, err := a.Repository(o.RepositoryOptions)
	if err != nil {
		return nil, err
	}
	background, err := a.Background()
	if err != nil {
		done()
		return nil, err
	}
	network, closeNetwork, err := a.network(o.Offline)
	if err != nil {
		done()
		return nil, err
	}
	lib, err := a.library(o.assets())
	if err != nil {
		closeNetwork()
		done()
		return nil, err
	}
	o.Frontend.Network = network
	closeRepository := done
	done = func() { lib.done(); closeNetwork(); closeRepository() }
	s := &Session{app: a, options: o, repository: r, pythons: a.interpreters(o.Environment), done: done, origins: map[*pluginfile.Document]*origin{}}
	notes, err := a.notes()
	if err != nil {
		done()
		return nil, err
	}
	s.done = func() { notes.Close(); done() }
	background.Place = s.place
	s.guard = &guard{session: s, grants: grants{notes}}
	if o.Data == "" {
		o.Data = filepath.Join(notes.Dir(), "data")
	}
	if o.Settings == nil {
		o.Settings = settings{notes}
	}
	s.Workspace = workspace.Open(workspace.Options{
		Dir:      a.Dir,
		Runtimes: o.runtimes(engine.Worker(), engine.Lasting(s.interpreter, background)),
		Limits:   engine.Limits{Timeout: o.Timeout, Memory: o.Memory},
		Find:     s.find, Allow: s.allow, Assets: s.assets(lib), Frontend: o.Frontend, Trace: o.Trace,
		Settings: o.Settings, Permissions: s.guard, Watch: o.Watch,
		Disk: func(owner string) engine.Disk {
			return disk.New(filepath.Join(o.Data, address.Slug(owner)))
		},
	})
	return s, nil
}

func (o *RunOptions) assets() AssetOptions {
	return AssetOptions{AllowNet: o.AllowNet, Offline: o.Offline, CDN: o.CDN, Reload: o.Reload, Quiet: o.Quiet}
}

// assets gives each plugin what it loads by address.
func (s *Session) assets(l *library) func(*tags.Plan) engine.Assets {
	return func(plan *tags.Plan) engine.Assets {
		var record *store.Record
		if from := s.origin(plan); from != nil {
			record = from.plugin.Record
		}
		return newPluginAssets(plan, l.loader(plan, record))
	}
}

// interpreter finds the interpreter of a plugin, which starts faster the next time.
func (s *Session) interpreter(ctx context.Context, needs *requirement.Declaration) (engine.Command, error) {
	c, err := s.pythons.command(ctx, needs)
	if dir := s.app.CacheDir(); dir != "" {
		c.Cache = filepath.Join(dir, "python")
	}
	return c, err
}

// Close ends all plugins and frees what the session holds.
func (s *Session) Close(ctx context.Context) error {
	defer s.done()
	defer s.pythons.close()
	return s.Workspace.Close(ctx)
}

// Open finds a plugin by its address and makes the plan of a tag. Its document may
// have faults that forbid running it: they are among the diagnostics of
// *repository.DocumentError.
func (s *Session) Open(ctx context.Context, to address.Address, tag string) (*tags.Plan, error) {
	lock := s.options.Lock
	frozen := lock != nil && lock.Frozen
	if frozen || !to.Local() {
		c, err := s.repository.Resolve(ctx, to, repository.ResolveOptions{Tag: tag, PreferInstalled: true})
		if err == nil && frozen { // what its scripts load is as locked, too
			err = s.repository.Complete(ctx, c, lock)
		}
		if err != nil {
			return nil, err
		}
		s.remember(c.Root, c)
		return c.Root.Plan, nil
	}
	p, err := s.repository.Open(ctx, to)
	if err != nil {
		return nil, err
	}
	tag, err = s.repository.TagOf(p, to, tag)
	if err != nil {
		return nil, err
	}
	return s.plan(p, tag)
}

// plan makes the plan of a document that was only opened: what it depends on is
// found when it asks for it.
func (s *Session) plan(p *repository.Plugin, tag string) (*tags.Plan, error) {
	if blocking := pluginfile.Blocking(p.Diagnostics); len(blocking) > 0 {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: blocking}
	}
	plan, found := tags.Resolve(p.Document, tag)
	if plan == nil {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: found}
	}
	var faults []source.Diagnostic
	for _, d := range found {
		if d.Severity == source.Error {
			faults = append(faults, d)
		}
	}
	if len(faults) > 0 && len(plan.Scripts) == 0 {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: faults}
	}
	s.remember(p, nil)
	return plan, nil
}

func (s *Session) remember(p *repository.Plugin, c *repository.Closure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.origins[p.Document] = &origin{plugin: p, closure: c}
	if c == nil {
		return
	}
	for _, other := range c.Plugins {
		s.origins[other.Document] = &origin{plugin: other, closure: c}
	}
}

func (s *Session) origin(plan *tags.Plan) *origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.origins[plan.Document]
}

// place is where a plugin's document lies, whatever its version: the file with links
// followed, or the address; that of the frozen file for one inside; "" for one that
// another plugin made.
func (s *Session) place(plan *tags.Plan) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.origins[plan.Document]
	for from != nil && from.inside != nil {
		from = s.origins[from.inside]
	}
	switch {
	case from == nil:
		return ""
	case from.plugin.Local:
		if file, err := filepath.EvalSymlinks(from.plugin.URL); err == nil {
			return file
		}
		return from.plugin.URL
	}
	return from.plugin.Origin
}

// find looks for a plugin that another asks for: among what it depends on, in the
// files beside it, among what is installed.
func (s *Session) find(ctx context.Context, by *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	asker, name := by.Plan(), want.Name
	if want.Source != "" {
		return s.brought(by, want)
	}
	if plan, ok, err := s.embedded(by, want); ok {
		return plan, err
	}
	from := s.origin(asker)
	if plan, err := s.dependency(ctx, asker, from, want); plan != nil || err != nil {
		return plan, err
	}
	if from != nil && from.plugin.Local && from.plugin.Record == nil {
		if plan, err := s.neighbour(ctx, from.plugin.Document.Source.Name, want); plan != nil || err != nil {
			return plan, err
		}
	}
	if _, err := s.repository.Find(name); err == nil {
		return s.Open(ctx, address.Address{Kind: address.Name, Name: name}, want.Tag)
	}
	return nil, &workspace.NotFoundError{Name: name}
}

// brought makes the plan of a document that a plugin brings itself.
func (s *Session) brought(by *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	doc, found := pluginfile.Parse("brought by "+by.Name(), []byte(want.Source))
	p := &repository.Plugin{Name: doc.Config.Name, Document: doc, Text: doc.Source.Text, Diagnostics: found}
	return s.plan(p, tags.Choose(doc, want.Tag, "", ""))
}

// dependency answers nil without an error when the asker does not depend on it. The tag
// is that of the dependency unless the asker names another.
func (s *Session) dependency(ctx context.Context, asker *tags.Plan, from *origin, want engine.Wanted) (*tags.Plan, error) {
	if from == nil || len(asker.Dependencies) == 0 {
		return nil, nil
	}
	if from.closure == nil {
		c, err := s.repository.Resolve(ctx, from.plugin.Address, repository.ResolveOptions{Tag: asker.Tag, PreferInstalled: true})
		if err != nil {
			return nil, fmt.Errorf("find the dependencies of plugin %q: %w", asker.Name, err)
		}
		from.closure = c
		for _, p := range c.Plugins {
			if p != c.Root {
				s.remember(p, c)
			}
		}
	}
	p := from.closure.Find(want.Name)
	switch {
	case p == nil || p == from.closure.Root:
		return nil, nil
	case want.Tag == "" || want.Tag == p.Plan.Tag:
		return p.Plan, nil
	}
	plan, found := tags.Resolve(p.Document, want.Tag)
	if plan == nil {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: found}
	}
	return plan, nil
}

// neighbour looks into the plugin files of a folder for one of that name. Paths stay
// as the person typed the first.
func (s *Session) neighbour(ctx context.Context, beside string, want engine.Wanted) (*tags.Plan, error) {
	dir := filepath.Dir(beside)
	entries, err := os.ReadDir(s.app.path(dir))
	if err != nil {
		return nil, fmt.Errorf("look for plugin %q: %w", want.Name, err)
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), address.PluginSuffix) && !strings.HasSuffix(e.Name(), address.HyphaSuffix) {
			continue
		}
		p, err := s.repository.Open(ctx, address.Address{Kind: address.Path, Path: filepath.Join(dir, e.Name())})
		if err != nil || p.Document.Config.Name != want.Name {
			continue
		}
		return s.plan(p, tags.Choose(p.Document, want.Tag, "", ""))
	}
	return nil, nil
}

// allow says what a plugin may do, and whether it may start. JavaScript computes in a
// worker with limits and what is in a page stays there, so they always may.
func (s *Session) allow(ctx context.Context, plan *tags.Plan) (permission.Set, error) {
	s.pythons.know(plan, s.origin(plan), s.vendored(plan))
	granted, err := s.guard.granted(plan)
	if err == nil && plan.Language == tags.Python && !s.options.inPage(plan) {
		err = s.guard.python(ctx, plan, granted)
	}
	if err != nil {
		return granted, err
	}
	return s.guard.frame(ctx, plan, granted)
}
