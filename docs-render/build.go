package docsrender

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
	"github.com/imjoy-tools/imjoy/tags"
)

// Input is one plugin of a site.
type Input struct {
	Path        string // relative to the folder of the site's plugins, with slashes
	Document    *pluginfile.Document
	Diagnostics []source.Diagnostic // of reading it
}

// Options say how a site is made. The zero value is a site of local files.
type Options struct {
	// Title defaults to the name in the manifest, then to the name of the only
	// plugin, then to "Plugins".
	Title string
	// Description defaults to the manifest's.
	Description string
	// Address is where the repository is, "owner/repo"; then plugins are installed
	// by name from there, else by their path.
	Address string
	// Fetch answers the bytes of an image on the web, to be packed into the site.
	// nil: such images are links.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	// Open answers the bytes of an image that lies beside the plugins; paths are
	// relative like those of Input and never lead out. nil: there are none.
	Open func(path string) ([]byte, error)
	// Render defaults to [Markdown].
	Render Renderer
	// Cache keeps rendered docs and highlighted sources between builds; nil: none.
	Cache *Cache
}

// builder holds what the pages of one site share.
type builder struct {
	options Options
	site    siteView
	plugins []*plugin
	byName  map[string][]*plugin
	byPath  map[string]*plugin

	mathOnce, mermaidOnce sync.Once

	mu     sync.Mutex
	files  map[string]File
	notes  []string
	images map[string]string // by URL or path: the file in the site, "" when it failed
}

// plugin is an input and what is made of it first.
type plugin struct {
	Input
	slug   string
	name   string
	plans  []*tags.Plan
	found  []source.Diagnostic
	usedBy []*plugin
	hidden bool // disabled in the manifest
}

// Build makes the site of some plugins. m is the manifest beside them, or nil: it
// gives the site its name and the plugins their order, and hides what it disables.
func Build(ctx context.Context, inputs []Input, m *manifest.Manifest, o Options) (*Site, error) {
	if len(inputs) > MaxPlugins {
		return nil, fmt.Errorf("build site: %d plugins are more than %d", len(inputs), MaxPlugins)
	}
	b := newBuilder(inputs, m, o)
	b.options.Cache.turn()
	pages := make([]pluginView, len(b.plugins))
	err := parallel(len(b.plugins), func(i int) error {
		page, err := b.pluginPage(ctx, b.plugins[i])
		pages[i] = page
		return err
	})
	if err == nil {
		err = b.index(pages, m)
	}
	if err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	b.assets()
	slices.Sort(b.notes)
	return &Site{Title: b.site.Title, Files: b.files, Notes: slices.Compact(b.notes)}, nil
}

func newBuilder(inputs []Input, m *manifest.Manifest, o Options) *builder {
	if o.Render == nil {
		o.Render = Markdown
	}
	if o.Cache == nil {
		o.Cache = NewCache()
	}
	b := &builder{
		options: o, files: map[string]File{}, images: map[string]string{},
		byName: map[string][]*plugin{}, byPath: map[string]*plugin{},
	}
	for _, in := range inputs {
		p := &plugin{Input: in, name: nameOf(in)}
		p.plans, p.found = tags.All(in.Document)
		b.plugins = append(b.plugins, p)
	}
	b.order(m)
	slugs := map[string]bool{}
	for _, p := range b.plugins {
		p.slug = freeSlug(p.name, slugs)
		b.byName[p.name] = append(b.byName[p.name], p)
		b.byPath[p.Path] = p
	}
	b.connect()
	b.site = siteView{Title: o.Title, Description: o.Description, Policy: Policy}
	b.nameSite(m)
	return b
}

// nameOf is the name of a plugin, or of its file where it has none.
func nameOf(in Input) string {
	if name := strings.TrimSpace(in.Document.Config.Name); name != "" {
		return name
	}
	name := in.Path[strings.LastIndexByte(in.Path, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return cmp.Or(name, "plugin")
}

// order sorts plugins by name, those of the manifest first and in its order.
func (b *builder) order(m *manifest.Manifest) {
	slices.SortStableFunc(b.plugins, func(x, y *plugin) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.name), strings.ToLower(y.name)), strings.Compare(x.Path, y.Path))
	})
	if m == nil {
		return
	}
	rank, hidden := map[string]int{}, map[string]bool{}
	for i := range m.Plugins {
		if where, err := m.Locate(&m.Plugins[i]); err == nil && where.Path != "" {
			rank[where.Path] = i - len(m.Plugins)
			hidden[where.Path] = m.Plugins[i].Disabled
		}
	}
	for _, p := range b.plugins {
		p.hidden = hidden[p.Path]
	}
	slices.SortStableFunc(b.plugins, func(x, y *plugin) int { return cmp.Compare(rank[x.Path], rank[y.Path]) })
}

func (b *builder) nameSite(m *manifest.Manifest) {
	s := &b.site
	if m != nil && !m.Single {
		s.Title = cmp.Or(s.Title, m.Name)
		s.Description = cmp.Or(s.Description, m.Description)
	}
	if len(b.plugins) == 1 {
		s.Title = cmp.Or(s.Title, b.plugins[0].name)
	}
	s.Title = cmp.Or(s.Title, "Plugins")
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

// freeSlug makes a name for files and addresses of a plugin's name, which nobody
// else has.
func freeSlug(name string, taken map[string]bool) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	slug := strings.Trim(b.String(), "-")
	switch slug {
	case "", "con", "nul", "prn", "aux": // Windows has devices of these names, and of com1
		slug = "plugin-" + slug
	}
	if len(slug) == 4 && (strings.HasPrefix(slug, "com") || strings.HasPrefix(slug, "lpt")) {
		slug = "plugin-" + slug
	}
	base := strings.TrimSuffix(slug, "-")
	slug = base
	for i := 2; taken[slug]; i++ {
		slug = base + "-" + strconv.Itoa(i)
	}
	taken[slug] = true
	return slug
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

// parallel calls do for 0 to n-1 on all processors and joins the errors; a panic
// reaches the caller.
func parallel(n int, do func(int) error) error {
	errs := make([]error, n)
	panics := make(chan any, n)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range next {
				func() {
					defer func() {
						if p := recover(); p != nil {
							panics <- p
						}
					}()
					errs[i] = do(i)
				}()
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	select {
	case p := <-panics:
		panic(p)
	default:
	}
	return errors.Join(errs...)
}

func itoa(n int) string { return strconv.Itoa(n) }
