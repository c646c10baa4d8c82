package lint

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Rules over a whole repository: plugins that name each other.

var acrossRules = []*source.Rule{ruleNameTwice, ruleDependencyCycle, ruleDependencyNotHere, ruleDependencyUndeclared, ruleRepositoryData, ruleRepositoryEvent, ruleRepositoryService}

// Summary is what rules over a repository want to know of one plugin.
type Summary struct {
	Name         string
	Place        source.Place // of the name
	Dependencies []SummaryLink
	Asks         []SummaryLink // plugins that scripts ask for
	Passes       []string      // names and files (without extension) that are declared, of whatever repository
	Exchange     Exchange      // data, events and services
}

// SummaryLink is a plugin that another one names.
type SummaryLink struct {
	Name  string
	Place source.Place // where it is named
}

// Summarize takes from the facts of a document what [Across] wants.
func Summarize(facts *analysis.Facts) Summary {
	c := facts.Document.Config
	s := Summary{Name: c.Name, Exchange: exchangeOf(facts)}
	if n := c.Root.Get("name"); n != nil {
		s.Place = n.Place
	}
	seen := map[source.Span]bool{}
	for _, plan := range facts.Plans {
		if hyphaFile(facts.Document) {
			break // what an app of Hypha depends on are packages
		}
		for _, d := range plan.Dependencies {
			if seen[d.Place.Span] {
				continue
			}
			seen[d.Place.Span] = true
			s.Passes = append(s.Passes, d.Address.Name)
			if file := pluginFileIn(string(d.Place.Slice(d.Place.Span))); file != "" {
				s.Passes = append(s.Passes, file)
			}
			if d.Address.Repo == "" && d.Address.Name != "" && d.Address.URL == "" && d.Address.Path == "" {
				s.Dependencies = append(s.Dependencies, SummaryLink{d.Address.Name, d.Place})
			}
		}
	}
	for _, script := range facts.Scripts {
		for _, l := range PluginsAskedFor(script) {
			s.Asks = append(s.Asks, SummaryLink{l.Text, script.Place(l.Span)})
		}
	}
	return s
}

// pluginFileIn returns the name, without extension, of the plugin file that an address
// leads to; "" where it names none.
func pluginFileIn(written string) string {
	before, _, found := strings.Cut(written, address.PluginSuffix)
	name := before[strings.LastIndexAny(before, `/\"'`)+1:]
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if !found {
		return ""
	}
	return name
}

// declares reports whether another plugin is among the dependencies, by its name or as a
// file of its name, wherever that comes from.
func (s *Summary) declares(other *Summary) bool {
	file := pluginFileIn(fileOf(*other))
	return slices.Contains(s.Passes, other.Name) || file != "" && slices.Contains(s.Passes, file)
}

var ruleNameTwice = &source.Rule{
	Code: "repository-name-repeated", Severity: source.Error,
	Summary: "two plugins of a repository have one name",
	Doc:     "A plugin is found by its name, letter by letter, and the first one wins: the other cannot be installed from the repository, and replaces the first when it is installed from its file.",
	Bad:     "blur.imjoy.html: \"name\": \"Blur\"\nblur2.imjoy.html: \"name\": \"Blur\"",
	Good:    "blur.imjoy.html: \"name\": \"Blur\"\nblur2.imjoy.html: \"name\": \"Blur 2\"",
}

var ruleDependencyCycle = &source.Rule{
	Code: "repository-cycle", Severity: source.Error,
	Summary: "plugins that depend on each other in a circle",
	Doc:     "ImJoy installs dependencies first and does not look for circles, so it never comes to an end. Take one of them out of the list, and ask for the plugin when it is needed.",
	Bad:     "a.imjoy.html: \"dependencies\": [\"B\"]\nb.imjoy.html: \"dependencies\": [\"A\"]",
	Good:    "a.imjoy.html: \"dependencies\": [\"B\"]\nb.imjoy.html: \"dependencies\": []",
}

var ruleDependencyNotHere = &source.Rule{
	Code: "repository-dependency-missing", Severity: source.Warning,
	Summary: "a dependency by a name that the repository does not have",
	Doc:     "A dependency without a repository is looked for in the one that the plugin came from. Write `owner/repository:Name` for a plugin of another one.",
	Bad:     "a.imjoy.html: \"dependencies\": [\"Blurr\"]\nblur.imjoy.html: \"name\": \"Blur\"",
	Good:    "a.imjoy.html: \"dependencies\": [\"Blur\"]\nblur.imjoy.html: \"name\": \"Blur\"",
}

var ruleDependencyUndeclared = &source.Rule{
	Code: "repository-dependency-undeclared", Severity: source.Info,
	Summary: "a plugin of the same repository is used and not declared",
	Doc:     "The plugin works for whoever happens to have the other one installed. List it under `dependencies`, so that it comes along.",
	Bad:     "a.imjoy.html: api.createWindow({type: \"Viewer\"}), no dependencies\nviewer.imjoy.html: \"name\": \"Viewer\"",
	Good:    "a.imjoy.html: \"dependencies\": [\"Viewer\"]\nviewer.imjoy.html: \"name\": \"Viewer\"",
}

// Across returns what is wrong between the plugins of one repository. The list is one
// repository's, in whatever order.
func Across(plugins []Summary, o Options) []source.Diagnostic {
	sorted := slices.Clone(plugins)
	slices.SortStableFunc(sorted, func(a, b Summary) int { return cmp.Compare(fileOf(a), fileOf(b)) })
	r := &repositoryReader{plugins: map[string]*Summary{}}
	for i := range sorted {
		r.name(&sorted[i])
	}
	for i := range sorted {
		r.links(&sorted[i])
	}
	r.cycles(sorted)
	r.exchanges(sorted)
	return Filter(r.found, o)
}

func fileOf(s Summary) string {
	if s.Place.Known() {
		return s.Place.Name
	}
	return ""
}

type repositoryReader struct {
	plugins map[string]*Summary // by name
	names   []string
	found   []source.Diagnostic
}

func (r *repositoryReader) name(s *Summary) {
	if s.Name == "" || !s.Place.Known() {
		return
	}
	if first := r.plugins[s.Name]; first != nil {
		d := ruleNameTwice.Diagnostic(s.Place, fmt.Sprintf("another plugin of this repository is named %q, too", s.Name), "give one of them another name")
		d.Related = []source.Note{{Place: first.Place, Message: "the other one"}}
		r.found = append(r.found, d)
		return
	}
	r.plugins[s.Name], r.names = s, append(r.names, s.Name)
}

func (r *repositoryReader) links(s *Summary) {
	for _, d := range s.Dependencies {
		if r.plugins[d.Name] != nil || len(r.names) < 2 {
			continue
		}
		hint := "write owner/repository:Name, if it is a plugin of another repository"
		if near := source.Nearest(d.Name, r.names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.found = append(r.found, ruleDependencyNotHere.Diagnostic(d.Place, fmt.Sprintf("this repository has no plugin named %q", d.Name), hint))
	}
	told := map[string]bool{}
	for _, ask := range s.Asks {
		if other := r.plugins[ask.Name]; other != nil && other.Name != s.Name && !told[ask.Name] && !s.declares(other) {
			told[ask.Name] = true
			d := ruleDependencyUndeclared.Diagnostic(ask.Place, fmt.Sprintf("%s is not among the dependencies", ask.Name), fmt.Sprintf("add %q to dependencies", ask.Name))
			d.Related = []source.Note{{Place: other.Place, Message: "a plugin of this repository"}}
			r.found = append(r.found, d)
		}
	}
}

// cycles tells each circle once, at the dependency that closes it.
func (r *repositoryReader) cycles(sorted []Summary) {
	const (
		open = 1
		done = 2
	)
	state := map[string]int{}
	var path []string
	var visit func(s *Summary)
	visit = func(s *Summary) {
		state[s.Name] = open
		path = append(path, s.Name)
		for _, d := range s.Dependencies {
			next := r.plugins[d.Name]
			switch {
			case next == nil || next.Name == s.Name:
			case state[next.Name] == open:
				circle := append(slices.Clone(path[slices.Index(path, next.Name):]), next.Name)
				r.found = append(r.found, ruleDependencyCycle.Diagnostic(d.Place, "these plugins depend on each other: "+strings.Join(circle, " -> "), "take one out of the list"))
			case state[next.Name] == 0:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[s.Name] = done
	}
	for i := range sorted {
		if s := r.plugins[sorted[i].Name]; s != nil && state[s.Name] == 0 {
			visit(s)
		}
	}
}
