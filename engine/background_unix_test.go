//go:build unix

package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// A plugin that counts, and says how it was begun.
const counting = `
import asyncio, os, sys, threading, time
from imjoy import api
class Counter:
    def __init__(self): self.count, self.begun, self.kept = 0, [], None
    def setup(self): self.begun.append("setup")
    def resume(self): self.begun.append("resume")
    def run(self, ctx=None):
        self.count += 1
        print("count", self.count)
        return [self.count, self.begun, os.getpid()]
    def keep(self, x):
        self.kept = x
        return x
    def stored(self): return self.kept
    def hang(self): time.sleep(100)
    def hold(self, callback): self.callback = callback
    async def call(self): return await self.callback()
    def exit(self):
        open(os.environ["HOME"] + "/left", "w").close()
api.export(Counter())
`

func background(t *testing.T, idle time.Duration) engine.Background {
	t.Helper()
	dir, err := os.MkdirTemp("", "ij")
	if err != nil {
		t.Fatal(err)
	}
	b := engine.Background{Dir: filepath.Join(dir, "b"), Idle: idle}
	t.Cleanup(func() {
		list, _ := b.List()
		for _, r := range list {
			if err := b.Stop(context.Background(), r, 0); err != nil {
				t.Error(err)
			}
		}
		os.RemoveAll(dir)
	})
	return b
}

func lasting(script string) string {
	return strings.Replace(plugin("native-python", "python", script), `"ui": ""`, `"ui": "", "flags": ["allow-detach"]`, 1)
}

// logged collects what a plugin prints.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) Write(r engine.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, r.Text)
}

func (l *logged) has(line string) bool {
	for range 100 {
		l.mu.Lock()
		all := strings.Join(l.lines, "\n")
		l.mu.Unlock()
		if strings.Contains(all, line) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestPluginLivesOn(t *testing.T) {
	b := background(t, time.Minute)
	rt := engine.Lasting(found(foundPython(t)), b)
	lines := &logged{}
	o := engine.Options{Runtimes: []engine.Runtime{rt}, Host: engine.Host{Log: lines}}
	text := lasting(counting)
	use := func(method string, args ...value.Value) value.Value {
		t.Helper()
		p, err := engine.Open(t.Context(), planOf(t, text), o)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Call(t.Context(), method, args...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := use("run").([]any)
	if first[0] != 1.0 || !lines.has("count 1") {
		t.Fatalf("%v %v", show(first), lines.lines)
	}
	second := use("run").([]any)
	if show(second[:2]) != `[2,["setup","resume"]]` || second[2] != first[2] || !lines.has("count 2") {
		t.Errorf("%s after %s", show(second), show(first))
	}
	// Arrays go through shared memory of each program in turn.
	a, err := ndarray.Wrap(ndarray.Uint8, []int{1 << 20}, make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		a.Data[5] = byte(i + 1)
		use("keep", a)
		if got, ok := use("stored").(*ndarray.Array); ok && got.Data[5] != byte(i+1) {
			t.Errorf("round %d: %d", i, got.Data[5])
		}
	}
	// A function of a program that has gone is not one of the next.
	use("hold", &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) { return "wrong", nil }})
	p := mustOpen(t, text, o)
	if v, err := p.Call(t.Context(), "call"); err == nil {
		t.Errorf("it called %v", v)
	}
	list, err := b.List()
	if err != nil || len(list) != 1 || list[0].Name != "Test" || list[0].Tag != "CPU" || !list[0].Attached || float64(list[0].Pid) <= 0 {
		t.Errorf("%+v %v", list, err)
	}
	// One program at a time has it: the next gets a process of its own.
	beside := mustOpen(t, text, o)
	if v, err := beside.Call(t.Context(), "run"); err != nil || v.([]any)[0] != 1.0 || !lines.has("gets its own") {
		t.Errorf("two at once: %v %v", v, err)
	}
	beside.Close(t.Context())
	p.Close(t.Context())

	// Another document is another plugin.
	other := strings.Replace(text, `"begun"`, `"begun" `, 1) + "\n"
	if v := mustOpen(t, other, o); v != nil {
		r, err := v.Call(t.Context(), "run")
		if err != nil || r.([]any)[0] != 1.0 {
			t.Errorf("%v %v", r, err)
		}
		v.Close(t.Context())
	}
	list, _ = b.List()
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	if err := b.Stop(t.Context(), list[0], time.Second); err != nil {
		t.Error(err)
	}
	if left, _ := b.List(); len(left) != 0 || syscall.Kill(list[0].Pid, 0) == nil {
		t.Errorf("%+v is still there", list[0])
	}
}

// What a plugin prints while a program has it reaches that program, however soon it
// leaves, and not the next one.
func TestPrintedForWhoAsked(t *testing.T) {
	const talking = `
from imjoy import api
class Talker:
    def run(self, ctx=None):
        for i in range(200): print(ctx, i)
        print(ctx, "has no end", end="")
api.export(Talker())
`
	b := background(t, time.Minute)
	rt := engine.Lasting(found(foundPython(t)), b)
	for round := range 20 {
		lines := &logged{}
		p, err := engine.Open(t.Context(), planOf(t, lasting(talking)), engine.Options{Runtimes: []engine.Runtime{rt}, Host: engine.Host{Log: lines}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Call(t.Context(), "run", float64(round)); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		var printed []string
		for _, line := range lines.lines {
			if strings.HasPrefix(line, fmt.Sprint(round, " ")) {
				printed = append(printed, line)
			}
		}
		if len(printed) != 201 || printed[200] != fmt.Sprint(round, " has no end") {
			t.Errorf("round %d: %d lines of %d are its own: %q", round, len(printed), len(lines.lines), lines.lines[max(0, len(lines.lines)-2):])
		}
	}
}

// A plugin that closed its streams prints no mark: who leaves it waits a little for that,
// and the next one finds it free.
func TestLeavingAPluginWithoutStreams(t *testing.T) {
	const silent = `
import os
from imjoy import api
class Silent:
    n = 0
    def run(self, ctx=None):
        self.n += 1
        if self.n == 1:
            os.close(1)
            os.close(2)
        return self.n
api.export(Silent())
`
	b := background(t, time.Minute)
	rt := engine.Lasting(found(foundPython(t)), b)
	for n := range 3 {
		p := mustOpen(t, lasting(silent), engine.Options{Runtimes: []engine.Runtime{rt}})
		if v, err := p.Call(t.Context(), "run"); err != nil || v != float64(n+1) {
			t.Errorf("call %d: %v, %v", n+1, v, err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestSingleInstanceInTheBackground: there is no second process while another program is
// attached, so a program waits for it. The other one is this test binary, too.
func TestSingleInstanceInTheBackground(t *testing.T) {
	if folder := os.Getenv("IMJOY_TEST_HOLD"); folder != "" {
		b := engine.Background{Dir: folder, Idle: time.Minute}
		p, err := engine.Open(t.Context(), planOf(t, single(counting)), engine.Options{Runtimes: []engine.Runtime{homed(t, b)}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Call(t.Context(), "run")
		fmt.Println("attached")
		_, _ = os.Stdin.Read(make([]byte, 1))
		p.Close(t.Context())
		return
	}
	b := background(t, time.Minute)
	told := make(chan int, 9)
	b.Waiting = func(_ string, program int) { told <- program }
	other := exec.Command(os.Args[0], "-test.run=TestSingleInstanceInTheBackground$")
	other.Env = append(os.Environ(), "IMJOY_TEST_HOLD="+b.Dir)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Wait() }()
	defer stdin.Close()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "attached\n" {
		t.Fatalf("%q %v", line, err)
	}
	o := engine.Options{Runtimes: []engine.Runtime{homed(t, b)}}
	hurried, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := engine.Open(hurried, planOf(t, single(counting)), o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it did not wait: %v", err)
	}
	go func() {
		<-told
		if program := <-told; program != other.Process.Pid {
			t.Errorf("told of process %d, not %d", program, other.Process.Pid)
		}
		stdin.Close()
	}()
	p := mustOpen(t, single(counting), o)
	v, err := p.Call(t.Context(), "run")
	if err != nil || show(v.([]any)[:2]) != `[2,["setup","resume"]]` {
		t.Errorf("%v %v", v, err)
	}
	if _, err := open(t, single(counting), o); err == nil || !strings.Contains(err.Error(), "this program uses it already") {
		t.Errorf("twice in one program: %v", err)
	}
	p.Close(t.Context())
}

// homed is a runtime that is equal in each process.
func homed(t *testing.T, b engine.Background) engine.Runtime {
	command := foundPython(t)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(b.Dir)}
	return engine.Lasting(found(command), b)
}

func single(script string) string {
	return strings.Replace(lasting(script), `"allow-detach"`, `"allow-detach", "single-instance"`, 1)
}

func TestPluginInTheBackgroundEnds(t *testing.T) {
	open := func(t *testing.T, b engine.Background, script string) *engine.Plugin {
		p, err := engine.Open(t.Context(), planOf(t, lasting(script)), engine.Options{Runtimes: []engine.Runtime{engine.Lasting(found(foundPython(t)), b)}, Limits: engine.Limits{Timeout: 2 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	gone := func(t *testing.T, b engine.Background) {
		t.Helper()
		for range 400 {
			if list, _ := b.List(); len(list) == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("it is still there")
	}
	t.Run("nobody came", func(t *testing.T) {
		b := background(t, 300*time.Millisecond)
		open(t, b, counting).Close(t.Context())
		if list, _ := b.List(); len(list) != 1 || list[0].EndsIn <= 0 {
			t.Errorf("%+v", list)
		}
		gone(t, b)
	})
	t.Run("it is busy", func(t *testing.T) {
		b := background(t, time.Minute)
		p := open(t, b, counting)
		var ended *engine.Ended
		if _, err := p.Call(t.Context(), "hang"); !errors.As(err, &ended) || ended.Reason != engine.Timeout {
			t.Errorf("%v", err)
		}
		gone(t, b)
	})
	t.Run("it dies", func(t *testing.T) {
		b := background(t, time.Minute)
		p := open(t, b, "import os\ndef run(ctx=None): os._exit(7)\napi.export({'run': run})")
		var ended *engine.Ended
		if _, err := p.Call(t.Context(), "run"); !errors.As(err, &ended) || !strings.Contains(ended.Detail, "7") {
			t.Errorf("%v", err)
		}
		gone(t, b)
	})
	t.Run("its scripts fail", func(t *testing.T) {
		b := background(t, time.Minute)
		_, err := engine.Open(t.Context(), planOf(t, lasting("1/0")), engine.Options{Runtimes: []engine.Runtime{engine.Lasting(found(foundPython(t)), b)}})
		var thrown *engine.ScriptError
		if !errors.As(err, &thrown) {
			t.Errorf("%v", err)
		}
		gone(t, b)
	})
}

// TestSameNameInTheBackground: plugins that only share a name live beside each other; a
// newer text at the same place replaces the older; programs that come at once start one.
func TestSameNameInTheBackground(t *testing.T) {
	b := background(t, time.Minute)
	places := map[string]string{}
	b.Place = func(plan *tags.Plan) string { return places[string(plan.Document.Source.Text)] }
	rt := homed(t, b)
	use := func(place, text string) float64 {
		t.Helper()
		places[text] = place
		p, err := engine.Open(t.Context(), planOf(t, text), engine.Options{Runtimes: []engine.Runtime{rt}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Call(t.Context(), "run")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return v.([]any)[0].(float64)
	}
	one, other, newer := lasting(counting), lasting(counting+"# another\n"), lasting(counting+"# newer\n")
	for i, step := range []struct {
		place, text string
		count       float64
		lives       int
	}{
		{"/a/x", one, 1, 1},
		{"/b/x", other, 1, 2}, // another plugin
		{"/a/x", one, 2, 2},
		{"/b/x", other, 2, 2},
		{"/b/x", newer, 1, 2}, // another version
		{"/a/x", one, 3, 2},
	} {
		if count := use(step.place, step.text); count != step.count {
			t.Errorf("step %d: count %v, not %v", i, count, step.count)
		}
		list, err := b.List()
		if err != nil || len(list) != step.lives {
			t.Errorf("step %d: %+v %v", i, list, err)
		}
		for _, r := range list {
			if r.Document != "/a/x" && r.Document != "/b/x" {
				t.Errorf("step %d: its document is %q", i, r.Document)
			}
		}
	}
}

// TestManyStartInTheBackground: of programs that come at once, one starts a process; the
// others get their own or the one that lives on, and none is left that nobody finds.
func TestManyStartInTheBackground(t *testing.T) {
	b := background(t, time.Minute)
	command := foundPython(t)
	temp := filepath.Join(filepath.Dir(b.Dir), "t")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + temp, "TMPDIR=" + temp}
	rt := engine.Lasting(found(command), b)
	var all sync.WaitGroup
	for range 8 {
		plan := planOf(t, lasting(counting))
		all.Go(func() {
			p, err := engine.Open(t.Context(), plan, engine.Options{Runtimes: []engine.Runtime{rt}})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := p.Call(t.Context(), "run"); err != nil {
				t.Error(err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := b.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	if err := b.Stop(t.Context(), list[0], time.Second); err != nil {
		t.Error(err)
	}
	for range 1000 { // each process has a folder that goes with it
		if homes, _ := filepath.Glob(filepath.Join(temp, "imjoy-plugin-*")); len(homes) == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if homes, _ := filepath.Glob(filepath.Join(temp, "imjoy-plugin-*")); len(homes) > 0 {
		t.Errorf("%d processes live, and are in no list", len(homes))
	}
	if left, _ := filepath.Glob(filepath.Join(b.Dir, "*.lock")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
