package manifest

import (
	"encoding/json"
	"fmt"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Check compares a manifest with the folder it describes: docs are the plugin files
// there, files the paths of all files (relative, with slashes), for suggestions and
// misspelled names. It tells entries that differ from their files, files that are
// missing, unlisted, or called almost like a plugin.
func Check(m *Manifest, docs []BuildInput, files []string) (diagnostics []source.Diagnostic) {
	c := &checker{m: m, docs: map[string]BuildInput{}, files: files, listed: map[string]bool{}}
	for _, d := range docs {
		c.docs[d.Path] = d
	}
	for i := range m.Plugins {
		c.entry(&m.Plugins[i])
	}
	for _, d := range docs {
		c.unlisted(d)
	}
	for _, file := range files {
		c.misspelled(file)
	}
	source.Sort(c.diagnostics)
	return c.diagnostics
}

type checker struct {
	m           *Manifest
	docs        map[string]BuildInput
	files       []string
	listed      map[string]bool
	diagnostics []source.Diagnostic
}

func (c *checker) add(d source.Diagnostic) { c.diagnostics = append(c.diagnostics, d) }

func (c *checker) entry(e *Entry) {
	file, local := c.m.beside(e)
	doc, ok := c.docs[file]
	if plain := decoded(file); !ok && plain != file {
		file = plain
		doc, ok = c.docs[file]
	}
	switch {
	case ok:
		c.listed[file] = true
		c.drift(e, doc)
	case local && !(slices.Contains(c.files, file) && isPlugin(file)):
		c.missing(e, file)
	}
}

// missing reports an entry without a file, with the file that was probably meant.
func (c *checker) missing(e *Entry, file string) {
	place := placeOf(e.Config, "uri", e.Place)
	hint := "correct the uri, or remove the entry"
	if near := c.nearest(e, file); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.add(ruleMissingFile.Diagnostic(place, fmt.Sprintf("%q does not exist", file), hint))
}

// nearest looks for a file of that path or name, then for the same plugin, then for a
// similar path.
func (c *checker) nearest(e *Entry, file string) string {
	paths := c.paths()
	for _, alike := range []func(p string) bool{
		func(p string) bool { return strings.EqualFold(p, file) },
		func(p string) bool { return strings.EqualFold(path.Base(p), path.Base(file)) },
		func(p string) bool { return trimSuffix(p) == trimSuffix(file) },
		func(p string) bool { return c.docs[p].Document.Config.Name == e.Name },
	} {
		if i := slices.IndexFunc(paths, alike); i >= 0 {
			return paths[i]
		}
	}
	stems := map[string]string{} // by path without suffix
	var names []string
	for _, p := range paths {
		stems[path.Base(trimSuffix(p))] = p
		names = append(names, path.Base(trimSuffix(p)))
	}
	return stems[source.Nearest(path.Base(trimSuffix(file)), names)]
}

// paths returns the plugin files in order.
func (c *checker) paths() (list []string) {
	for p := range c.docs {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

func trimSuffix(file string) string {
	base, _, _ := strings.Cut(path.Base(file), ".")
	return path.Dir(file) + "/" + base
}

func isPlugin(file string) bool {
	return strings.HasSuffix(file, address.PluginSuffix) || strings.HasSuffix(file, address.HyphaSuffix)
}

// drift reports the fields of an entry that its file says otherwise.
func (c *checker) drift(e *Entry, doc BuildInput) {
	config := doc.Document.Config.Root
	if !config.Map() {
		return // told by unlisted
	}
	var fields []string
	var notes []source.Note
	place := e.Place
	for _, key := range driftKeys(e.Config, config) {
		here, there := e.Config.Member(key), config.Member(key)
		if here != nil && there != nil && same(here.Value.Plain(), there.Value.Plain()) {
			continue
		}
		if len(fields) == 0 && here != nil {
			place = here.Value.Place
		}
		fields = append(fields, describe(key, here, there))
		if there != nil {
			notes = append(notes, source.Note{Place: there.Value.Place, Message: "the plugin's " + key})
		}
	}
	if len(fields) == 0 {
		return
	}
	d := ruleDrift.Diagnostic(place, fmt.Sprintf("the entry %q differs from %s: %s", e.Name, doc.Path, strings.Join(fields, "; ")), "run `imjoy manifest build`")
	d.Related = notes[:min(len(notes), 3)]
	c.add(d)
}

// driftKeys are the fields to compare, in the order of the entry and then the config.
func driftKeys(entry, config *conf.Node) (keys []string) {
	for _, key := range entry.Keys() {
		if key != "uri" && (!handWritten(key) || config.Member(key) != nil) {
			keys = append(keys, key)
		}
	}
	for _, key := range config.Keys() {
		if key != "uri" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// describe tells a difference shortly: values when they are short, else the field.
func describe(key string, here, there *conf.Member) string {
	switch {
	case here == nil:
		return key + " is only in the file"
	case there == nil:
		return key + " is not in the file"
	}
	a, okA := short(here.Value)
	b, okB := short(there.Value)
	if okA && okB {
		return fmt.Sprintf("%s is %s here and %s there", key, a, b)
	}
	return key + " differs"
}

func short(n *conf.Node) (text string, ok bool) {
	if n.Map() || n.List() {
		return "", false
	}
	text = scalar(n)
	return text, len(text) <= 40
}

// same compares plain values; 1 and 1.0 are the same number.
func same(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && sameNumber(x, y)
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key := range x {
			if other, ok := y[key]; !ok || !same(x[key], other) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func sameNumber(a, b json.Number) bool {
	x, errX := a.Float64()
	y, errY := b.Float64()
	return a == b || errX == nil && errY == nil && x == y && math.Abs(x) < 1<<53
}

// unlisted reports a plugin that no entry names.
func (c *checker) unlisted(d BuildInput) {
	switch {
	case !d.Document.Config.Root.Map() || strings.TrimSpace(d.Document.Config.Name) == "":
		c.add(noConfig(d))
	case !c.listed[d.Path]:
		c.add(ruleUnlisted.Diagnostic(d.Document.Config.Field("name").Place, fmt.Sprintf("%s (%q) is not listed in the manifest", d.Path, d.Document.Config.Name), "run `imjoy manifest build`"))
	}
}

// misspelled reports files that were meant to be plugins.
func (c *checker) misspelled(file string) {
	if want, ok := meantPlugin(file); ok && !slices.Contains(c.files, want) {
		place := c.m.Source.Place(source.Span{})
		c.add(ruleMisspelled.Diagnostic(place, fmt.Sprintf("%s is not found as a plugin, because of its name", file), fmt.Sprintf("rename it to %s", want)))
	}
}

// meantPlugin recognises names such as x.imjoy.htm, x.ImJoy.html, x.imyoj.html.
func meantPlugin(file string) (want string, ok bool) {
	base := path.Base(file)
	parts := strings.Split(base, ".")
	if len(parts) < 3 || isPlugin(file) || parts[0] == "" && len(parts) == 3 {
		return "", false
	}
	tail := parts[len(parts)-2:]
	if len(parts) > 3 && (strings.EqualFold(parts[len(parts)-1], "txt") || strings.EqualFold(parts[len(parts)-1], "html")) && strings.EqualFold(parts[len(parts)-3], "imjoy") {
		tail = parts[len(parts)-3 : len(parts)-1]
	}
	dialect := source.Nearest(tail[0], []string{"imjoy", "hypha"})
	if dialect == "" || source.Nearest(tail[1], []string{"html"}) == "" {
		return "", false
	}
	stem := base[:strings.LastIndex(base, "."+tail[0]+"."+tail[1])]
	return path.Join(path.Dir(file), stem+"."+dialect+".html"), true
}
