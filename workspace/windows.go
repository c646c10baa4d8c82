package workspace

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// windows opens windows for one plugin: a window plugin as a new instance where a
// runtime can show it, everything else where the frontend opens windows.
type windows struct {
	workspace *Workspace
	asker     *member
	front     engine.Windows // nil: nobody shows windows
}

// Create opens what "src" or "type" names.
func (w windows) Create(ctx context.Context, p *engine.Plugin, window *value.Object) (value.Value, error) {
	window = described(window)
	plan, err := w.plan(ctx, p, window)
	if err != nil {
		return nil, err
	}
	if plan != nil && w.workspace.runs(plan) {
		return w.workspace.openWindow(ctx, w.asker, plan, window)
	}
	if w.front == nil {
		return nil, errors.New("nothing here shows windows")
	}
	return w.front.Create(ctx, p, window)
}

// plan finds the window plugin that a window names; nil for built-in types and pages.
func (w windows) plan(ctx context.Context, p *engine.Plugin, window *value.Object) (*tags.Plan, error) {
	want := engine.Wanted{Name: window.Text("type"), Tag: window.Text("tag")}
	switch src := window.Text("src"); {
	case isDocument(src):
		want.Source = src
	case src != "", want.Name == "", strings.HasPrefix(want.Name, "imjoy/"):
		return nil, nil
	}
	plan, err := w.workspace.find(ctx, p, want)
	var unknown *NotFoundError
	if errors.As(err, &unknown) && w.front != nil && w.records() {
		return nil, nil
	}
	if err == nil && !isWindow(plan) {
		return nil, fmt.Errorf("plugin %q is of type %s, and only a window plugin opens as a window", plan.Name, plan.Type)
	}
	return plan, err
}

// records reports that windows are only recorded: those of plugins that are not here as
// well as the others.
func (w windows) records() bool {
	_, ok := w.front.(*Recorder)
	return ok
}

// Find looks among the windows that this workspace opened, then where the frontend has
// its own.
func (w windows) Find(ctx context.Context, p *engine.Plugin, window *value.Object) (value.Value, error) {
	if found := w.workspace.window(window); found != nil {
		return found.Interface(), nil
	}
	if w.front == nil {
		return nil, nil
	}
	return w.front.Find(ctx, p, window)
}

// described is a window with what a plain text stands for in its place.
func described(window *value.Object) *value.Object {
	text := window.Text("type")
	page := strings.Contains(text, "\n") || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") ||
		strings.Contains(text, "/") && strings.Contains(text, ":")
	out := &value.Object{}
	for key, v := range window.All() {
		if key == "type" && page {
			key = "src"
		}
		out.Set(key, v)
	}
	if out.Text("type") == "" && out.Text("src") == "" && out.Get("ui") != nil {
		out.Set("type", "imjoy/joy")
	}
	return out
}

func isDocument(text string) bool {
	return strings.Contains(text, "<config") && strings.Contains(text, "\n")
}

// isWindow tells the plugins of which each run opens a new window.
func isWindow(plan *tags.Plan) bool {
	return plan.Type == "window" || plan.Type == "rpc-window"
}

// runs reports whether one of the runtimes can run a plan.
func (w *Workspace) runs(plan *tags.Plan) bool {
	for _, name := range plan.Runtimes {
		for _, rt := range w.options.Runtimes {
			if rt.Name() == name {
				return true
			}
		}
	}
	return false
}

// openWindow opens a new instance of a window plugin, runs it with the data and config
// of the window, and returns its api.
func (w *Workspace) openWindow(ctx context.Context, asker *member, plan *tags.Plan, window *value.Object) (value.Value, error) {
	m, err := w.instance(ctx, asker, plan, window)
	if err != nil {
		return nil, err
	}
	if m.plugin.Has("run") {
		config, _ := window.Get("config").(*value.Object)
		if _, err := m.plugin.Call(ctx, "run", Job{Plan: plan, Config: config, Data: window.Get("data")}.context()); err != nil {
			_ = w.unload(context.WithoutCancel(ctx), m)
			return nil, err
		}
	}
	return m.plugin.Interface(), nil
}

// window finds the youngest open window by id, name or type.
func (w *Workspace) window(query *value.Object) *engine.Plugin {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.order) - 1; i >= 0; i-- {
		m := w.order[i]
		if m.window == nil || !m.known() || m.dead() {
			continue
		}
		if fits(query, "window_id", m.id) && fits(query, "plugin_id", m.id) && fits(query, "name", m.window.Text("name")) && fits(query, "type", m.plan.Name) {
			return m.plugin
		}
	}
	return nil
}

// fits reports a member of a query that is absent, or says the same.
func fits(query *value.Object, key, text string) bool {
	want := query.Text(key)
	return want == "" || want == text
}
