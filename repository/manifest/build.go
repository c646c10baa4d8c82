package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// formatVersion stamps manifests, as ImJoy's builder does.
const formatVersion = "0.2.0"

// BuildInput is one plugin of a repository's folder.
type BuildInput struct {
	Path     string // relative to the manifest's folder, with slashes
	Document *pluginfile.Document
}

// Build writes the manifest of a folder of plugins, with the layout of the previous
// one, which may be nil. The same input gives the same bytes, and building again
// changes nothing.
//
// Each entry is a copy of its plugin's config. What people wrote by hand stays: the
// order of the entries, fields that no config has (such as disabled), entries of
// plugins on other hosts, collections, and unknown fields. An empty name or
// description keeps the previous one. New plugins come last, by path; entries whose
// file is gone are left out.
func Build(name, description string, docs []BuildInput, previous *Manifest) ([]byte, []source.Diagnostic) {
	b := &builder{previous: previous, docs: readable(docs)}
	if previous == nil || previous.Single {
		b.previous = &Manifest{}
	}
	entries := b.entries()
	w := &writer{layout: layoutOf(b.previous)}
	w.open('{')
	for _, field := range b.fields(name, description) {
		w.key(field.Key)
		switch {
		case field.Key == "plugins":
			w.list(entries)
		case field.Value == nil:
			w.open('[')
			w.close(']')
		default:
			w.node(field.Value)
		}
	}
	w.close('}')
	return w.bytes(), b.skipped(docs)
}

// builder joins plugins and a previous manifest.
type builder struct {
	previous *Manifest
	docs     []BuildInput // those with a config and a name, by path
}

func readable(docs []BuildInput) (usable []BuildInput) {
	for _, d := range docs {
		if d.Document.Config.Root.Map() && strings.TrimSpace(d.Document.Config.Name) != "" {
			usable = append(usable, d)
		}
	}
	slices.SortFunc(usable, func(a, b BuildInput) int { return cmp.Compare(a.Path, b.Path) })
	return usable
}

// skipped reports the plugins that cannot be listed.
func (b *builder) skipped(docs []BuildInput) (diagnostics []source.Diagnostic) {
	for _, d := range docs {
		if !slices.ContainsFunc(b.docs, func(o BuildInput) bool { return o.Path == d.Path }) {
			diagnostics = append(diagnostics, noConfig(d))
		}
	}
	source.Sort(diagnostics)
	return diagnostics
}

func noConfig(d BuildInput) source.Diagnostic {
	place := d.Document.Source.Place(source.Span{})
	if block := d.Document.Config.Block; block != nil {
		place = block.Source.Place(block.Tag)
	}
	return ruleNoConfig.Diagnostic(place, "the config says no name, so the plugin cannot be listed", "run `imjoy lint` on the file")
}

// fields are the members of the manifest: those of the previous one in their order,
// then what is missing.
func (b *builder) fields(name, description string) []conf.Member {
	if name == "" && b.previous.Name == "" {
		name = "ImJoy plugins"
	}
	set := map[string]string{"name": name, "description": description}
	var out []conf.Member
	for _, key := range b.previous.Root.Keys() {
		member := conf.Member{Key: key, Value: b.previous.Root.Get(key)}
		if value := set[key]; value != "" {
			member.Value = stringNode(value)
		}
		out = append(out, member)
	}
	for _, key := range []string{"name", "description", "version", "uri_root", "plugins", "collections"} {
		if slices.ContainsFunc(out, func(m conf.Member) bool { return m.Key == key }) {
			continue
		}
		member := conf.Member{Key: key, Value: stringNode(set[key])}
		switch key {
		case "version":
			member.Value = stringNode(formatVersion)
		case "plugins", "collections":
			member.Value = nil
		}
		out = append(out, member)
	}
	return out
}

// entries are the plugins: the previous ones in their order, then the new ones.
func (b *builder) entries() (list [][]conf.Member) {
	used := map[string]bool{}
	for i := range b.previous.Plugins {
		e := &b.previous.Plugins[i]
		_, local := b.previous.beside(e)
		switch doc := b.match(e, used); {
		case doc != nil:
			used[doc.Path] = true
			list = append(list, b.entry(*doc, e))
		case !local && b.locatable(e):
			list = append(list, members(e.Config)) // on another host
		}
	}
	for _, doc := range b.docs {
		if !used[doc.Path] {
			list = append(list, b.entry(doc, nil))
		}
	}
	return list
}

func (b *builder) locatable(e *Entry) bool {
	_, err := b.previous.Locate(e)
	return err == nil
}

// match finds the plugin of an entry: by its path, else by its name, since files move.
func (b *builder) match(e *Entry, used map[string]bool) *BuildInput {
	file, local := b.previous.beside(e)
	for i := range b.docs {
		if d := &b.docs[i]; file != "" && d.Path == file && !used[d.Path] {
			return d
		}
	}
	for i := range b.docs {
		if d := &b.docs[i]; local && d.Document.Config.Name == e.Name && !used[d.Path] && !b.listed(d.Path) {
			return d
		}
	}
	return nil
}

// listed reports whether an entry of the previous manifest names the path.
func (b *builder) listed(path string) bool {
	for i := range b.previous.Plugins {
		if file, _ := b.previous.beside(&b.previous.Plugins[i]); file == path {
			return true
		}
	}
	return false
}

// entry is a plugin's config with what was written by hand, and its uri last.
func (b *builder) entry(doc BuildInput, previous *Entry) []conf.Member {
	out := slices.DeleteFunc(members(doc.Document.Config.Root), func(m conf.Member) bool { return m.Key == "uri" })
	uri := b.uri(doc.Path)
	if previous != nil {
		for _, m := range members(previous.Config) {
			if handWritten(m.Key) && !slices.ContainsFunc(out, func(o conf.Member) bool { return o.Key == m.Key }) {
				out = append(out, m)
			}
		}
		if file, _ := b.previous.beside(previous); file == doc.Path {
			uri = previous.URI
		}
	}
	return append(out, conf.Member{Key: "uri", Value: stringNode(uri)})
}

// uri is the path as the manifest writes it: below uri_root where that is a folder.
func (b *builder) uri(path string) string {
	root := strings.Trim(b.previous.URIRoot, "/")
	if root != "" && !isWeb(root) {
		if rest, ok := strings.CutPrefix(path, root+"/"); ok {
			return rest
		}
	}
	return path
}

// members returns the members of a map, each key once, in the place of its first and
// with the value of its last mention, as JavaScript keeps them.
func members(n *conf.Node) (list []conf.Member) {
	for _, key := range n.Keys() {
		list = append(list, conf.Member{Key: key, Value: n.Get(key)})
	}
	return list
}

func stringNode(text string) *conf.Node { return &conf.Node{Kind: conf.String, Text: text} }

// configFields are the fields that configs have. In an entry they come from the
// config; anything else there was written by hand.
var configFields = []string{
	"api_version", "authors", "base_frame", "base_worker", "cmd", "cover", "createdAt", "default", "defaults", "dependencies",
	"description", "docs", "env", "extensions", "flags", "icon", "inputs", "labels", "license", "mode", "name", "outputs",
	"passive", "permissions", "repository", "requirements", "runnable", "show_panel", "tags", "type", "ui", "url", "version", "website",
}

func handWritten(key string) bool { return key != "uri" && !slices.Contains(configFields, key) }

// String describes the entry for people.
func (e Entry) String() string { return fmt.Sprintf("%s (%s)", e.Name, e.URI) }
