package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// What the plugins of a repository hand to each other: data, events, services.

// Exchange is what a plugin gives to others and what it takes from them, by way.
type Exchange [exchangeWays][]SummaryLink

// The ways of an exchange.
const (
	gives   = iota // kinds of data: the texts that `type` may be in outputs
	takes          // kinds of data that inputs accept
	columns        // properties of outputs
	wants          // properties that inputs require, of plugins that take data
	emits          // events
	handles        // events that are listened to
	offers         // types of services
	seeks          // types of services that are asked for
	exchangeWays
)

// exchangeOf takes from the facts of a document what it exchanges with others.
func exchangeOf(facts *analysis.Facts) (x Exchange) {
	plan := facts.Plans[0]
	x[gives], x[takes] = kinds(plan.Outputs), kinds(plan.Inputs)
	if p := properties(plan.Outputs); p != nil {
		for _, m := range p.Members {
			x[columns] = append(x[columns], SummaryLink{m.Key, m.KeyPlace})
		}
	}
	if len(x[takes]) == 0 && len(fileKeywords(plan)) == 0 { // where there is a kind, it decides
		for _, n := range required(plan.Inputs) {
			x[wants] = append(x[wants], SummaryLink{n.Text, n.Place})
		}
	}
	for _, s := range facts.Scripts {
		for _, u := range s.Uses {
			x.use(s, u)
		}
	}
	return x
}

// use notes the events and services of a call.
func (x *Exchange) use(s *analysis.Script, u analysis.Use) {
	add := func(way int, l analysis.Literal) {
		x[way] = append(x[way], SummaryLink{l.Text, s.Place(l.Span)})
	}
	if !u.Call {
		return
	}
	switch u.Path {
	case "emit", "on":
		if u.First != nil {
			add(map[string]int{"emit": emits, "on": handles}[u.Path], *u.First)
		}
	case "registerService", "getServices":
		if len(u.Arguments) > 0 {
			if kind, ok := u.Arguments[0].Values["type"]; ok && kind.Text != "operator" {
				add(map[string]int{"registerService": offers, "getServices": seeks}[u.Path], kind)
			}
		}
	}
}

// kinds returns the texts that the property `type` of some data may be.
func kinds(schema *conf.Node) (list []SummaryLink) {
	kind := properties(schema).Get("type")
	for _, n := range append(textsOf(kind.Get("enum")), textsOf(kind.Get("const"))...) {
		list = append(list, SummaryLink{n.Text, n.Place})
	}
	return list
}

// required returns the names of the properties that data must have, as far as a schema
// names them itself.
func required(schema *conf.Node) []*conf.Node { return textsOf(schema.Get("required")) }

var ruleRepositoryData = &source.Rule{
	Code: "repository-data", Severity: source.Info,
	Summary: "data that no plugin of the repository gives",
	Doc: "The `inputs` of a plugin ask for a kind of data (`type`), or for columns (`required`), that the `outputs` of no other plugin have, though others of this repository do declare theirs. " +
		"Such a plugin is never offered anything. Where a name is nearly one that is given, it is a warning.",
	Bad:  "load.imjoy.html: \"outputs\": {\"type\": {\"enum\": [\"image/grayscale\"]}}\nview.imjoy.html: \"inputs\": {\"type\": {\"enum\": [\"image/greyscale\"]}}",
	Good: "load.imjoy.html: \"outputs\": {\"type\": {\"enum\": [\"image/grayscale\"]}}\nview.imjoy.html: \"inputs\": {\"type\": {\"enum\": [\"image/grayscale\"]}}",
}

var ruleRepositoryEvent = &source.Rule{
	Code: "repository-event", Severity: source.Warning,
	Summary: "an event by nearly the name of one that is sent",
	Doc:     "`api.on` waits for an event that no plugin of the repository sends with `api.emit`, while one sends an event of nearly that name, which nobody waits for.",
	Bad:     "a.imjoy.html: api.emit(\"roi-changed\", roi)\nb.imjoy.html: api.on(\"roi-change\", show)",
	Good:    "a.imjoy.html: api.emit(\"roi-changed\", roi)\nb.imjoy.html: api.on(\"roi-changed\", show)",
}

var ruleRepositoryService = &source.Rule{
	Code: "repository-service", Severity: source.Warning,
	Summary: "a service by nearly the type of one that is registered",
	Doc:     "`api.getServices` compares types letter by letter. No plugin of the repository registers services of this one, while one registers a type of nearly that name.",
	Bad:     "a.imjoy.html: api.registerService({type: \"segmenter\", name: \"A\", segment})\nb.imjoy.html: api.getServices({type: \"segmentor\"})",
	Good:    "a.imjoy.html: api.registerService({type: \"segmenter\", name: \"A\", segment})\nb.imjoy.html: api.getServices({type: \"segmenter\"})",
}

// among is what all plugins of a repository exchange: names by way, each once.
type among [exchangeWays][]string

func amongAll(plugins []Summary) (a among) {
	for _, s := range plugins {
		for way, list := range s.Exchange {
			for _, l := range list {
				if !slices.Contains(a[way], l.Name) {
					a[way] = append(a[way], l.Name)
				}
			}
		}
	}
	return a
}

// exchanges tells what plugins take that nobody gives.
func (r *repositoryReader) exchanges(plugins []Summary) {
	all := amongAll(plugins)
	for _, s := range plugins {
		r.lacking(ruleRepositoryData, s, takes, all[gives], "no plugin of this repository gives %q", "the kinds that are given are ")
		r.lacking(ruleRepositoryData, s, wants, all[columns], "no plugin of this repository gives %q", "the outputs have ")
		r.misspelt(ruleRepositoryEvent, s, handles, all[emits], all[handles], "no plugin of this repository sends the event %q")
		r.misspelt(ruleRepositoryService, s, seeks, all[offers], nil, "no plugin of this repository registers services of the type %q")
	}
}

// lacking tells the names of one way that the other side does not have, unless it has none
// at all.
func (r *repositoryReader) lacking(rule *source.Rule, s Summary, way int, there []string, message, hint string) {
	if len(there) == 0 {
		return
	}
	for _, l := range s.Exchange[way] {
		if slices.Contains(there, l.Name) {
			continue
		}
		d := rule.Diagnostic(l.Place, fmt.Sprintf(message, l.Name), hint+someOf(there))
		if near := source.Nearest(l.Name, there); near != "" {
			d.Hint, d.Severity = fmt.Sprintf("did you mean %q?", near), source.Warning
		}
		r.found = append(r.found, d)
	}
}

// someOf lists names, the first few of many.
func someOf(names []string) string {
	const shown = 6
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// misspelt tells the names of one way that are nearly one of the other side, which nobody
// else takes.
func (r *repositoryReader) misspelt(rule *source.Rule, s Summary, way int, there, taken []string, message string) {
	free := slices.DeleteFunc(slices.Clone(there), func(name string) bool { return slices.Contains(taken, name) })
	for _, l := range s.Exchange[way] {
		if slices.Contains(there, l.Name) {
			continue
		}
		if near := nearest(l.Name, free); near != "" {
			r.found = append(r.found, rule.Diagnostic(l.Place, fmt.Sprintf(message, l.Name), fmt.Sprintf("did you mean %q?", near)))
		}
	}
}

// nearest is [source.Nearest] for names that begin with the one who speaks:
// "smoother.reset" is not "smoother.done".
func nearest(name string, names []string) string {
	const separators = ".:/"
	i := strings.LastIndexAny(name, separators)
	if i < 0 {
		return source.Nearest(name, names)
	}
	for _, other := range names {
		if j := strings.LastIndexAny(other, separators); j < 0 || name[:i] == other[:j] && source.Nearest(name[i+1:], []string{other[j+1:]}) == "" {
			continue
		}
		if source.Nearest(name, []string{other}) != "" {
			return other
		}
	}
	return ""
}

// fileKeywords returns the file keywords of a plan's inputs.
func fileKeywords(plan *tags.Plan) (list []*conf.Node) {
	for pointer, n := range plan.Inputs.All() {
		if strings.HasSuffix(pointer, "/file") && !strings.HasSuffix(pointer, "/properties/file") {
			list = append(list, n)
		}
	}
	return list
}
