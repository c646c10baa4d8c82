// Package manifest reads and builds manifest.imjoy.json, the file that lists the
// plugins of a repository.
//
// [Parse] answers with a [Manifest] however faulty the text is, and says what is
// wrong where. [Manifest.Find] finds a plugin by name and [Manifest.Locate] tells
// where its file is. [Build] makes the manifest of a folder of plugins, and [Check]
// compares the two. Walking the folder and fetching are left to the caller.
package manifest

import (
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Manifest is the list of a repository's plugins. It is immutable.
type Manifest struct {
	Source *source.Source
	Root   *conf.Node // all of it, unknown fields included

	Name        string
	Description string
	URIRoot     string // as written
	Plugins     []Entry
	Collections []Collection

	// Single reports that the file is the config of one plugin, saved under the
	// manifest's name. Plugins then holds that one.
	Single bool
	// Broken reports that the text is not JSON: parts of it may be missing here.
	Broken bool
}

// Entry is one plugin of a manifest: a copy of its config, and where its file is.
type Entry struct {
	Name        string
	Type        string
	Version     string
	Description string
	URI         string // as written, but with slashes; NAME.imjoy.html when missing
	Tags        []string
	Labels      []string
	Disabled    bool       // hidden from lists and searches
	Config      *conf.Node // the whole entry
	Place       source.Place
}

// Collection is a named list of plugins.
type Collection struct {
	Name        string
	Description string
	Plugins     []string // names or addresses, as written
	Place       source.Place
}

// Parse reads a manifest. name is the name of the file, as messages show it.
func Parse(name string, text []byte) (*Manifest, []source.Diagnostic) {
	s := source.New(name, text)
	root, diagnostics := conf.Parse("json", source.Whole(s, s.All()))
	p := &parser{m: &Manifest{Source: s, Root: root, Broken: source.Worst(diagnostics) == source.Error}, diagnostics: diagnostics}
	p.manifest(root)
	source.Sort(p.diagnostics)
	return p.m, p.diagnostics
}

// Find returns the first plugin of that name that is not disabled, nil when there is
// none. Names are compared exactly.
func (m *Manifest) Find(name string) *Entry {
	for i := range m.Plugins {
		if e := &m.Plugins[i]; e.Name == name && !e.Disabled {
			return e
		}
	}
	return nil
}

// Nearest returns the name that was probably meant, "" when none is close.
func (m *Manifest) Nearest(name string) string { return source.Nearest(name, m.Names()) }

// Names returns the names of all plugins that are not disabled, each once, in order.
func (m *Manifest) Names() (names []string) {
	seen := map[string]bool{}
	for _, e := range m.Plugins {
		if !e.Disabled && !seen[e.Name] {
			seen[e.Name] = true
			names = append(names, e.Name)
		}
	}
	return names
}

// Collection returns the collection of that name, nil when there is none.
func (m *Manifest) Collection(name string) *Collection {
	for i := range m.Collections {
		if m.Collections[i].Name == name {
			return &m.Collections[i]
		}
	}
	return nil
}
