//go:build unix

package confine

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func start(t *testing.T, c Command, limits Limits) *Child {
	t.Helper()
	child, err := Start(t.Context(), c, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(child.Kill)
	return child
}

func shell(script string) Command {
	return Command{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

// python is a command for an interpreter; the test skips where there is none.
func python(t *testing.T, script string) Command {
	t.Helper()
	path := "/usr/bin/python3"
	if _, err := os.Stat(path); err != nil {
		if path, err = exec.LookPath("python3"); err != nil {
			t.Skip("python3 is not installed: this test needs a program that forks and allocates")
		}
	}
	return Command{Path: path, Args: []string{"-I", "-c", script}, Env: []string{}}
}

func TestExitSaysHowAChildEnded(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   Exit
	}{
		"well":              {`exit 0`, Exit{}},
		"with a code":       {`exit 7`, Exit{Code: 7}},
		"by a signal":       {`kill -SEGV $$`, Exit{Code: -1, Signal: syscall.SIGSEGV}},
		"killed by another": {`kill -KILL $$`, Exit{Code: -1, Signal: syscall.SIGKILL, OutOfMemory: true}},
		"out of memory":     {`echo "fatal error: runtime: out of memory" >&2; exit 2`, Exit{Code: 2, OutOfMemory: true}},
		"words without end": {`echo "MemoryError" >&2; exit 0`, Exit{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := start(t, shell(c.script), Limits{}).Wait()
			got.User, got.System = 0, 0
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("exit (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNothingIsInherited(t *testing.T) {
	t.Setenv("IMJOY_TEST_SECRET", "token")
	var out bytes.Buffer
	c := shell(`env`)
	c.Env = []string{"PATH=/usr/bin:/bin", "A=1"}
	c.Stdout = &out
	start(t, c, Limits{}).Wait()
	if s := out.String(); strings.Contains(s, "SECRET") || !strings.Contains(s, "A=1") {
		t.Errorf("environment of the child:\n%s", s)
	}
	out.Reset()
	c.Env = nil // is no environment, not ours
	start(t, c, Limits{}).Wait()
	if s := out.String(); strings.Contains(s, "SECRET") || strings.Contains(s, "HOME=") {
		t.Errorf("environment of a child without one:\n%s", s)
	}
}

func TestEnvironmentIsAList(t *testing.T) {
	vars := map[string]string{"PATH": "/bin", "GITHUB_TOKEN": "secret", "LANG": "C.UTF-8", "HOME": "/home/me"}
	got := Environment(func(n string) string { return vars[n] }, "/h", "/t", "A=1")
	want := []string{"PATH=/bin", "LANG=C.UTF-8", "HOME=/h", "USERPROFILE=/h", "TMPDIR=/t", "TEMP=/t", "TMP=/t", "A=1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestConnectionCarriesBothWays(t *testing.T) {
	c := shell(`read -r line <&3; echo "got $line" >&3`)
	c.Connect = true
	child := start(t, c, Limits{})
	defer child.Conn.Close()
	if _, err := child.Conn.Write([]byte("hello\n")); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(child.Conn).ReadString('\n')
	if err != nil || line != "got hello\n" {
		t.Errorf("read %q, %v", line, err)
	}
	child.Wait()
	if n, err := child.Conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes after the end", n)
	}
}

func TestFilesFollowTheConnection(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString("from file four\n")
	w.Close()
	var out bytes.Buffer
	c := shell(`cat <&4`)
	c.Connect, c.Files, c.Stdout = true, []*os.File{r}, &out
	start(t, c, Limits{}).Wait()
	r.Close()
	if out.String() != "from file four\n" {
		t.Errorf("child read %q", out.String())
	}
}

func TestStartRefuses(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx     context.Context
		command Command
	}{
		"a program that is not there": {context.Background(), Command{Path: "/no/such/program"}},
		"a folder that is not there":  {context.Background(), Command{Path: "/bin/sh", Dir: "/no/such/folder"}},
		"a context that is done":      {ended, shell("exit 0")},
		"too many files":              {context.Background(), Command{Path: "/bin/sh", Files: make([]*os.File, maxFiles+1)}},
	} {
		t.Run(name, func(t *testing.T) {
			c.command.Connect = true
			if child, err := Start(c.ctx, c.command, Limits{}); err == nil {
				child.Kill()
				t.Error("it started")
			}
		})
	}
}

func TestContextKills(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	child, err := Start(ctx, shell(`trap "" TERM; while :; do sleep 1; done`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-child.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("the child runs on")
	}
	if e := child.Wait(); !e.Killed || e.Signal != syscall.SIGKILL || e.OutOfMemory {
		t.Errorf("exit %+v", e)
	}
}

func TestStopAsksFirst(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		signal syscall.Signal
		code   int
		within time.Duration
	}{
		"polite":   {`trap "exit 5" TERM; echo ready; while :; do sleep 0.01; done`, 0, 5, 10 * time.Second},
		"stubborn": {`trap "" TERM; echo ready; while :; do sleep 0.01; done`, syscall.SIGKILL, -1, 10 * time.Second},
		"closed":   {`echo ready; read -r line <&3; exit 6`, 0, 6, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			ready := make(chan struct{})
			command := shell(c.script)
			command.Connect = true
			command.Stdout = NewLines(func(string) { close(ready) })
			child := start(t, command, Limits{})
			<-ready
			begin := time.Now()
			e := child.Stop(300 * time.Millisecond)
			if name == "closed" && e.Signal == syscall.SIGTERM {
				e.Signal, e.Code = 0, 6 // either way of asking may win
			}
			if e.Code != c.code || e.Signal != c.signal || !e.Killed {
				t.Errorf("exit %+v", e)
			}
			if took := time.Since(begin); took > c.within {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestStopOfAnEndedChildIsQuiet(t *testing.T) {
	child := start(t, shell("exit 3"), Limits{})
	child.Wait()
	if e := child.Stop(time.Second); e.Code != 3 {
		t.Errorf("exit %+v", e)
	}
	child.Kill()
}

func TestProcessorTimeIsLimited(t *testing.T) {
	e := start(t, shell(`while :; do :; done`), Limits{CPU: time.Second}).Wait()
	if !e.OutOfTime || e.Killed {
		t.Errorf("exit %+v", e)
	}
}

// counting keeps nothing, as its Write says, though there is a buffer inside.
type counting struct {
	bytes.Buffer
	bytes int
}

func (c *counting) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}

// TestWritersAreNotPassedBy: a limit in Write holds for all that a child prints.
func TestWritersAreNotPassedBy(t *testing.T) {
	out := &counting{}
	c := shell(`echo hello`)
	c.Stdout = out
	start(t, c, Limits{}).Wait()
	if out.bytes != 6 || out.Len() != 0 {
		t.Errorf("%d bytes were counted, %d went past", out.bytes, out.Len())
	}
}

func TestFloodIsBounded(t *testing.T) {
	var mu sync.Mutex
	lines, longest := 0, 0
	out := NewLines(func(line string) {
		mu.Lock()
		defer mu.Unlock()
		lines++
		longest = max(longest, len(line))
	})
	c := shell(`yes | head -c 10000000; head -c 1000000 /dev/zero`)
	c.Stdout = out
	begin := time.Now()
	start(t, c, Limits{}).Wait()
	out.Flush()
	mu.Lock()
	defer mu.Unlock()
	seconds := int(time.Since(begin).Seconds()) + 2
	if lines > seconds*(maxLinesPerSecond+1)+20 || longest > maxLine {
		t.Errorf("%d lines, the longest of %d bytes", lines, longest)
	}
}
