package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// ServeOptions say what the page shows.
type ServeOptions struct {
	Run RunOptions
	// Paths are folders and plugin files; none means this folder.
	Paths []string
	// Installed adds the plugins that are installed.
	Installed bool
	// Window makes the page show windows and nothing else.
	Window bool
	// Unseen says that no person looks at the page: questions go where Run.Frontend says.
	Unseen bool
	Title  string
	// InPage says which plugins run in the page though they need none; see [PageTypes].
	InPage func(*tags.Plan) bool
	// InFrame has web-worker plugins of InPage run as the type iframe would.
	InFrame bool
	// Fetch asks whether Pyodide, so many bytes of npm, may be fetched; nil: nobody can be
	// asked.
	Fetch func(ctx context.Context, what string, bytes int) (bool, error)
	Docs  http.Handler
	// DocsPage is the path of a plugin's page below Docs, "" when it has none; nil: none has.
	DocsPage func(ctx context.Context, name string) string
	Note     func(text string)
}

// Page is a workspace in the browser.
type Page struct {
	*Session
	options ServeOptions
	server  *server.Server

	chosen   *chosenFiles // nil where nobody looks at the page
	fetching sync.Mutex   // Pyodide, which is asked about once

	mu      sync.Mutex
	entries map[string]*entry // by id
	order   []string
	brought map[string]*entry // workflows that are no files here
	stamp   string
	history *history
	library *library
	loaders map[*tags.Plan]*asset.Loader

	resumables resumables
}

// entry is one plugin of the list.
type entry struct {
	server.Plugin
	to       address.Address
	workflow *workflow.Workflow // nil for a plugin
	dir      string             // what the paths of the workflow are relative to
	text     bool               // the workflow is no file here
}

// Page opens a workspace whose people sit at a page. Call Serve, and Close at the end.
func (a *App) Page(o ServeOptions) (*Page, error) {
	p := &Page{options: o, entries: map[string]*entry{}, loaders: map[*tags.Plan]*asset.Loader{}}
	p.server = server.New(server.Options{App: pageApp{p}, Docs: o.Docs, Asset: p.load, Module: p.module, Link: p.link, Python: p.python, Note: o.Note})
	if !o.Unseen {
		front := p.server.Frontend()
		o.Run.Frontend.Dialogs, o.Run.Frontend.Windows = front.Dialogs, front.Windows
		p.chosen = &chosenFiles{Files: front.Files}
		o.Run.Frontend.Files, o.Run.Frontend.Log = p.chosen, both(front.Log, o.Run.Frontend.Log)
		o.Run.Permissions.Ask, p.options.Fetch = p.ask, p.mayFetch
	}
	o.Run.Browser, o.Run.InPage, o.Run.InFrame = p.server.Runtime(), o.InPage, o.InFrame
	session, err := a.Session(o.Run)
	if err != nil {
		return nil, err
	}
	p.Session = session
	if p.library, err = a.library(o.Run.assets()); err != nil {
		_ = session.Close(context.Background())
		return nil, err
	}
	p.history = openHistory(a.workspaceFile(o.Title), a.Now)
	return p, nil
}

// both gives each record to two logs.
func both(first, second engine.Log) engine.Log {
	if second == nil {
		return first
	}
	return logs{first, second}
}

type logs [2]engine.Log

func (l logs) Write(r engine.Record) {
	l[0].Write(r)
	l[1].Write(r)
}

// Serve answers the browser until ctx ends, and looks for changes of plugin files.
func (p *Page) Serve(ctx context.Context, listeners ...net.Listener) error {
	if !p.options.Window {
		go p.watch(ctx)
	}
	return p.server.Serve(ctx, listeners...)
}

// Close ends all plugins.
func (p *Page) Close(ctx context.Context) error {
	defer p.library.done()
	if p.chosen != nil {
		defer p.chosen.forget()
	}
	return p.Session.Close(ctx)
}

// Address is what the browser opens; it has the token.
func (p *Page) Address(l net.Listener) string { return p.server.Address(l) }

// lookEvery is how often plugin files are looked at.
const lookEvery = 700 * time.Millisecond

func (p *Page) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.mu.Lock()
		known := p.stamp
		p.mu.Unlock()
		if now := p.look(); known != "" && now != known {
			p.server.Changed()
		}
	}
}

// open makes the plan of a listed plugin. The document that runs is kept while the file
// is the same, so that its plugin goes on; another takes its place.
func (p *Page) open(ctx context.Context, id, tag string) (*tags.Plan, error) {
	p.mu.Lock()
	e := p.entries[id]
	p.mu.Unlock()
	if e == nil {
		return nil, fmt.Errorf("there is no plugin %q any more", id)
	}
	plan, err := p.Session.Open(ctx, e.to, tag)
	if err != nil {
		return nil, err
	}
	if running := p.Session.Find(plan.Name); running != nil {
		old := running.Plan()
		if string(old.Document.Source.Text) == string(plan.Document.Source.Text) && old.Tag == plan.Tag {
			return old, nil
		}
		_ = p.Session.Unload(ctx, plan.Name) // what its exit says is in the log
	}
	return plan, nil
}

// pageApp is what the page can ask for.
type pageApp struct{ *Page }

var _ server.App = pageApp{}

func (p pageApp) Plugins(ctx context.Context) ([]server.Plugin, error) {
	if err := p.refresh(ctx); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []server.Plugin{}
	for _, id := range p.order {
		list = append(list, p.entries[id].Plugin)
	}
	return list, nil
}

func (p pageApp) Run(ctx context.Context, job server.Job, tell func(server.Event)) (server.Result, error) {
	p.mu.Lock()
	e := p.entries[job.Plugin]
	p.mu.Unlock()
	if e != nil && e.workflow != nil {
		return p.runWorkflow(ctx, e, job, tell)
	}
	plan, err := p.open(ctx, job.Plugin, job.Tag)
	if err != nil {
		return server.Result{}, err
	}
	began := p.Session.app.Now()
	result, ui, err := p.perform(ctx, plan, job)
	kept, command := p.history.add(historyEntry{
		At: began, Plugin: job.Plugin, Name: plan.Name, Tag: plan.Tag, Op: job.Op, Hash: hashOf(plan),
		Milliseconds: p.Session.app.Now().Sub(began).Milliseconds(), Failed: err != nil,
	}, runObject(job, result.Value, err), repeatRun(job, plan, ui))
	if err != nil {
		return server.Result{}, err
	}
	out := server.Result{Value: result.Value, Command: command, Kept: kept}
	for _, v := range result.Outputs {
		out.Notes = append(out.Notes, fmt.Sprintf("the result is not what `outputs` says: %s %s", v.Pointer, v.Message))
	}
	return out, nil
}

// run runs a job; a window plugin opens a new window each time.
func (p *Page) run(ctx context.Context, job workspace.Job) (workspace.Result, error) {
	if job.Plan.Type == "window" {
		return p.Session.RunWindow(ctx, job, value.NewObject("name", job.Plan.Name))
	}
	return p.Session.Run(ctx, job)
}

// Ask answers the small questions of the page.
func (p pageApp) Ask(ctx context.Context, what string, about json.RawMessage) (any, error) {
	switch what {
	case "hello":
		mode := "workspace"
		if p.options.Window {
			mode = "window"
		}
		return map[string]any{"version": 1, "mode": mode, "title": p.options.Title, "bare": p.options.Unseen, "docs": p.options.Docs != nil}, nil
	case "docs":
		return p.docsPage(ctx, about)
	case "history":
		return p.history.list(), nil
	case "history.clear":
		var id string
		if err := json.Unmarshal(about, &id); err != nil {
			return nil, fmt.Errorf("read whose runs are to be forgotten: %w", err)
		}
		return p.history.clear(id), nil
	case "workspace":
		return p.keptLook(), nil
	case "workspace.keep":
		return nil, p.keepLook(about)
	case "workflow.keep":
		return p.keepWorkflow(about)
	case "workflow.bring":
		var w struct{ Name, Text string }
		if err := json.Unmarshal(about, &w); err != nil {
			return nil, fmt.Errorf("read the workflow: %w", err)
		}
		return p.bring(ctx, w.Name, w.Text)
	case "operators":
		return p.operators(ctx, about)
	case "run":
		var id int64
		if err := json.Unmarshal(about, &id); err != nil {
			return nil, fmt.Errorf("read which run the page wants: %w", err)
		}
		return p.history.kept(id)
	}
	return nil, fmt.Errorf("the host does not know %q", what)
}

// docsPage is the address of a plugin's page, "" when it has none.
func (p *Page) docsPage(ctx context.Context, about json.RawMessage) (string, error) {
	var id string
	if err := json.Unmarshal(about, &id); err != nil {
		return "", fmt.Errorf("read whose docs the page wants: %w", err)
	}
	p.mu.Lock()
	e := p.entries[id]
	p.mu.Unlock()
	if e == nil || p.options.DocsPage == nil || e.to.Kind != address.Path && e.to.Kind != address.Name {
		return "", nil
	}
	if path := p.options.DocsPage(ctx, e.Name); path != "" {
		return "/docs/" + path, nil
	}
	return "", nil
}

// runObject is what is kept of a run.
func runObject(job server.Job, result value.Value, err error) *value.Object {
	run := value.NewObject("config", job.Config, "data", job.Data)
	if err != nil {
		run.Set("error", err.Error())
		run.Set("code", server.CodeOf(err))
		return run
	}
	run.Set("value", result)
	return run
}

// DocumentHash is the SHA-256 of a plugin's text.
func DocumentHash(plan *tags.Plan) string { return hashOf(plan) }

func hashOf(plan *tags.Plan) string {
	sum := sha256.Sum256(plan.Document.Source.Text)
	return hex.EncodeToString(sum[:])
}

// describePlugin is a line of the list.
func describePlugin(id, from string, plan *tags.Plan) server.Plugin {
	line := server.Plugin{
		ID: id, Name: cmp.Or(plan.Name, filepath.Base(id)), Type: plan.Type, Version: plan.Version, Description: plan.Description, Icon: plan.Icon,
		Tags: plan.Tags, Labels: plan.Labels, Flags: plan.Flags, From: from, Hash: hashOf(plan), Runnable: plan.Runnable,
		Form: server.FormJSON(plan.UI),
	}
	line.Inputs, line.Data = describeInputs(plan.Inputs, false)
	return line
}

// WaitForPage returns when a page is connected and shows what it should, or ctx ends.
func (p *Page) WaitForPage(ctx context.Context) error { return p.server.Ready(ctx) }

// RunWindow opens a plugin's window in the page that is connected.
func (p *Page) RunWindow(ctx context.Context, job workspace.Job) (workspace.Result, error) {
	return p.run(ctx, job)
}

// shown is a path as the person typed it.
func (p *Page) shown(path string) string {
	if rel, err := filepath.Rel(p.Session.app.Dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
