package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// ErrCanceled is what a [Dialogs] returns when a person closed the question: the
// plugin's call is rejected.
var ErrCanceled = errors.New("canceled")

// apiHandler serves what one plugin asks for. Everything is checked here, on the
// host's side; nothing a worker says is trusted.
type apiHandler struct {
	plugin *Plugin
	ready  <-chan struct{} // closed when the plugin knows its peer
}

// apiCall is one function of api. Arguments are values; the plugin's functions
// among them are callable.
type apiCall struct {
	run func(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error)
	// waits is true where the plugin waits for people or for other plugins: that is
	// not work of its own.
	waits bool
	// ordered is true for calls that plugins seldom wait for, and that must be served
	// as they were made: they are, one after the other, so they wait for nobody.
	ordered bool
}

// Ordered tells the connection which calls to serve one after the other.
func (h *apiHandler) Ordered(method string) bool {
	name, ok := strings.CutPrefix(method, "api.")
	return ok && apiCalls[name].ordered
}

func (h *apiHandler) Call(ctx context.Context, method string, args wire.Payload) (wire.Payload, error) {
	<-h.ready
	p := h.plugin
	name, ok := strings.CutPrefix(method, "api.")
	call, known := apiCalls[name]
	switch {
	case !ok:
		return wire.Payload{}, fmt.Errorf("the host has no %q", method)
	case !known:
		return wire.Payload{}, unavailable(name)
	}
	list, err := p.taken(args).Args()
	if err != nil {
		return wire.Payload{}, err
	}
	if call.waits {
		defer p.clock.wait()()
	}
	result, err := call.run(p.clock.inherit(ctx), p, list)
	if err != nil {
		p.met(err)
		return wire.Payload{}, apiError(name, err)
	}
	payload, err := wire.EncodeResult(result)
	return p.given(payload), err
}

// apiError names the call that failed, where the error does not say it itself.
func apiError(name string, err error) error {
	var thrown *value.Error
	var fault *wire.Fault
	if errors.As(err, &thrown) || errors.As(err, &fault) {
		return err
	}
	var denied *Denied
	if errors.As(err, &denied) {
		return &value.Error{Name: "NotAllowedError", Message: denied.Error()}
	}
	if errors.Is(err, ErrCanceled) {
		return &value.Error{Name: "AbortError", Message: name + " was canceled"}
	}
	return &value.Error{Name: "Error", Message: fmt.Sprintf("api.%s: %v", name, err)}
}

// Notify takes log lines and errors that nobody caught.
func (h *apiHandler) Notify(method string, args wire.Payload) {
	list, err := args.Args()
	if err != nil || len(list) == 0 {
		return
	}
	o, _ := list[0].(*value.Object)
	switch method {
	case "log":
		h.plugin.line(o, KindLog)
	case "exports": // it called api.export again
		_ = h.plugin.learn(o)
	case "unhandled":
		h.plugin.uncaught(o)
	case "overdue": // it works while its clock stands
		h.plugin.tooLong()
	}
}

// line is one line of the console, or of what a child prints.
func (p *Plugin) line(o *value.Object, kind Kind) {
	p.log(Record{Kind: kind, Level: level(o.Text("level")), Text: o.Text("text")})
}

func level(word string) Level {
	switch word {
	case "error", "critical":
		return Error
	case "warn", "warning":
		return Warning
	case "debug", "trace":
		return Debug
	}
	return Info
}

func (p *Plugin) uncaught(o *value.Object) {
	fault := &wire.Fault{Name: o.Text("name"), Message: o.Text("message")}
	stack, _ := o.Get("stack").([]any)
	for _, item := range stack {
		at, _ := item.(*value.Object)
		line, _ := at.Get("line").(float64)
		column, _ := at.Get("column").(float64)
		block, _ := at.Get("block").(float64)
		fault.Stack = append(fault.Stack, wire.Position{Line: int(line), Column: int(column), Block: int(block), Function: at.Text("function"), File: at.Text("file")})
	}
	p.Uncaught(p.threw(fault))
}

// Uncaught notes an error that the plugin threw where nobody catches it: in a timer, or
// in a function that somebody called without waiting for what it returns.
func (p *Plugin) Uncaught(err error) {
	p.mu.Lock()
	if p.unhandled == nil {
		p.unhandled = err
	}
	p.mu.Unlock()
	p.log(Record{Kind: KindUnhandled, Level: Error, Text: err.Error(), Err: err})
}

// log passes a record on, up to a number of them a second.
func (p *Plugin) log(r Record) {
	r.Plugin, r.ID = p.plan.Name, p.ID()
	dropped, ok := p.lines.take(time.Now())
	if p.options.Host.Log == nil {
		return
	}
	if dropped > 0 {
		p.options.Host.Log.Write(Record{Plugin: r.Plugin, ID: r.ID, Kind: KindLog, Level: Warning, Text: fmt.Sprintf("%d lines were left out: more than %d a second", dropped, maxLinesPerSecond)})
	}
	if ok {
		p.options.Host.Log.Write(r)
	}
}

// lineLimit lets a number of lines pass each second.
type lineLimit struct {
	mu      sync.Mutex
	second  time.Time
	count   int
	dropped int
}

// take counts a line; ok is false when it is too many. dropped is how many lines
// were too many in the second before, reported once.
func (l *lineLimit) take(now time.Time) (dropped int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.second) >= time.Second {
		dropped, l.dropped = l.dropped, 0
		l.second, l.count = now, 0
	}
	if l.count++; l.count > maxLinesPerSecond {
		l.dropped++
		return 0, false
	}
	return dropped, true
}
