package engine_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyodide"
	"github.com/imjoy-tools/imjoy/internal/chromium"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
)

// pageRuntime runs plugins in a real browser, under the name of another runtime.
type pageRuntime struct {
	engine.Runtime
	name string
}

func (r pageRuntime) Name() string { return r.name }

// bareApp is a page that shows nothing.
type bareApp struct{ server.App }

func (bareApp) Ask(context.Context, string, json.RawMessage) (any, error) {
	return map[string]any{"version": 1, "mode": "window", "title": "conformance", "bare": true}, nil
}

// openPage starts a server and a browser that shows its page.
func openPage(t *testing.T, o server.Options) engine.Runtime {
	t.Helper()
	if _, err := chromium.Find(); err != nil {
		t.Skipf("%v: this test drives one", err)
	}
	o.App = bareApp{}
	o.Note = func(text string) { t.Log(text) }
	s := server.New(o)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	b, err := chromium.Start(ctx, chromium.Options{Env: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		stop()
		<-served
	})
	tab, err := b.Open(ctx)
	if err == nil {
		err = tab.Go(ctx, s.Address(l))
	}
	if err == nil {
		err = s.Ready(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Runtime()
}

// TestConformanceInThePage runs cases with JavaScript in a worker of a browser: three of
// them, and with IMJOY_LONG all.
func TestConformanceInThePage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	page := openPage(t, server.Options{})
	for _, c := range conformanceCases(t) {
		if short := c.name != "errors" && c.name != "values" && c.name != "iterators"; short && os.Getenv("IMJOY_LONG") == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			conform(t, js("\n"+c.javascript), pageRuntime{page, tags.InProcess}, c.steps)
		})
	}
}

// TestConformanceOnPyodide runs cases with Python in a page, each on a Pyodide of its own,
// which takes its time to begin: one of them, with IMJOY_LONG=1 every third, and with
// IMJOY_LONG=all all. IMJOY_PYODIDE is a store that has Pyodide, as `imjoy cache add
// npm:pyodide` with that IMJOY_HOME makes it.
func TestConformanceOnPyodide(t *testing.T) {
	home := os.Getenv("IMJOY_PYODIDE")
	if home == "" {
		t.Skip("IMJOY_PYODIDE names no store that has npm:pyodide")
	}
	page := openPage(t, server.Options{Python: func(context.Context, *tags.Plan) (*server.Python, error) {
		return &server.Python{File: pyodideFile(t, home)}, nil
	}})
	for i, c := range conformanceCases(t) {
		long := os.Getenv("IMJOY_LONG")
		if c.name != "errors" && long != "all" && (long == "" || i%3 != 0) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			conform(t, plugin("web-python", "python", "\n"+c.python), pageRuntime{page, tags.Child}, c.steps)
		})
	}
}

// pyodideFile reads parts of Pyodide from a store, and from nowhere else.
func pyodideFile(t *testing.T, home string) func(string) ([]byte, error) {
	s, err := store.Open(home, store.Options{What: "test"})
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{Offline: true})
	t.Cleanup(func() { s.Close(); client.Close() })
	loader := asset.New(asset.Options{Store: s, Fetch: client})
	return func(name string) ([]byte, error) {
		a, err := loader.Load(context.Background(), asset.Request{Specifier: pyodide.Package + "/" + name, Kind: asset.Data})
		if err != nil {
			t.Log(err)
			return nil, err
		}
		return a.Text, pyodide.Check(name, a.Text)
	}
}
