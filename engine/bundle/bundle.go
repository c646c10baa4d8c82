package bundle

import (
	"context"
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Kind says how a module is asked for; packages answer differently.
type Kind string

// The kinds: an import statement or a dynamic import; a call of require.
const (
	Import  Kind = "import"
	Require Kind = "require"
)

// Request is one module that another one asks for.
type Request struct {
	Specifier string // as written: "./a.js", "https://...", "npm:name@1", "name"
	Importer  string // the Address of the module that asks, "" for the entry
	Kind      Kind
}

// Module is what a request led to.
type Module struct {
	Address     string // names it; modules of one address are one module
	ContentType string // as a server said, "" when nobody did
	Text        []byte
	// Pure says that nothing happens when the module runs, so that it may be left out
	// where nothing of it is used (sideEffects of package.json).
	Pure bool
	// Empty says that the package wants nothing in its place (browser: false).
	Empty bool
}

// Load gets a module. It is called from several goroutines.
type Load func(ctx context.Context, r Request) (*Module, error)

// Entry is the module to start with.
type Entry struct {
	Name       string // for messages and the source map: "script-0.js"
	Text       string
	TypeScript bool
	// Address, instead of Text, is a module to get like any other.
	Address string
}

// Target says who runs the bundle.
type Target int

// The targets: the engine of this program, which knows no modules and little newer
// than ES2017, and browsers of the last years.
const (
	Goja Target = iota
	Browser
)

// Options say how to bundle.
type Options struct {
	Load   Load
	Target Target
	// Exports makes the code an expression that gives what the entry exports, where it
	// otherwise is a promise of the end of the module. Such a module cannot await at
	// its top level.
	Exports bool
	// Link, for Browser, gives the address at which the page finds a module that another
	// one imports: such imports stay imports, and what the entry exports stays exported.
	// What is required is bundled.
	Link func(ctx context.Context, r Request) (string, error)
	// Minify leaves spaces and comments away.
	Minify bool
}

// Result is a finished bundle.
type Result struct {
	// Code is one expression that, for Goja, calls $import for what is only known when it
	// runs. For Browser it is the text of a module without imports, or with Exports such
	// an expression.
	Code string
	// Map is the source map of Code; sources are the entry's name and addresses.
	Map []byte
	// Styles are the style sheets that modules import, in the order of the imports.
	Styles []Module
	// Loaded are all modules of the bundle but the entry, sorted by address.
	Loaded []Module
}

// The wrapping of a module for Goja. require is what esbuild calls where the name of a
// module is only known at run time.
const (
	openModule, closeModule   = "(async (require) => {\"use strict\";\n", "\n})($import)"
	openPage, closePage       = "((module, exports) => {\n", "\nreturn module.exports})({exports: {}}, {})"
	openExports, closeExports = "((module, exports, require) => {\n", "\nreturn module.exports})({exports: {}}, {}, $import)"
)

// Build bundles a module. Errors are [*Error] when they are about a module, of Load's
// making, or that of ctx.
func Build(ctx context.Context, entry Entry, o Options) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := newGraph(ctx, entry, o)
	build, contextErr := api.Context(g.options())
	if contextErr != nil {
		return nil, fmt.Errorf("bundle %s: %w", entry.Name, contextErr)
	}
	defer build.Dispose()
	stop := context.AfterFunc(ctx, build.Cancel)
	defer stop()
	result := build.Rebuild()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := g.failure(result.Errors); err != nil {
		return nil, err
	}
	out := &Result{}
	for _, f := range result.OutputFiles {
		switch {
		case strings.HasSuffix(f.Path, ".js.map"):
			out.Map = f.Contents
		case strings.HasSuffix(f.Path, ".js"):
			out.Code = string(f.Contents)
		}
	}
	out.Styles, out.Loaded = g.styles(result.Metafile), g.modules()
	return g.finish(out)
}

// options are those of esbuild.
func (g *graph) options() api.BuildOptions {
	o := api.BuildOptions{
		Bundle: true, Metafile: true, Outfile: "bundle.js", Format: api.FormatESModule, Platform: api.PlatformNeutral,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude, Charset: api.CharsetUTF8,
		LogLevel: api.LogLevelSilent, LegalComments: api.LegalCommentsInline, TreeShaking: api.TreeShakingTrue,
		Define: map[string]string{"process.env.NODE_ENV": `"production"`, "global": "globalThis"},
		Stdin:  &api.StdinOptions{Contents: `import "entry"`}, Plugins: []api.Plugin{{Name: "imjoy", Setup: g.setup}},
		TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
	}
	if g.o.Exports {
		o.Stdin, o.EntryPoints, o.Format = nil, []string{"entry"}, api.FormatCommonJS
	}
	if g.o.Link != nil {
		o.Stdin, o.EntryPoints, o.TreeShaking = nil, []string{"entry"}, api.TreeShakingFalse
	}
	if g.o.Minify {
		o.MinifySyntax, o.MinifyWhitespace = true, true
	}
	switch g.o.Target {
	case Goja:
		o.Target = api.ES2017
		// Awaits of the top level are inside a function in the end, and import() of what
		// is not known yet is a call of require there.
		o.Supported = map[string]bool{"top-level-await": !g.o.Exports, "dynamic-import": false, "import-meta": false}
	case Browser:
		o.Target = api.ES2022
	}
	return o
}

// finish wraps the code, with the map that belongs to it.
func (g *graph) finish(r *Result) (*Result, error) {
	open, close := openModule, closeModule
	switch {
	case g.o.Target == Browser && g.o.Exports:
		open, close = openPage, closePage
	case g.o.Target == Browser:
		return r, nil
	case g.o.Exports:
		open, close = openExports, closeExports
	}
	r.Code = open + r.Code + close
	mapped, err := shiftMap(r.Map)
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", g.entry.Name, err)
	}
	r.Map = mapped
	return r, nil
}
