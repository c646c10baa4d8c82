package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

const (
	attachMethod = "worker.attach" // answers what worker.start did
	detachMethod = "worker.detach" // takes a mark to print; nothing follows the answer
)

// lasting is a Conn whose plugin can live on.
type lasting interface {
	// Attached reports whether the plugin was there already.
	Attached() bool
	// Mark is what the plugin prints on both streams before Detach: what it printed
	// earlier belongs to this program, not to the next.
	Mark() string
	// Detach leaves it running.
	Detach() error
}

// freshNumbers are those of a program that takes over a connection.
func freshNumbers() uint64 { return uint64(1+rand.Uint32N(1<<30)) << 20 }

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

func (k *kept) Mark() string { return k.client.Mark }

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
				if e.Full {
					k.how.Reason, k.how.Detail = Killed, folderFull
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
	mark, err := wire.Encode(conn.Mark())
	if err != nil {
		return false, err
	}
	if _, err := p.peer.Call(ctx, detachMethod, mark); err != nil {
		return false, fmt.Errorf("leave the plugin running: %w", err)
	}
	if !conn.Attached() {
		p.log(Record{Kind: KindLog, Level: Info, Text: "this plugin lives on in the background"})
	}
	return true, conn.Detach()
}
