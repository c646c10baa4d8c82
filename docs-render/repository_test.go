package docsrender

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// TestSeveralRepositoriesAreOneSite has two that both know a plugin of one name.
func TestSeveralRepositoriesAreOneSite(t *testing.T) {
	plugin := func(name, dependency string) Input {
		config := map[string]any{"name": name, "type": "window", "api_version": "0.1.8"}
		if dependency != "" {
			config["dependencies"] = []any{dependency}
		}
		return input("src/"+strings.ToLower(name)+".imjoy.html", pluginText(config, "About "+name+"."))
	}
	m, _ := manifest.Parse("manifest.imjoy.json", []byte(`{"name": "Cells", "plugins": [{"name": "Blur", "uri": "src/blur.imjoy.html"}],
		"collections": [{"name": "Start", "plugins": ["Blur"]}]}`))
	site := buildAll(t, Options{Title: "Labs"},
		Repository{Folder: "one", Address: "our/cells", Manifest: m, Plugins: []Input{plugin("Blur", ""), plugin("Count", "Blur")}},
		Repository{Folder: "two", Plugins: []Input{plugin("Blur", ""), plugin("Spots", "our/cells:Blur"), plugin("Near", "Blur")}})

	index := string(site.Files["index.html"].Body)
	for _, want := range []string{`<option value="Cells">Cells (2)</option>`, `<option value="two">two (3)</option>`, `data-repository="two"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the front page has no %s", want)
		}
	}
	for path, want := range map[string]string{
		"plugins/blur.html":   "imjoy install our/cells:Blur",
		"plugins/blur-2.html": "imjoy install two/src/blur.imjoy.html",
		"plugins/count.html":  `<a href="blur.html"`,
		"plugins/near.html":   `<a href="blur-2.html"`,
		"index.html":          `<a href="plugins/blur.html">Blur</a></li>`,
	} {
		if !strings.Contains(string(site.Files[path].Body), want) {
			t.Errorf("%s has no %s", path, want)
		}
	}
}

// The page of rules has the rules of a family together, and leads to each family.
func TestRulesStandByFamily(t *testing.T) {
	var rules []*source.Rule
	for _, code := range []string{"a-tag", "b-config", "c-tag"} {
		rules = append(rules, &source.Rule{Code: code, Severity: source.Warning, Summary: "s", Doc: "D."})
	}
	about := func(code string) (string, bool) { return code[2:], code == "b-config" }
	body := string(build(t, Options{Rules: rules, AboutRule: about}).Files["rules.html"].Body)
	at := -1
	for _, want := range []string{`<a href="#b-config">config</a> <span class="small">1</span>`, `<a href="#a-tag">tag</a> <span class="small">2</span>`, `id="b-config"`, "has a fix", `id="a-tag"`, `id="c-tag"`} {
		next := strings.Index(body, want)
		if next <= at {
			t.Errorf("%s does not stand where it should", want)
		}
		at = next
	}
	if strings.Count(body, "has a fix") != 1 {
		t.Error("more than one rule has a fix")
	}
	if strings.Contains(string(build(t, Options{Rules: rules}).Files["rules.html"].Body), "families") {
		t.Error("families of which nothing is known")
	}
}

func TestFindingsLeadToTheirRule(t *testing.T) {
	rule := &source.Rule{Code: "yaml-alias", Severity: source.Warning, Summary: "It is <so>.", Doc: "Because of `a`.", Bad: "<docs>", Good: "<docs></docs>"}
	plugin := input("p.imjoy.html", pluginText(map[string]any{"name": "P", "type": "window"}, ""))
	for _, code := range []string{rule.Code, "unknown"} {
		plugin.Diagnostics = append(plugin.Diagnostics, source.Diagnostic{Code: code, Severity: source.Warning, Message: "m"})
	}
	site := build(t, Options{Rules: []*source.Rule{rule}}, plugin)
	if body := string(site.Files["plugins/p.html"].Body); !strings.Contains(body, `href="../rules.html#yaml-alias"`) || strings.Contains(body, "rules.html#unknown") {
		t.Error("the page does not link the rule, or links one that is not there")
	}
	body := string(site.Files["rules.html"].Body)
	for _, want := range []string{`id="yaml-alias"`, "It is &lt;so&gt;.", "<code>a</code>", "docs"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of rules has no %s", want)
		}
	}
	if _, ok := build(t, Options{}, plugin).Files["rules.html"]; ok {
		t.Error("a page of rules without rules")
	}
}
