package workspace

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// flagSingle is the flag of plugins of which one process runs for a name and a tag.
const flagSingle = "single-instance"

// Instance opens a plugin once more, whether or not one of its name runs: a window, or
// a second copy that shares nothing with the first. Others find it by its id only. The
// window is what api.createWindow was given, nil for what is no window. A plugin with the
// flag single-instance that is no window has no copies: the answer is that of Plugin.
func (w *Workspace) Instance(ctx context.Context, plan *tags.Plan, window *value.Object) (*engine.Plugin, error) {
	if !isWindow(plan) && slices.Contains(plan.Flags, flagSingle) {
		return w.plugin(ctx, nil, plan)
	}
	m, err := w.instance(ctx, nil, plan, window)
	if err != nil {
		return nil, err
	}
	return m.plugin, nil
}

func (w *Workspace) instance(ctx context.Context, asker *member, plan *tags.Plan, window *value.Object) (*member, error) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil, ErrClosed
	}
	w.instances++
	m := newMember(fmt.Sprintf("%s#%d", plan.Name, w.instances), plan)
	m.window = window
	w.order = append(w.order, m)
	if asker != nil {
		asker.waits = append(asker.waits, m)
	}
	w.mu.Unlock()
	w.begin(ctx, m)
	w.leave(asker, m, m.err == nil)
	return m, m.err
}

// Find returns the running plugin of an id, nil when there is none.
func (w *Workspace) Find(id string) *engine.Plugin {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.order {
		if m.id == id && m.known() && !m.dead() {
			return m.plugin
		}
	}
	return nil
}

// Plugins returns the plugins that are open, in the order in which they were opened.
func (w *Workspace) Plugins() (list []*engine.Plugin) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.order {
		if m.known() && !m.dead() {
			list = append(list, m.plugin)
		}
	}
	return list
}

// Unload ends a plugin by its id: its exit is called, its services and handlers end.
// Plugins that got it find that it is gone at their next call; the next who asks for it
// gets a new one. The error is that of exit, or a [NotFoundError].
func (w *Workspace) Unload(ctx context.Context, id string) error {
	w.mu.Lock()
	i := slices.IndexFunc(w.order, func(m *member) bool { return m.id == id })
	if i < 0 {
		w.mu.Unlock()
		return &NotFoundError{id}
	}
	m := w.order[i]
	w.mu.Unlock()
	return w.endOpened(ctx, m)
}

// Renew ends the plugin that runs under the name and the tag of a plan if its text is
// another one: the next who asks gets the plugin of the plan. The error is that of Unload.
func (w *Workspace) Renew(ctx context.Context, plan *tags.Plan) error {
	w.mu.Lock()
	m := w.open[keyOf(plan)]
	w.mu.Unlock()
	if m == nil || bytes.Equal(m.plan.Document.Source.Text, plan.Document.Source.Text) {
		return nil
	}
	return w.endOpened(ctx, m)
}

// endOpened ends a plugin as soon as it is open.
func (w *Workspace) endOpened(ctx context.Context, m *member) error {
	select {
	case <-m.ready:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return w.unload(ctx, m)
}

func (w *Workspace) unload(ctx context.Context, m *member) error {
	w.forget(m)
	if m.plugin == nil {
		return nil
	}
	err := m.plugin.Close(ctx)
	<-m.gone
	return err
}
