package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
)

// BrowserOptions say which plugins run in a page. The zero value: none.
type BrowserOptions struct {
	// Browser runs plugins in a page; BrowserFirst also those that need no page.
	Browser      engine.Runtime
	BrowserFirst bool
}

// runtimes are those of a session. Which one a plugin becomes its plan says, best
// first; a page that comes first answers to the name of the workers' runtime as well.
func (o BrowserOptions) runtimes(list ...engine.Runtime) []engine.Runtime {
	if o.Browser == nil {
		return list
	}
	if o.BrowserFirst {
		list = append([]engine.Runtime{inBrowser{o.Browser}}, list...)
	}
	return append(list, o.Browser)
}

// inBrowser runs JavaScript plugins in the page.
type inBrowser struct{ engine.Runtime }

func (inBrowser) Name() string { return tags.InProcess }

func (r inBrowser) Start(ctx context.Context, plan *tags.Plan, s engine.Start) (engine.Conn, error) {
	return r.Runtime.Start(ctx, plan, s)
}
