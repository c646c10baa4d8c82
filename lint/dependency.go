package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about the plugins that a plugin needs.

var dependencyChecks = []check{
	{ruleCollectionEmpty, collectionEmpty},
	{ruleDependencySelf, dependencySelf},
	{ruleDependencyTwice, dependencyTwice},
	{ruleDependencyUnused, dependencyUnused},
	{ruleDependencyNear, dependencyNear},
}

// eachDependency calls f for every dependency, each place once.
func (p *pass) eachDependency(f func(plan *tags.Plan, d tags.Dependency)) {
	seen := map[source.Span]bool{}
	for _, plan := range p.Plans {
		for _, d := range plan.Dependencies {
			if !seen[d.Place.Span] {
				seen[d.Place.Span] = true
				f(plan, d)
			}
		}
	}
}

var ruleDependencySelf = &source.Rule{
	Code: "dependency-self", Severity: source.Error,
	Summary: "a plugin that depends on itself",
	Doc:     "ImJoy installs dependencies first and does not look for circles, so it never comes to an end. Remove the entry.",
	Bad:     `{"name": "Blur", "dependencies": ["Blur"]}`,
	Good:    `{"name": "Blur", "dependencies": ["Image Window"]}`,
}

func dependencySelf(p *pass) {
	p.eachDependency(func(_ *tags.Plan, d tags.Dependency) {
		if d.Address.Repo == "" && d.Address.Name != "" && d.Address.Name == p.Document.Config.Name {
			p.report(d.Place, "the plugin depends on itself, so installing it never ends", "remove it")
		}
	})
}

var ruleDependencyTwice = &source.Rule{
	Code: "dependency-repeated", Severity: source.Warning,
	Summary: "a dependency is listed twice",
	Doc:     "The second one is installed over the first; with another tag or commit it is unclear which one is there.",
	Bad:     `{"dependencies": ["imjoy-team/imjoy-plugins:Image Window", "imjoy-team/imjoy-plugins:Image Window@stable"]}`,
	Good:    `{"dependencies": ["imjoy-team/imjoy-plugins:Image Window@stable"]}`,
}

func dependencyTwice(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		first := map[string]tags.Dependency{}
		for _, d := range plan.Dependencies {
			a := d.Address
			key := strings.ToLower(a.Host+"/"+a.Repo) + ":" + a.Name + a.URL + a.Path + a.ID + a.File + a.Collection
			earlier, again := first[key]
			if !again {
				first[key] = d
				continue
			}
			if !told[d.Place.Span] {
				told[d.Place.Span] = true
				p.report(d.Place, fmt.Sprintf("%s is listed twice", a), "keep one of them").
					Related = []source.Note{{Place: earlier.Place, Message: "listed here already"}}
			}
		}
	}
}

var ruleDependencyUnused = &source.Rule{
	Code: "dependency-unused", Severity: source.Info,
	Summary: "a dependency that nothing in the plugin names",
	Doc: "The name of the dependency stands nowhere in scripts, windows, forms or attachments. It is installed all the same, with everything it needs and asks for. " +
		"Collections, whose dependencies are all there is, are not judged.",
	Bad:  `{"dependencies": ["imjoy-team/imjoy-plugins:Image Window"]}`,
	Good: "<config lang=\"json\">{\"dependencies\": [\"imjoy-team/imjoy-plugins:Image Window\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run(ctx) { await api.createWindow({type: \"Image Window\", data: ctx.data}) }})\n</script>",
}

func dependencyUnused(p *pass) {
	if slices.ContainsFunc(p.Scripts, func(s *analysis.Script) bool { return s.External() }) {
		return
	}
	p.eachDependency(func(plan *tags.Plan, d tags.Dependency) {
		name := d.Address.Name
		if name == "" || name == p.Document.Config.Name || plan.Type == "collection" || len(plan.Scripts) == 0 || p.names(name, d.Place.Span) {
			return
		}
		p.report(d.Place, fmt.Sprintf("nothing in the plugin names %s", name), "remove it, if nothing needs it")
	})
}

var ruleCollectionEmpty = &source.Rule{
	Code: "dependency-none", Severity: source.Warning,
	Summary: "a collection without plugins",
	Doc:     "A collection has no code of its own: installing it installs its dependencies, and nothing else.",
	Bad:     `{"type": "collection", "dependencies": []}`,
	Good:    `{"type": "collection", "dependencies": ["imjoy-team/imjoy-plugins@4c5e7e4:Image Window"]}`,
}

func collectionEmpty(p *pass) {
	for _, plan := range p.Plans {
		if plan.Type == "collection" && len(plan.Dependencies) == 0 && !p.hole("dependencies", plan.Tag) {
			place := p.Document.Config.Block.TagPlace()
			if n := p.config().Get("dependencies"); n != nil {
				place = n.Place
				if n.List() && len(n.Items) > 0 {
					return // what is wrong with them is told
				}
			}
			p.report(place, "a collection that lists no plugins installs nothing", "add the addresses of plugins to dependencies")
			return
		}
	}
}

// names reports whether a name stands anywhere in the file but in the dependencies.
func (p *pass) names(name string, but source.Span) bool {
	text := string(p.Document.Text())
	list := but
	if n := p.config().Get("dependencies"); n != nil {
		list = n.Place.Span
	}
	return strings.Contains(text[:list.Start], name) && name != p.Document.Config.Name || strings.Contains(text[list.End:], name)
}

var ruleDependencyNear = &source.Rule{
	Code: "dependency-misspelt", Severity: source.Warning,
	Summary: "a plugin is asked for by nearly the name of a dependency",
	Doc:     "`api.getPlugin`, `api.run`, `api.call` and the `type` of a window want the name of a plugin letter by letter.",
	Bad:     "<config lang=\"json\">{\"dependencies\": [\"imjoy-team/imjoy-plugins:Image Window\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run(ctx) { await api.createWindow({type: \"ImageWindow\", data: ctx.data}) }})\n</script>",
	Good:    "<config lang=\"json\">{\"dependencies\": [\"imjoy-team/imjoy-plugins:Image Window\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run(ctx) { await api.createWindow({type: \"Image Window\", data: ctx.data}) }})\n</script>",
}

func dependencyNear(p *pass) {
	for _, plan := range p.Plans {
		var names []string
		for _, d := range plan.Dependencies {
			if d.Address.Name != "" {
				names = append(names, d.Address.Name)
			}
		}
		for _, s := range p.ScriptsOf(plan) {
			for _, l := range PluginsAskedFor(s) {
				if slices.Contains(names, l.Text) || l.Text == p.Document.Config.Name {
					continue
				}
				if near := source.Nearest(l.Text, names); near != "" && !p.reported(s.Place(l.Span)) {
					d := p.report(s.Place(l.Span), fmt.Sprintf("no plugin named %q is among the dependencies", l.Text), fmt.Sprintf("did you mean %q?", near))
					d.Fixes = replaceInside(s, l, near)
				}
			}
		}
	}
}

// reported reports whether this rule has told something about a place.
func (p *pass) reported(place source.Place) bool {
	return slices.ContainsFunc(*p.found, func(d source.Diagnostic) bool { return d.Code == p.rule.Code && d.Place.Span == place.Span })
}

// PluginsAskedFor returns the names of plugins that a script asks for, as they stand in it.
func PluginsAskedFor(s *analysis.Script) (names []analysis.Literal) {
	for _, u := range s.Uses {
		switch u.Path {
		case "getPlugin", "run", "call":
			if u.First != nil {
				names = append(names, *u.First)
			}
		case "createWindow", "showDialog":
			if len(u.Arguments) > 0 {
				if l, ok := u.Arguments[0].Values["type"]; ok {
					names = append(names, l)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(l analysis.Literal) bool { return strings.HasPrefix(l.Text, "imjoy/") || isURL(l.Text) })
}

// replaceInside is the fix that writes another text between the quotes of a literal.
func replaceInside(s *analysis.Script, l analysis.Literal, text string) []source.Fix {
	written := s.Block.Body().Text[l.Span.Start:l.Span.End]
	if len(written) != len(l.Text)+2 || written[1:len(written)-1] != l.Text || strings.ContainsAny(text, "\"'`\\$") {
		return nil
	}
	span := s.Place(source.Span{Start: l.Span.Start + 1, End: l.Span.End - 1}).Span
	return []source.Fix{{Title: "write " + text, Edits: []source.Edit{{Span: span, New: text}}}}
}
