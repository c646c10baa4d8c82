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
//
// A further instance of a plugin, started by the same Runtime while one runs, is put into
// the process of that one; a process that has to be killed takes them all along.
func Worker(command ...string) Runtime { return &worker{command: command} }

type worker struct {
	command []string
	workers workers
}

func (*worker) Name() string { return tags.InProcess }

func (w *worker) Start(ctx context.Context, plan *tags.Plan, s Start) (Conn, error) {
	memory := s.Limits.Memory
	if memory <= 0 {
		memory = DefaultMemory
	}
	key := sameWorkerAs(plan, s)
	if i := w.workers.join(key, memory); i != nil {
		return i, nil
	}
	p, err := w.spawn(ctx, key, memory)
	if err != nil {
		return nil, err
	}
	i, err := p.open(memory) // before others may, who could fill it or be its last
	if err != nil {
		p.end(nil)
		return nil, err
	}
	w.workers.add(key, p)
	go p.listen()
	return i, nil
}

// spawn starts a process that waits for instances.
func (w *worker) spawn(ctx context.Context, key sameWorker, memory int64) (*workerProcess, error) {
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
	args := append(command[1:len(command):len(command)], workerCommand, "--memory="+strconv.FormatInt(memory, 10))
	words := &firstWords{}
	child, err := confine.Start(context.WithoutCancel(ctx),
		confine.Command{Path: command[0], Args: args, Env: []string{}, Dir: string(filepath.Separator), Connect: true, Stderr: words, Fence: fence},
		confine.Limits{Memory: memory, FileSize: 1, OpenFiles: maxOpenFiles})
	if err != nil {
		return nil, err
	}
	order, err := newOrders(child.Conn)
	if err != nil {
		child.Kill()
		return nil, err
	}
	p := &workerProcess{child: child, words: words, order: order, instances: map[uint64]*instance{}}
	p.forget = func() { w.workers.forget(key, p) }
	return p, nil
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

// endedWith says why a worker's process ended, by its exit and its first words.
func endedWith(exit confine.Exit, words string) *Ended {
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
	order, err := inherited()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is started by the program itself: %v\n", workerCommand, err)
		return true
	}
	serveInstances(order, memory)
	return true
}

// serveInstances serves the instances that the host asks for until it goes away.
func serveInstances(order *orders, memory int64) {
	for {
		id, conn, err := order.accept()
		if err != nil {
			return
		}
		serveJavaScript(wire.NewWorker(conn, memory), func() { order.over(id) })
	}
}

var errNotInherited = errors.New("there is no connection on file 3")
