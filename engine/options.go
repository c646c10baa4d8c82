package engine

import (
	"io"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Options say how a plugin runs. The zero value works: JavaScript in this process,
// nothing granted, no limits on time or memory, nothing but the language and logs.
type Options struct {
	// Host is what the plugin can reach.
	Host Host

	// Runtimes are those that may be used; which one it becomes, the plan decides.
	// Default: InProcess().
	Runtimes []Runtime

	// Granted is what the plugin may do beyond computing. The host side asks it
	// before anything happens; a plugin cannot change it.
	Granted permission.Set

	Limits Limits

	// ID tells this plugin from others of its name; api.id shows it. Default: its name.
	ID string
	// Workspace is the name that api.WORKSPACE shows; default "default".
	Workspace string
	// WorkDir is the folder that api.config.work_dir shows, and where a Python
	// child starts; default: none.
	WorkDir string

	// Window is what createWindow was given, for a plugin that is opened as a window.
	Window *value.Object

	// Trace gets one line per frame between host and worker.
	Trace io.Writer
}

// Limits bound a plugin. A zero field means the default, or no limit where none is
// named.
type Limits struct {
	// Timeout is how long the plugin may work on one call of Open or Call, time
	// that it waits for people or for other plugins not counted. A call that comes
	// from another plugin takes what is left of that one's. 0: no limit.
	Timeout time.Duration
	// Memory is what a worker's process may allocate, in bytes. Default:
	// DefaultMemory for JavaScript workers, no limit for Python. InProcess has none.
	Memory int64
	// Stack is how many JavaScript calls may be inside each other. Default 1000.
	Stack int
	// Grace is how long Close waits for the plugin's exit function.
	Grace time.Duration
}

func (l Limits) grace() time.Duration {
	if l.Grace > 0 {
		return l.Grace
	}
	return DefaultGrace
}
