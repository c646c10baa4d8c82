package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
)

// DefaultRepository is where [Repository.Install] looks for a bare name, as ImJoy does,
// until a person says otherwise; see [Names].
const DefaultRepository = "imjoy-team/imjoy-plugins"

// Config is what a repository works with. Store, Fetch and Now must be set.
type Config struct {
	Store *store.Store
	Fetch *fetch.Client
	// Dir is the folder that relative paths start from; "" is the process's own.
	Dir string
	// Now is the clock of the records.
	Now func() time.Time
	// Hosts are further hosts that a manifest may send us to for its plugins.
	Hosts []string
	// Git reads git repositories; nil reads none.
	Git *git.Git
	// Names are the repositories that a person knows by short names; nil means
	// [DefaultNames].
	Names *Names
	// Lock is the lock of the project that people work in, nil for none.
	Lock *Lock
	// Assets gets what a plugin's scripts load by URL, and what that loads in turn.
	// locked is what a lock says about it, nil for nothing. What cannot be had now is
	// in missing, each with its reason in the chain. nil gets only what the requirements
	// name.
	Assets func(ctx context.Context, p *Plugin, locked []store.Asset) (assets []Asset, missing []*MissingAsset, err error)
	// Environment resolves the Python packages of a plugin to exact ones with their
	// hashes, as JSON that only it reads; locked is an answer of an earlier call, which
	// then has to do. nil resolves nothing.
	Environment func(ctx context.Context, p *Plugin, locked json.RawMessage) (json.RawMessage, error)
}

// Repository finds, resolves and installs plugins. It is safe for concurrent use.
// What it learns about branches and manifests holds for its lifetime, so that one
// command sees one state of each repository.
type Repository struct {
	c Config

	mu        sync.Mutex
	pins      map[string]pin
	manifests map[string]*listing
	trees     map[string]*gitTree
}

// New returns a repository.
func New(c Config) *Repository {
	if c.Names == nil {
		c.Names = DefaultNames()
	}
	return &Repository{c: c, pins: map[string]pin{}, manifests: map[string]*listing{}, trees: map[string]*gitTree{}}
}

// Open gets one document: bytes, and where they come from. A bare name is an
// installed plugin. The document is returned however faulty it is; its faults are
// in [Plugin.Diagnostics].
func (r *Repository) Open(ctx context.Context, a address.Address) (*Plugin, error) {
	w := &walk{r: r, o: ResolveOptions{Lock: r.c.Lock}}
	l, err := w.root(ctx, a)
	if err != nil {
		return nil, err
	}
	p, err := r.read(ctx, l)
	if err != nil {
		return nil, err
	}
	return p, r.c.Lock.verify(p)
}

// TagOf chooses the tag of a plugin that [Repository.Open] got: the one asked for beside
// its address, else that of the address, of the lock, the first. Two that contradict each
// other are a [*TagError], another than that of a frozen lock is a [*DriftError].
func (r *Repository) TagOf(p *Plugin, a address.Address, asked string) (string, error) {
	tag, err := oneTag(a, asked)
	if err != nil {
		return "", err
	}
	before := ""
	if p.locked != nil {
		before = p.locked.Tag
	}
	tag = tags.Choose(p.Document, tag, before, "")
	if l := r.c.Lock; l != nil && l.Frozen && p.locked != nil && tag != before {
		return "", &DriftError{p.Name, []lock.Drift{{Plugin: p.Name, What: "tag", Old: before, New: tag}}}
	}
	return tag, nil
}

// Find returns an installed plugin.
func (r *Repository) Find(name string) (*Plugin, error) {
	l, err := r.installed(name)
	if err != nil {
		return nil, err
	}
	return r.read(context.Background(), l)
}

// List returns the records of all installed plugins, by name. Records that cannot
// be used are errors in bad.
func (r *Repository) List() (list []*store.Record, bad []error, err error) {
	return r.c.Store.Records()
}

// Dependants returns the names of installed plugins that need this one.
func (r *Repository) Dependants(name string) ([]string, error) {
	records, bad, err := r.c.Store.Records()
	for _, problem := range bad {
		var corrupt *store.CorruptError
		var newer *store.NewerError
		if !errors.As(problem, &corrupt) && !errors.As(problem, &newer) {
			return nil, problem // the disk failed: it may be a dependant
		}
	}
	var names []string
	for _, record := range records {
		if record.DependsOn(name) {
			names = append(names, record.Name)
		}
	}
	return names, err
}

// location is where one document lies. It is found but not read yet.
type location struct {
	address address.Address // to find it again, without a tag
	name    string          // as the list says that told us; "" when nothing did
	origin  string          // where it comes from, without version and name; "" when the URL or file says it
	file    string          // on this machine, absolute
	shown   string          // the file as people should see it: as they typed it
	url     string          // elsewhere
	commit  string
	notes   []string
	text    []byte        // already read
	record  *store.Record // installed
	pins    []store.Pin   // what it and its dependencies were installed with
	locked  *lock.Plugin  // what the project's lock says of it
	scope   scope         // where the bare names it mentions are looked up
}

// key tells locations apart.
func (l *location) key() string {
	switch {
	case l.record != nil:
		return "installed:" + l.record.Name
	case l.file != "":
		return "file:" + l.file
	}
	return l.url
}

// scope is a list of plugins in which bare names are looked up.
type scope interface {
	// find returns errNotListed when there is no such plugin.
	find(ctx context.Context, name string) (*location, error)
	// String is the scope in words, for messages.
	String() string
}

var errNotListed = errors.New("not listed")

// locate follows an address to a document. Bare names are looked up in scopes; nil
// means only what is installed.
func (r *Repository) locate(ctx context.Context, a address.Address, in []scope) (*location, error) {
	a.Tag = ""
	switch a.Kind {
	case address.Name:
		return r.lookup(ctx, a.Name, append(in, installed{r}))
	case address.Path:
		return r.locateFile(ctx, a)
	case address.URL:
		return r.locateURL(ctx, a)
	case address.Gist:
		return r.locateGist(ctx, a)
	case address.Repository:
		return r.locateRepository(ctx, a)
	case address.Git:
		return r.locateGit(ctx, a)
	}
	return nil, fmt.Errorf("locate plugin: the address is empty")
}

// lookup asks each scope for a bare name.
func (r *Repository) lookup(ctx context.Context, name string, in []scope) (*location, error) {
	missing := &NotFoundError{Name: name}
	for _, s := range in {
		l, err := s.find(ctx, name)
		if err == nil {
			return l, nil
		}
		var deeper *NotFoundError
		switch {
		case errors.As(err, &deeper):
			missing.Looked = append(missing.Looked, deeper.Looked...)
			if missing.Suggestion == "" {
				missing.Suggestion = deeper.Suggestion
			}
		case errors.Is(err, errNotListed):
			missing.Looked = append(missing.Looked, s.String())
		default:
			return nil, err
		}
	}
	return nil, missing
}

func (r *Repository) abs(path string) string {
	if !filepath.IsAbs(path) && r.c.Dir != "" {
		path = filepath.Join(r.c.Dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}
