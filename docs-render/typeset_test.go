package docsrender

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const formulasAndDiagrams = "Energy is $E = mc^2$ and costs $5 to $10.\n\n" +
	"$$\n\\int_0^\\infty e^{-x^2}\\,dx\n  = \\frac{\\sqrt{\\pi}}{2}\n$$\n\n" +
	"```math\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n```\n\nBroken: $\\frac{a$.\n\n" +
	"```mermaid\nflowchart LR\n  A[Load image] --> B{Large?}\n  B -->|yes| C[Tile]\n```\n\n" +
	"```mermaid\nsequenceDiagram\n  Ann->>Bob: Hello\n```\n\n```mermaid\nmindmap\n  root((Cells))\n    Large\n```\n\n```mermaid\nnot a diagram\n```\n"

// TestFormulasAndDiagramsAreDrawn opens a page with both, served and from disk, in a
// browser that obeys its policy.
func TestFormulasAndDiagramsAreDrawn(t *testing.T) {
	leaveToLong(t)
	ctx := browser(t)
	site := build(t, Options{}, input("m.imjoy.html", pluginText(map[string]any{"name": "M", "type": "window"}, formulasAndDiagrams)))
	for name, prefix := range placesOf(t, site) {
		t.Run(name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
			defer cancel()
			w := watch(t, tab, prefix)
			if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 300), chromedp.Navigate(prefix+"plugins/m.html")); err != nil {
				t.Fatal(err)
			}
			for _, holds := range []string{
				`document.querySelectorAll(".formula .katex").length === 3`,
				`document.querySelectorAll(".docs .diagram").length === 3`,
				`document.querySelector("code.math[title]").textContent === "\\frac{a"`,
				`document.querySelector("pre.mermaid[title]").textContent.includes("not a diagram")`,
				`document.querySelector(".diagram").shadowRoot.querySelector("svg").getBoundingClientRect().width > 150`,
				`[...document.querySelector(".diagram").shadowRoot.querySelectorAll("text")].some(t => t.textContent.includes("Load image"))`,
				`getComputedStyle(document.querySelector(".diagram").shadowRoot.querySelector("rect.basic, .node rect, .node path")).fill !== "rgb(0, 0, 0)"`,
				`document.querySelector(".diagram").shadowRoot.adoptedStyleSheets[0].cssRules.length > 10 && document.adoptedStyleSheets.length === 0`,
				`document.fonts.check("16px KaTeX_Main")`,
				`document.querySelector(".docs p").textContent.endsWith("and costs $5 to $10.")`,
			} {
				waitFor(t, tab, holds)
			}
			w.check(t)
			w.mu.Lock()
			defer w.mu.Unlock()
			if len(w.console) > 0 {
				t.Errorf("the console has %q", w.console)
			}
		})
	}
}

// waitFor fails the test when an expression does not become true.
func waitFor(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 500 {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { try { return Boolean(`+expression+`); } catch { return false; } })()`))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		time.Sleep(40 * time.Millisecond)
	}
	t.Errorf("%s does not hold", expression)
}
