package manifest

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// parser collects a manifest.
type parser struct {
	m           *Manifest
	diagnostics []source.Diagnostic
}

func (p *parser) report(rule *source.Rule, place source.Place, message, hint string) *source.Diagnostic {
	p.diagnostics = append(p.diagnostics, rule.Diagnostic(place, message, hint))
	return &p.diagnostics[len(p.diagnostics)-1]
}

func (p *parser) manifest(root *conf.Node) {
	if !root.Map() {
		if root != nil && root.Kind != conf.Invalid {
			p.report(ruleShape, root.Place, "a manifest is an object, not "+kindText(root), `write {"name": ..., "plugins": [...]}`)
		}
		return
	}
	p.m.Name, _ = root.Get("name").Str()
	p.m.Description, _ = root.Get("description").Str()
	p.uriRoot(root.Get("uri_root"))
	plugins := root.Get("plugins")
	switch {
	case plugins == nil && root.Get("type") != nil:
		p.single(root)
	case plugins == nil:
		p.report(ruleShape, root.Place, "the manifest lists no plugins", `add "plugins": [...]`)
	case !plugins.List():
		p.report(ruleShape, plugins.Place, "plugins is "+kindText(plugins)+", not a list", "")
	case len(plugins.Items) > MaxPlugins:
		p.report(ruleShape, plugins.Place, fmt.Sprintf("the manifest lists %d plugins; %d are the most", len(plugins.Items), MaxPlugins), "")
	default:
		for _, item := range plugins.Items {
			p.entry(item)
		}
		p.duplicates()
	}
	p.collections(root.Get("collections"))
}

func (p *parser) uriRoot(n *conf.Node) {
	text, ok := n.Str()
	if n != nil && !ok && !n.Null() {
		p.report(ruleShape, n.Place, "uri_root is "+kindText(n)+", not a string", "")
	}
	p.m.URIRoot = p.slashes(n, text)
}

// single reads the config of one plugin as a manifest with one entry.
func (p *parser) single(root *conf.Node) {
	p.m.Single = true
	place := root.Member("type").KeyPlace
	p.report(ruleConfig, place, "this is the config of one plugin, not a list of plugins", "run `imjoy manifest build`")
	p.entry(root)
}

// entry reads one plugin.
func (p *parser) entry(n *conf.Node) {
	if !n.Map() {
		p.report(ruleShape, n.Place, "a plugin of the list is "+kindText(n)+", not an object", "")
		return
	}
	e := Entry{Config: n, Place: n.Place}
	if len(n.Members) > 0 {
		e.Place = n.Members[0].KeyPlace
	}
	if member := n.Member("name"); member != nil {
		e.Place = member.Value.Place
	}
	e.Name = strings.TrimSpace(text(n.Get("name")))
	if !p.checkName(n, e) {
		return
	}
	e.Type = text(n.Get("type"))
	e.Version, _ = n.Get("version").Scalar()
	e.Description = text(n.Get("description"))
	e.Tags, _ = n.Get("tags").Strings()
	e.Labels, _ = n.Get("labels").Strings()
	e.Disabled, _ = n.Get("disabled").Bool()
	e.URI = p.uri(n, e.Name)
	if _, err := p.m.Locate(&e); err != nil {
		p.report(ruleURI, placeOf(n, "uri", e.Place), err.Error(), "give a path below the manifest's folder, or an https URL")
	}
	p.m.Plugins = append(p.m.Plugins, e)
}

func (p *parser) checkName(n *conf.Node, e Entry) bool {
	if n.Get("name") == nil || e.Name == "" {
		p.report(ruleName, placeOf(n, "name", e.Place), "a plugin of the list has no name", "copy the name from its config")
		return false
	}
	// Names with ":" or "@" cannot be addressed, but they are names.
	if err := address.CheckName(strings.NewReplacer(":", "_", "@", "_").Replace(e.Name)); err != nil {
		p.report(ruleName, e.Place, err.Error(), "rename the plugin")
		return false
	}
	return true
}

// uri returns where the entry says its file is.
func (p *parser) uri(n *conf.Node, name string) string {
	value := n.Get("uri")
	uri, ok := value.Str()
	switch {
	case value == nil || value.Null() || ok && strings.TrimSpace(uri) == "":
		p.report(ruleMissingURI, placeOf(n, "uri", placeOf(n, "name", n.Place)), fmt.Sprintf("the entry does not say where its file is; %q is taken", name+address.PluginSuffix), `add "uri"`)
		return name + address.PluginSuffix
	case !ok:
		p.report(ruleShape, value.Place, "uri is "+kindText(value)+", not a string", "")
		return name + address.PluginSuffix
	}
	return p.slashes(value, strings.TrimSpace(uri))
}

// slashes turns the separators of Windows into those of URLs.
func (p *parser) slashes(n *conf.Node, uri string) string {
	if !strings.Contains(uri, `\`) {
		return uri
	}
	fixed := strings.ReplaceAll(uri, `\`, "/")
	d := p.report(ruleBackslash, n.Place, fmt.Sprintf("%q has backslashes, which are no separators in a URL", uri), fmt.Sprintf("write %q", fixed))
	d.Fixes = []source.Fix{{Title: "write slashes", Safe: true, Edits: []source.Edit{{Span: n.Place.Span, New: conf.Quote(fixed)}}}}
	return fixed
}

// duplicates reports entries that nobody can find, because another comes first, and
// names that only their letter case tells apart.
func (p *parser) duplicates() {
	first, folded := map[string]*Entry{}, map[string]*Entry{}
	files := map[Location]*Entry{}
	for i := range p.m.Plugins {
		e := &p.m.Plugins[i]
		if e.Disabled {
			continue
		}
		if other := first[e.Name]; other != nil {
			p.twice(e, other, fmt.Sprintf("%q is listed twice; only the first can be found", e.Name))
		} else if other := folded[strings.ToLower(e.Name)]; other != nil {
			p.twice(e, other, fmt.Sprintf("%q and %q differ only by letter case", other.Name, e.Name)).Severity = source.Warning
		}
		if at, err := p.m.Locate(e); err == nil {
			if other := files[at]; other != nil && other.Name != e.Name {
				p.twice(e, other, fmt.Sprintf("%q and %q are the same file", other.Name, e.Name))
			}
			files[at] = e
		}
		if first[e.Name] == nil {
			first[e.Name], folded[strings.ToLower(e.Name)] = e, e
		}
	}
}

func (p *parser) twice(e, other *Entry, message string) *source.Diagnostic {
	d := p.report(ruleDuplicate, e.Place, message, "remove one of the two, or rename it")
	d.Related = []source.Note{{Place: other.Place, Message: "first listed here"}}
	return d
}

// collections reads the collections; a plugin named there must be listed.
func (p *parser) collections(n *conf.Node) {
	if n.Empty() {
		return
	}
	if !n.List() {
		p.report(ruleShape, n.Place, "collections is "+kindText(n)+", not a list", "")
		return
	}
	for _, item := range n.Items {
		if !item.Map() {
			p.report(ruleShape, item.Place, "a collection is an object, not "+kindText(item), "")
			continue
		}
		c := Collection{Name: strings.TrimSpace(text(item.Get("name"))), Description: text(item.Get("description")), Place: item.Place}
		c.Plugins, _ = item.Get("plugins").Strings()
		p.m.Collections = append(p.m.Collections, c)
		p.members(item.Get("plugins"))
	}
}

func (p *parser) members(n *conf.Node) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		member, ok := item.Str()
		a, err := address.Parse(member)
		switch {
		case !ok:
			p.report(ruleShape, item.Place, "a plugin of a collection is a name, not "+kindText(item), "")
		case err != nil:
			p.report(ruleMember, item.Place, err.Error(), "")
		case a.Kind == address.Name && p.m.Find(a.Name) == nil && p.m.Find(strings.TrimSpace(member)) == nil:
			hint := "add it to plugins, or write owner/repo:Name"
			if near := p.m.Nearest(a.Name); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			p.report(ruleMember, item.Place, fmt.Sprintf("%q is not a plugin of this manifest", a.Name), hint)
		}
	}
}

func kindText(n *conf.Node) string {
	switch n.Kind {
	case conf.Null, conf.Invalid:
		return n.Kind.String()
	case conf.Map:
		return "an " + n.Kind.String()
	}
	return "a " + n.Kind.String()
}

func text(n *conf.Node) string {
	s, _ := n.Str()
	return s
}

// placeOf is the place of a field's value, or of something near when it is absent.
func placeOf(n *conf.Node, key string, near source.Place) source.Place {
	if m := n.Member(key); m != nil {
		return m.Value.Place
	}
	return near
}
