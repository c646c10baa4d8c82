package workspace

import (
	"context"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// maxKept is how many events are kept for handlers that come later; older ones are
// forgotten.
const maxKept = 100

// events carries what plugins emit to everyone who listens, the sender included, as
// in ImJoy. An event that nobody listens to yet is kept and given once to its first
// handler. Handlers of "camera.*" get every event that begins with "camera.".
type events struct {
	mu       sync.Mutex
	handlers []handler
	kept     []event
}

type handler struct {
	plugin *engine.Plugin
	event  string
	call   *value.Function
}

type event struct {
	name string
	data value.Value
}

func (h handler) takes(name string) bool {
	prefix, all := strings.CutSuffix(h.event, "*")
	return h.event == name || all && strings.HasPrefix(name, prefix)
}

// On adds a handler and gives it what was kept for it.
func (e *events) On(ctx context.Context, p *engine.Plugin, name string, call *value.Function) error {
	h := handler{plugin: p, event: name, call: call}
	e.mu.Lock()
	e.handlers = append(e.handlers, h)
	var due, rest []event
	for _, kept := range e.kept {
		if h.takes(kept.name) {
			due = append(due, kept)
		} else {
			rest = append(rest, kept)
		}
	}
	e.kept = rest
	e.mu.Unlock()
	for _, kept := range due {
		h.give(kept.data)
	}
	return nil
}

// Off removes a plugin's handlers of an event.
func (e *events) Off(_ context.Context, p *engine.Plugin, name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var rest []handler
	for _, h := range e.handlers {
		if h.plugin != p || h.event != name {
			rest = append(rest, h)
		}
	}
	e.handlers = rest
	return nil
}

// Emit gives an event to its handlers, each on its own: one that throws or takes its
// time does not keep it from the others, nor the sender from going on.
func (e *events) Emit(_ context.Context, _ *engine.Plugin, name string, data value.Value) error {
	e.mu.Lock()
	var due, alive []handler
	for _, h := range e.handlers {
		if h.ended() {
			continue
		}
		alive = append(alive, h)
		if h.takes(name) {
			due = append(due, h)
		}
	}
	e.handlers = alive
	if len(due) == 0 {
		e.kept = append(e.kept, event{name, data})
		e.kept = e.kept[max(0, len(e.kept)-maxKept):]
	}
	e.mu.Unlock()
	for _, h := range due {
		h.give(data)
	}
	return nil
}

func (h handler) ended() bool {
	select {
	case <-h.plugin.Done():
		return true
	default:
		return false
	}
}

// give starts the handler. What it throws is said by its own plugin: the engine
// notes errors that nobody catches.
func (h handler) give(data value.Value) {
	go func() { _, _ = h.call.Call(context.Background(), data) }()
}
