//go:build unix

package pyenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// init runs a build when another test starts this program for that.
func init() {
	if os.Getenv("PYENV_TEST_MAKE") == "" {
		return
	}
	e, err := Open(Options{Dir: os.Getenv("PYENV_TEST_MAKE"), Env: os.Getenv, Backend: UV})
	if err == nil {
		var env *Environment
		if env, err = e.Make(context.Background(), declare(&testing.T{}, `{"requirements": "cells"}`), nil, "Test"); err == nil {
			fmt.Println(env.Interpreter())
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// another starts this program as one that makes an environment.
func (w *world) another() *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{"PYENV_TEST_MAKE=" + filepath.Join(w.dir, "envs")}
	for name, value := range w.vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// slow puts uv behind a script that notes each call and takes its time.
func (w *world) slow(t *testing.T, seconds string) (log string) {
	t.Helper()
	uv := needUV(t)
	log = filepath.Join(w.dir, "calls")
	text := fmt.Sprintf("#!/bin/sh\necho \"$1 $2\" >> %q\nsleep %s\nexec %q \"$@\"\n", log, seconds, uv)
	if err := os.WriteFile(filepath.Join(w.vars["PATH"], "uv"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	w.link("sleep")
	w.link("sh")
	return log
}

func TestManyProcessesMakeOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3")
	log := w.slow(t, "0.1")
	w.wheel("cells", "1.0", "count = 1")
	answers := make(chan string)
	const many = 16
	for range many {
		go func() {
			out, err := w.another().Output()
			if err != nil {
				answers <- err.Error()
				return
			}
			answers <- string(out)
		}()
	}
	first := <-answers
	for range many - 1 {
		if answer := <-answers; answer != first {
			t.Errorf("one got %q, another %q", first, answer)
		}
	}
	if !strings.Contains(first, "/bin/python") {
		t.Fatal(first)
	}
	calls, _ := os.ReadFile(log)
	if n := strings.Count(string(calls), "venv"); n != 1 {
		t.Errorf("%d environments were made:\n%s", n, calls)
	}
}

// TestKilledBuildsHeal kills a build at many moments of each of its steps: what it leaves
// is never taken for an environment, and the next build is whole.
func TestKilledBuildsHeal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3")
	log := w.slow(t, "0.05")
	w.wheel("cells", "1.0", "count = 1")
	const steps = 4 // before uv is called, and three calls of it
	moments := 2 * steps
	if os.Getenv("IMJOY_LONG") != "" {
		moments = 60
	}
	for i := range moments {
		_ = removeTree(filepath.Join(w.dir, "envs"))
		_ = os.Remove(log)
		cmd := w.another()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 10_000 {
			if text, _ := os.ReadFile(log); strings.Count(string(text), "\n") >= i%steps {
				break
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(i/steps*300*steps/moments) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		e := w.open(func(o *Options) { o.Backend = UV })
		if list, err := e.List(); err != nil {
			t.Fatal(err)
		} else if len(list) == 1 { // it was quicker
			_ = e.Remove(list[0].Hash)
		}
		if i/steps%2 == 1 {
			left := []string{"not swept"}
			for range 100 { // what the killed program started dies a moment after it, and may write until then
				if _, err := e.Sweep(); err != nil {
					t.Error(err)
				}
				if left, _ = e.names(); len(left) == 0 {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			if len(left) != 0 {
				t.Errorf("after a sweep there is %q", left)
			}
		}
		env := mustMake(t, e, declare(t, `{"requirements": "cells"}`), nil)
		if got := w.python(env, "import cells; print(cells.count)"); got != "1" {
			t.Errorf("it says %q", got)
		}
		env.Release()
	}
}

func TestInterruptedBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3")
	log := w.slow(t, "0.2")
	w.wheel("cells", "1.0", "count = 1")
	e := w.open(func(o *Options) { o.Backend = UV })
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // while uv makes the virtual environment
		for !exists(log) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err := e.Make(ctx, declare(t, `{"requirements": "cells"}`), nil, "Test")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the answer is %v", err)
	}
	if names, _ := e.names(); len(names) != 0 {
		t.Errorf("it left %q", names)
	}
	mustMake(t, e, declare(t, `{"requirements": "cells"}`), nil)
}
