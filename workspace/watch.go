package workspace

import (
	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
)

// Event is something that happened to a plugin of a workspace. What plugins say goes to
// Frontend.Log, with the same ids.
type Event struct {
	Kind   EventKind
	ID     string // of the plugin, see engine.Options.ID
	Plan   *tags.Plan
	Plugin *engine.Plugin // nil when it could not be opened
	// Err is why it could not be opened, or why it ended that nobody closed.
	Err error
}

// EventKind is what happened.
type EventKind string

// The kinds.
const (
	Opened EventKind = "opened" // or failed to: see Err
	Closed EventKind = "closed"
)

func (w *Workspace) tell(e Event) {
	if w.options.Watch != nil {
		w.options.Watch(e)
	}
}
