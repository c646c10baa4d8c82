package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/jsvm"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// jsWorker is the far side of a connection: one plugin in goja, whether it is in
// this process or in a child. It gets nothing but bytes.
type jsWorker struct {
	peer   *wire.Peer
	memory wire.Allocator // nil: nothing is shared with the host

	mu sync.Mutex
	vm *jsvm.VM
}

// serveJavaScript serves one plugin until the connection ends. It calls over when no
// script of the plugin runs any more.
func serveJavaScript(conn Conn, over func()) {
	w := &jsWorker{}
	w.memory, _ = conn.(wire.Allocator)
	ready := make(chan struct{})
	w.peer = wire.NewPeer(conn, waitFor{ready, w})
	close(ready)
	w.peer.AfterEnd(func() {
		if vm := w.machine(); vm != nil {
			vm.Close()
			<-vm.Done()
		}
		over()
	})
}

// waitFor keeps the first call until the worker knows its peer.
type waitFor struct {
	ready <-chan struct{}
	*jsWorker
}

func (w waitFor) Call(ctx context.Context, method string, args wire.Payload) (wire.Payload, error) {
	<-w.ready
	return w.jsWorker.serve(ctx, method, args)
}

// InOrder keeps the order of calls of the plugin's functions.
func (waitFor) InOrder(method string) bool {
	_, isPlugin := cutPlugin(method)
	return isPlugin
}

// Notify ignores what a host may say that this worker does not know.
func (w waitFor) Notify(string, wire.Payload) {}

func (w *jsWorker) machine() *jsvm.VM {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.vm
}

// What the host asks a worker itself; everything else is a function of the plugin.
const (
	readyMethod = "worker.ready" // answers
	startMethod = "worker.start" // runs the scripts
	restMethod  = "worker.rest"  // when its calls have their answers: how many timers are running
)

// serve answers worker.ready and worker.start, and plugin.NAME for every exported function.
func (w *jsWorker) serve(ctx context.Context, method string, args wire.Payload) (wire.Payload, error) {
	list, err := args.Args()
	if err != nil {
		return wire.Payload{}, err
	}
	var result value.Value
	name, isPlugin := cutPlugin(method)
	vm := w.machine()
	switch {
	case method == readyMethod:
	case method == startMethod && vm == nil:
		result, err = w.start(ctx, list)
	case method == restMethod && vm != nil:
		ctx, cancel := context.WithTimeout(ctx, restWithin)
		result = float64(vm.Rest(ctx))
		cancel()
	case !isPlugin:
		return wire.Payload{}, fmt.Errorf("a worker has no %q", method)
	case vm == nil:
		return wire.Payload{}, errors.New("the plugin has not been started")
	default:
		result, err = vm.Call(ctx, name, list)
	}
	if err != nil {
		return wire.Payload{}, err
	}
	payload, err := wire.EncodeResult(result)
	payload.Owned = true // jsvm copies what leaves a script
	return payload, err
}

// start parses the document again and runs its scripts.
func (w *jsWorker) start(ctx context.Context, args []value.Value) (value.Value, error) {
	if len(args) != 1 {
		return nil, errors.New("worker.start takes one object")
	}
	order, _ := args[0].(*value.Object)
	text, ok := order.Get("document").([]byte)
	if !ok {
		return nil, errors.New("worker.start needs the bytes of a document")
	}
	doc, _ := pluginfile.Parse(order.Text("name"), text)
	plan, _ := tags.Resolve(doc, order.Text("tag"))
	stack, _ := order.Get("stack").(float64)
	constants, _ := order.Get("config").(*value.Object)
	turn, _ := order.Get("turn").(float64)
	vm, err := jsvm.New(jsvm.Options{Host: workerHost{w.peer, w.memory}, Stack: int(stack), Constants: constants,
		Turn: time.Duration(turn * float64(time.Millisecond)), Overdue: w.overdue,
	})
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.vm = vm
	w.mu.Unlock()
	if w.peer.Err() != nil { // it ended before there was anything to close
		vm.Close()
	}
	if err := require(ctx, vm, plan); err != nil {
		return nil, err
	}
	if err := vm.Start(ctx, scripts(plan)); err != nil {
		return nil, err
	}
	names, values, err := vm.Exports(ctx)
	if err != nil {
		return nil, err
	}
	return exportsValue(names, values), nil
}

// overdue tells the host that the plugin has worked for too long without a pause,
// although it may be waiting for somebody. Scripts cannot keep this from being said.
func (w *jsWorker) overdue() {
	payload, err := wire.Encode(&value.Object{})
	if err == nil {
		_ = w.peer.Notify("overdue", payload) // an ended connection ends the plugin as well
	}
}

// exportsValue is how a worker tells what a plugin exports.
func exportsValue(names []string, values *value.Object) *value.Object {
	return value.NewObject("exports", names, "values", values)
}

func scripts(plan *tags.Plan) []jsvm.Script {
	list := make([]jsvm.Script, len(plan.Scripts))
	for i, block := range plan.Scripts {
		list[i] = jsvm.Script{Body: block.Body(), Module: block.Value("type") == "module", TypeScript: tags.Language(block) == tags.TypeScript}
	}
	return list
}

// require runs what a plugin wants before its own scripts, in the order of its
// requirements. Style sheets have no page here; packages wait until they are imported.
func require(ctx context.Context, vm *jsvm.VM, plan *tags.Plan) (err error) {
	for _, s := range plan.Needs.URLs {
		switch s.Kind {
		case requirement.ClassicScript:
			err = vm.Require(ctx, []string{s.URL})
		case requirement.ModuleScript:
			err = vm.RequireModule(ctx, s.URL)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// workerHost is what the scripts reach: everything goes over the connection.
type workerHost struct {
	peer   *wire.Peer
	memory wire.Allocator
}

// Allocate returns memory that the host sees too, nil when ordinary memory will do.
func (h workerHost) Allocate(n int) []byte {
	if h.memory == nil {
		return nil
	}
	return h.memory.Allocate(n)
}

func (h workerHost) Begin(ctx context.Context, name string, args []value.Value) (wait func() (value.Value, error)) {
	payload, err := wire.Encode(args...)
	if err != nil {
		return func() (value.Value, error) { return nil, err }
	}
	payload.Owned = true // jsvm copies what leaves a script
	answer := h.peer.Begin(ctx, "api."+name, payload)
	return func() (value.Value, error) {
		result, err := answer()
		if err != nil {
			return nil, err
		}
		return result.Result()
	}
}

func (h workerHost) Log(level, text string) {
	payload, err := wire.Encode(value.NewObject("level", level, "text", text))
	if err == nil {
		_ = h.peer.Notify("log", payload) // an ended connection ends the plugin as well
	}
}

func (h workerHost) Unhandled(f *wire.Fault) {
	stack := make([]any, len(f.Stack))
	for i, p := range f.Stack {
		stack[i] = value.NewObject("line", p.Line, "column", p.Column, "function", p.Function, "block", p.Block, "file", p.File)
	}
	payload, err := wire.Encode(value.NewObject("name", f.Name, "message", f.Message, "stack", stack))
	if err == nil {
		_ = h.peer.Notify("unhandled", payload)
	}
}

func (h workerHost) Exported(names []string, values *value.Object) {
	payload, err := wire.Encode(exportsValue(names, values))
	if err == nil {
		_ = h.peer.Notify("exports", payload)
	}
}

func (h workerHost) Reachable() bool { return h.peer.Given() > 0 }
