package confine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// shapes are trees that try to survive their end. In each, `live()` marks a process
// that must be gone, `spare()` forks it, and the first process says "ready" when
// all of them live.
var shapes = map[string]string{
	"one":                       `live(); wait()`,
	"child":                     `spare(); wait()`,
	"child that ignores":        `spare(ignore=True); wait()`,
	"new session":               `spare(session=True); wait()`,
	"new session that ignores":  `spare(session=True, ignore=True); wait()`,
	"double fork":               `double(); wait()`,
	"double fork, new session":  `double(session=True); wait()`,
	"daemon":                    `double(session=True, ignore=True); wait()`,
	"daemon without its parent": `double(session=True, ignore=True); leave()`,
	"parent exits":              `spare(); leave()`,
	"parent exits, session":     `spare(session=True, ignore=True); leave()`,
	"deep":                      `deep(10); wait()`,
	"deep, sessions":            `deep(10, session=True); wait()`,
	"wide":                      `[spare() for i in range(30)]; wait()`,
	"wide, sessions, ignoring":  `[spare(session=True, ignore=True) for i in range(30)]; wait()`,
	"other group":               `spare(group=True); wait()`,
	"empty environment, exec":   `run(["/bin/sh", "-c", "trap '' TERM; while :; do /bin/sleep 1; done"]); wait()`,
	"daemon, exec, no parent":   `run(["/bin/sleep", "1000"], daemon=True); leave()`,
	"stopped":                   `spare(stop=True); wait()`,
	"threads":                   `threads(); spare(session=True); wait()`,
	"respawning":                `respawn(); wait()`,
	"closes all files":          `spare(session=True, close=True); leave()`,
}

const shapeTools = `
import os, sys, time, signal, threading as th
folder = sys.argv[1]
def live():
    open(folder + "/" + str(os.getpid()), "w").close()
def wait():
    time.sleep(0.2); print("ready", flush=True)
    while True: time.sleep(100)
def leave():
    time.sleep(0.2); print("ready", flush=True); os._exit(0)
def be(session=False, ignore=False, group=False, stop=False, close=False):
    if session: os.setsid()
    if group: os.setpgid(0, 0)
    if ignore:
        for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(s, signal.SIG_IGN)
    live()
    if close: os.closerange(0, 100)
    if stop: os.kill(os.getpid(), signal.SIGSTOP)
    while True: time.sleep(100)
def spare(**how):
    if os.fork() == 0: be(**how)
def double(**how):
    if os.fork() == 0:
        if os.fork() == 0: be(**how)
        os._exit(0)
    os.wait()
def deep(n, session=False):
    if os.fork() == 0:
        if session: os.setsid()
        live()
        if n: deep(n - 1, session)
        while True: time.sleep(100)
def run(argv, daemon=False):
    if os.fork() == 0:
        if daemon:
            os.setsid()
            if os.fork(): os._exit(0)
        live(); os.execve(argv[0], argv, {})
def threads():
    for i in range(8): th.Thread(target=time.sleep, args=(1000,), daemon=True).start()
def respawn():
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork() == 0:
                live(); time.sleep(0.02); os._exit(0)
            time.sleep(0.005)
            try: os.waitpid(-1, os.WNOHANG)
            except ChildProcessError: pass
`

// survivors waits a little for processes that are just dying.
func survivors(t *testing.T, folder string) (alive []string) {
	t.Helper()
	for range 500 {
		alive = nil
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			pid, _ := strconv.Atoi(e.Name())
			if state, _ := stat(pid); state != 0 {
				cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				alive = append(alive, fmt.Sprintf("%d %q", pid, cmdline))
			}
		}
		if len(alive) == 0 {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return alive
}

func TestNoProcessOfATreeSurvives(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			ready := make(chan struct{})
			c := python(t, shapeTools+shape)
			c.Args = append(c.Args, folder)
			c.Stdout = NewLines(func(string) { close(ready) })
			child := start(t, c, Limits{})
			select {
			case <-ready:
			case <-time.After(20 * time.Second):
				t.Fatalf("not ready: %s", child.Tail())
			}
			marks, _ := os.ReadDir(folder)
			if len(marks) == 0 {
				t.Fatal("nobody lived: the test tests nothing")
			}
			child.Kill()
			child.Wait()
			if alive := survivors(t, folder); alive != nil {
				t.Errorf("%d of %d survive: %v", len(alive), len(marks), alive)
			}
		})
	}
}

// What the first process leaves behind when it ends by itself ends with it.
func TestTreeEndsWithItsFirstProcess(t *testing.T) {
	for name, shape := range shapes {
		if !strings.Contains(shape, "leave()") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			c := python(t, shapeTools+shape)
			c.Args = append(c.Args, folder)
			e := start(t, c, Limits{}).Wait()
			if e.Code != 0 || e.Killed {
				t.Errorf("exit %+v", e)
			}
			if alive := survivors(t, folder); alive != nil {
				t.Errorf("%d survive: %v", len(alive), alive)
			}
		})
	}
}

// A fork bomb is stopped; the limit keeps a failing test from taking the machine, and its
// pace other tests from being starved.
func TestForkBombEnds(t *testing.T) {
	folder := t.TempDir()
	c := python(t, shapeTools+`
end = time.time() + 5
def bomb():
    while time.time() < end:
        try:
            if os.fork() == 0: live(); os.setsid()
        except (OSError, PermissionError): pass
        time.sleep(0.1)
print("ready", flush=True)
bomb()`)
	c.Args = append(c.Args, folder)
	child := start(t, c, Limits{})
	time.Sleep(400 * time.Millisecond)
	child.Kill()
	child.Wait()
	if alive := survivors(t, folder); alive != nil {
		t.Errorf("%d survive", len(alive))
	}
}

func TestOtherChildrenAreLeftAlone(t *testing.T) {
	foreign := exec.Command("/bin/sleep", "100") // not started here, as in a program that uses this one
	if err := foreign.Start(); err != nil {
		t.Fatal(err)
	}
	defer foreign.Wait()
	defer foreign.Process.Kill()
	a, b := start(t, shell(`sleep 100`), Limits{}), start(t, shell(`sleep 100`), Limits{})
	a.Kill()
	a.Wait()
	if state, _ := stat(b.Pid()); state == 0 {
		t.Error("the second child is dead")
	}
	if state, _ := stat(foreign.Process.Pid); state == 0 {
		t.Error("a process of somebody else is dead")
	}
}

func TestMemoryIsLimited(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		code   int
		oom    bool
	}{
		"enough":       {`b = bytearray(50 << 20)`, 0, false},
		"too much":     {`b = bytearray(8 << 30)`, 1, true},
		"in pieces":    {"l = []\nwhile True: l.append(bytearray(1 << 20))", 1, true},
		"by a process": {"import os\nif os.fork() == 0:\n  try: bytearray(8 << 30)\n  except MemoryError: os._exit(9)\nos._exit(os.wait()[1] >> 8)", 9, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, python(t, c.script), Limits{Memory: 256 << 20}).Wait()
			if e.Code != c.code || e.OutOfMemory != c.oom {
				t.Errorf("exit %+v", e)
			}
		})
	}
}

// Both ways of holding a child give the same limits before its first instruction.
func TestLimitsHoldFromTheFirstInstruction(t *testing.T) {
	limits := Limits{Memory: 512 << 20, CPU: 90 * time.Second, FileSize: 1 << 20, OpenFiles: 64}
	want := map[string]string{ // and what nobody in the tree can raise it to
		"Max data size":      "536870912 536870912",
		"Max cpu time":       "90 91",
		"Max file size":      "1048576 1048576",
		"Max open files":     "64 64",
		"Max core file size": "0 0",
	}
	for name, spawn := range map[string]func(*exec.Cmd, Limits) (*exec.Cmd, tree, error){
		"traced": func(c *exec.Cmd, l Limits) (*exec.Cmd, tree, error) { return spawnTraced(c, l, 0) }, "gated": spawnGated,
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			var cmd *exec.Cmd
			var err error
			done := make(chan struct{})
			starts() <- func() {
				defer close(done)
				c := exec.Command("/bin/cat", "/proc/self/limits", "/proc/self/status")
				c.Stdout = &out
				cmd, _, err = spawn(c, limits)
			}
			<-done
			if err != nil {
				if name == "traced" && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS)) {
					return // this system lets nobody trace; Start takes the gate then
				}
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			for limit, value := range want {
				if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), limit+" "+value) {
					t.Errorf("no %q %s in\n%s", limit, value, out.String())
				}
			}
			if !strings.Contains(out.String(), "NoNewPrivs:\t1") {
				t.Error("the child may gain privileges")
			}
			if !strings.Contains(out.String(), "TracerPid:\t0") {
				t.Error("the child is still traced")
			}
		})
	}
}

// A child dies with the program even when that gets no chance to clean up.
func TestChildDiesWithTheProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), "CONFINE_TEST_FILE="+file)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	for range 2000 {
		text, _ := os.ReadFile(file)
		if pid, _ = strconv.Atoi(strings.TrimSpace(string(text))); pid != 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	program.Process.Kill()
	program.Wait()
	if pid == 0 {
		t.Fatal("the child did not start")
	}
	for range 1000 {
		if state, _ := stat(pid); state == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d lives on", pid)
}

// TestMain makes this binary the program that TestChildDiesWithTheProgram kills.
func TestMain(m *testing.M) {
	file := os.Getenv("CONFINE_TEST_FILE")
	if file == "" {
		os.Exit(m.Run())
	}
	c := shell(`trap "" TERM; echo $$ > "$0"; while :; do sleep 1; done`)
	c.Args = append(c.Args, file)
	child, err := Start(context.Background(), c, Limits{})
	if err != nil {
		os.Exit(1)
	}
	child.Wait()
}

func TestManyChildrenAtOnce(t *testing.T) {
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			if e := start(t, shell(`exit 4`), Limits{Memory: 1 << 30}).Wait(); e.Code != 4 {
				t.Errorf("exit %+v", e)
			}
		})
	}
	group.Wait()
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		child, err := Start(b.Context(), Command{Path: "/bin/true"}, Limits{Memory: 1 << 30})
		if err != nil {
			b.Fatal(err)
		}
		child.Wait()
	}
}
