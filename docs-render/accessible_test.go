package docsrender

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/imjoy-tools/imjoy/internal/axe"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// looks is how many of the n looks a test takes: all of them in long tests.
func looks(n int) int {
	if long() {
		return n
	}
	return 1
}

// TestPagesAreAccessible lets axe look at every kind of page, light and dark, wide and
// narrow.
func TestPagesAreAccessible(t *testing.T) {
	ctx := browser(t)
	rules := []*source.Rule{
		{Code: "a-rule", Severity: source.Error, Summary: "One.", Doc: "Because.", Bad: "<docs lang=\"x\">", Good: "<docs></docs>"},
		{Code: "b-rule", Severity: source.Warning, Summary: "Two.", Doc: "- a\n- b"},
	}
	site := richSite(t, Options{Title: "Lab", Rules: rules})
	prefix := serve(t, site).URL + "/"
	paths := []string{"index.html", "plugins/rich.html"}
	if long() {
		paths = slices.DeleteFunc(site.Paths(), func(path string) bool { return !strings.HasSuffix(path, ".html") })
	}
	for _, look := range []struct {
		name  string
		width int64
		theme string
	}{{"narrow and dark", 390, "dark"}, {"wide and light", 1280, "light"}, {"narrow and light", 390, "light"}, {"wide and dark", 1280, "dark"}}[:looks(4)] {
		t.Run(look.name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
			defer cancel()
			for _, path := range paths {
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
