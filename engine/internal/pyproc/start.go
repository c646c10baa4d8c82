package pyproc

import (
	"context"
	"fmt"
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

	Fence      *confine.Fence // what it may reach; nil: everything. Its interpreter must be in it
	Limits     confine.Limits
	FrameLimit int64 // bytes of the buffers of one frame; 0 means what wire allows

	// Log gets each line that the plugin prints: level "info" for stdout, "error"
	// for stderr. nil throws them away. It is called by one goroutine per level.
	Log func(level, text string)
}

// Process is a plugin's process and the connection to it. Close ends it: first by
// asking, two seconds later by force.
type Process struct {
	wire.Conn
	child  *confine.Child
	closed sync.Once
}

var _ wire.Conn = (*Process)(nil)

// Start starts an interpreter that waits for worker.start. It is killed when ctx is
// done.
func Start(ctx context.Context, o Options) (*Process, error) {
	out, err := lines(o.Log, "info"), lines(o.Log, "error")
	child, failed := confine.Start(ctx, confine.Command{
		Path:    o.Python,
		Args:    []string{"-I", "-B", "-u", "-X", "utf8", "-c", shimFile("boot")},
		Env:     o.Env,
		Dir:     o.Dir,
		Connect: true,
		Fence:   o.Fence,
		Stdout:  out,
		Stderr:  err,
	}, o.Limits)
	if failed != nil {
		return nil, fmt.Errorf("start python: %w", failed)
	}
	if _, failed := child.Conn.Write(payload()); failed != nil {
		child.Kill()
		child.Conn.Close()
		return nil, fmt.Errorf("start python: %w: %s", failed, child.Tail())
	}
	go func() {
		child.Wait()
		out.Flush()
		err.Flush()
	}()
	return &Process{Conn: wire.NewHost(child.Conn, o.FrameLimit), child: child}, nil
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
		case <-p.child.Done():
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

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.child.Done() }

// Exit waits for the end of the process and says how it ended.
func (p *Process) Exit() confine.Exit { return p.child.Wait() }

// Tail is the end of what the process wrote to stderr.
func (p *Process) Tail() string { return p.child.Tail() }
