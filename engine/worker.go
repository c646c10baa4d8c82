package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags"
)

// workerCommand is the argument that makes a program a worker, keeperCommand the one
// that makes it keep a plugin in the background.
const (
	workerCommand = "__worker"
	keeperCommand = "__keeper"
)

// Worker is JavaScript in a child process with limits on memory, files and stack,
// which ends at once when it has to. command starts a program whose main calls
// [ServeWorker]; without one it is this program itself.
func Worker(command ...string) Runtime { return worker{command} }

type worker struct{ command []string }

func (worker) Name() string { return tags.InProcess }

func (w worker) Start(ctx context.Context, _ *tags.Plan, s Start) (Conn, error) {
	limits := s.Limits
	command, fence := w.command, &confine.Fence{}
	if len(command) > 0 { // a program that starts this one may need more
		fence.Read, fence.Run = []string{rooted("")}, []string{rooted("")}
	} else {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		command = []string{self}
	}
	memory := limits.Memory
	if memory <= 0 {
		memory = DefaultMemory
	}
	args := append(command[1:len(command):len(command)], workerCommand, "--memory="+strconv.FormatInt(memory, 10))
	words := &firstWords{}
	child, err := confine.Start(context.WithoutCancel(ctx),
		confine.Command{Path: command[0], Args: args, Env: []string{}, Dir: string(filepath.Separator), Connect: true, Stderr: words, Fence: fence},
		confine.Limits{Memory: memory, FileSize: 1, OpenFiles: maxOpenFiles})
	if err != nil {
		return nil, err
	}
	return &childConn{Conn: wire.NewHost(child.Conn, memory), child: child, words: words}, nil
}

// childConn is the connection to a child.
type childConn struct {
	wire.Conn
	child *confine.Child
	words *firstWords
}

// firstWords keeps the beginning of what a worker writes to stderr: Go's runtime
// says first why it ends, and traces of all its goroutines follow.
type firstWords struct {
	mu   sync.Mutex
	text []byte
}

func (f *firstWords) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text = append(f.text, p[:min(len(p), maxFirstWords-len(f.text))]...)
	return len(p), nil
}

func (f *firstWords) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.text)
}

func (c *childConn) Contained() bool { return confine.Describe().Memory }

// Kill ends the child and everything it started.
func (c *childConn) Kill() { c.child.Kill() }

// Close ends the child as well: without its connection it is of no use.
func (c *childConn) Close() error {
	err := c.Conn.Close()
	c.child.Kill()
	return err
}

// How Go's runtime says that a goroutine's stack is too large, and that it gets no
// more memory, also not for the stack of another thread.
var (
	stackWords  = []string{"stack exceeds", "stack overflow"}
	memoryWords = []string{"out of memory", "cannot allocate", "failed to allocate", "failed to reserve", "pthread_create failed", "failed to create new OS thread"}
)

// runtimeFault is what Go's runtime begins with when it fails inside itself. In a
// process without foreign code that happens where its own allocations are refused.
const runtimeFault = "SIGSEGV: segmentation violation"

func says(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// Ended says why the child ended.
func (c *childConn) Ended() *Ended {
	select {
	case <-c.child.Done():
	case <-time.After(time.Second): // the stream broke and the child lives on
		c.child.Kill()
	}
	exit, words := c.child.Wait(), c.words.String()
	ended := endedBy(exit, words)
	switch {
	case exit.Code <= 0: // a signal, or by itself
	case says(words, stackWords):
		ended.Reason, ended.Detail = Stack, ""
	case says(words, memoryWords), strings.HasPrefix(words, runtimeFault):
		ended.Reason, ended.Detail = Memory, ""
	}
	return ended
}

// endedBy says why a child ended that nobody here ended.
func endedBy(exit confine.Exit, tail string) *Ended {
	ended := &Ended{Reason: Crash, Detail: exit.String(), Tail: tail}
	switch {
	case exit.OutOfMemory:
		ended.Reason, ended.Detail = Memory, ""
	case exit.OutOfTime:
		ended.Reason = Timeout
	case exit.Signal == syscall.SIGKILL || exit.Signal == syscall.SIGTERM:
		ended.Reason = Killed
	}
	return ended
}

// ServeWorker makes this process a worker when its arguments say so, and returns
// when the host has ended the connection. A program that uses [Worker] calls it
// first thing in main; for all other arguments it does nothing and returns false.
func ServeWorker(args []string) (served bool) {
	if len(args) == 2 && args[1] == keeperCommand {
		keeper.Serve(os.NewFile(0, "order"), os.NewFile(1, "answer"))
		return true
	}
	if len(args) < 2 || args[1] != workerCommand {
		return false
	}
	memory := int64(math.MaxInt64)
	for _, arg := range args[2:] {
		if text, ok := strings.CutPrefix(arg, "--memory="); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				memory = n
			}
		}
	}
	// Collect well before the system says no: the limit counts all that was ever
	// mapped, and a collection goes on while large arrays are allocated.
	debug.SetMemoryLimit(memory / 2)
	debug.SetMaxStack(maxGoStack)
	conn, err := inherited(memory)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is started by the program itself: %v\n", workerCommand, err)
		return true
	}
	<-serveJavaScript(conn).Done()
	return true
}

var errNotInherited = errors.New("there is no connection on file 3")
