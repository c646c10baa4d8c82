package lint

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Rules about addresses: of code that is loaded, and of other plugins.

var addressChecks = []check{
	{ruleDeadHost, deadHost},
	{ruleUnversioned, unversioned},
	{ruleInsecure, insecure},
	{ruleCredentials, credentials},
	{ruleRemoteModule, remoteModule},
	{ruleDependencyUnpinned, dependencyUnpinned},
}

// link is an address somewhere in a document.
type link struct {
	url   string
	place source.Place
}

// collector gathers links, each place once.
type collector struct {
	links []link
	seen  map[source.Span]bool
}

func (c *collector) add(url string, place source.Place) {
	if url = strings.TrimSpace(url); isURL(url) && !c.seen[place.Span] {
		c.seen[place.Span] = true
		c.links = append(c.links, link{url, place})
	}
}

func (c *collector) literals(list []analysis.Literal, place func(source.Span) source.Place) {
	for _, l := range list {
		c.add(l.Text, place(l.Span))
	}
}

// codeLinks returns the addresses of everything that is loaded and run.
func codeLinks(f *analysis.Facts) []link {
	c := collector{seen: map[source.Span]bool{}}
	for _, plan := range f.Plans {
		for _, script := range plan.Needs.URLs {
			c.add(script.URL, script.Place)
		}
	}
	for _, b := range f.Document.Recovered {
		switch b.Kind {
		case pluginfile.LinkBlock:
			c.attribute(b, "href")
		case pluginfile.ScriptBlock:
			c.attribute(b, "src")
		}
	}
	for _, s := range f.Scripts {
		if len(s.Imports) > 0 {
			c.literals(s.Imports, s.Place)
		}
	}
	for _, w := range f.Windows {
		c.literals(w.Loads, w.Place)
	}
	return c.links
}

func (c *collector) attribute(b *pluginfile.Block, name string) {
	if attr, ok := b.Attr(name); ok {
		c.add(attr.Value, attr.Place(b.Source))
	}
}

// allLinks adds the addresses of everything else: images, texts of the config and
// strings of scripts.
func allLinks(f *analysis.Facts, code []link) []link {
	c := collector{links: slices.Clone(code), seen: map[source.Span]bool{}}
	starts := make([]int, 0, len(code))
	for _, l := range code {
		c.seen[l.place.Span] = true
		starts = append(starts, l.place.Span.Start)
	}
	slices.Sort(starts)
	for _, n := range f.Document.Config.Root.All() {
		// A requirement is there already, without its quotes or prefix.
		if text, ok := n.Str(); ok && isURL(strings.TrimSpace(text)) && !holdsOne(starts, n.Place.Span) {
			c.add(text, n.Place)
		}
	}
	for _, s := range f.Scripts {
		c.literals(s.URLs, s.Place)
	}
	for _, w := range f.Windows {
		c.literals(w.Images, w.Place)
	}
	return c.links
}

// holdsOne reports whether one of the sorted offsets lies in a span.
func holdsOne(starts []int, span source.Span) bool {
	i, _ := slices.BinarySearch(starts, span.Start)
	return i < len(starts) && starts[i] < span.End
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "//")
}

func parseURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

var ruleDeadHost = &source.Rule{
	Code: "url-dead-host", Severity: source.Warning,
	Summary: "an address on a host that is gone, or is not what it was",
	Doc: "RawGit closed in 2019, Bintray in 2021; `unpkg.io` never belonged to unpkg; the domains of polyfill.io, bootcss and staticfile were sold and served " +
		"malicious code in 2024. A plugin that loads from there does not start, or starts something else.",
	Bad:  `{"type": "window", "requirements": ["https://cdn.rawgit.com/nodeca/pica/4.0.1/dist/pica.min.js"]}`,
	Good: `{"type": "window", "requirements": ["https://cdn.jsdelivr.net/gh/nodeca/pica@4.0.1/dist/pica.min.js"]}`,
}

var deadHosts = map[string]struct{ why, hint string }{
	"cdn.rawgit.com":     {"RawGit closed in 2019", "use https://cdn.jsdelivr.net/gh/OWNER/REPO@VERSION/FILE"},
	"rawgit.com":         {"RawGit closed in 2019", "use https://cdn.jsdelivr.net/gh/OWNER/REPO@VERSION/FILE"},
	"gitcdn.xyz":         {"GitCDN is gone", "use https://cdn.jsdelivr.net/gh/OWNER/REPO@VERSION/FILE"},
	"gitcdn.link":        {"GitCDN is gone", "use https://cdn.jsdelivr.net/gh/OWNER/REPO@VERSION/FILE"},
	"unpkg.io":           {"unpkg never had this domain", "did you mean unpkg.com?"},
	"dl.bintray.com":     {"Bintray closed in 2021", "find the project's present home"},
	"polyfill.io":        {"the domain was sold and served malicious code in 2024", "remove it: browsers of today need no polyfill"},
	"cdn.polyfill.io":    {"the domain was sold and served malicious code in 2024", "remove it: browsers of today need no polyfill"},
	"cdn.bootcss.com":    {"the domain was sold and served malicious code in 2024", "use cdn.jsdelivr.net"},
	"cdn.staticfile.org": {"the domain was sold and served malicious code in 2024", "use cdn.jsdelivr.net"},
	"cdn.staticfile.net": {"the domain was sold and served malicious code in 2024", "use cdn.jsdelivr.net"},
}

func deadHost(p *pass) {
	for _, l := range p.links() {
		if dead, ok := deadHosts[strings.ToLower(parseURL(l.url).Hostname())]; ok {
			p.report(l.place, fmt.Sprintf("%s does not serve this any more: %s", parseURL(l.url).Hostname(), dead.why), dead.hint).
				Fixes = addressFix(l, livingAddress(parseURL(l.url)))
		}
	}
}

var ruleUnversioned = &source.Rule{
	Code: "url-unversioned", Severity: source.Warning,
	Summary: "code from a CDN without a version",
	Doc: "Without a version the address means whatever is newest: the plugin may break on any day, and nobody can tell which code it ran. " +
		"Most plugins that stopped working did so in this way. Where a lock beside the plugin has what the address led to, `imjoy lint --unsafe-fixes` writes that.",
	Bad:  `{"type": "window", "requirements": ["https://unpkg.com/vue/dist/vue.js"]}`,
	Good: `{"type": "window", "requirements": ["https://unpkg.com/vue@2.7.16/dist/vue.js"]}`,
}

// Addresses by host that have no version, or one that moves.
var unversionedPaths = map[string]func() *regexp.Regexp{
	"unpkg.com":                 lazily(`^/(?:@[^/@]+/)?[^/@]+(?:@(?:latest|next))?(?:/|$)`),
	"cdn.jsdelivr.net":          lazily(`^/(?:npm/(?:@[^/@]+/)?[^/@,]+(?:@(?:latest|next))?|gh/[^/@]+/[^/@]+(?:@(?:latest|master|main))?)(?:/|$)`),
	"esm.sh":                    lazily(`^/(?:@[^/@]+/)?[^/@]+(?:@latest)?(?:/|$)`),
	"cdn.skypack.dev":           lazily(`^/(?:@[^/@]+/)?[^/@]+(?:/|$)`),
	"raw.githubusercontent.com": lazily(`^/[^/]+/[^/]+/(?:master|main|HEAD)/`),
	"code.jquery.com":           lazily(`^/jquery-latest`),
	"cdn.plot.ly":               lazily(`^/plotly-latest`),
}

func unversioned(p *pass) {
	for _, l := range p.code() {
		u := parseURL(l.url)
		if moving := unversionedPaths[strings.ToLower(u.Hostname())]; moving != nil && moving().MatchString(u.EscapedPath()) {
			p.report(l.place, fmt.Sprintf("this address on %s has no fixed version, so nobody can tell what it will serve", u.Hostname()), versionHint(u))
		}
	}
}

func versionHint(u *url.URL) string {
	switch u.Hostname() {
	case "raw.githubusercontent.com":
		return "name a tag or a commit instead of the branch"
	case "cdn.plot.ly", "code.jquery.com":
		return "name the version, such as -2.35.2"
	}
	return "write the version behind the name, such as @1.2.3"
}

var ruleInsecure = &source.Rule{
	Code: "url-insecure", Severity: source.Warning,
	Summary: "code loaded over plain http",
	Doc:     "Anybody on the way can change the code, and a page served by https refuses to load it. Requirements have a rule of their own, `requirement-insecure`.",
	Bad:     windowPlugin + "<link rel=\"stylesheet\" href=\"http://example.org/a.css\"/>\n<window><div></div></window>",
	Good:    windowPlugin + "<link rel=\"stylesheet\" href=\"https://example.org/a.css\"/>\n<window><div></div></window>",
}

func insecure(p *pass) {
	requirements := map[source.Span]bool{}
	for _, plan := range p.Plans {
		for _, script := range plan.Needs.URLs {
			requirements[script.Place.Span] = true
		}
	}
	for _, l := range p.code() {
		u := parseURL(l.url)
		if u.Scheme == "http" && !requirements[l.place.Span] && !local(u.Hostname()) {
			p.report(l.place, "this is loaded over plain http, where anybody on the way can change it", "write https://").
				Fixes = addressFix(l, "https"+strings.TrimPrefix(l.url, "http"))
		}
	}
}

func local(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

var ruleCredentials = &source.Rule{
	Code: "url-credentials", Severity: source.Error,
	Summary: "an address with a password or token",
	Doc:     "A plugin is a file that others read. Revoke the credentials: they must be taken for public.",
	Bad:     `{"cover": "https://me:secret@example.org/cover.png"}`,
	Good:    `{"cover": "https://example.org/cover.png"}`,
}

func credentials(p *pass) {
	for _, l := range p.links() {
		if u := parseURL(l.url); u.User != nil && !p.told(l.place, "requirement-credentials") {
			p.report(l.place, fmt.Sprintf("this address on %s holds credentials, and everybody can read the plugin", u.Hostname()), "revoke them, then remove them from the address")
		}
	}
}

// told reports whether planning has said something with that code about a place.
func (p *pass) told(place source.Place, code string) bool {
	for _, d := range p.Planned {
		if d.Code == code && place.Span.Contains(d.Place.Span) {
			return true
		}
	}
	return false
}

var ruleRemoteModule = &source.Rule{
	Code: "javascript-remote-module", Severity: source.Info,
	Summary: "a module imported from another host",
	Doc: "The module and everything it imports are fetched at each start. Even with a version in the address nothing checks that it is the same code: " +
		"no lock or hash covers it. A file listed in `requirements` can be locked and kept for offline use.",
	Bad:  "<script lang=\"javascript\" type=\"module\">\nimport dayjs from \"https://esm.sh/dayjs@1.11.13\"\napi.export({setup() {}, run() {}})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

func remoteModule(p *pass) {
	for _, s := range p.Scripts {
		if !s.Module {
			continue
		}
		for _, l := range s.Imports {
			if isURL(l.Text) {
				p.report(s.Place(l.Span), fmt.Sprintf("this module comes from %s at each start, and nothing locks its code", parseURL(l.Text).Hostname()), "put the code into the plugin, or list a fixed file in requirements").
					Related = []source.Note{{Place: s.Block.TagPlace(), Message: "the module"}}
			}
		}
	}
}

var ruleDependencyUnpinned = &source.Rule{
	Code: "dependency-unpinned", Severity: source.Info,
	Summary: "a dependency may change at any time",
	Doc: "The address of a dependency without a commit or tag means the newest state of its repository. An installation notes the commit it got; " +
		"another machine, later, may get another plugin. `imjoy lint --unsafe-fixes` writes the commit that a lock beside the plugin has.",
	Bad:  `{"dependencies": ["imjoy-team/imjoy-plugins:Image Window"]}`,
	Good: `{"dependencies": ["imjoy-team/imjoy-plugins@a5d3c5bfc1a1e5b5c41b8e9a3d8cb4ffdc8b5f5e:Image Window"]}`,
}

func dependencyUnpinned(p *pass) {
	seen := map[source.Span]bool{}
	for _, plan := range p.Plans {
		for _, d := range plan.Dependencies {
			if d.Address.Kind == address.Repository && d.Address.Ref == "" && !seen[d.Place.Span] {
				seen[d.Place.Span] = true
				p.report(d.Place, fmt.Sprintf("%s is whatever its repository holds on that day", d.Address), "write the commit or tag behind the repository: owner/repository@COMMIT:Name")
			}
		}
	}
}
