package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/tags"
)

// The words of engineFlags.
const (
	inGoja    = "goja"
	inCPython = "cpython"
	inBrowser = "browser"
	inFrame   = "frame"
)

// engineFlags say where plugins run that ImJoy ran in its page.
type engineFlags struct{ javascript, python string }

func (f *engineFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.javascript, "js-engine", "", "`ENGINE` where web-worker plugins run: goja (default), browser (a worker of it), or frame (a page of it)")
	flags.StringVar(&f.python, "py-engine", "", "`ENGINE` where web-python plugins run: cpython (default), or browser, on Pyodide")
}

func (f *engineFlags) check() error {
	switch f.javascript {
	case "", inGoja, inBrowser, inFrame:
	default:
		return usageError("the engines are goja, browser and frame", "there is no engine %q for JavaScript", f.javascript)
	}
	switch f.python {
	case "", inCPython, inBrowser:
	default:
		return usageError("the engines are cpython and browser", "there is no engine %q for Python", f.python)
	}
	return nil
}

// javascriptInPage reports that web-worker plugins run in a page, in a worker or not.
func (f *engineFlags) javascriptInPage() bool {
	return f.javascript == inBrowser || f.javascript == inFrame
}

// pythonInPage reports that web-python plugins run in a page.
func (f *engineFlags) pythonInPage() bool { return f.python == inBrowser }

// inPage says which plugins of a run with a page run in it: what the flags say, and the
// plugin that was named unless they say otherwise.
func (r *runner) inPage(plan *tags.Plan) bool {
	named := plan == r.plan
	js, py := r.engines.javascript == "" && named, r.engines.python == "" && named
	return app.PageTypes(js || r.engines.javascriptInPage(), py || r.engines.pythonInPage())(plan)
}

// mayFetch asks at the terminal whether something large may be fetched; nil where
// nobody can answer.
func (r *runner) mayFetch() func(context.Context, string, int) (bool, error) {
	if !canAsk(r.app) || r.stdin() {
		return nil
	}
	return func(ctx context.Context, what string, bytes int) (bool, error) {
		return r.terminal.Confirm(ctx, engine.Message{Text: fmt.Sprintf("%s is fetched once from the npm registry (%.1f MB) and kept. Fetch it?", what, float64(bytes)/1e6)})
	}
}
