package engine_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

const counter = `let n = 0
api.export({
	next: () => ++n,
	stuck: () => Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1), // native code that nothing interrupts, and that needs no memory
	loop: () => { for (;;); },
	deep: () => { const f = () => f() + 1; return f() },
	fill: () => new Uint8Array(8e9),
	exit: () => {},
})`

// several opens a plugin several times by one runtime.
func several(t *testing.T, n int, o engine.Options) []*engine.Plugin {
	t.Helper()
	o.Runtimes = []engine.Runtime{engine.Worker()}
	plan := planOf(t, js(counter))
	var list []*engine.Plugin
	for range n {
		list = append(list, openPlan(t, plan, o))
	}
	return list
}

func openPlan(t *testing.T, plan *tags.Plan, o engine.Options) *engine.Plugin {
	t.Helper()
	p, err := engine.Open(t.Context(), plan, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return p
}

// started counts the processes that are there now and were not before.
func started(t *testing.T, before map[string]bool) (n int) {
	t.Helper()
	for pid := range children(t) {
		if !before[pid] {
			n++
		}
	}
	return n
}

// next expects what a plugin counts.
func next(t *testing.T, p *engine.Plugin, want float64) {
	t.Helper()
	if v, err := p.Call(t.Context(), "next"); v != want || err != nil {
		t.Errorf("next: %v %v, want %v", v, err, want)
	}
}

// Instances of a plugin share a process and nothing else; it ends with the last one.
func TestInstancesShareAWorker(t *testing.T) {
	before := children(t)
	list := several(t, 5, engine.Options{})
	if n := started(t, before); n != 1 {
		t.Errorf("five instances run in %d processes", n)
	}
	for i, p := range list {
		for range i {
			if _, err := p.Call(t.Context(), "next"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := list[0].Close(t.Context()); err != nil {
		t.Error(err)
	}
	for i, p := range list[1:] {
		next(t, p, float64(i+2))
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for deadline := time.Now().Add(20 * time.Second); started(t, before) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the worker lives on without an instance")
		}
	}
}

// A process is shared by the same plugin under the same rules only.
func TestOthersHaveAWorkerOfTheirOwn(t *testing.T) {
	before := children(t)
	rt := []engine.Runtime{engine.Worker()}
	var net [2]permission.Permission
	for i, word := range []string{"net:example.org", "net:example.com"} {
		var err error
		if net[i], err = permission.Parse(word); err != nil {
			t.Fatal(err)
		}
	}
	plan := planOf(t, js(counter))
	openPlan(t, plan, engine.Options{Runtimes: rt})
	openPlan(t, plan, engine.Options{Runtimes: rt, Granted: permission.NewSet(net[0])})
	openPlan(t, plan, engine.Options{Runtimes: rt, Granted: permission.NewSet(net[1])})
	openPlan(t, plan, engine.Options{Runtimes: rt, Granted: permission.All().Deny(net[1])})
	openPlan(t, plan, engine.Options{Runtimes: rt, Limits: engine.Limits{Memory: 600 << 20}})
	openPlan(t, plan, engine.Options{Runtimes: rt, Workspace: "other"})
	openPlan(t, planOf(t, js(counter+" ")), engine.Options{Runtimes: rt})
	openPlan(t, plan, engine.Options{Runtimes: []engine.Runtime{engine.Worker()}})
	if n := started(t, before); n != 8 {
		t.Errorf("eight plugins that differ run in %d processes", n)
	}
}

// What a script can be told to end with ends its instance only.
func TestAnInstanceThatStopsLeavesTheOthers(t *testing.T) {
	for method, reason := range map[string]engine.Reason{"loop": engine.Timeout, "deep": engine.Stack} {
		list := several(t, 3, engine.Options{Limits: engine.Limits{Timeout: 600 * time.Millisecond}})
		next(t, list[1], 1)
		_, err := list[0].Call(t.Context(), method)
		var ended *engine.Ended
		if !errors.As(err, &ended) || ended.Reason != reason {
			t.Errorf("%s: %v", method, err)
		}
		next(t, list[1], 2)
		next(t, list[2], 1)
	}
}

// What only ends with its process takes the others along, and they say so.
func TestAKilledWorkerTakesItsInstances(t *testing.T) {
	for method, want := range map[string][2]string{
		"stuck": {"ran out of time", "was killed: another instance of the plugin in the same worker did not stop, and the worker had to be killed"},
		"fill":  {"ran out of memory: its worker held 3 instances of the plugin, and all of them are gone", "ran out of memory: its worker held 3 instances of the plugin, and all of them are gone"},
	} {
		o := engine.Options{Limits: engine.Limits{Timeout: 600 * time.Millisecond}}
		if method == "fill" {
			o.Limits.Timeout = 0
		}
		list := several(t, 3, o)
		for _, p := range list {
			next(t, p, 1)
		}
		start := time.Now()
		got := [2]string{}
		_, err := list[0].Call(t.Context(), method)
		if err != nil {
			got[0] = strings.TrimPrefix(err.Error(), `plugin "Test" `)
		}
		if took := time.Since(start); o.Limits.Timeout > 0 && took > o.Limits.Timeout+1100*time.Millisecond+slack {
			t.Errorf("%s: it took %v", method, took)
		}
		for _, p := range list[1:] {
			<-p.Done()
			_, err = p.Call(t.Context(), "next")
			got[1] = strings.TrimPrefix(err.Error(), `plugin "Test" `)
			if !strings.HasPrefix(got[0], want[0]) || got[1] != want[1] {
				t.Errorf("%s: %q, want %q", method, got, want)
			}
		}
		again := openPlan(t, list[0].Plan(), engine.Options{Runtimes: []engine.Runtime{engine.Worker()}})
		next(t, again, 1)
	}
}

// More instances than one worker holds are put into a second one.
func TestManyInstances(t *testing.T) {
	before := children(t)
	list := several(t, 40, engine.Options{})
	for _, p := range list {
		next(t, p, 1)
	}
	if n := started(t, before); n != 2 {
		t.Errorf("40 instances run in %d processes", n)
	}
}

// Opening while others close, and the last one of a process with them, always gives a
// plugin that works.
func TestOpenWhileOthersClose(t *testing.T) {
	before := children(t)
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}}
	plan := planOf(t, js(counter))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 12 {
				p, err := engine.Open(t.Context(), plan, o)
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				next(t, p, 1)
				if err := p.Close(t.Context()); err != nil {
					t.Errorf("close: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for deadline := time.Now().Add(20 * time.Second); started(t, before) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("workers live on without an instance")
		}
	}
}

// While it is open whether a worker has to be killed nobody else is put into it.
func TestNobodyJoinsADoubtfulWorker(t *testing.T) {
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Grace: 20 * time.Millisecond}}
	plan := planOf(t, js(counter))
	stuck, beside := openPlan(t, plan, o), openPlan(t, plan, o)
	over := make(chan error, 1)
	go func() {
		_, err := stuck.Call(context.WithoutCancel(t.Context()), "stuck")
		over <- err
	}()
	time.Sleep(100 * time.Millisecond) // it is in there
	_ = stuck.Close(t.Context())
	if err := <-over; !errors.Is(err, engine.ErrClosed) {
		t.Errorf("the call that did not end: %v", err)
	}
	time.Sleep(200 * time.Millisecond)
	later := openPlan(t, plan, o)
	next(t, later, 1)
	select {
	case <-beside.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the worker was not killed")
	}
	next(t, later, 2)
}

// What is more than a plugin may have, given to it or given by it, is an error of that
// call, and neither the plugin nor others in its worker end with it.
func TestTooLargeACallEndsNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes the memory that it needs: run without -race")
	}
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Memory: 256 << 20}}
	plan := planOf(t, js("let n = 0; api.export({next: () => ++n, big: () => { const a = new Uint8Array(20 << 20); return new Array(13).fill(a) }})"))
	a, b := openPlan(t, plan, o), openPlan(t, plan, o)
	const want = "the arrays and files of this call take 272629760 bytes, more than 268435456"
	array := make([]byte, 20<<20)
	if _, err := a.Call(t.Context(), "next", slices.Repeat([]any{array}, 13)...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("given to it: %v, want %q", err, want)
	}
	next(t, a, 1)
	if runtime.GOOS == "linux" { // elsewhere its copies are its own memory, and end it first
		if _, err := a.Call(t.Context(), "big"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("given by it: %v, want %q", err, want)
		}
	}
	next(t, a, 2)
	next(t, b, 1)
}
