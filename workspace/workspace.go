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

	// Find returns the plan of a plugin that another asks for, by name or address, or
	// reads the document that it brings. Who asks matters: its own dependencies and
	// neighbours come first, and it may need permission. Nil: plugins know only
	// themselves. A plugin that is not known is a [NotFoundError].
	Find func(ctx context.Context, asker *engine.Plugin, want engine.Wanted) (*tags.Plan, error)
	// Allow is asked before a plugin starts; an error keeps it from starting. The set
	// is what the plugin is granted. Nil: everything may start, and is granted nothing.
	Allow func(ctx context.Context, plan *tags.Plan) (permission.Set, error)

	// Assets are what a plugin loads by address; nil: it loads nothing.
	Assets func(plan *tags.Plan) engine.Assets

	// Permissions is asked for what a plugin was not granted; nil: it is refused.
	Permissions engine.Permissions

	Frontend Frontend
	Settings Settings // default: MemorySettings
	// Disk returns the files of a plugin; owner is the name that its settings have, too.
	// Nil: plugins have no files.
	Disk func(owner string) engine.Disk
	// Watch is told what happens to plugins, in that order for each of them. It must not
	// wait for a plugin.
	Watch func(Event)
	// Trace gets a line for each frame between the host and its workers.
	Trace io.Writer
}

// Frontend is what people look at. Each part may be nil: a plugin that needs it is
// told so.
type Frontend struct {
	Dialogs engine.Dialogs
	Windows engine.Windows
	Files   engine.Files
	Network engine.Network
	Log     engine.Log
}

// Workspace is a set of running plugins. It is safe for concurrent use.
type Workspace struct {
	options  Options
	events   events
	services services
	guests   guests

	mu        sync.Mutex
	closed    bool
	instances int // how many were opened
	open      map[key]*member
	order     []*member // as they were opened
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
		o.Settings = MemorySettings()
	}
	w := &Workspace{options: o, open: map[key]*member{}}
	w.guests.workspace = w
	return w
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

// start opens the plugin of a plan.
func (w *Workspace) start(ctx context.Context, m *member) (*engine.Plugin, error) {
	plan := m.plan
	var granted permission.Set
	if w.options.Allow != nil {
		var err error
		if granted, err = w.options.Allow(ctx, plan); err != nil {
			return nil, err
		}
	}
	return engine.Open(ctx, plan, engine.Options{
		ID: m.id, Window: m.window, Host: w.host(m), Runtimes: w.options.Runtimes, Granted: granted, Limits: w.limits(),
		Workspace: w.options.Name, WorkDir: w.options.Dir, Trace: w.options.Trace,
	})
}
