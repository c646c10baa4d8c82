package docsrender

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Options say how a site is made. The zero value is a site of local files.
type Options struct {
	// Title defaults to the name of the only manifest, then to the name of the only
	// plugin, then to "Plugins".
	Title string
	// Description defaults to that of the only manifest.
	Description string
	// Fetch answers the bytes of an image on the web, to be packed into the site.
	// nil: such images are links.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	// Rules are explained on a page of their own, which findings link to; nil: none.
	Rules []*source.Rule
	// AboutRule tells what a rule is about, and whether its findings may come with a fix;
	// nil: the page of rules says neither.
	AboutRule func(code string) (family string, fixable bool)
	// Render defaults to [Markdown].
	Render Renderer
	// Cache keeps rendered docs and highlighted sources between builds; nil: none.
	Cache *Cache
}

// builder holds what the pages of one site share.
type builder struct {
	options      Options
	site         siteView
	repositories []*Repository
	plugins      []*plugin
	byName       map[string][]*plugin
	byPath       map[string]*plugin // by the path they are shown with
	titles       map[*Repository]string

	mathOnce, mermaidOnce sync.Once

	mu     sync.Mutex
	files  map[string]File
	notes  []string
	images map[string]string // by URL or path: the file in the site, "" when it failed
}

// plugin is an input and what is made of it first.
type plugin struct {
	Input
	in     *Repository
	shown  string // its path with the folder of its repository
	slug   string
	name   string
	plans  []*tags.Plan
	found  []source.Diagnostic
	usedBy []*plugin
	hidden bool // disabled in the manifest

	before, after *plugin // on the front page
}

// Build makes the site of the plugins of one or several repositories.
func Build(ctx context.Context, repositories []Repository, o Options) (*Site, error) {
	n := 0
	for i := range repositories {
		n += len(repositories[i].Plugins)
	}
	if n > MaxPlugins {
		return nil, fmt.Errorf("build site: %d plugins are more than %d", n, MaxPlugins)
	}
	b := newBuilder(repositories, o)
	b.options.Cache.turn()
	pages := make([]pluginView, len(b.plugins))
	err := parallel(len(b.plugins), func(i int) error {
		page, err := b.pluginPage(ctx, b.plugins[i])
		pages[i] = page
		return err
	})
	if err == nil {
		err = b.index(pages)
	}
	if err == nil {
		err = b.rules(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	b.assets()
	slices.Sort(b.notes)
	addresses := map[string]string{}
	for name, list := range b.byName {
		addresses[name] = "plugins/" + list[0].slug + ".html"
	}
	return &Site{Title: b.site.Title, Files: b.files, Pages: addresses, Notes: slices.Compact(b.notes)}, nil
}

func newBuilder(repositories []Repository, o Options) *builder {
	if o.Render == nil {
		o.Render = Markdown
	}
	if o.Cache == nil {
		o.Cache = NewCache()
	}
	b := &builder{
		options: o, files: map[string]File{}, images: map[string]string{},
		byName: map[string][]*plugin{}, byPath: map[string]*plugin{},
		titles: map[*Repository]string{},
	}
	for i := range repositories {
		r := &repositories[i]
		b.repositories = append(b.repositories, r)
		b.nameRepository(r)
		b.plugins = append(b.plugins, r.read()...)
	}
	slugs := map[string]bool{}
	for _, p := range b.plugins {
		p.slug = freeSlug(p.name, slugs)
		b.byName[p.name] = append(b.byName[p.name], p)
		b.byPath[p.shown] = p
	}
	b.connect()
	b.order()
	b.nameSite()
	return b
}

// nameRepository gives a repository a title that no other one of the site has.
func (b *builder) nameRepository(r *Repository) {
	title := r.title()
	taken := func() bool {
		for other, t := range b.titles {
			if other != r && t == title {
				return true
			}
		}
		return false
	}
	if taken() && r.Address != "" {
		title += " (" + r.Address + ")"
	}
	for base, n := title, 2; taken(); n++ {
		title = base + " " + itoa(n)
	}
	b.titles[r] = title
}

// order tells each plugin of the front page its neighbours there.
func (b *builder) order() {
	var last *plugin
	for _, p := range b.plugins {
		if p.hidden {
			continue
		}
		if last != nil {
			last.after, p.before = p, last
		}
		last = p
	}
}

// nameSite gives the site the name of what it is made of.
func (b *builder) nameSite() {
	b.site = siteView{Title: b.options.Title, Description: b.options.Description, Policy: Policy, Rules: len(b.options.Rules) > 0, Several: len(b.repositories) > 1}
	if len(b.repositories) == 1 {
		if m := b.repositories[0].Manifest; m != nil && !m.Single {
			b.site.Title = cmp.Or(b.site.Title, m.Name)
			b.site.Description = cmp.Or(b.site.Description, m.Description)
		}
	}
	if len(b.plugins) == 1 {
		b.site.Title = cmp.Or(b.site.Title, b.plugins[0].name)
	}
	b.site.Title = cmp.Or(b.site.Title, "Plugins")
}

// connect finds for each plugin which others of the site depend on it.
func (b *builder) connect() {
	for _, p := range b.plugins {
		for _, plan := range p.plans {
			for _, d := range plan.Dependencies {
				if other := b.find(d, p); other != nil && other != p && !slices.Contains(other.usedBy, p) {
					other.usedBy = append(other.usedBy, p)
				}
			}
		}
	}
}

// note keeps something for the person who builds the site.
func (b *builder) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

func (b *builder) add(path, mediaType string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[path] = File{mediaType, body}
}

func itoa(n int) string { return strconv.Itoa(n) }
