package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// flagDetach is the flag of plugins that may live on when nobody is connected.
const flagDetach = "allow-detach"

// Background says where Python plugins with the flag allow-detach live on when the
// program that opened them ends. Opening such a plugin again, with the same document,
// tag, interpreter and grants, attaches to the process that is there and calls
// resume() instead of setup().
type Background struct {
	// Dir is a folder of the user's own; its path is short, as those of sockets are.
	Dir string
	// Idle is how long a plugin waits for a program; 0 means for ever.
	Idle time.Duration
	// Program is a program whose main calls [ServeWorker]; nil means this one.
	Program []string
}

// Lasting is [Python] for plugins that may live on in the background.
func Lasting(find func(context.Context, *requirement.Declaration) (Command, error), b Background) Runtime {
	return python{find: find, background: &b}
}

// Running is a plugin in the background.
type Running struct {
	Name, Tag string
	Document  string // as it was named when it was started
	Pid       int
	Started   time.Time
	Attached  bool          // a program is connected to it
	EndsIn    time.Duration // when nobody comes; 0 while somebody is there, and where it never ends
	folder    string
}

// List returns the plugins that live in the background.
func (b Background) List() ([]Running, error) {
	found, err := keeper.List(b.Dir)
	if err != nil {
		return nil, err
	}
	list := make([]Running, len(found))
	for i, s := range found {
		list[i] = Running{Name: s.Name, Tag: s.Tag, Document: s.Document, Pid: s.Pid, Started: s.Started, Attached: s.Attached, EndsIn: s.EndsIn, folder: s.Folder}
	}
	return list, nil
}

// Stop ends one of them: its exit function is called and waited for up to the grace,
// unless another program is connected to it; then everything it started is ended.
func (b Background) Stop(ctx context.Context, r Running, grace time.Duration) error {
	client, err := keeper.Attach(r.folder)
	if err == nil {
		conn := newKept(client, r.folder, true)
		peer := wire.NewPeer(conn, nil)
		peer.StartAt(freshNumbers())
		ctx, cancel := context.WithTimeout(ctx, max(grace, time.Millisecond))
		if _, err := peer.Call(ctx, attachMethod, wire.Payload{}); err == nil {
			_, _ = peer.Call(ctx, pluginPrefix+"exit", wire.Payload{}) // it may have none
		}
		cancel()
		peer.Close(nil) // without detaching, which ends it
	}
	if err := keeper.Stop(r.folder); err != nil && !errors.Is(err, keeper.ErrNone) {
		return fmt.Errorf("stop %q: %w", r.Name, err)
	}
	return nil
}

const (
	attachMethod = "worker.attach" // answers what worker.start did
	detachMethod = "worker.detach" // nothing follows the answer
)

// lasting is a Conn whose plugin can live on.
type lasting interface {
	// Attached reports whether the plugin was there already.
	Attached() bool
	// Detach leaves it running.
	Detach() error
}

// freshNumbers are those of a program that takes over a connection.
func freshNumbers() uint64 { return uint64(1+rand.Uint32N(1<<30)) << 20 }

// keep attaches to the plugin's process, or starts one.
func (r python) keep(ctx context.Context, plan *tags.Plan, s Start, launch pyproc.Options, own string) (Conn, error) {
	spec := specOf(plan, launch, own)
	folder := filepath.Join(r.background.Dir, digest(plan.Name + "\x00" + plan.Tag)[:16])
	client, err := attachTo(folder, spec)
	if err == nil {
		os.RemoveAll(own)
		return newKept(client, folder, true), nil
	}
	if !errors.Is(err, keeper.ErrNone) {
		os.RemoveAll(own)
		return nil, fmt.Errorf("attach to %q in the background: %w", plan.Name, err)
	}
	program := r.background.Program
	if program == nil {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		program = []string{self}
	}
	err = keeper.Start(ctx, append(program[:len(program):len(program)], keeperCommand), keeper.Order{
		Folder: folder, Home: own, Idle: r.background.Idle, Launch: launch,
		Info: keeper.Info{Name: plan.Name, Tag: plan.Tag, Document: plan.Document.Source.Name, Spec: spec},
	})
	if err != nil {
		os.RemoveAll(own)
		return nil, err
	}
	if client, err = keeper.Attach(folder); err != nil {
		return nil, fmt.Errorf("attach to %q in the background: %w", plan.Name, err)
	}
	return newKept(client, folder, false), nil
}

// attachTo attaches to a process if it is what would be started now; another one
// of that name is ended first.
func attachTo(folder, spec string) (*keeper.Client, error) {
	s, err := keeper.Look(folder)
	if err != nil {
		return nil, err
	}
	if s.Spec == spec {
		return keeper.Attach(folder)
	}
	if s.Attached {
		return nil, errors.New("another version of it is in use by another command")
	}
	if err := keeper.Stop(folder); err != nil && !errors.Is(err, keeper.ErrNone) {
		return nil, err
	}
	return nil, keeper.ErrNone
}

// specOf is equal for processes that one can take for the other.
func specOf(plan *tags.Plan, launch pyproc.Options, own string) string {
	text, err := json.Marshal(launch)
	if err != nil {
		return digest(own) // equal to no other
	}
	return digest(string(plan.Document.Source.Text) + "\x00" + plan.Tag + "\x00" + strings.ReplaceAll(string(text), own, ""))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// kept is the connection to a plugin in the background.
type kept struct {
	Conn
	client   *keeper.Client
	folder   string
	attached bool

	once     sync.Once
	detached bool
	ended    chan struct{} // closed when the keeper says no more
	how      *Ended
}

func newKept(client *keeper.Client, folder string, attached bool) *kept {
	return &kept{Conn: wire.NewHost(client.Conn, 0), client: client, folder: folder, attached: attached, ended: make(chan struct{})}
}

func (k *kept) Attached() bool { return k.attached }

func (k *kept) Detach() error {
	k.detached = true
	return k.client.Detach()
}

// Output listens to what the plugin prints and to its end.
func (k *kept) Output(take func(level, text string)) {
	k.once.Do(func() {
		go func() {
			defer close(k.ended)
			if e, ok := k.client.Events(take); ok {
				k.how = &Ended{Reason: Crash, Detail: e.How, Tail: e.Tail}
				if e.Memory {
					k.how.Reason, k.how.Detail = Memory, ""
				}
			}
		}()
	})
}

func (k *kept) Ended() *Ended {
	k.Output(func(string, string) {})
	select {
	case <-k.ended:
	case <-time.After(time.Second): // the stream broke and the child lives on
		k.Kill()
	}
	if k.how == nil {
		return &Ended{Reason: Crash, Detail: "the process that kept it is gone"}
	}
	return k.how
}

// Kill ends the plugin and all it started.
func (k *kept) Kill() { _ = keeper.Stop(k.folder) }

// Close leaves the plugin; unless Detach came before it, that ends it.
func (k *kept) Close() error {
	err := k.Conn.Close()
	if !k.detached {
		k.Kill()
	}
	k.Output(func(string, string) {})
	select { // the keeper has understood, or said how the plugin ended
	case <-k.ended:
	case <-time.After(time.Second):
	}
	_ = k.client.Close()
	return err
}

// resume takes over a plugin that was left running.
func (p *Plugin) resume(ctx context.Context) error {
	p.peer.StartAt(freshNumbers())
	payload, err := p.work(ctx, wire.Payload{}, func(ctx context.Context, args wire.Payload) (wire.Payload, error) {
		return p.peer.Call(ctx, attachMethod, args)
	})
	if err != nil {
		return err
	}
	answer, err := payload.Result()
	if err != nil {
		return fmt.Errorf("read what the plugin exports: %w", err)
	}
	if err := p.learn(answer); err != nil {
		return err
	}
	if p.Has("resume") {
		_, err = p.Call(ctx, "resume")
	}
	return err
}

// leave leaves a plugin running that may live on.
func (p *Plugin) leave(ctx context.Context) (left bool, err error) {
	conn, ok := p.conn.(lasting)
	if !ok {
		return false, nil
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), p.options.Limits.grace(), errGrace)
	defer cancel()
	if _, err := p.peer.Call(ctx, detachMethod, wire.Payload{}); err != nil {
		return false, fmt.Errorf("leave the plugin running: %w", err)
	}
	if !conn.Attached() {
		p.log(Record{Kind: KindLog, Level: Info, Text: "this plugin lives on in the background"})
	}
	return true, conn.Detach()
}
