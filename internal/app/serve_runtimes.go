package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
)

// BrowserOptions say which plugins run in a page. The zero value: none.
type BrowserOptions struct {
	// Browser runs the plugins that need a page.
	Browser engine.Runtime
	// InPage says which of those that need none run in it too; nil: none.
	InPage func(*tags.Plan) bool
	// InFrame has web-worker plugins run in a frame, where there is a document, and
	// not in a worker of the page. ImJoy did so where it could start no worker.
	InFrame bool
}

// inPage reports that a plugin runs in the page.
func (o BrowserOptions) inPage(plan *tags.Plan) bool {
	return o.Browser != nil && o.InPage != nil && o.InPage(plan)
}

// PageTypes are the types that ImJoy ran in its page, and that run elsewhere here.
func PageTypes(javascript, python bool) func(*tags.Plan) bool {
	return func(plan *tags.Plan) bool {
		return javascript && plan.Type == "web-worker" || python && plan.Type == "web-python"
	}
}

// runtimes are those of a session. Which one a plugin gets its plan says, best first.
func (o BrowserOptions) runtimes(list ...engine.Runtime) []engine.Runtime {
	if o.Browser == nil {
		return list
	}
	for i, rt := range list {
		list[i] = orPage{rt, o}
	}
	return append(list, o.Browser)
}

// orPage runs plugins in the page where that is wanted.
type orPage struct {
	engine.Runtime
	o BrowserOptions
}

func (r orPage) Start(ctx context.Context, plan *tags.Plan, s engine.Start) (engine.Conn, error) {
	if r.o.inPage(plan) {
		if r.o.InFrame && plan.Type == "web-worker" {
			framed := *plan
			framed.Type = "iframe"
			plan = &framed
		}
		return r.o.Browser.Start(ctx, plan, s)
	}
	return r.Runtime.Start(ctx, plan, s)
}
