package repository

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// locateURL follows a link to a plugin, or to a manifest with one plugin.
func (r *Repository) locateURL(ctx context.Context, a address.Address) (*location, error) {
	l := &location{address: a, url: a.URL, scope: beside{r, a}}
	if !a.External() {
		return l, nil
	}
	response, err := r.c.Fetch.Get(ctx, fetch.Request{URL: a.URL, Limit: fetch.PluginLimit})
	if err != nil {
		return nil, err
	}
	if !looksLikeManifest(response.Body) {
		l.text = response.Body
		return l, nil
	}
	list, err := r.readManifest(a, "", a.URL, response.Body)
	if err != nil {
		return nil, err
	}
	return only(ctx, list, list.manifest.Names())
}

// locateRepository finds a plugin of a repository: by the name in its manifest, or
// by its file.
func (r *Repository) locateRepository(ctx context.Context, a address.Address) (*location, error) {
	switch {
	case a.Collection != "":
		return r.onlyMember(ctx, a)
	case a.Alias != "":
		return r.locateKnown(ctx, a)
	}
	a = r.moved(a)
	at, err := r.pin(ctx, a)
	if err != nil {
		return nil, err
	}
	if a.File != "" && path.Base(a.File) != address.ManifestName {
		return r.fileOf(a, at.commit, at), nil
	}
	list, err := r.manifestOf(ctx, a, at)
	if err != nil {
		return nil, err
	}
	if a.Name == "" {
		return only(ctx, list, list.manifest.Names())
	}
	return list.find(ctx, a.Name)
}

// onlyMember locates the plugin of a collection with one plugin.
func (r *Repository) onlyMember(ctx context.Context, a address.Address) (*location, error) {
	members, err := r.members(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(members) > 1 {
		var names []string
		for _, m := range members {
			names = append(names, m.Name)
		}
		return nil, &ChoiceError{a.String(), names}
	}
	return r.locate(ctx, members[0], nil)
}

// fileOf locates a file of a repository. ref takes the place of the address's own;
// "" keeps that.
func (r *Repository) fileOf(a address.Address, ref string, at pin) *location {
	l := &location{
		address: a,
		origin:  a.RepositoryName(),
		url:     a.RawURL(ref, a.File),
		commit:  at.commit,
		scope:   checkout{r, a, at},
	}
	if at.note != "" {
		l.notes = []string{at.note}
	}
	return l
}

// checkout is the scope of a repository at one commit: its manifest, read when a
// name is first looked up.
type checkout struct {
	r  *Repository
	a  address.Address
	at pin
}

func (c checkout) String() string { return c.a.RepositoryName() }

func (c checkout) find(ctx context.Context, name string) (*location, error) {
	list, err := c.r.manifestOf(ctx, c.a, c.at)
	if fetch.KindOf(err) == fetch.NotFound {
		return nil, errNotListed
	}
	if err != nil {
		return nil, err
	}
	return list.find(ctx, name)
}

// manifestOf reads the manifest of a repository at a commit.
func (r *Repository) manifestOf(ctx context.Context, a address.Address, at pin) (*listing, error) {
	a.Name, a.File, a.Tag = "", "", ""
	var first error
	for _, ref := range refs(a, at) {
		from := a.ManifestURL(ref)
		list, err := r.fetchManifest(ctx, a, at.commit, from)
		if err == nil {
			if at.commit == "" && a.Ref == "" && ref != "HEAD" {
				list.ref = ref
			}
			list.note = at.note
			return list, nil
		}
		if first == nil {
			first = err
		}
		if fetch.KindOf(err) != fetch.NotFound {
			break
		}
	}
	return nil, first
}

// refs are what to put in the place of the ref, in order. A copy of a repository's
// files may lack the alias HEAD; then the usual names of the first branch are tried.
func refs(a address.Address, at pin) []string {
	switch {
	case at.commit != "":
		return []string{at.commit}
	case a.Ref != "":
		return []string{a.Ref}
	}
	return []string{"HEAD", "main", "master"}
}

// fetchManifest reads a manifest once.
func (r *Repository) fetchManifest(ctx context.Context, a address.Address, commit, from string) (*listing, error) {
	r.mu.Lock()
	known := r.manifests[from]
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	response, err := r.c.Fetch.Get(ctx, fetch.Request{URL: from, Limit: fetch.ManifestLimit, Immutable: atCommit(from, commit)})
	if err != nil {
		return nil, err
	}
	list, err := r.readManifest(a, commit, from, response.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.manifests[from] = list
	return list, nil
}

// beside is the scope of a plugin at a URL: the manifest in the same folder, else
// the file of the name there.
type beside struct {
	r *Repository
	a address.Address
}

func (b beside) String() string { return address.Redact(b.folder()) }

func (b beside) folder() string {
	u, err := url.Parse(b.a.URL)
	if err != nil {
		return b.a.URL
	}
	u.RawQuery, u.Fragment = "", ""
	return u.ResolveReference(&url.URL{Path: "./"}).String()
}

func (b beside) find(ctx context.Context, name string) (*location, error) {
	list, err := b.r.fetchManifest(ctx, b.a, "", b.folder()+address.ManifestName)
	switch {
	case err == nil:
		l, err := list.find(ctx, name)
		if !isNotFound(err) {
			return l, err
		}
	case fetch.KindOf(err) != fetch.NotFound:
		return nil, err
	}
	return b.file(ctx, name)
}

// file tries the name as a file name, as ImJoy builds it for manifests.
func (b beside) file(ctx context.Context, name string) (*location, error) {
	link := b.folder() + url.PathEscape(name) + address.PluginSuffix
	response, err := b.r.c.Fetch.Get(ctx, fetch.Request{URL: link, Limit: fetch.PluginLimit})
	if fetch.KindOf(err) == fetch.NotFound {
		return nil, errNotListed
	}
	if err != nil {
		return nil, err
	}
	a := address.Address{Kind: address.URL, URL: link}
	return &location{address: a, name: name, url: link, text: response.Body, scope: beside{b.r, a}}, nil
}

// locateGist finds the first plugin file of a gist.
func (r *Repository) locateGist(ctx context.Context, a address.Address) (*location, error) {
	response, err := r.c.Fetch.Get(ctx, fetch.Request{URL: a.GistURL(), Limit: fetch.PluginLimit, Accept: "application/vnd.github+json"})
	if err != nil {
		return nil, err
	}
	gist, err := readGist(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", a, err)
	}
	raw, err := url.Parse(gist.url)
	if err != nil || raw.Scheme != "https" || !strings.EqualFold(raw.Host, "gist.githubusercontent.com") {
		return nil, &RefusedError{"the file of " + a.String(), "it lies on another host"}
	}
	return &location{
		address: a, origin: a.Origin(), url: raw.String(), commit: gist.commit,
		scope: beside{r, address.Address{Kind: address.URL, URL: raw.String()}},
	}, nil
}
