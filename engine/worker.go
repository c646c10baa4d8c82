package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags"
)

// workerCommand is the argument that makes a program a worker.
const workerCommand = "__worker"

// Worker is JavaScript in a child process with limits on memory, files and stack,
// which ends at once when it has to. command starts a program whose main calls
// [ServeWorker]; without one it is this program itself.
func Worker(command ...string) Runtime { return worker{command} }

type worker struct{ command []string }

func (worker) Name() string { return tags.InProcess }

func (w worker) Start(ctx context.Context, _ *tags.Plan, limits Limits) (Conn, error) {
	command := w.command
	if len(command) == 0 {
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
	// Without a trace, the last words of Go's runtime are the whole of stderr.
	env := []string{"GOTRACEBACK=none"}
	child, err := confine.Start(context.WithoutCancel(ctx), confine.Command{Path: command[0], Args: args, Env: env, Dir: string(filepath.Separator), Connect: true},
		confine.Limits{Memory: memory, FileSize: 1, OpenFiles: maxOpenFiles})
	if err != nil {
		return nil, err
	}
	return &childConn{Conn: wire.NewStream(child.Conn, memory), child: child}, nil
}

// childConn is the connection to a child.
type childConn struct {
	wire.Conn
	child *confine.Child
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

// stackWords are how Go's runtime says that a goroutine's stack is too large.
const stackWords = "stack exceeds"

// Ended says why the child ended.
func (c *childConn) Ended() *Ended {
	select {
	case <-c.child.Done():
	case <-time.After(time.Second): // the stream broke and the child lives on
		c.child.Kill()
	}
	exit, tail := c.child.Wait(), c.child.Tail()
	ended := &Ended{Reason: Crash, Detail: exit.String(), Tail: tail}
	switch {
	case exit.OutOfMemory:
		ended.Reason, ended.Detail = Memory, ""
	case strings.Contains(tail, stackWords):
		ended.Reason, ended.Detail = Stack, ""
	case exit.OutOfTime:
		ended.Reason = Timeout
	case exit.Signal != 0:
		ended.Reason = Killed
	}
	return ended
}

// ServeWorker makes this process a worker when its arguments say so, and returns
// when the host has ended the connection. A program that uses [Worker] calls it
// first thing in main; for all other arguments it does nothing and returns false.
func ServeWorker(args []string) (served bool) {
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
	// Collect before the system says no: the limit counts what was ever mapped.
	debug.SetMemoryLimit(memory / 4 * 3)
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
