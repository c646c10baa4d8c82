package docsrender

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/imjoy-tools/imjoy/internal/axe"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestPagesAreAccessible lets axe look at every page, light and dark, wide and narrow.
func TestPagesAreAccessible(t *testing.T) {
	ctx := browser(t)
	broken := "<config lang=\"json\">{\"name\": \"Broken\", \"type\": \"window\"}</config>\n<docs>\nUse a <script> tag.\n</docs>\n<script lang=\"javascript\">\napi.export({})\n</script>\n"
	plugins := []Input{input("unet.imjoy.html", unet), input("broken.imjoy.html", broken),
		input("m.imjoy.html", pluginText(map[string]any{"name": "M", "type": "window", "permissions": []any{"net:example.org"}}, formulasAndDiagrams))}
	plugins[0].Diagnostics = append(plugins[0].Diagnostics, source.Diagnostic{Code: "a-rule", Severity: source.Warning, Message: "m"})
	rules := []*source.Rule{
		{Code: "a-rule", Severity: source.Error, Summary: "One.", Doc: "Because.", Bad: "<docs lang=\"x\">", Good: "<docs></docs>"},
		{Code: "b-rule", Severity: source.Warning, Summary: "Two.", Doc: "- a\n- b"},
	}
	site := buildAll(t, Options{Title: "Lab", Rules: rules}, Repository{Folder: "one", Plugins: plugins[:2]}, Repository{Folder: "two", Plugins: plugins[2:]})
	prefix := serve(t, site).URL + "/"
	for _, look := range []struct {
		name  string
		width int64
		theme string
	}{{"wide and light", 1280, "light"}, {"narrow and dark", 390, "dark"}} {
		t.Run(look.name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(ctx)
			defer cancel()
			for _, path := range site.Paths() {
				if !strings.HasSuffix(path, ".html") {
					continue
				}
				if err := chromedp.Do(tab, chromedp.EmulateViewport(look.width, 900), chromedp.Navigate(prefix+path)); err != nil {
					t.Fatal(err)
				}
				evaluate := func(expression string) (string, error) {
					return chromedp.Run(tab, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
				}
				if _, err := evaluate(`document.documentElement.dataset.theme = "` + look.theme + `"`); err != nil {
					t.Fatal(err)
				}
				violations, err := axe.Check(evaluate)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				for _, v := range violations {
					t.Errorf("%s: %v", path, v)
				}
			}
		})
	}
}
