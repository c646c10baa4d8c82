package jsvm

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// Each way in which a script leaves somebody waiting, or an error that nobody caught, has
// its own sentence and comes at once.
func TestEachEndingHasItsSentence(t *testing.T) {
	for _, test := range []struct {
		name, script string
		module       bool
		want         string // of the fault of Start or Call, else of what nobody caught
		line         int
		timers       int
	}{
		{name: "no export", script: "const a = 1", want: "never calls api.export"},
		{name: "export that never comes", script: "new Promise(() => {}).then(() => api.export({}))", want: "never calls api.export"},
		{name: "a module that waits for ever", script: "await new Promise(() => {})\napi.export({})", module: true, want: "at its top level"},
		{name: "a promise that never settles", script: "api.export({run: () => new Promise(() => {})})", want: "run() returned a promise that never settles"},
		{name: "a thenable that never calls", script: "api.export({run: () => ({then() {}})})", want: "never settles"},
		{name: "an await in a helper", script: "api.export({async run() { await (async () => { await new Promise(() => {}) })() }})", want: "never settles"},
		{name: "a rejection that nobody handles", script: "api.export({run() {\n Promise.reject(new RangeError('lost')) }})", want: "RangeError: lost", line: 2},
		{name: "a rejection of no error", script: "api.export({run() { Promise.reject({code: 5}) }})", want: `thrown: {"code":5}`},
		{name: "an error in a timer", script: "api.export({run() {\n\n setTimeout(() => { null.x }, 0) }})", want: "Cannot read property 'x'", line: 3},
		{name: "an error in a microtask", script: "api.export({run() { queueMicrotask(() => { throw new TypeError('tick') }) }})", want: "TypeError: tick", line: 1},
		{name: "an error in a listener", script: "api.export({run() { const t = new EventTarget(); t.addEventListener('x', () => { throw new Error('heard') }); t.dispatchEvent(new Event('x')) }})", want: "heard"},
		{name: "a rejection before the export", script: "Promise.reject(new Error('early'))", want: "early"},
		{name: "an error in a script", script: "\n  undefinedName()", want: "undefinedName is not defined", line: 2},
		{name: "a class instead of an instance", script: "api.export(class Mine {})", want: "new Mine()"},
		{name: "an interval left running", script: "api.export({run() { setInterval(() => {}, 1000); AbortSignal.timeout(5000) }})", timers: 1},
		{name: "a rejection handled later in the same turn", script: "api.export({async run() { const p = Promise.reject(new Error('x')); await null; p.catch(() => {}); }})"},
	} {
		t.Run(test.name, func(t *testing.T) {
			host := &recorder{}
			s := script(test.script)
			s.Module = test.module
			start := time.Now()
			vm, err := open(t, host, s)
			if err == nil {
				_, err = vm.Call(t.Context(), "run", nil)
			}
			if took := time.Since(start); took > 10*time.Second { // 50 ms on an idle machine
				t.Errorf("took %v", took)
			}
			if err == nil && test.want != "" {
				err = caughtByNobody(host)
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			var fault *wire.Fault
			if errors.As(err, &fault) && test.line > 0 && (len(fault.Stack) == 0 || fault.Stack[0].Line != test.line) {
				t.Errorf("at %+v, want line %d", fault.Stack, test.line)
			}
			if n := vm.Rest(t.Context()); n != test.timers {
				t.Errorf("%d timers are running, want %d", n, test.timers)
			}
		})
	}
}

// caughtByNobody waits for what the host is told of.
func caughtByNobody(host *recorder) error {
	for range 2000 {
		host.mu.Lock()
		n := len(host.unhandled)
		host.mu.Unlock()
		if n > 0 {
			return host.unhandled[0]
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}
