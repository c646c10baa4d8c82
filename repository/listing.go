package repository

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// listing is a manifest that was read: the scope of the plugins it lists.
type listing struct {
	r        *Repository
	manifest *manifest.Manifest

	a      address.Address // of the repository or of the manifest's URL
	commit string          // of the repository, "" when unknown
	ref    string          // taken instead of the default branch, "" for none
	note   string
	from   string // URL of the manifest; "" for a file
	dir    string // folder of the manifest on this machine
}

func (l *listing) String() string {
	switch {
	case l.dir != "":
		return filepath.Join(l.dir, address.ManifestName)
	case l.a.Kind == address.Repository:
		return address.Address{Kind: address.Repository, Host: l.a.Host, Repo: l.a.Repo, Ref: l.a.Ref}.String()
	}
	return address.Redact(l.from)
}

// readManifest reads a manifest that was fetched.
func (r *Repository) readManifest(a address.Address, commit, from string, text []byte) (*listing, error) {
	m, diagnostics := manifest.Parse(address.Redact(from), text)
	if err := unusable(address.Redact(from), m, diagnostics); err != nil {
		return nil, err
	}
	return &listing{r: r, manifest: m, a: a, commit: commit, from: from}, nil
}

// localManifest reads the manifest of a folder, nil when it has none.
func (r *Repository) localManifest(dir string) (*listing, error) {
	f := folder{r, dir}
	text, err := f.readInside(address.ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, address.ManifestName)
	m, diagnostics := manifest.Parse(name, text)
	if err := unusable(name, m, diagnostics); err != nil {
		return nil, err
	}
	return &listing{r: r, manifest: m, dir: dir}, nil
}

// unusable reports a manifest from which nothing can be read.
func unusable(name string, m *manifest.Manifest, diagnostics []source.Diagnostic) error {
	if m != nil && len(m.Plugins) > 0 {
		return nil
	}
	for _, d := range diagnostics {
		if d.Severity == source.Error {
			return &DocumentError{name, []source.Diagnostic{d}}
		}
	}
	if m == nil {
		return fmt.Errorf("read %s: it is not a manifest", name)
	}
	return nil
}

func (l *listing) names() ([]string, error) { return l.manifest.Names(), nil }

func (l *listing) list() (*manifest.Manifest, error) { return l.manifest, nil }

// find locates the first entry of a name, as ImJoy does.
func (l *listing) find(ctx context.Context, name string) (*location, error) {
	e := l.manifest.Find(name)
	if e == nil {
		near := l.manifest.Nearest(name)
		if l.manifest.Collection(name) != nil {
			near = "collection/" + name
		}
		return nil, &NotFoundError{Name: name, Looked: []string{l.String()}, Suggestion: near, There: l.manifest.Names()}
	}
	at, err := l.manifest.Locate(e)
	if err != nil {
		return nil, &RefusedError{fmt.Sprintf("%s in %s", name, l), err.Error()}
	}
	find := l.locate
	if l.dir != "" {
		find = l.locateFile
	}
	found, err := find(ctx, e, at)
	if err != nil {
		return nil, err
	}
	found.name = name
	return found, nil
}

// locate follows an entry of a manifest that was fetched.
func (l *listing) locate(ctx context.Context, e *manifest.Entry, at manifest.Location) (*location, error) {
	base, err := url.Parse(l.from)
	if err != nil {
		return nil, err
	}
	link := at.On(base)
	if l.a.Kind == address.Repository {
		if found, ok, err := l.ownFile(ctx, e, link); ok || err != nil {
			return found, err
		}
	}
	if err := l.r.sameHost(l.from, link); err != nil {
		return nil, err
	}
	return &location{address: address.Address{Kind: address.URL, URL: link}, url: link, scope: l}, nil
}

// ownFile locates an entry that lies in a repository on a host we know, which most
// manifests name by a link into their own repository, at a branch. That link is
// taken at the commit of the manifest.
func (l *listing) ownFile(ctx context.Context, e *manifest.Entry, link string) (*location, bool, error) {
	to, err := address.Parse(link)
	if err != nil || to.Kind != address.Repository || to.File == "" || to.Host != l.a.Host {
		return nil, false, nil
	}
	to = l.r.moved(to)
	if !strings.EqualFold(to.Repo, l.a.Repo) {
		at, err := l.r.pin(ctx, to)
		if err != nil {
			return nil, true, err
		}
		return l.r.fileOf(to, at.commit, at), true, nil
	}
	found := l.r.fileOf(to.WithRef(l.a.Ref), cmp.Or(l.commit, l.ref), pin{l.commit, l.note})
	found.address, found.scope = l.a, l
	found.address.Name, found.address.File, found.address.Tag = e.Name, "", ""
	return found, true, nil
}

// sameHost refuses to be sent elsewhere by a manifest: who trusts one host did not
// mean another.
func (r *Repository) sameHost(from, link string) error {
	a, errA := url.Parse(from)
	b, errB := url.Parse(link)
	if errA != nil || errB != nil {
		return &RefusedError{address.Redact(link), "it is not a URL"}
	}
	if strings.EqualFold(a.Host, b.Host) && (a.Scheme == b.Scheme || b.Scheme == "https") {
		return nil
	}
	for _, host := range r.c.Hosts {
		if strings.EqualFold(host, b.Host) || strings.EqualFold(host, b.Hostname()) {
			return nil
		}
	}
	return &RefusedError{address.Redact(link), fmt.Sprintf("the manifest lies on %s and sends us to %s; allow it with --allow-net %s", a.Host, b.Host, b.Host)}
}

// locateFile follows an entry of a manifest on this machine: to a file in the
// manifest's folder, or to a link.
func (l *listing) locateFile(ctx context.Context, _ *manifest.Entry, at manifest.Location) (*location, error) {
	if at.URL == "" {
		return l.inside(at.Path)
	}
	to, err := address.Parse(at.URL)
	if err != nil {
		return nil, err
	}
	// The manifest of a checkout names its files by links to where they are published;
	// the files at hand are meant.
	if to.Kind == address.Repository && to.File != "" {
		if found, err := l.inside(to.File); err == nil {
			return found, nil
		}
	}
	return l.r.locate(ctx, to, nil)
}

// inside locates a file that must lie in the manifest's folder.
func (l *listing) inside(file string) (*location, error) {
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return nil, &RefusedError{file, "it lies outside of " + l.dir}
	}
	text, err := folder{l.r, l.dir}.readInside(file)
	if plain, e := url.PathUnescape(file); errors.Is(err, fs.ErrNotExist) && e == nil && filepath.IsLocal(plain) {
		file = plain
		text, err = folder{l.r, l.dir}.readInside(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", file, l, err)
	}
	found := localFile(l.r, filepath.Join(l.dir, filepath.FromSlash(file)))
	found.text, found.scope = text, folder{l.r, l.dir}
	return found, nil
}
