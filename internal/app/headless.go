package app

import (
	"context"
	"time"

	"github.com/imjoy-tools/imjoy/internal/chromium"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

// HeadlessOptions say what a browser that nobody sees shows.
type HeadlessOptions struct {
	Address       string
	Width, Height int // of the page, in pixels
	Dark          bool
	Note          func(format string, args ...any)
}

// Headless is a browser that nobody sees, at one page.
type Headless struct {
	browser *chromium.Browser
	tab     *chromium.Tab
}

// Headless opens a page in an installed Chromium. Its own sandbox is kept where it
// works.
func (a *App) Headless(ctx context.Context, o HeadlessOptions) (*Headless, error) {
	env := confine.Environment(a.Env, a.Env("HOME"), a.Env("TMPDIR"))
	b, err := chromium.Start(ctx, chromium.Options{Env: env, Sandboxed: true})
	if err != nil && ctx.Err() == nil {
		if _, missing := chromium.Find(); missing != nil {
			return nil, missing
		}
		o.Note("this Chromium cannot use its own sandbox here; it runs without")
		b, err = chromium.Start(ctx, chromium.Options{Env: env})
	}
	if err != nil {
		return nil, err
	}
	h := &Headless{browser: b}
	if h.tab, err = b.Open(ctx); err == nil {
		if err = h.tab.Size(ctx, o.Width, o.Height, o.Dark); err == nil {
			err = h.tab.Go(ctx, o.Address)
		}
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return h, nil
}

// Screenshot answers the page as a PNG, after it had time to draw.
func (h *Headless) Screenshot(ctx context.Context, after time.Duration) ([]byte, error) {
	select {
	case <-time.After(after):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return h.tab.Screenshot(ctx)
}

// Evaluate runs an expression in the page and answers its value as JSON.
func (h *Headless) Evaluate(ctx context.Context, expression string) ([]byte, error) {
	return h.tab.Evaluate(ctx, expression)
}

// Close ends the browser.
func (h *Headless) Close() { h.browser.Close() }
