package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// The namespaces of esbuild's paths: the entry, modules by their address, and what
// throws because it could not be had.
const (
	entrySpace   = "entry"
	moduleSpace  = "module"
	missingSpace = "missing"
)

// graph is the growing set of modules of one bundle.
type graph struct {
	ctx   context.Context
	entry Entry
	o     Options
	turns chan struct{} // one for each request under way

	mu      sync.Mutex
	asked   map[Request]*answer
	found   map[string]*node // by address
	bytes   int
	failed  int    // static imports without a module
	tooMuch *Error // a limit that was hit: everything else follows from it
}

// node is a module with its place in the graph.
type node struct {
	*Module
	depth int
	style bool
}

// answer is a request that was made, or is under way.
type answer struct {
	done   chan struct{}
	module *Module
	err    error
}

func newGraph(ctx context.Context, entry Entry, o Options) *graph {
	if entry.Name == "" {
		entry.Name = entry.Address
	}
	return &graph{
		ctx: ctx, entry: entry, o: o, turns: make(chan struct{}, maxAtOnce),
		asked: map[Request]*answer{}, found: map[string]*node{},
	}
}

// setup tells esbuild where modules come from. Nothing is left to its own resolver,
// which would look at this machine's files.
func (g *graph) setup(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: ".*"}, g.resolve)
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: entrySpace}, g.loadEntry)
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: moduleSpace}, g.loadModule)
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: missingSpace}, loadMissing)
}

func (g *graph) resolve(a api.OnResolveArgs) (api.OnResolveResult, error) {
	if a.Namespace != entrySpace && a.Namespace != moduleSpace { // our own line, or an entry point
		if g.entry.Address == "" {
			return api.OnResolveResult{Path: g.entry.Name, Namespace: entrySpace}, nil
		}
		return g.module(a, Request{Specifier: g.entry.Address, Kind: Import}, 0)
	}
	r := Request{Specifier: a.Path, Kind: Import}
	depth := 1
	if a.Namespace == moduleSpace {
		r.Importer = a.Importer
		depth += g.depth(a.Importer)
	}
	switch a.Kind {
	case api.ResolveJSRequireCall, api.ResolveJSRequireResolve:
		r.Kind = Require
	}
	if g.o.Link != nil && r.Kind == Import {
		return g.link(a, r)
	}
	return g.module(a, r, depth)
}

// link leaves an import to the page, by the address that it has there. What is imported
// while the program runs may be missing.
func (g *graph) link(a api.OnResolveArgs, r Request) (api.OnResolveResult, error) {
	to, err := g.o.Link(g.ctx, r)
	switch {
	case err == nil:
		return api.OnResolveResult{Path: to, External: true}, nil
	case a.Kind == api.ResolveJSDynamicImport:
		return api.OnResolveResult{Path: r.Specifier, Namespace: missingSpace, PluginData: err}, nil
	}
	return api.OnResolveResult{Errors: []api.Message{{Text: fmt.Sprintf("import %q: %v", r.Specifier, err), Detail: err}}}, nil
}

// module answers a request with a path of ours. What is asked for while the program
// runs may be missing; what is imported may not.
func (g *graph) module(a api.OnResolveArgs, r Request, depth int) (api.OnResolveResult, error) {
	m, err := g.get(r, depth)
	switch {
	case g.over(): // the build has failed, and esbuild takes its time over each message
		return api.OnResolveResult{Path: a.Path, External: true}, nil
	case err == nil:
		result := api.OnResolveResult{Path: m.Address, Namespace: moduleSpace}
		if m.Pure {
			result.SideEffects = api.SideEffectsFalse
		}
		return result, nil
	case a.Kind == api.ResolveJSRequireCall || a.Kind == api.ResolveJSDynamicImport || a.Kind == api.ResolveJSRequireResolve:
		return api.OnResolveResult{Path: r.Specifier, Namespace: missingSpace, PluginData: err}, nil
	}
	g.mu.Lock()
	g.failed++
	g.mu.Unlock()
	return api.OnResolveResult{Errors: []api.Message{{Text: fmt.Sprintf("import %q: %v", r.Specifier, err), Detail: err}}}, nil
}

// over reports that the build has failed so thoroughly that nothing more is looked at.
func (g *graph) over() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ctx.Err() != nil || g.tooMuch != nil || g.failed > maxErrors
}

// get asks for a module once, however many ask for it.
func (g *graph) get(r Request, depth int) (*Module, error) {
	g.mu.Lock()
	a, known := g.asked[r]
	if !known {
		if err := g.room(depth); err != nil {
			g.mu.Unlock()
			return nil, err
		}
		a = &answer{done: make(chan struct{})}
		g.asked[r] = a
	}
	g.mu.Unlock()
	if !known {
		a.module, a.err = g.ask(r, depth)
		close(a.done)
	}
	select {
	case <-a.done:
		return a.module, a.err
	case <-g.ctx.Done():
		return nil, context.Cause(g.ctx)
	}
}

// room refuses what would be too much. Requests count, not modules: a thousand names
// for one module are work as well.
func (g *graph) room(depth int) error {
	switch {
	case g.tooMuch != nil:
		return g.tooMuch
	case len(g.asked) >= MaxModules:
		g.tooMuch = &Error{Message: fmt.Sprintf("more than %d modules are imported", MaxModules)}
	case depth > MaxDepth:
		g.tooMuch = &Error{Message: fmt.Sprintf("more than %d modules import each other in a row", MaxDepth)}
	default:
		return nil
	}
	return g.tooMuch
}

func (g *graph) ask(r Request, depth int) (*Module, error) {
	select {
	case g.turns <- struct{}{}:
		defer func() { <-g.turns }()
	case <-g.ctx.Done():
		return nil, context.Cause(g.ctx)
	}
	if g.o.Load == nil {
		return nil, errors.New("modules cannot load others here")
	}
	m, err := g.o.Load(g.ctx, r)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, ok := g.found[m.Address]; ok {
		n.depth = min(n.depth, depth)
		return n.Module, nil
	}
	g.found[m.Address] = &node{Module: m, depth: depth}
	g.bytes += len(m.Text)
	if g.bytes > MaxBytes && g.tooMuch == nil {
		g.tooMuch = &Error{Message: fmt.Sprintf("the modules have more than %d MiB together", MaxBytes>>20)}
	}
	return m, nil
}

func (g *graph) depth(address string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, ok := g.found[address]; ok {
		return n.depth
	}
	return 0
}

func (g *graph) fatal() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tooMuch != nil {
		return g.tooMuch
	}
	return nil
}

func (g *graph) loadEntry(api.OnLoadArgs) (api.OnLoadResult, error) {
	loader := api.LoaderJS
	if g.entry.TypeScript {
		loader = api.LoaderTS
	}
	return g.text("", g.entry.Text, loader), nil
}

func (g *graph) loadModule(a api.OnLoadArgs) (api.OnLoadResult, error) {
	g.mu.Lock()
	n := g.found[a.Path]
	g.mu.Unlock()
	if n == nil {
		return api.OnLoadResult{}, fmt.Errorf("nobody asked for %s", a.Path)
	}
	empty := ""
	if n.Empty || g.over() {
		return api.OnLoadResult{Contents: &empty, Loader: api.LoaderJS}, nil
	}
	loader, err := loaderOf(n.Module)
	if err != nil {
		return message(err), nil
	}
	if loader == api.LoaderCSS {
		g.mu.Lock()
		n.style = true
		g.mu.Unlock()
		return api.OnLoadResult{Contents: &empty, Loader: api.LoaderJS}, nil
	}
	return g.text(n.Address, string(n.Text), loader), nil
}

// text hands a text to esbuild, once it is known that its parser can bear it.
func (g *graph) text(address, text string, loader api.Loader) api.OnLoadResult {
	if err := bearable(text); err != nil {
		return message(err)
	}
	if loader == api.LoaderJS || loader == api.LoaderTS {
		text, loader = withAddress(text, address, loader)
	}
	return api.OnLoadResult{Contents: &text, Loader: loader}
}

func message(err error) api.OnLoadResult {
	return api.OnLoadResult{Errors: []api.Message{{Text: err.Error(), Detail: err}}}
}

// loadMissing is a module in the place of one that could not be had.
func loadMissing(a api.OnLoadArgs) (api.OnLoadResult, error) {
	why, _ := a.PluginData.(error)
	text := "throw new Error(" + strconv.QuoteToASCII(fmt.Sprintf("import %q: %v", a.Path, why)) + ")"
	return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
}

func (g *graph) modules() (list []Module) {
	for _, n := range g.found {
		list = append(list, *n.Module)
	}
	slices.SortFunc(list, func(a, b Module) int { return cmp.Compare(a.Address, b.Address) })
	return list
}
