package pyenv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Environment is one that is made, held until Release: nobody removes it meanwhile.
type Environment struct {
	Info
	Resolved *requirement.Resolved

	release func()
}

// Info is what is kept about an environment.
type Info struct {
	Version  int       `json:"version"`
	Hash     string    `json:"hash"`
	Backend  string    `json:"backend"`
	Base     string    `json:"base"`   // the interpreter it was made with; empty with conda
	Python   string    `json:"python"` // "3.11.7"
	Platform string    `json:"platform"`
	Made     time.Time `json:"made"`
	AsOf     string    `json:"as_of,omitempty"`
	Asked    []string  `json:"asked"` // what was declared, as pip and conda read it
	Left     []string  `json:"left,omitempty"`
	For      string    `json:"for,omitempty"` // the plugin it was first made for
	Dir      string    `json:"-"`
}

const infoName, lockName, infoVersion = "environment.json", "lock.json", 1

// Interpreter is the path of the environment's Python.
func (i Info) Interpreter() string { return pythonOf(i.Dir) }

// WorkDir is where a plugin with clones starts, "" when there are none.
func (e *Environment) WorkDir() string {
	if len(e.Resolved.Repos) == 0 {
		return ""
	}
	return filepath.Join(e.Dir, "work")
}

// BinDir is the folder of the environment's programs.
func (i Info) BinDir() string { return filepath.Dir(i.Interpreter()) }

// Release lets the environment go.
func (e *Environment) Release() {
	if e.release != nil {
		e.release()
	}
}

// Find returns the environment of a spec if it is there and finished, nil if not.
func (e *Environments) Find(ctx context.Context, s *Spec) (*Environment, error) {
	if s.locked != nil { // without a lock it may have been resolved to just that
		open := *s
		open.locked = nil
		env, err := e.hold(ctx, open.hash())
		if err != nil {
			return nil, err
		}
		if env != nil && env.Resolved.Hash() == s.locked.Hash() {
			return env, nil
		}
		if env != nil {
			env.Release()
		}
	}
	return e.hold(ctx, s.Hash)
}

// hold takes a shared lock on a finished environment.
func (e *Environments) hold(ctx context.Context, hash string) (*Environment, error) {
	if !exists(filepath.Join(e.o.Dir, hash, infoName)) {
		return nil, nil
	}
	unlock, err := e.lock(ctx, hash, true)
	if err != nil {
		return nil, err
	}
	env, err := e.read(hash)
	if env == nil || err != nil {
		unlock()
		return nil, nil // gone, or not readable: it is made anew
	}
	env.release = unlock
	now := e.o.Now()
	_ = os.Chtimes(e.lockFile(hash), now, now) // lists show when it was last used
	return env, nil
}

func (e *Environments) lockFile(hash string) string {
	return filepath.Join(e.o.Dir, ".locks", hash+".lock")
}

// read reads a finished environment; nil when it is none.
func (e *Environments) read(hash string) (*Environment, error) {
	dir := filepath.Join(e.o.Dir, hash)
	text, err := os.ReadFile(filepath.Join(dir, infoName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	env := &Environment{}
	if err := json.Unmarshal(text, &env.Info); err != nil || env.Version != infoVersion || env.Hash != hash {
		return nil, nil
	}
	env.Dir = dir
	if text, err = os.ReadFile(filepath.Join(dir, lockName)); err != nil {
		return nil, nil
	}
	if env.Resolved, err = requirement.ParseResolved(text); err != nil || !exists(env.Interpreter()) {
		return nil, nil // its Python is gone: uninstalled, or another machine's folder
	}
	return env, nil
}

// lock takes the lock of an environment: shared by those who use it, alone by who
// makes or removes it. The kernel drops it when its process dies.
func (e *Environments) lock(ctx context.Context, hash string, shared bool) (unlock func(), err error) {
	for told := false; ; told = true {
		unlock, err = e.tryLock(hash, shared)
		if unlock != nil || err != nil {
			return unlock, err
		}
		if !told && e.o.Waiting != nil {
			e.o.Waiting()
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
}

// tryLock is lock without waiting: unlock is nil when somebody else has it.
func (e *Environments) tryLock(hash string, shared bool) (unlock func(), err error) {
	file := e.lockFile(hash)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("lock the environment: %w", err)
	}
	f := flock.New(file, flock.SetPermissions(0o600))
	try := f.TryLock
	if shared {
		try = f.TryRLock
	}
	ok, err := try()
	if err != nil {
		return nil, fmt.Errorf("lock the environment: %w", err)
	}
	if !ok {
		f.Close()
		return nil, nil
	}
	return func() { f.Unlock() }, nil
}
