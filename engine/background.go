package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

const (
	// flagDetach is the flag of plugins that may live on when nobody is connected.
	flagDetach = "allow-detach"
	// flagSingle is the flag of plugins of which one process runs for a name and a tag.
	flagSingle = "single-instance"
)

// Background says where Python plugins with the flag allow-detach live on when the
// program that opened them ends. Opening such a plugin again, with the same document,
// tag, interpreter and grants, attaches to the process that is there and calls
// resume() instead of setup(). One program at a time is attached. Another one that opens
// the plugin meanwhile gets a process of its own, which ends with it; with the flag
// single-instance there is no second process, and it waits.
type Background struct {
	// Dir is a folder of the user's own; its path is short, as those of sockets are.
	Dir string
	// Idle is how long a plugin waits for a program; 0 means for ever.
	Idle time.Duration
	// Program is a program whose main calls [ServeWorker]; nil means this one.
	Program []string
	// Place says where a plugin's document lies: another document at the same place is
	// another version of it, which ends the one before; a plugin that only has the same
	// name lives beside it. Nil: what the document is called.
	Place func(plan *tags.Plan) string
	// Waiting is told, before that wait, which plugin and which process uses it; nil: nobody.
	Waiting func(name string, program int)
}

// Lasting is [Python] for plugins that may live on in the background.
func Lasting(find func(context.Context, *requirement.Declaration) (Command, error), b Background) Runtime {
	return python{find: find, background: &b}
}

// Running is a plugin in the background.
type Running struct {
	Name, Tag string
	Document  string // where it lies, see [Background].Place
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
