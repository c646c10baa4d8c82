package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine/internal/jsvm"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// Plugin is a running plugin. Its methods are safe for concurrent use.
type Plugin struct {
	plan    *tags.Plan
	options Options
	runtime string
	conn    Conn
	peer    *wire.Peer
	clock   clock
	lines   lineLimit

	exports []string
	values  *value.Object // exported members that are no functions

	mu        sync.Mutex
	err       error // why it ended
	unhandled error
	causes    []*ScriptError // errors of others that it was told of, the last one last
	closing   bool
	once      sync.Once
	done      chan struct{}
}

// Plan returns what the plugin was opened with.
func (p *Plugin) Plan() *tags.Plan { return p.plan }

// Name returns the plugin's name.
func (p *Plugin) Name() string { return p.plan.Name }

// ID returns what tells the plugin from others of its name, see Options.ID.
func (p *Plugin) ID() string {
	if p.options.ID != "" {
		return p.options.ID
	}
	return p.plan.Name
}

// Runtime returns the name of the runtime it runs in.
func (p *Plugin) Runtime() string { return p.runtime }

// Contained reports whether the plugin runs in a process of its own, under limits.
func (p *Plugin) Contained() bool {
	c, ok := p.conn.(container)
	return ok && c.Contained()
}

// Exports returns the names of the exported functions; those of inner objects are
// "inner.name".
func (p *Plugin) Exports() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exports
}

// Values returns the exported members that are no functions.
func (p *Plugin) Values() *value.Object {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.values
}

// Has reports whether the plugin exports a function.
func (p *Plugin) Has(method string) bool {
	return slices.Contains(p.Exports(), method)
}

// Done is closed when the plugin has ended.
func (p *Plugin) Done() <-chan struct{} { return p.done }

// Err returns why the plugin ended: an [Ended], or nil while it runs and after
// Close.
func (p *Plugin) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if errors.Is(p.err, ErrClosed) {
		return nil
	}
	return p.err
}

// Unhandled returns the first error that the plugin threw where nobody could catch
// it: in a timer, or in a promise that nobody awaited.
func (p *Plugin) Unhandled() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unhandled
}

// ErrClosed is the error of calls to a plugin that was closed.
var ErrClosed = errors.New("the plugin was closed")

// Call calls an exported function and waits for its result. The error is a
// [ScriptError] when the plugin threw it, an [Ended] when the plugin is gone, and
// the cause of ctx when that ended first. Iterators in the result are read to their end,
// within the time of the call; a function of [Plugin.Interface] gives them live.
func (p *Plugin) Call(ctx context.Context, method string, args ...value.Value) (value.Value, error) {
	payload, err := wire.Encode(p.withFiles(args)...)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	ctx = withBudget(ctx, p.options.Limits.Timeout)
	result, err := p.method(ctx, method, payload)
	if err != nil {
		return nil, err
	}
	v, err := drained(ctx, result)
	var thrown *ScriptError
	if errors.As(err, &thrown) && thrown.Plugin == "" {
		thrown.Plugin = p.plan.Name
	}
	if err != nil {
		return nil, fmt.Errorf("read the result of %s: %w", method, err)
	}
	return v, nil
}

// method calls a function with values that are encoded already.
func (p *Plugin) method(ctx context.Context, method string, args wire.Payload) (wire.Payload, error) {
	return p.work(ctx, args, func(ctx context.Context, args wire.Payload) (wire.Payload, error) {
		return p.peer.Call(ctx, pluginPrefix+method, args)
	})
}

const pluginPrefix = "plugin."

func cutPlugin(method string) (string, bool) { return strings.CutPrefix(method, pluginPrefix) }

// work lets the plugin do something: its clock runs, what it gets and gives is
// wrapped so that calls in both directions are accounted, and its errors are ours.
func (p *Plugin) work(ctx context.Context, args wire.Payload, call func(context.Context, wire.Payload) (wire.Payload, error)) (wire.Payload, error) {
	ctx, end := p.clock.begin(ctx, p.options.Limits.Timeout)
	defer end()
	result, err := call(ctx, p.given(args))
	if err != nil {
		return wire.Payload{}, p.failure(err)
	}
	return p.taken(result), nil
}

// failure explains why a call of the plugin failed.
func (p *Plugin) failure(err error) error {
	var canceled *wire.Canceled
	var fault *wire.Fault
	switch {
	case errors.As(err, &canceled):
		return p.gaveUp(canceled)
	case errors.As(err, &fault):
		if reason, fatal := p.fatal(fault); fatal {
			return p.finish(&Ended{Plugin: p.plan.Name, Reason: reason, Frames: framesOf(p.plan, fault.Stack)})
		}
		return p.threw(fault)
	case p.peer.Err() != nil:
		<-p.done // the reason is known then
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.err
	}
	return err
}

// fatal reports faults after which a plugin does not go on: its state is unknown.
func (p *Plugin) fatal(fault *wire.Fault) (Reason, bool) {
	switch {
	case fault.Name == jsvm.StackOverflow && p.runtime == tags.InProcess:
		return Stack, true
	case fault.Name == "MemoryError" && p.runtime == tags.Child && p.options.Limits.Memory > 0:
		return Memory, true
	}
	return "", false
}

// gaveUp ends a plugin that is out of time, or that did not react to the end of a
// call.
func (p *Plugin) gaveUp(c *wire.Canceled) error {
	ended := &Ended{Plugin: p.plan.Name, Reason: Timeout}
	if c.Where != nil {
		ended.Frames = framesOf(p.plan, c.Where.Stack)
	}
	switch {
	case errors.Is(c.Cause, errTimeout):
		if p.options.Limits.Timeout > 0 {
			ended.Detail = fmt.Sprintf("it worked for more than %v", p.options.Limits.Timeout)
		}
		return p.finish(ended)
	case c.Where == nil:
		ended.Reason, ended.Detail = Killed, "it did not stop when its call was given up"
		_ = p.finish(ended)
	}
	return c.Cause
}

// finish ends the plugin with a reason, once, and returns the reason that counts.
func (p *Plugin) finish(reason error) error {
	p.mu.Lock()
	if p.err == nil {
		p.err = reason
	}
	reason = p.err
	p.mu.Unlock()
	p.once.Do(func() {
		if k, ok := p.conn.(killer); ok && reason != ErrClosed {
			k.Kill()
		}
		p.peer.Close(reason)
		close(p.done)
	})
	return reason
}

// connectionEnded finds out why, unless that is known.
func (p *Plugin) connectionEnded() {
	p.mu.Lock()
	known := p.err != nil
	p.mu.Unlock()
	if known {
		return
	}
	ended := &Ended{Reason: Crash, Detail: p.peer.Err().Error()}
	if e, ok := p.conn.(ender); ok {
		if why := e.Ended(); why != nil {
			ended = why
		}
	}
	ended.Plugin = p.plan.Name
	_ = p.finish(ended)
}

// Close calls the plugin's exit function, waits for it up to the grace period, and
// ends the plugin. The error is that of exit; closing twice is fine.
func (p *Plugin) Close(ctx context.Context) (err error) {
	p.mu.Lock()
	again := p.closing || p.err != nil
	p.closing = true
	p.mu.Unlock()
	if again {
		_ = p.finish(ErrClosed)
		return nil
	}
	if left, err := p.leave(ctx); left || err != nil {
		_ = p.finish(ErrClosed)
		return err
	}
	if p.Has("exit") {
		ctx, cancel := context.WithTimeoutCause(ctx, p.options.Limits.grace(), errGrace)
		defer cancel()
		if _, err = p.Call(ctx, "exit"); errors.Is(err, errGrace) {
			err = fmt.Errorf("exit() did not end within %v", p.options.Limits.grace())
		}
	}
	p.rest(ctx)
	_ = p.finish(ErrClosed)
	return err
}

// rest lets calls that the plugin did not wait for come to their answers, so that their
// errors are told, and says what a plugin that is being closed will never get to do.
func (p *Plugin) rest(ctx context.Context) {
	if p.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, restWithin+turnSlack)
	defer cancel()
	payload, err := p.peer.Call(ctx, restMethod, wire.Payload{})
	if err != nil {
		return // it ended meanwhile, or waits for something long
	}
	switch n, err := payload.Result(); {
	case err != nil || n == 0.0:
	case n == 1.0:
		p.log(Record{Kind: KindLog, Level: Warning, Text: "a timer was still running when the plugin was closed; it was stopped"})
	default:
		p.log(Record{Kind: KindLog, Level: Warning, Text: fmt.Sprintf("%v timers were still running when the plugin was closed; they were stopped", n)})
	}
}

var errGrace = errors.New("the grace period is over")

// withFiles reads files that were given by path, for workers that have no files
// of their own. Only the program's own arguments are read, never a plugin's.
func (p *Plugin) withFiles(args []value.Value) []value.Value {
	if p.runtime != tags.InProcess {
		return args
	}
	out := make([]value.Value, len(args))
	for i, arg := range args {
		out[i] = withFile(arg, 0)
	}
	return out
}

func withFile(v value.Value, depth int) value.Value {
	if depth > value.MaxDepth {
		return v
	}
	switch v := v.(type) {
	case *value.File:
		if v.Data != nil || v.Path == "" || v.Size > maxFileArgument {
			return v
		}
		data, err := os.ReadFile(v.Path)
		if err != nil {
			return v // the plugin gets a file without content, and its size says so
		}
		return &value.File{Name: v.Name, Type: v.Type, Size: int64(len(data)), Data: data}
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = withFile(item, depth+1)
		}
		return out
	case *value.Object:
		out := &value.Object{}
		for key, item := range v.All() {
			out.Set(key, withFile(item, depth+1))
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = withFile(item, depth+1)
		}
		return out
	}
	return v
}
