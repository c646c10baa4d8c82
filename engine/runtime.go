package engine

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Runtime can run the plugins of one language.
type Runtime interface {
	// Name is the word that a plan's Runtimes know it by: "javascript", "python",
	// "browser".
	Name() string
	// Start starts a worker for one plugin and returns the connection to it. The
	// worker ends when the connection is closed.
	Start(ctx context.Context, plan *tags.Plan, s Start) (Conn, error)
}

// Start says how a runtime starts one plugin.
type Start struct {
	Limits Limits
	// Granted is what the plugin may do beyond computing. A runtime that contains its
	// plugins enforces it; what goes through api is checked by the host.
	Granted permission.Set
	// Workspace and WorkDir are those of Options.
	Workspace string
	WorkDir   string
	// Window is what createWindow was given, for a plugin that is opened as a window:
	// name, w, h, fullscreen, dialog and whatever else the caller wrote. Nil otherwise.
	Window *value.Object
}

// Conn carries frames between the host and one worker. A Conn may also have
//
//	Contained() bool  // the plugin cannot harm this process
//	Ended() *Ended    // after Receive failed: why; waits until that is known
//	Kill()            // ends the worker at once; Close asks it first
//	Output(func(level, text string))  // where the lines go that its process prints
type Conn = wire.Conn

// Frame is one message of a [Conn]: bytes and memory that whoever carries it need
// not understand.
type Frame = wire.Frame

// The optional abilities of a Conn.
type (
	container interface{ Contained() bool }
	ender     interface{ Ended() *Ended }
	killer    interface{ Kill() }
	printer   interface {
		Output(take func(level, text string))
	}
)

// InProcess is JavaScript in this process: it starts in a millisecond, arrays are
// handed over without a detour, and nothing bounds its memory or stops it inside a
// built-in function. For plugins of your own; see [Worker] for others.
func InProcess() Runtime { return inProcess{} }

type inProcess struct{}

func (inProcess) Name() string { return tags.InProcess }

func (inProcess) Start(context.Context, *tags.Plan, Start) (Conn, error) {
	ours, theirs := wire.Pipe()
	serveJavaScript(theirs, func() {})
	return ours, nil
}
