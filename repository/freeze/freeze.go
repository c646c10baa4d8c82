package freeze

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/tags"
)

// Options say where parts come from.
type Options struct {
	// Load gets a script, style sheet, module or picture.
	Load func(ctx context.Context, r asset.Request) (*asset.Asset, error)
	// Plugins gets what the plugin depends on, all of it, frozen; nil leaves it out.
	Plugins func(ctx context.Context) ([]Plugin, error)
	// Wheels gets the Python packages of the first tag as files beside the plugin; nil
	// leaves them out.
	Wheels func(ctx context.Context, plan *tags.Plan) (*Wheels, []Left, error)
}

// Plugin is a plugin that another depends on.
type Plugin struct {
	Name   string
	Origin string // where it comes from
	Text   []byte // its document, frozen
}

// Part is something that was put into the file.
type Part struct {
	Kind   string `json:"kind"` // "script", "style", "module", "picture", "plugin"
	URL    string `json:"url"`  // as the plugin names it
	From   string `json:"from,omitempty"`
	SHA256 string `json:"sha256"` // of its bytes as they came
	Size   int    `json:"size"`

	Text []byte `json:"-"`
}

// Left is something that is not in the file.
type Left struct {
	URL   string       `json:"url"`
	Why   string       `json:"why"`
	Place source.Place `json:"-"`
	Err   error        `json:"-"` // of getting it; nil where it was not tried
	// Later is true for what the plugin starts without: what a script only names and may
	// load when it runs, cover and icon.
	Later bool `json:"later,omitempty"`
}

// Result is a frozen plugin.
type Result struct {
	Text   []byte
	Parts  []Part  // what this freezing put in, in a fixed order
	Wheels *Wheels // what it kept beside the file, nil for nothing
	Left   []Left  // what is not in it, in the order of the file
}

// Complete reports whether the file has all that it is known to need.
func (r *Result) Complete() bool {
	return !slices.ContainsFunc(r.Left, func(l Left) bool { return !l.Later })
}

// Freeze makes the file. What cannot be had is left and told; errors are those of ctx,
// of too much, and of documents that cannot run at all.
func Freeze(ctx context.Context, doc *pluginfile.Document, o Options) (*Result, error) {
	f := &freezer{ctx: ctx, doc: doc, o: o}
	if err := f.run(); err != nil {
		return nil, err
	}
	if len(f.edits) == 0 && f.wheels == nil {
		return &Result{Text: doc.Source.Text, Left: f.left}, nil
	}
	f.record()
	text, err := source.Apply(doc.Source.Text, f.edits)
	if err != nil {
		return nil, fmt.Errorf("freeze %q: %w", doc.Config.Name, err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("freeze %q: the file would have %d MiB, more than %d", doc.Config.Name, len(text)>>20, maxText>>20)
	}
	return &Result{Text: text, Parts: f.parts, Wheels: f.wheels, Left: f.left}, nil
}

// freezer collects the edits of one document.
type freezer struct {
	ctx   context.Context
	doc   *pluginfile.Document
	o     Options
	plans []*tags.Plan

	edits  []source.Edit
	parts  []Part
	wheels *Wheels
	left   []Left
	err    error // the end of everything
}

// eol is the line end of the document.
func (f *freezer) eol() string {
	if strings.Contains(string(f.doc.Source.Text[:min(len(f.doc.Source.Text), 4096)]), "\r\n") {
		return "\r\n"
	}
	return "\n"
}

func (f *freezer) run() error {
	names := f.doc.Config.Tags
	if len(names) == 0 {
		names = []string{""}
	}
	for _, tag := range names {
		plan, _ := tags.Resolve(f.doc, tag)
		if plan == nil {
			return fmt.Errorf("freeze %q: its config cannot be read", f.doc.Config.Name)
		}
		f.plans = append(f.plans, plan)
	}
	for _, step := range []func(){f.requirements, f.scripts, f.styles, f.windows, f.pictures, f.pages, f.packages, f.plugins} {
		if step(); f.err != nil {
			return f.err
		}
		if f.ctx.Err() != nil { // nothing that was left since counts
			return context.Cause(f.ctx)
		}
	}
	slices.SortStableFunc(f.left, func(a, b Left) int { return a.Place.Start - b.Place.Start })
	return nil
}

// get gets a part, or tells that it is left.
func (f *freezer) get(r asset.Request, place source.Place) *asset.Asset {
	a, err := f.load(r)
	if err != nil {
		f.failed(r.Specifier, err, place)
		return nil
	}
	return a
}

func (f *freezer) load(r asset.Request) (*asset.Asset, error) {
	switch {
	case f.ctx.Err() != nil:
		f.err = context.Cause(f.ctx)
		return nil, f.err
	case len(f.parts) >= maxParts:
		f.err = fmt.Errorf("freeze %q: it loads more than %d things", f.doc.Config.Name, maxParts)
		return nil, f.err
	case f.o.Load == nil:
		return nil, errors.New("there is no way to get it")
	}
	return f.o.Load(f.ctx, r)
}

func (f *freezer) leave(url, why string, place source.Place) {
	f.left = append(f.left, Left{URL: url, Why: why, Place: place})
}

// failed is leave for what was tried in vain.
func (f *freezer) failed(url string, err error, place source.Place) {
	f.left = append(f.left, Left{URL: url, Why: err.Error(), Err: err, Place: place})
}

// put tells of a part that is in the file now.
func (f *freezer) put(kind string, a *asset.Asset) {
	p := Part{Kind: kind, URL: a.Request, SHA256: a.SHA256, Size: len(a.Text), Text: a.Text}
	if a.Address != a.Request {
		p.From = a.Address
	}
	if !slices.ContainsFunc(f.parts, func(q Part) bool { return q.Kind == p.Kind && q.URL == p.URL && q.SHA256 == p.SHA256 }) {
		f.parts = append(f.parts, p)
	}
}

func (f *freezer) edit(span source.Span, text string) {
	f.edits = append(f.edits, source.Edit{Span: span, New: text})
}

// insert puts blocks before the first block of a kind, else at the end of the file.
func (f *freezer) insert(before pluginfile.Kind, blocks string) {
	for _, b := range f.doc.Blocks {
		if b.Kind == before {
			f.edit(source.Span{Start: b.Span.Start, End: b.Span.Start}, blocks+f.eol())
			return
		}
	}
	end := len(f.doc.Source.Text)
	if end > 0 && f.doc.Source.Text[end-1] != '\n' {
		blocks = f.eol() + blocks
	}
	f.edit(source.Span{Start: end, End: end}, blocks)
}

// bundleOf joins a module with what it imports, for browsers and this program alike.
func (f *freezer) bundleOf(entry bundle.Entry, exports bool) (*bundle.Result, error) {
	loaded := map[string]*asset.Asset{}
	result, err := bundle.Build(f.ctx, entry, bundle.Options{Target: bundle.Browser, Exports: exports, Load: f.recorder(loaded)})
	if err != nil {
		return nil, err
	}
	for _, m := range result.Loaded {
		if a := loaded[m.Address]; a != nil && !m.Empty {
			f.put("module", a)
		}
	}
	return result, nil
}
