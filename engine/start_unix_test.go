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
	gone := engine.Worker("/bin/sh", "-c", "exit 3")
	if _, err := open(t, js("api.export({})"), engine.Options{Runtimes: []engine.Runtime{gone}}); !errors.As(err, &ended) || ended.Reason != engine.Crash {
		t.Errorf("a worker that ends at once: %v", err)
	}
}
