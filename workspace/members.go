package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// member is a plugin that is open, or on its way: ready is closed when plugin or err
// is known.
type member struct {
	id     string        // the plugin's name; of an instance, with a number
	window *value.Object // what createWindow was given; nil for what is no window
	plan   *tags.Plan
	ready  chan struct{}
	gone   chan struct{} // closed when a plugin that was open has ended, and that was told
	plugin *engine.Plugin
	err    error

	waits []*member // those it waits for at this moment, guarded by the workspace
	uses  []*member // those it got, guarded by the workspace
}

// key tells the plugins that are shared: one of a name and a tag runs.
type key struct{ name, tag string }

func keyOf(plan *tags.Plan) key { return key{plan.Name, plan.Tag} }

func newMember(id string, plan *tags.Plan) *member {
	return &member{id: id, plan: plan, ready: make(chan struct{}), gone: make(chan struct{})}
}

// Plugin returns the running plugin of a plan, and opens it when none of its name and
// tag runs. Whoever asks while it is being opened waits for the same one.
func (w *Workspace) Plugin(ctx context.Context, plan *tags.Plan) (*engine.Plugin, error) {
	return w.plugin(ctx, nil, plan)
}

// plugin does the same for a plugin that asks; asker is nil for the program.
func (w *Workspace) plugin(ctx context.Context, asker *member, plan *tags.Plan) (*engine.Plugin, error) {
	m, first, err := w.enter(asker, plan)
	if err != nil {
		return nil, err
	}
	if first {
		w.begin(ctx, m)
	}
	err = nil
	select {
	case <-m.ready:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	w.leave(asker, m, err == nil && m.err == nil)
	if err != nil {
		return nil, err
	}
	return m.plugin, m.err
}

// enter finds or makes the member of a plan and notes that asker waits for it.
func (w *Workspace) enter(asker *member, plan *tags.Plan) (m *member, first bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, false, ErrClosed
	}
	m = w.open[keyOf(plan)]
	if m != nil && m.dead() {
		w.remove(m)
		m = nil
	}
	if m == nil {
		m, first = newMember(w.idOf(plan), plan), true
		w.open[keyOf(plan)] = m
		w.order = append(w.order, m)
	} else if ring := m.ringTo(asker); ring != nil {
		return nil, false, &WaitError{append([]string{asker.plan.Name}, ring...)}
	}
	if asker != nil {
		asker.waits = append(asker.waits, m)
	}
	return m, first, nil
}

// idOf is a plugin's name, and tells its tag where another tag of it runs. It needs the
// lock.
func (w *Workspace) idOf(plan *tags.Plan) string {
	if slices.ContainsFunc(w.order, func(m *member) bool { return m.id == plan.Name }) {
		return plan.Name + "@" + plan.Tag
	}
	return plan.Name
}

// begin opens the plugin of a member that was entered.
func (w *Workspace) begin(ctx context.Context, m *member) {
	m.plugin, m.err = w.start(ctx, m)
	if m.err != nil {
		w.forget(m)
	}
	close(m.ready)
	w.tell(Event{Kind: Opened, ID: m.id, Plan: m.plan, Plugin: m.plugin, Err: m.err})
	if m.err == nil {
		go func() {
			defer close(m.gone)
			<-m.plugin.Done()
			w.forget(m)
			w.tell(Event{Kind: Closed, ID: m.id, Plan: m.plan, Plugin: m.plugin, Err: m.plugin.Err()})
		}()
	}
}

// leave notes that asker does not wait any more, and whether it got the plugin.
func (w *Workspace) leave(asker, m *member, got bool) {
	if asker == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(asker.waits, m)
	asker.waits = slices.Delete(asker.waits, i, i+1)
	if got && !slices.Contains(asker.uses, m) {
		asker.uses = append(asker.uses, m)
	}
}

// ringTo returns the names from m to target along what waits for what, when all of
// them are still on their way: nil when nothing would wait for ever. There is no
// ring yet, so the walk ends.
func (m *member) ringTo(target *member) []string {
	if m.known() {
		return nil
	}
	if m == target {
		return []string{m.plan.Name}
	}
	for _, next := range m.waits {
		if ring := next.ringTo(target); ring != nil {
			return append([]string{m.plan.Name}, ring...)
		}
	}
	return nil
}

func (m *member) known() bool {
	select {
	case <-m.ready:
		return true
	default:
		return false
	}
}

// dead reports that a plugin ended by itself, so that the next who asks gets a new one.
func (m *member) dead() bool {
	if !m.known() {
		return false
	}
	select {
	case <-m.plugin.Done():
		return true
	default:
		return false
	}
}

// running returns the plugin of a name and a tag that runs, or is on its way; without a
// tag, the one that was opened first.
func (w *Workspace) running(name, tag string) *member {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.order {
		if w.open[keyOf(m.plan)] == m && m.plan.Name == name && (tag == "" || m.plan.Tag == tag) {
			return m
		}
	}
	return nil
}

func (w *Workspace) forget(m *member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(m)
}

// remove needs the lock.
func (w *Workspace) remove(m *member) {
	if w.open[keyOf(m.plan)] == m {
		delete(w.open, keyOf(m.plan))
	}
	if i := slices.Index(w.order, m); i >= 0 {
		w.order = slices.Delete(w.order, i, i+1)
	}
}

// Close ends all plugins and returns what went wrong in their exit functions. A
// plugin ends before those it got from others, so that its exit can still use them;
// among the rest the youngest ends first. Close waits for plugins that are still
// being opened, as long as ctx allows. Closing twice is fine.
func (w *Workspace) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	order := w.order
	w.order = nil
	w.mu.Unlock()
	var all []error
	for _, m := range order {
		select {
		case <-m.ready:
		case <-ctx.Done():
		}
	}
	for _, m := range w.endOrder(order) {
		if !m.known() || m.plugin == nil {
			continue
		}
		if err := m.plugin.Close(ctx); err != nil {
			all = append(all, fmt.Errorf("end plugin %q: %w", m.plan.Name, err))
		}
		<-m.gone
	}
	return errors.Join(all...)
}

// endOrder takes the youngest that no other uses, again and again; in a ring of
// plugins that use each other, the youngest.
func (w *Workspace) endOrder(left []*member) (order []*member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	left = slices.Clone(left)
	for len(left) > 0 {
		next := len(left) - 1
		for i := next; i >= 0; i-- {
			if !used(left[i], left) {
				next = i
				break
			}
		}
		order = append(order, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return order
}

func used(m *member, by []*member) bool {
	return slices.ContainsFunc(by, func(other *member) bool { return other != m && slices.Contains(other.uses, m) })
}
