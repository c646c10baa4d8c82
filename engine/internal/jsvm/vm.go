package jsvm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/imjoy-tools/imjoy/engine/internal/eventloop"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Host is what a plugin can reach. Its methods may be called from any goroutine.
type Host interface {
	// Begin calls a function of the api, named as scripts name it: "alert",
	// "utils.sleep". It returns what waits for the answer; the calls go out in the
	// order of Begin, whoever waits first.
	Begin(ctx context.Context, name string, args []value.Value) (wait func() (value.Value, error))
	// Log takes a line of the console.
	Log(level, text string)
	// Unhandled takes a promise that was rejected and that nobody handled.
	Unhandled(*wire.Fault)
	// Exported takes what the plugin exports when it exports again after Start.
	Exported(names []string, values *value.Object)
	// Reachable reports whether the host could still call a function that the
	// plugin gave away, so that a plugin without other work is only waiting.
	Reachable() bool
}

// Options say how a plugin runs.
type Options struct {
	Host      Host
	Stack     int           // calls inside each other; 0 means DefaultStack
	Constants *value.Object // members of api: TAG, WORKSPACE, config, ...
	// Turn is how long one job may run without a pause before Overdue is called, from
	// another goroutine: the host's clock stands while the plugin waits for somebody,
	// and a script can go on meanwhile. 0: no limit.
	Turn    time.Duration
	Overdue func()
}

// VM is a running plugin. Methods are safe for concurrent use.
type VM struct {
	host     Host
	rt       *goja.Runtime // on the loop only
	loop     *eventloop.Loop
	glue     *glue
	programs []*program
	imported []*program            // what evaluate brought; on the loop only, as modules
	modules  map[string]goja.Value // their exports, by the name they were asked for
	loaded   map[string]*code      // classic scripts by address; on the loop only
	born     time.Time
	turn     time.Duration
	overdue  func()
	ctx      context.Context // of calls to the host; ends with the VM
	stop     context.CancelFunc

	// On the loop only.
	exported   *goja.Object
	codecs     []*codec
	calls      wire.Sequence // of functions of others
	onExport   func()        // the first time, while Start waits
	told       bool          // the host knows the first export
	module     bool          // a module waits in an await of its own
	waiting    map[*waiter]struct{}
	rejections map[*goja.Promise]struct{}

	mu          sync.Mutex
	busy        bool
	interrupted chan *wire.Fault // of the running job, once asked to stop
}

// waiter is a call that has no answer yet.
type waiter struct {
	answer func(value.Value, error) // once, on the loop
	what   string                   // "run"
}

// New returns a runtime with the environment of a worker and nothing of a plugin.
func New(o Options) (*VM, error) {
	vm := &VM{host: o.Host, rt: goja.New(), born: time.Now(), turn: o.Turn, overdue: o.Overdue, waiting: map[*waiter]struct{}{}, rejections: map[*goja.Promise]struct{}{}}
	vm.ctx, vm.stop = context.WithCancel(context.Background())
	if o.Stack == 0 {
		o.Stack = DefaultStack
	}
	vm.rt.SetMaxCallStackSize(o.Stack)
	vm.rt.SetParserOptions(parser.WithDisableSourceMaps)
	vm.rt.SetPromiseRejectionTracker(vm.track)
	var err error
	if vm.glue, err = newGlue(vm); err != nil {
		return nil, fmt.Errorf("set up the JavaScript environment: %w", err)
	}
	if err := vm.installGlobals(); err != nil {
		return nil, fmt.Errorf("set up the JavaScript environment: %w", err)
	}
	if err := vm.installAPI(o.Constants); err != nil {
		return nil, fmt.Errorf("set up api: %w", err)
	}
	if err := vm.installImport(); err != nil {
		return nil, fmt.Errorf("set up import(): %w", err)
	}
	vm.loop = eventloop.New(eventloop.Options{After: vm.reportRejections, Idle: vm.idle})
	return vm, nil
}

// Close ends the plugin. A script that is running is interrupted; one inside a
// built-in function goes on until that returns.
func (vm *VM) Close() {
	vm.stop()
	vm.loop.Close()
	vm.mu.Lock()
	defer vm.mu.Unlock()
	if vm.busy {
		vm.rt.Interrupt("the plugin was closed")
	}
}

// Done is closed when no script runs any more.
func (vm *VM) Done() <-chan struct{} { return vm.loop.Done() }

// Rest returns how many timers of the plugin are running, once what runs now is over, what
// it asked for has an answer, and errors that nobody caught are reported.
func (vm *VM) Rest(ctx context.Context) (timers int) {
	over := make(chan struct{})
	if vm.loop.Rest(func() { close(over) }) {
		select {
		case <-over:
		case <-vm.loop.Done():
		case <-ctx.Done():
		}
	}
	return vm.loop.Timers()
}

// ErrNoExport is the fault of a plugin that ends its scripts without an export.
var ErrNoExport = &wire.Fault{Name: "ExportError", Message: "the plugin never calls api.export(...), so there is nothing to run"}

// Start runs the scripts in order and waits until the plugin exports its api.
func (vm *VM) Start(ctx context.Context, scripts []Script) error {
	for i, s := range scripts {
		p, err := vm.prepare(ctx, i, s)
		if err != nil {
			return err
		}
		vm.programs = append(vm.programs, p)
	}
	_, err := vm.wait(ctx, "export", func(w *waiter) {
		vm.onExport = func() { w.answer(nil, nil) }
		vm.runFrom(0, w)
	})
	return err
}

// runFrom runs the scripts from one on; a module is awaited before the next.
func (vm *VM) runFrom(i int, w *waiter) {
	if i == len(vm.programs) {
		if vm.exported != nil {
			vm.onExport()
		}
		return
	}
	vm.glue.before(vm.programs[i].uses)
	vm.declare(vm.programs[i].globals)
	result, err := vm.rt.RunProgram(vm.programs[i].code)
	switch {
	case err != nil:
		w.answer(nil, vm.fault(err))
	case vm.programs[i].script.Module:
		vm.module = true
		vm.settle(result, func(_ goja.Value, err error) {
			vm.module = false
			if err != nil {
				w.answer(nil, err)
				return
			}
			vm.runFrom(i+1, w)
		})
	default:
		vm.runFrom(i+1, w)
	}
}

// Call calls an exported function and waits for its promise. When ctx ends first
// the script is interrupted if it is running, and the error says where it was.
func (vm *VM) Call(ctx context.Context, method string, args []value.Value) (value.Value, error) {
	return vm.wait(ctx, method, func(w *waiter) {
		this, f, fault := vm.member(method)
		if fault != nil {
			w.answer(nil, fault)
			return
		}
		vm.invoke(w, this, f, args)
	})
}

// invoke calls a function on the loop and answers with what its promise becomes.
func (vm *VM) invoke(w *waiter, this goja.Value, f goja.Callable, args []value.Value) {
	list := make([]goja.Value, len(args))
	for i, arg := range args {
		var err error
		if list[i], err = vm.toJS(arg); err != nil {
			w.answer(nil, err)
			return
		}
	}
	result, err := f(this, list...)
	if err != nil {
		w.answer(nil, vm.fault(err))
		return
	}
	vm.settle(result, func(v goja.Value, err error) {
		if err != nil {
			w.answer(nil, err)
			return
		}
		w.answer(vm.fromJS(v))
	})
}

// wait runs a job on the loop and waits until somebody answers its waiter.
func (vm *VM) wait(ctx context.Context, what string, job func(*waiter)) (value.Value, error) {
	type answer struct {
		value value.Value
		err   error
	}
	answers := make(chan answer, 1)
	w := &waiter{what: what}
	w.answer = func(v value.Value, err error) {
		delete(vm.waiting, w)
		select {
		case answers <- answer{v, err}:
		default:
		}
	}
	posted := vm.loop.Post(func() {
		vm.waiting[w] = struct{}{}
		vm.run(w, func() { job(w) })
	})
	wire.Underway(ctx) // the loop keeps the order
	if !posted {
		return nil, errClosed
	}
	select {
	case a := <-answers:
		return a.value, a.err
	case <-vm.loop.Done():
		return nil, errClosed
	case <-ctx.Done():
		fault := vm.interrupt(context.Cause(ctx))
		vm.loop.Post(func() { delete(vm.waiting, w) })
		return nil, fault
	}
}

var errClosed = errors.New("the plugin was closed")

// run runs script code and turns a panic of our own functions into an error: a
// fault of this program must not end the process.
func (vm *VM) run(w *waiter, code func()) {
	vm.mu.Lock()
	vm.busy, vm.interrupted = true, nil
	vm.mu.Unlock()
	if vm.turn > 0 {
		defer time.AfterFunc(vm.turn, vm.overdue).Stop()
	}
	defer func() {
		r := recover()
		vm.mu.Lock()
		defer vm.mu.Unlock()
		vm.busy = false
		if vm.interrupted != nil {
			vm.rt.ClearInterrupt()
			close(vm.interrupted)
			vm.interrupted = nil
		}
		if r != nil && w != nil {
			w.answer(nil, &wire.Fault{Name: "InternalError", Message: fmt.Sprintf("this is a bug in imjoy: %v", r)})
		}
	}()
	code()
}

// interrupt stops the running script, if one runs, and returns where it was.
func (vm *VM) interrupt(cause error) error {
	fault := &wire.Fault{Name: "AbortError", Message: "the call was given up: " + cause.Error()}
	vm.mu.Lock()
	if !vm.busy {
		vm.mu.Unlock()
		return fault
	}
	if vm.interrupted == nil {
		vm.interrupted = make(chan *wire.Fault, 1)
		vm.rt.Interrupt(fault.Message)
	}
	where := vm.interrupted
	vm.mu.Unlock()
	select {
	case at := <-where:
		if at != nil {
			fault.Stack = at.Stack
		}
	case <-time.After(interruptGrace):
	}
	return fault
}
