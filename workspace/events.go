package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Limits on events, so that a plugin that floods harms only those who listen.
const (
	// maxKept is how many events are kept for handlers that come later; older ones
	// are forgotten.
	maxKept = 100
	// maxDue is how many events may wait for a handler that is slow; newer ones are
	// refused.
	maxDue = 10_000
)

// events carries what plugins emit to everyone who listens, the sender included, as
// in ImJoy. An event that nobody listens to yet is kept and given once to its first
// handler. Handlers of "camera.*" get every event that begins with "camera.". Each
// handler gets its events one after the other in the order they were emitted; one
// that throws or takes its time does not keep them from the others.
type events struct {
	mu       sync.Mutex
	handlers []*handler
	kept     []event
}

type handler struct {
	plugin *engine.Plugin
	event  string
	call   *value.Function

	due  []event // guarded by events.mu
	busy bool    // somebody gives it what is due
}

type event struct {
	name string
	data value.Value
}

func (h *handler) takes(name string) bool {
	prefix, all := strings.CutSuffix(h.event, "*")
	return h.event == name || all && strings.HasPrefix(name, prefix)
}

// On adds a handler and gives it what was kept for it.
func (e *events) On(_ context.Context, p *engine.Plugin, name string, call *value.Function) error {
	h := &handler{plugin: p, event: name, call: call}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.handlers = append(e.handlers, h)
	var rest []event
	for _, kept := range e.kept {
		if h.takes(kept.name) {
			e.give(h, kept)
		} else {
			rest = append(rest, kept)
		}
	}
	e.kept = rest
	return nil
}

// Off removes a plugin's handlers of an event; what is due to them is dropped.
func (e *events) Off(_ context.Context, p *engine.Plugin, name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.handlers = slices.DeleteFunc(e.handlers, func(h *handler) bool {
		gone := h.plugin == p && h.event == name
		if gone {
			h.due = nil
		}
		return gone
	})
	return nil
}

// Emit gives an event to its handlers and does not wait for them.
func (e *events) Emit(_ context.Context, _ *engine.Plugin, name string, data value.Value) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.handlers = slices.DeleteFunc(e.handlers, func(h *handler) bool { return ended(h.plugin) })
	heard := false
	for _, h := range e.handlers {
		if h.takes(name) {
			heard = true
			e.give(h, event{name, data})
		}
	}
	if !heard {
		e.kept = append(e.kept, event{name, data})
		e.kept = e.kept[max(0, len(e.kept)-maxKept):]
	}
	return nil
}

// give needs the lock.
func (e *events) give(h *handler, one event) {
	if len(h.due) >= maxDue {
		return
	}
	h.due = append(h.due, one)
	if !h.busy {
		h.busy = true
		go e.serve(h)
	}
}

// serve calls a handler as long as something is due. Nobody else waits for it, so what
// it throws is noted with its own plugin.
func (e *events) serve(h *handler) {
	for {
		e.mu.Lock()
		if len(h.due) == 0 {
			h.busy = false
			e.mu.Unlock()
			return
		}
		next := h.due[0]
		h.due = h.due[1:]
		e.mu.Unlock()
		_, err := h.call.Call(context.Background(), next.data)
		var thrown *engine.ScriptError
		if errors.As(err, &thrown) {
			h.plugin.Uncaught(thrown)
		}
	}
}
