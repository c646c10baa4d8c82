//go:build unix

package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags/requirement"
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

// A child that ends at once, or prints before the program knows that it runs, ends in an
// error.
func TestPythonThatEndsAtOnce(t *testing.T) {
	script := filepath.Join(t.TempDir(), "python3")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho no >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	rt := engine.Python(func(context.Context, *requirement.Declaration) (engine.Command, error) {
		return engine.Command{Python: script, Env: []string{"HOME=" + filepath.Dir(script)}}, nil
	})
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			_, err := engine.Open(t.Context(), planOf(t, plugin("native-python", "python", "api.export({})")), engine.Options{Runtimes: []engine.Runtime{rt}})
			if err == nil {
				t.Error("it started")
			}
		})
	}
	all.Wait()
}
