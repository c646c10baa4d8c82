package workspace

import (
	"context"
	"fmt"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Limits of what is recorded of windows.
const (
	// maxWindows is how many windows may be open in a recorder at once.
	maxWindows = 1000
	// maxCalls is how many calls of one window are kept; more are counted.
	maxCalls = 10_000
	// maxRecorded is how much data all windows of a recorder may hold, in bytes; calls with
	// more are counted, and no more windows open.
	maxRecorded = 1 << 30
)

// Recorder answers createWindow where nobody shows windows. What a window was given,
// and every function that was called on it, is kept: a plugin that shows its results in
// a window gives them all the same. The functions of a recorded window answer null, but
// for on, off, close and what a window has in ImJoy. Use it as Frontend.Windows; it is
// safe for concurrent use.
type Recorder struct {
	mu   sync.Mutex
	list []*recorded
	size int // bytes of what is kept
}

var _ engine.Windows = (*Recorder)(nil)

// recorded is one window.
type recorded struct {
	recorder *Recorder
	id       string
	opener   string // name of the plugin that opened it
	given    *value.Object

	// Guarded by the recorder.
	calls    []*value.Object
	left     int // calls that were not kept
	closed   bool
	handlers map[string][]*value.Function
}

// Windows returns what was recorded, in the order in which windows were opened. Each is
// an object:
//
//	window_id  "window-1", as in values that hold the window's api
//	opener     name of the plugin that opened it
//	name, type, src, data, config, ...
//	           what createWindow was given, as it was given
//	calls      list of {method, args}, in their order
//	calls_left how many calls were too many to keep, if any
//	closed     true when it was closed
func (r *Recorder) Windows() []*value.Object {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*value.Object, len(r.list))
	for i, w := range r.list {
		list[i] = w.object()
	}
	return list
}

// object needs the lock.
func (w *recorded) object() *value.Object {
	o := value.NewObject("window_id", w.id, "opener", w.opener)
	for key, v := range w.given.All() {
		if key != "window_id" && key != "opener" {
			o.Set(key, v)
		}
	}
	calls := make([]any, len(w.calls))
	for i, call := range w.calls {
		calls[i] = call
	}
	o.Set("calls", calls)
	if w.left > 0 {
		o.Set("calls_left", float64(w.left))
	}
	if w.closed {
		o.Set("closed", true)
	}
	return o
}

// Create records a window.
func (r *Recorder) Create(_ context.Context, p *engine.Plugin, window *value.Object) (value.Value, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) >= maxWindows {
		return nil, fmt.Errorf("more than %d windows", maxWindows)
	}
	if r.size += sizeOf(window, 0); r.size > maxRecorded {
		return nil, fmt.Errorf("recorded windows hold %d MiB at most", maxRecorded>>20)
	}
	w := &recorded{recorder: r, id: fmt.Sprintf("window-%d", len(r.list)+1), opener: p.Name(), given: window, handlers: map[string][]*value.Function{}}
	r.list = append(r.list, w)
	return w.api(), nil
}

// Find returns the youngest window that is open and has the name, type or id.
func (r *Recorder) Find(_ context.Context, _ *engine.Plugin, query *value.Object) (value.Value, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.list) - 1; i >= 0; i-- {
		w := r.list[i]
		if !w.closed && fits(query, "window_id", w.id) && fits(query, "plugin_id", w.id) && fits(query, "name", w.given.Text("name")) && fits(query, "type", w.given.Text("type")) {
			return w.api(), nil
		}
	}
	return nil, nil
}

// api is what the plugin gets: every function there could be.
func (w *recorded) api() *value.Interface {
	members := value.NewObject("config", value.NewObject("name", w.given.Get("name"), "type", w.given.Get("type"), "id", w.id, "window_id", w.id), "id", w.id)
	for _, name := range []string{"on", "off", "emit", "close"} {
		members.Set(name, &value.Function{Name: name, InOrder: true, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
			return nil, w.call(ctx, name, args)
		}})
	}
	members.Set(value.AnyMember, &value.Function{Name: "window", InOrder: true, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		name, ok := first(args).(string)
		if !ok {
			return nil, &value.Error{Name: "TypeError", Message: "a function of a window has a name"}
		}
		return nil, w.call(ctx, name, args[1:])
	}})
	return &value.Interface{ID: w.id, Members: members}
}

func first(args []value.Value) value.Value {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// call notes a call and does what it does to a window that nobody sees.
func (w *recorded) call(ctx context.Context, name string, args []value.Value) error {
	event, _ := first(args).(string)
	w.recorder.mu.Lock()
	if w.closed {
		w.recorder.mu.Unlock()
		return fmt.Errorf("window %q was closed", w.id)
	}
	var due []*value.Function
	data := value.Value(nil)
	switch name {
	case "on":
		if f, ok := second(args).(*value.Function); ok {
			w.handlers[event] = append(w.handlers[event], f)
		}
	case "off":
		delete(w.handlers, event)
	case "emit":
		due, data = w.handlers[event], second(args)
	case "close":
		due, w.closed = w.handlers["close"], true
		w.handlers = nil
	}
	if name != "on" && name != "off" {
		w.note(name, args)
	}
	w.recorder.mu.Unlock()
	for _, f := range due {
		go func() { _, _ = f.Call(context.WithoutCancel(ctx), data) }() // its own plugin says what it throws
	}
	return nil
}

func second(args []value.Value) value.Value { return first(args[min(1, len(args)):]) }

// note needs the lock.
func (w *recorded) note(name string, args []value.Value) {
	size := sizeOf([]any(args), 0)
	if len(w.calls) >= maxCalls || w.recorder.size+size > maxRecorded {
		w.left++
		return
	}
	w.recorder.size += size
	if args == nil {
		args = []value.Value{}
	}
	w.calls = append(w.calls, value.NewObject("method", name, "args", []any(args)))
}

// sizeOf is about how much memory a value takes, in bytes.
func sizeOf(v value.Value, depth int) int {
	const small = 16
	if depth > value.MaxDepth {
		return small
	}
	switch v := v.(type) {
	case string:
		return small + len(v)
	case []byte:
		return small + len(v)
	case *ndarray.Array:
		return small + len(v.Data)
	case *value.File:
		return small + len(v.Data)
	case *value.Blob:
		return small + len(v.Data)
	case []any:
		size := small
		for _, item := range v {
			size += sizeOf(item, depth+1)
		}
		return size
	case *value.Object:
		size := small
		for key, item := range v.All() {
			size += len(key) + sizeOf(item, depth+1)
		}
		return size
	case *value.Interface:
		return sizeOf(v.Members, depth+1)
	}
	return small
}
