//go:build unix

package engine_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
)

// How long a worker's program takes to start is no work of the plugin.
func TestStartOfTheProgramIsNoWork(t *testing.T) {
	slow := engine.Worker("/bin/sh", "-c", `/bin/sleep 1; exec "$0" "$@"`, os.Args[0])
	o := engine.Options{Runtimes: []engine.Runtime{slow}, Limits: engine.Limits{Timeout: 800 * time.Millisecond}}
	p := mustOpen(t, js("api.export({run: () => 1})"), o)
	if v, err := p.Call(t.Context(), "run"); err != nil || v != 1.0 {
		t.Errorf("%v %v", v, err)
	}
	var ended *engine.Ended
	if _, err := open(t, js("for (;;);"), o); !errors.As(err, &ended) || ended.Reason != engine.Timeout {
		t.Errorf("scripts without end: %v", err)
	}
}

// What the last words of a worker mean.
func TestWhyAWorkerEnded(t *testing.T) {
	for script, want := range map[string]engine.Reason{
		`exit 3`:                        engine.Crash,
		`echo "panic: odd" >&2; exit 2`: engine.Crash,
		`echo "fatal error: runtime: out of memory" >&2; exit 2`:                                  engine.Memory,
		`echo "runtime/cgo: pthread_create failed: Resource temporarily unavailable" >&2; exit 2`: engine.Memory,
		`echo "runtime: failed to create new OS thread (have 5 already; errno=11)" >&2; exit 2`:   engine.Memory,
		`echo "runtime: goroutine stack exceeds 67108864-byte limit" >&2; exit 2`:                 engine.Stack,
		`kill -TERM $$`: engine.Killed,
	} {
		_, err := open(t, js("api.export({})"), engine.Options{Runtimes: []engine.Runtime{engine.Worker("/bin/sh", "-c", script)}})
		var ended *engine.Ended
		if !errors.As(err, &ended) || ended.Reason != want {
			t.Errorf("%s: %v, want %s", script, err, want)
		}
	}
}
