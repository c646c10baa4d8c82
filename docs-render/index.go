package docsrender

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// index writes the front page and the texts its search looks through.
func (b *builder) index(pages []pluginView) error {
	v := indexView{pageView: pageView{Site: b.site, Title: b.site.Title, Home: true}}
	for _, page := range pages {
		if !page.hidden {
			v.Plugins = append(v.Plugins, page)
		}
	}
	v.Gallery = gallery(v.Plugins)
	v.Types = count(v.Plugins, func(p pluginView) []string { return []string{p.Type} })
	v.TagNames = count(v.Plugins, func(p pluginView) []string { return p.Tags })
	v.Labels = count(v.Plugins, func(p pluginView) []string { return p.Labels })
	if b.site.Several {
		v.Repositories = count(v.Plugins, func(p pluginView) []string { return []string{p.Repository} })
	}
	for _, r := range b.repositories {
		if r.Manifest != nil {
			b.fromManifest(&v, r)
		}
	}
	if err := b.write("index.html", "index.html", v); err != nil {
		return err
	}
	b.add("assets/search.js", "text/javascript; charset=utf-8", searchScript(v.Plugins))
	return nil
}

// gallery reports whether so many plugins have a picture that a card without one would
// look bare: then all get the room for it.
func gallery(plugins []pluginView) bool {
	pictures := 0
	for _, p := range plugins {
		if p.Cover() != "" {
			pictures++
		}
	}
	return pictures > 0 && 3*pictures >= len(plugins)
}

// fromManifest adds what only a manifest knows: plugins on other hosts that the site
// has no page of, and collections.
func (b *builder) fromManifest(v *indexView, r *Repository) {
	m := r.Manifest
	for i := range m.Plugins {
		e := &m.Plugins[i]
		if where, err := m.Locate(e); err == nil && where.URL != "" && !e.Disabled && outside(where.URL) && !b.has(e.Name, r) {
			v.Elsewhere = append(v.Elsewhere, linkView{e.Name, where.URL})
		}
	}
	for _, c := range m.Collections {
		view := collectionView{Name: c.Name, Description: c.Description}
		for _, name := range c.Plugins {
			link := linkView{Text: name}
			if p := b.named(name, r); p != nil {
				link.Href = "plugins/" + p.slug + ".html"
			}
			view.Members = append(view.Members, link)
		}
		v.Collections = append(v.Collections, view)
	}
}

// has reports a page for a plugin of a repository.
func (b *builder) has(name string, r *Repository) bool {
	p := b.named(name, r)
	return p != nil && p.in == r
}

// count lists values by how many plugins have them, at most 60.
func count(plugins []pluginView, values func(pluginView) []string) (list []countView) {
	counts := map[string]int{}
	for _, p := range plugins {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(values(p)))) {
			if value != "" {
				counts[value]++
			}
		}
	}
	for name, n := range counts {
		list = append(list, countView{name, n})
	}
	slices.SortFunc(list, func(a, b countView) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Name, b.Name))
	})
	return list[:min(len(list), 60)]
}

// searchScript is the search index as a script: a page that is opened from disk can
// load scripts, but cannot fetch.
func searchScript(plugins []pluginView) []byte {
	texts := map[string]string{}
	for _, p := range plugins {
		text, _ := cut(p.search, MaxSearchText)
		texts[p.Slug] = text
	}
	var out bytes.Buffer
	out.WriteString("self.imjoySearch = ")
	encoder := json.NewEncoder(&out) // which escapes <, >, & and the line separators
	_ = encoder.Encode(texts)        // strings cannot fail
	return append(bytes.TrimRight(out.Bytes(), "\n"), ";\n"...)
}
