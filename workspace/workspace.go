package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Options describe a workspace. The zero value runs JavaScript in this process,
// without anybody to ask, settings that end with the workspace, and plugins that
// know only themselves.
type Options struct {
	// Name is what plugins see as api.WORKSPACE; default "default".
	Name string
	// Dir is the folder that plugins see as their work_dir, and where Python starts.
	Dir string

	Runtimes []engine.Runtime
	Limits   engine.Limits

	// Find returns the plan of a plugin that another asks for, by name or address.
	// Who asks matters: its own dependencies and neighbours come first.
	Find func(ctx context.Context, asker *tags.Plan, name string) (*tags.Plan, error)
	// Allow is asked before a plugin starts; an error keeps it from starting. The set
	// is what the plugin is granted. Nil: everything may start, and is granted nothing.
	Allow func(ctx context.Context, plan *tags.Plan) (permission.Set, error)

	Frontend Frontend
	Settings Settings
	// Trace gets a line for each frame between the host and its workers.
	Trace io.Writer
}

// Frontend is what people look at. Each part may be nil: a plugin that needs it is
// told so.
type Frontend struct {
	Dialogs engine.Dialogs
	Windows engine.Windows
	Files   engine.Files
	Assets  engine.Assets
	Log     engine.Log
}

// Workspace is a set of running plugins. It is safe for concurrent use.
type Workspace struct {
	options Options
	events  events

	mu     sync.Mutex
	closed bool
	open   map[string]*member
	order  []*member          // as they were opened
	waits  map[string]*member // by the name of the plugin that waits for another to open
}

// member is a plugin that is open, or on its way: ready is closed when plugin or err
// is known.
type member struct {
	plan   *tags.Plan
	ready  chan struct{}
	plugin *engine.Plugin
	err    error
}

// ErrClosed is the error of everything that is asked of a closed workspace.
var ErrClosed = errors.New("the workspace was closed")

// NotFoundError is a plugin that nobody here knows.
type NotFoundError struct{ Name string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no plugin %q: it is no dependency, lies in no file beside the plugin, and is not installed", e.Name)
}

// WaitError is a ring of plugins each of which waits for the next to finish its
// setup: none ever would.
type WaitError struct{ Names []string }

func (e *WaitError) Error() string {
	text := "plugins wait for each other in their setup: "
	for i, name := range e.Names {
		if i > 0 {
			text += " -> "
		}
		text += name
	}
	return text
}

// Open returns an empty workspace.
func Open(o Options) *Workspace {
	if o.Settings == nil {
		o.Settings = &memory{}
	}
	return &Workspace{options: o, open: map[string]*member{}, waits: map[string]*member{}}
}

// SetTimeout changes how long plugins that are opened from now on may work on a call.
func (w *Workspace) SetTimeout(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.options.Limits.Timeout = d
}

func (w *Workspace) limits() engine.Limits {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.options.Limits
}

// Plugin returns the running plugin of a plan, and opens it when none of its name
// runs.
func (w *Workspace) Plugin(ctx context.Context, plan *tags.Plan) (*engine.Plugin, error) {
	return w.plugin(ctx, "", plan)
}

// plugin does the same for a plugin that waits; asker is "" for the program.
func (w *Workspace) plugin(ctx context.Context, asker string, plan *tags.Plan) (*engine.Plugin, error) {
	m, first, err := w.enter(asker, plan)
	if err != nil {
		return nil, err
	}
	defer w.leave(asker)
	if first {
		m.plugin, m.err = w.start(ctx, plan)
		if m.err != nil {
			w.forget(m)
		}
		close(m.ready)
	}
	select {
	case <-m.ready:
		return m.plugin, m.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// enter finds or makes the member of a plan and notes that asker waits for it.
func (w *Workspace) enter(asker string, plan *tags.Plan) (m *member, first bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, false, ErrClosed
	}
	m = w.open[plan.Name]
	if m != nil && m.dead() {
		w.remove(m)
		m = nil
	}
	if m == nil {
		m, first = &member{plan: plan, ready: make(chan struct{})}, true
		w.open[plan.Name] = m
		w.order = append(w.order, m)
	}
	if asker == "" {
		return m, first, nil
	}
	if ring := w.ring(asker, m); ring != nil {
		return nil, false, &WaitError{ring}
	}
	w.waits[asker] = m
	return m, first, nil
}

func (w *Workspace) leave(asker string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waits, asker)
}

// ring returns the names from asker back to asker, when waiting for m would close a
// ring of plugins that are all still on their way.
func (w *Workspace) ring(asker string, m *member) []string {
	names := []string{asker}
	for m != nil && !m.known() {
		names = append(names, m.plan.Name)
		if m.plan.Name == asker {
			return names
		}
		m = w.waits[m.plan.Name]
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

// start opens the plugin of a plan.
func (w *Workspace) start(ctx context.Context, plan *tags.Plan) (*engine.Plugin, error) {
	var granted permission.Set
	if w.options.Allow != nil {
		var err error
		if granted, err = w.options.Allow(ctx, plan); err != nil {
			return nil, err
		}
	}
	return engine.Open(ctx, plan, engine.Options{
		Host: w.host(plan), Runtimes: w.options.Runtimes, Granted: granted, Limits: w.limits(),
		Workspace: w.options.Name, WorkDir: w.options.Dir, Trace: w.options.Trace,
	})
}

func (w *Workspace) forget(m *member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(m)
}

// remove needs the lock.
func (w *Workspace) remove(m *member) {
	if w.open[m.plan.Name] == m {
		delete(w.open, m.plan.Name)
	}
	for i, other := range w.order {
		if other == m {
			w.order = append(w.order[:i:i], w.order[i+1:]...)
			return
		}
	}
}

// Close ends all plugins, the youngest first, and returns what went wrong in their
// exit functions. It waits for plugins that are still being opened.
func (w *Workspace) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	order := w.order
	w.order = nil
	w.mu.Unlock()
	var all []error
	for i := len(order) - 1; i >= 0; i-- {
		m := order[i]
		<-m.ready
		if m.plugin == nil {
			continue
		}
		if err := m.plugin.Close(ctx); err != nil {
			all = append(all, fmt.Errorf("end plugin %q: %w", m.plan.Name, err))
		}
	}
	return errors.Join(all...)
}
