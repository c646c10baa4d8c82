package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/keeper"
	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/internal/scratch"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Command is a Python interpreter that has what a plugin declares.
type Command struct {
	Python string   // path of the interpreter itself, not of a version manager's stand-in
	Env    []string // complete, as "NAME=value": nothing is inherited
	Dir    string   // working folder; "" means this program's
	Cache  string   // folder for what starts faster the next time; no plugin may write it
	Reads  []string // folders beside those of the interpreter that its packages lie in
}

// ResolvePython asks an interpreter (a path, or a name to look up) for the path that
// [Command] needs, and refuses one that is too old. env is as in Command.
func ResolvePython(ctx context.Context, python string, env []string) (path string, err error) {
	found, err := pyproc.Resolve(ctx, python, env)
	return found.Path, err
}

// Python is a child of an interpreter that find chooses for what a plugin declares.
// The child ends with all it started, and its memory is bounded when Limits.Memory says
// so. Where the system can (see the notes that a child prints where not), it reads its
// interpreter and the working folder, writes into a folder of its own that is gone
// afterwards, and has no network and no other programs, except for what it is granted.
func Python(find func(context.Context, *requirement.Declaration) (Command, error)) Runtime {
	return python{find: find}
}

type python struct {
	find       func(context.Context, *requirement.Declaration) (Command, error)
	background *Background
}

func (python) Name() string { return tags.Child }

func (r python) Start(ctx context.Context, plan *tags.Plan, s Start) (Conn, error) {
	command, err := r.find(ctx, plan.Needs)
	if err != nil {
		return nil, fmt.Errorf("find an interpreter: %w", err)
	}
	launch, own, err := r.launch(command, s)
	if err != nil {
		return nil, err
	}
	var notes []string
	if r.background != nil && slices.Contains(plan.Flags, flagDetach) {
		conn, err := r.keep(ctx, plan, s, launch, own)
		if !errors.Is(err, keeper.ErrInUse) {
			return conn, err
		}
		notes = append(notes, "imjoy: another command uses the process of this plugin in the background: this one gets its own, and ends it")
	}
	c := &pythonConn{started: make(chan struct{}), ready: make(chan struct{}), gone: make(chan struct{})}
	launch.Log = c.print
	c.Process, err = pyproc.Start(context.WithoutCancel(ctx), launch)
	close(c.started)
	if err != nil {
		own.Remove()
		return nil, err
	}
	go func() {
		defer close(c.gone)
		c.full.Store(ownFolder.Keep(own.Path, c.Process))
		own.Remove()
	}()
	for _, note := range c.Process.Fenced().Notes {
		notes = append(notes, pyproc.NotContained(note))
	}
	go func() {
		for _, note := range notes {
			c.print("error", note)
		}
	}()
	return c, nil
}

// launch says how a child is started, and makes the folder that is its own.
func (r python) launch(command Command, s Start) (pyproc.Options, *scratch.Folder, error) {
	own, err := scratch.Make(variable(command.Env, "TMPDIR"), scratch.Plugin)
	if err != nil {
		return pyproc.Options{}, nil, fmt.Errorf("make a folder for the plugin: %w", err)
	}
	env := append(slices.Clone(command.Env), pyproc.KeptFolder+"="+own.Path)
	o := pyproc.Options{Python: command.Python, Env: env, Dir: command.Dir, Cache: command.Cache, Limits: confine.Limits{Memory: s.Limits.Memory}}
	if o.Fence = fenceOf(command, s, own.Path); o.Fence != nil {
		o.Env = atHome(o.Env, own.Path)
		if len(o.Fence.Write) == 1 {
			o.Limits.FileSize = maxOwnFolder
		}
	}
	return o, own, nil
}

// pythonConn is the connection to a Python child.
type pythonConn struct {
	*pyproc.Process

	started chan struct{} // closed when Process is set, or stays nil

	once  sync.Once
	ready chan struct{} // closed when somebody listens
	take  func(level, text string)
	gone  chan struct{} // closed when nothing is left of the plugin
	full  atomic.Bool   // it wrote more into its folder than it may
}

// Close ends the child; nothing of it is left then.
func (c *pythonConn) Close() error {
	err := c.Process.Close()
	<-c.gone
	return err
}

// Output tells where the lines go that the plugin prints.
func (c *pythonConn) Output(take func(level, text string)) {
	c.once.Do(func() {
		c.take = take
		close(c.ready)
	})
}

func (c *pythonConn) print(level, text string) {
	<-c.started // a child may print before this program knows that it runs
	if c.Process == nil {
		return
	}
	select {
	case <-c.ready:
		c.take(level, text)
	case <-c.Process.Done(): // it died before anybody listened; the tail is kept
	}
}

// Contained reports whether a fence holds; a plugin that was granted everything has
// none.
func (c *pythonConn) Contained() bool {
	e := c.Process.Fenced()
	return e.Files && e.Network
}

func (c *pythonConn) Ended() *Ended {
	select {
	case <-c.Process.Done():
	case <-time.After(time.Second): // the stream broke and the child lives on
		c.Process.Kill()
	}
	ended := endedBy(c.Process.Exit(), c.Process.Tail())
	if c.full.Load() {
		ended.Reason, ended.Detail = Killed, folderFull
	}
	return ended
}

// ownFolder is what a plugin may write into the folder that is its own.
var ownFolder = pyproc.Quota{Bytes: maxOwnFolder, Every: lookEvery}

var folderFull = fmt.Sprintf("it wrote more than %d MiB into its temporary folder", maxOwnFolder>>20)

// bodies are the scripts of a plan as texts with their places.
func bodies(plan *tags.Plan) []*source.Excerpt {
	list := make([]*source.Excerpt, len(plan.Scripts))
	for i, block := range plan.Scripts {
		list[i] = block.Body()
	}
	return list
}
