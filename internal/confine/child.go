package confine

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// Command is a program to start. No shell reads any of it.
type Command struct {
	Path string   // of the program; a bare name is looked up in the program's own PATH
	Args []string // without the program's name
	Env  []string // complete: nothing is inherited; see [Environment]
	Dir  string   // "" means the program's own

	// Connect gives the child one end of a socket as file 3; the other one is
	// [Child.Conn].
	Connect bool

	// Files are further files for the child, from number 4 on (from 3 on when
	// Connect is false), at most 4. The caller closes its own copies.
	Files []*os.File

	// Fence keeps the child from files and the network; nil leaves everything open.
	Fence *Fence

	Stdin          io.Reader // nil means empty
	Stdout, Stderr io.Writer // nil means thrown away; see [Lines]
}

// Child is a running tree of processes. Its methods are safe for concurrent use.
type Child struct {
	// Conn is the program's end of the connection; nil unless asked for. It
	// stays readable after the child's end, and the caller closes it.
	Conn net.Conn

	command *exec.Cmd
	tree    tree
	tail    *Ring
	ended   atomic.Bool // by Stop, Kill or the context
	done    chan struct{}
	exit    Exit
	fenced  Enforced
	unwatch func() bool

	killing sync.Mutex
}

// Start starts a command under limits. The child is killed when ctx is done. An
// error means that nothing runs.
func Start(ctx context.Context, c Command, limits Limits) (*Child, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := exec.LookPath(c.Path)
	if err != nil {
		return nil, fmt.Errorf("start child: %w", err)
	}
	if len(c.Files) > maxFiles {
		return nil, fmt.Errorf("start child: %d files to inherit, at most %d", len(c.Files), maxFiles)
	}
	c.Path = path
	child := &Child{done: make(chan struct{}), tail: NewRing(tailSize)}
	files, release, err := child.connect(c)
	if err != nil {
		return nil, fmt.Errorf("connect child: %w", err)
	}
	defer release()
	build := func() *exec.Cmd { return child.build(c, files) }
	if child.command, child.tree, child.fenced, err = spawn(build, limits, c.Fence); err != nil {
		if child.Conn != nil {
			child.Conn.Close()
		}
		return nil, fmt.Errorf("start child: %w", err)
	}
	child.unwatch = context.AfterFunc(ctx, child.Kill)
	go child.reap()
	return child, nil
}

// connect makes the child's list of files; release closes the program's copy of
// the child's end.
func (c *Child) connect(command Command) (files []*os.File, release func(), err error) {
	if !command.Connect {
		return command.Files, func() {}, nil
	}
	ours, theirs, err := socketpair()
	if err != nil {
		return nil, nil, err
	}
	c.Conn = ours
	return append([]*os.File{theirs}, command.Files...), func() { theirs.Close() }, nil
}

func (c *Child) build(command Command, files []*os.File) *exec.Cmd {
	cmd := exec.Command(command.Path, command.Args...)
	cmd.Env = command.Env
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Dir = command.Dir
	cmd.ExtraFiles = files
	cmd.Stdin = command.Stdin
	cmd.Stdout = onlyWrite(command.Stdout)
	cmd.Stderr = c.tail
	if command.Stderr != nil {
		cmd.Stderr = io.MultiWriter(c.tail, command.Stderr)
	}
	cmd.WaitDelay = drainFor
	return cmd
}

// onlyWrite hides all but Write, where writers count and limit: a copy would fill one that
// has a buffer inside by the buffer's own ReadFrom. Files are given to the child as they are.
func onlyWrite(w io.Writer) io.Writer {
	if _, file := w.(*os.File); w == nil || file {
		return w
	}
	return struct{ io.Writer }{w}
}

// reap waits for the first process and ends the rest of the tree.
func (c *Child) reap() {
	err := c.tree.finish(c.endTree, c.command.Wait)
	c.unwatch()
	c.exit = exitOf(c.command.ProcessState, err, c.tail.Bytes(), c.ended.Load())
	close(c.done)
}

// Fenced says what of [Command.Fence] holds.
func (c *Child) Fenced() Enforced { return c.fenced }

// Pid is the number of the first process of the tree.
func (c *Child) Pid() int { return c.command.Process.Pid }

// Done is closed when the child has ended and its output has been read.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait waits for the end of the child and says how it ended.
func (c *Child) Wait() Exit {
	<-c.done
	return c.exit
}

// Stop asks the child to end, by closing its connection and by SIGTERM to it and
// its process group, and kills what is left of the tree after the grace.
func (c *Child) Stop(grace time.Duration) Exit {
	c.ended.Store(true)
	if c.Conn != nil {
		c.Conn.Close()
	}
	c.tree.terminate()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		c.Kill()
	}
	return c.Wait()
}

// Kill ends the whole tree at once. It returns when no process of it runs.
func (c *Child) Kill() {
	select {
	case <-c.done:
		return
	default:
	}
	c.ended.Store(true)
	c.endTree()
}

func (c *Child) endTree() {
	c.killing.Lock()
	defer c.killing.Unlock()
	c.tree.kill()
}

// Tail is the end of what the child wrote to stderr.
func (c *Child) Tail() string { return string(c.tail.Bytes()) }
