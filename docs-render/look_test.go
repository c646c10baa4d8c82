package docsrender

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// evaluate answers what an expression is in a page.
func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func do(t *testing.T, ctx context.Context, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsCutOff looks for what makes a page scroll sideways, and for cells of
// tables that a phone does not show without scrolling them.
func TestNothingIsCutOff(t *testing.T) {
	ctx := browser(t)
	site := richSite(t, Options{})
	prefix := serve(t, site).URL + "/"
	for _, width := range []int64{390, 320, 1280}[:looks(3)] {
		for _, path := range site.Paths() {
			if !strings.HasSuffix(path, ".html") || !long() && path != "index.html" && !strings.Contains(path, "rich") && !strings.Contains(path, "name") {
				continue
			}
			do(t, ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(prefix+path))
			if got := evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); got > width {
				t.Errorf("%s is %d wide on a screen of %d", path, got, width)
			}
			cut := evaluate[string](t, ctx, `[...document.querySelectorAll("table.stack :is(th, td)")].filter(c => {
				const box = c.getBoundingClientRect();
				return box.width > 1 && getComputedStyle(c.closest("thead") ?? c).position !== "absolute" && box.right > innerWidth + 1;
			}).map(c => c.textContent).join("; ")`)
			if cut != "" {
				t.Errorf("%s: on a screen of %d these cells are cut off: %s", path, width, cut)
			}
		}
	}
}

// TestTheTagMatrixIsReadOnAPhone wants every value of every tag beside the name of the
// tag.
func TestTheTagMatrixIsReadOnAPhone(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(serve(t, richSite(t, Options{})).URL+"/plugins/rich.html"))
	got := evaluate[string](t, ctx, `[...document.querySelectorAll(".matrix tbody tr")].map(row => [...row.cells].slice(1)
		.map(c => getComputedStyle(c, "::before").content).join()).join("\n")`)
	want := `"CPU","GPU","GPU with a very long tag name","mini","apple-silicon"`
	if got != strings.Join([]string{want, want, want}, "\n") {
		t.Errorf("the values stand beside\n%s", got)
	}
}

// TestDarkModeDoesNotFlash asks which theme a page has when its body begins.
func TestDarkModeDoesNotFlash(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	prefix := serve(t, richSite(t, Options{})).URL + "/"
	do(t, ctx, chromedp.Navigate(prefix+"index.html"))
	evaluate[string](t, ctx, `localStorage.setItem("imjoy-docs-theme", "dark"), ""`)
	for _, path := range []string{"index.html", "plugins/rich.html", "source/rich.html"} {
		do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(prefix+path))
		// The script in the head blocks: whatever is painted comes behind it.
		ready := evaluate[bool](t, ctx, `(() => {
			const early = document.querySelector("head script[src$='early.js']");
			return !early.async && !early.defer && early.type === "" && document.documentElement.dataset.theme === "dark" &&
				performance.getEntriesByType("paint").every(p => p.startTime >= performance.getEntriesByName(early.src)[0].responseEnd);
		})()`)
		if !ready {
			t.Errorf("%s may be painted before it is dark", path)
		}
		if colour := evaluate[string](t, ctx, `getComputedStyle(document.body).backgroundColor`); colour != "rgb(19, 24, 22)" {
			t.Errorf("%s has the background %s", path, colour)
		}
		// A reader whose system is dark and who chose light, and one who chose nothing.
		do(t, ctx, media("", "prefers-color-scheme", "dark"))
		for chosen, want := range map[string]string{"light": "rgb(248, 249, 247)", "": "rgb(19, 24, 22)"} {
			evaluate[string](t, ctx, `document.documentElement.dataset.theme = "`+chosen+`"`)
			if colour := evaluate[string](t, ctx, `getComputedStyle(document.body).backgroundColor`); colour != want {
				t.Errorf("%s with the theme %q has the background %s", path, chosen, colour)
			}
		}
		do(t, ctx, media("", "", ""))
	}
}

// media emulates a kind of output and a feature of it.
func media(kind, feature, value string) step {
	p := emulation.SetEmulatedMediaParams{Media: kind}
	if feature != "" {
		p.Features = []*emulation.MediaFeature{{Name: feature, Value: value}}
	}
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, p)
		return err
	})
}

// TestPaperIsWhiteAndWhole prints a page that was dark on the screen.
func TestPaperIsWhiteAndWhole(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(700, 900), chromedp.Navigate(serve(t, richSite(t, Options{})).URL+"/plugins/rich.html"))
	evaluate[string](t, ctx, `document.documentElement.dataset.theme = "dark"`)
	// It is far below the screen, and drawn all the same, so that it can be printed.
	waitFor(t, ctx, `document.querySelector(".diagram") && document.querySelector(".diagram").getBoundingClientRect().top > 1500`)
	do(t, ctx, media("print", "", ""))
	evaluate[string](t, ctx, `dispatchEvent(new Event("beforeprint")), ""`)
	for _, holds := range []string{
		`getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)"`,
		`getComputedStyle(document.body).color === "rgb(29, 37, 34)"`,
		`["header.top", "aside.side", "button.copy", "nav.turn", "a.anchor", "details.contents"].every(s => getComputedStyle(document.querySelector(s)).display === "none")`,
		`[...document.querySelectorAll(".config details")].length > 0 && [...document.querySelectorAll(".config details")].every(d => d.open)`,
		`[...document.querySelectorAll(".matrix td")].every(c => c.getBoundingClientRect().right <= innerWidth)`,
		`document.documentElement.scrollWidth <= 700`,
		`[...document.querySelectorAll("pre.code")].every(p => p.scrollWidth <= p.clientWidth + 1)`,
	} {
		if !evaluate[bool](t, ctx, holds) {
			t.Errorf("on paper %s does not hold", holds)
		}
	}
	evaluate[string](t, ctx, `dispatchEvent(new Event("afterprint")), ""`)
	if evaluate[bool](t, ctx, `[...document.querySelectorAll(".config details")].some(d => d.open)`) {
		t.Error("what was folded stays open")
	}
}

// TestReadingNeedsNoScript turns scripts off: everything written is there, and nothing
// that does nothing.
func TestReadingNeedsNoScript(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	prefix := serve(t, richSite(t, Options{})).URL + "/"
	do(t, ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	for path, want := range map[string][]string{
		"index.html":        {"Rich", "Plain", veryLong, "Everything that a page can show."},
		"plugins/rich.html": {"imjoy install one/rich.imjoy.html --tag CPU", "E = mc^2", "A[Load] --> B[Count]", "numpy==1.24", "How many to look for.", "it is old"},
		"source/rich.html":  {`"name": "Rich"`, "api.export(Plugin())", "it is old"},
	} {
		do(t, ctx, chromedp.Navigate(prefix+path))
		text := evaluate[string](t, ctx, `document.body.innerText`)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("without scripts %s does not show %q", path, part)
			}
		}
		if idle := evaluate[string](t, ctx, `[...document.querySelectorAll("button, input, select, a.find")].filter(e => e.checkVisibility()).map(e => e.outerHTML).join()`); idle != "" {
			t.Errorf("without scripts %s shows %s, which does nothing", path, idle)
		}
	}
}

// TestFindingsLeadToTheirLines follows the links of a finding from the page of a plugin.
func TestFindingsLeadToTheirLines(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 700), chromedp.Navigate(serve(t, richSite(t, Options{})).URL+"/plugins/rich.html"))
	if got := evaluate[string](t, ctx, `document.querySelector(".trouble").textContent`); got != "2 warnings" {
		t.Errorf("the page tells of %q", got)
	}
	if got := evaluate[string](t, ctx, `[...document.querySelectorAll(".findings > li")].map(l => l.querySelectorAll("a.ref").length).join()`); got != "2" {
		t.Errorf("findings have %s links", got)
	}
	do(t, ctx, chromedp.Click(".findings a.ref:nth-of-type(2)"))
	waitFor(t, ctx, `document.querySelector(".row:target")`)
	for _, holds := range []string{
		`document.querySelector(".row:target").textContent.includes("numpy==1.22 scipy")`,
		`document.querySelector(".row:target + .said").textContent.includes("it is old")`,
		`document.querySelector(".row:target").getBoundingClientRect().top > 60 && document.querySelector(".row:target").getBoundingClientRect().bottom < innerHeight`,
		`getComputedStyle(document.querySelector(".row:target")).backgroundColor !== getComputedStyle(document.querySelector(".row")).backgroundColor`,
	} {
		waitFor(t, ctx, holds)
	}
	evaluate[string](t, ctx, `navigator.clipboard.writeText = async (text) => { self.copied = text; }, ""`)
	evaluate[string](t, ctx, `document.querySelector("main > .holder .copy").click(), ""`)
	waitFor(t, ctx, `self.copied`)
	if got := evaluate[string](t, ctx, `self.copied`); got != richPlugin() {
		t.Errorf("the copied file has %d characters, not %d", len(got), len(richPlugin()))
	}
}

// TestFiltersAndKeys uses the front page as a reader does: by its selects, its chips, and
// by keys alone.
func TestFiltersAndKeys(t *testing.T) {
	ctx := browser(t)
	prefix := serve(t, richSite(t, Options{})).URL + "/"
	const visible = `[...document.querySelectorAll("li.card")].filter(c => c.checkVisibility()).map(c => c.querySelector("h2").textContent).join()`
	pick := func(filter, value string) {
		evaluate[string](t, ctx, fmt.Sprintf(`(() => { const s = document.querySelector("select[data-filter=%s]"); s.value = %q; s.dispatchEvent(new Event("change")); return ""; })()`, filter, value))
	}
	do(t, ctx, chromedp.Navigate(prefix+"index.html"))
	all := evaluate[string](t, ctx, visible)
	for _, tt := range []struct{ filter, value, want string }{
		{"label", "cells", "Plain,Rich"}, {"label", "3D", "Rich"}, {"tag", "CPU", "Rich," + veryLong}, {"tag", "mini", "Rich"}, {"repository", "three", "Broken"},
	} {
		pick(tt.filter, tt.value)
		if got := evaluate[string](t, ctx, visible); got != tt.want {
			t.Errorf("%s %s shows %q, want %q", tt.filter, tt.value, got, tt.want)
		}
		do(t, ctx, chromedp.Click(".clear"))
		if got := evaluate[string](t, ctx, visible); got != all {
			t.Errorf("cleared, the page shows %q", got)
		}
	}
	// From any page "/" leads to the search, and Tab to a card that shows that it is meant.
	do(t, ctx, chromedp.Navigate(prefix+"plugins/rich.html"), chromedp.KeyEvent("/"))
	waitFor(t, ctx, `location.pathname.endsWith("/index.html") && document.activeElement.id === "query" && document.activeElement.value === ""`)
	do(t, ctx, chromedp.KeyEvent("never seems"))
	waitFor(t, ctx, visible+` === "`+veryLong+`"`)
	seen := ""
	for range 12 {
		do(t, ctx, chromedp.KeyEvent("\t"))
		focus := evaluate[string](t, ctx, `(() => {
			const e = document.activeElement, ring = getComputedStyle(e.closest(".card") ?? e).outlineStyle;
			return (ring === "none" ? "no ring: " : "") + (e.closest(".card") ? "card" : e.localName) + " ";
		})()`)
		if seen += focus; focus == "card " {
			break
		}
	}
	if strings.Contains(seen, "no ring") || !strings.HasSuffix(seen, "card ") {
		t.Errorf("Tab goes to %s", seen)
	}
	do(t, ctx, chromedp.KeyEvent("\r"))
	waitFor(t, ctx, `document.title.startsWith("`+veryLong+`")`)
}

// TestContentsFollowTheReader wants them beside the text where there is room, in view,
// and folded above it where there is none.
func TestContentsFollowTheReader(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(serve(t, richSite(t, Options{})).URL+"/plugins/rich.html"))
	evaluate[string](t, ctx, `document.documentElement.style.scrollBehavior = "auto", document.getElementById("inputs").scrollIntoView(), ""`)
	waitFor(t, ctx, `document.querySelector("aside.side .toc a[aria-current]")?.hash === "#inputs"`)
	waitFor(t, ctx, `(() => { const box = document.querySelector("aside.side .toc").getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight / 2; })()`)
	waitFor(t, ctx, `!document.querySelector("details.contents").checkVisibility()`)
	do(t, ctx, chromedp.EmulateViewport(390, 844))
	waitFor(t, ctx, `document.querySelector("details.contents").checkVisibility() && !document.querySelector("aside.side .toc").checkVisibility()`)
	evaluate[string](t, ctx, `document.querySelector("details.contents").open = true, scrollTo(0, 0), ""`)
	do(t, ctx, chromedp.Click(`details.contents a[href="#tags"]`))
	waitFor(t, ctx, `!document.querySelector("details.contents").open && location.hash === "#tags"`)
	waitFor(t, ctx, `Math.abs(document.getElementById("tags").getBoundingClientRect().top) < 200`)
}
