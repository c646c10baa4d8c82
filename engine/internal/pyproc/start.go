package pyproc

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

// stopGrace is how long a plugin may take to end by itself after its connection
// was closed.
const stopGrace = 2 * time.Second

// Options say how a plugin's process is started.
type Options struct {
	Python string   // path of the interpreter; see [Resolve]
	Env    []string // the whole environment of the child; see [confine.Environment]
	Dir    string   // its working directory; "" means the program's own
	Cache  string   // a folder that no plugin writes, for the compiled shim; "" for none

	Fence      *confine.Fence // what it may reach; nil: everything. Its interpreter must be in it
	Limits     confine.Limits
	FrameLimit int64 // bytes of the buffers of one frame; 0 means what wire allows

	// Log gets each line that the plugin prints: level "info" for stdout, "error"
	// for stderr. nil throws them away. It is called by one goroutine per level.
	Log func(level, text string) `json:"-"`
}

// Process is a plugin's process and the connection to it. Close ends it: first by
// asking, two seconds later by force.
type Process struct {
	wire.Conn
	child  *confine.Child
	closed sync.Once
	done   chan struct{}
}

var _ wire.Conn = (*Process)(nil)

// Start starts an interpreter that waits for worker.start. It is killed when ctx is
// done.
func Start(ctx context.Context, o Options) (*Process, error) {
	l, err := Launch(ctx, o)
	if err != nil {
		return nil, err
	}
	p := &Process{Conn: wire.NewHost(l.Conn, o.FrameLimit), child: l.Child, done: make(chan struct{})}
	go func() {
		l.Child.Wait()
		l.Flush()
		close(p.done)
	}()
	return p, nil
}

// Launched is an interpreter whose connection nobody speaks on yet.
type Launched struct {
	Conn     net.Conn
	Child    *confine.Child
	out, err *confine.Lines
}

// Launch starts an interpreter for somebody who hands its connection on.
func Launch(ctx context.Context, o Options) (*Launched, error) {
	l := &Launched{out: lines(o.Log, "info"), err: lines(o.Log, "error")}
	child, err := confine.Start(ctx, confine.Command{
		Path:    o.Python,
		Args:    []string{"-I", "-B", "-u", "-X", "utf8", "-c", shimFile("boot")},
		Env:     o.Env,
		Dir:     o.Dir,
		Connect: true,
		Fence:   o.Fence,
		Stdout:  l.out,
		Stderr:  l.err,
	}, o.Limits)
	if err != nil {
		return nil, fmt.Errorf("start python: %w", err)
	}
	shim := payload()
	if code := compiled(o.Python, o.Cache); code != nil {
		shim = sized(code)
	}
	if _, err := child.Conn.Write(shim); err != nil {
		child.Kill()
		child.Conn.Close()
		return nil, fmt.Errorf("start python: %w: %s", err, child.Tail())
	}
	l.Conn, l.Child = child.Conn, child
	return l, nil
}

// Flush hands on the last lines, which have no end. The child must have ended.
func (l *Launched) Flush() {
	l.out.Flush()
	l.err.Flush()
}

// End ends the process and everything it started: it asks first.
func (l *Launched) End() {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite() // also where another process still has the connection
	}
	_ = l.Conn.Close()
	select {
	case <-l.Child.Done():
	case <-time.After(stopGrace):
		l.Child.Kill()
	}
}

func lines(log func(level, text string), level string) *confine.Lines {
	return confine.NewLines(func(line string) {
		if log != nil {
			log(level, line)
		}
	})
}

// Close ends the process and everything it started.
func (p *Process) Close() error {
	p.closed.Do(func() {
		_ = p.Conn.Close() // the plugin reads this as the request to end
		select {
		case <-p.done:
		case <-time.After(stopGrace):
			p.child.Kill()
		}
	})
	return nil
}

// Fenced says what of Options.Fence holds.
func (p *Process) Fenced() confine.Enforced { return p.child.Fenced() }

// Kill ends the process and everything it started at once.
func (p *Process) Kill() { p.child.Kill() }

// Done is closed when the process has ended and all it printed was handed on.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit waits for the end of the process and says how it ended.
func (p *Process) Exit() confine.Exit { return p.child.Wait() }

// Tail is the end of what the process wrote to stderr.
func (p *Process) Tail() string { return p.child.Tail() }
