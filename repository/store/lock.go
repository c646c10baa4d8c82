package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Holder is who holds a lock, as far as the note beside it tells.
type Holder struct {
	PID  int    `json:"pid"`
	What string `json:"what"` // "install Name"
}

func (h Holder) String() string {
	if h.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d (%s)", h.PID, h.What)
}

// locker gives locks by name. A lock ends with unlock or with its process.
type locker interface {
	lock(ctx context.Context, name string, mode lockMode) (unlock func(), err error)
}

type lockMode int

const (
	shared    lockMode = iota
	exclusive          // waits
	attempt            // exclusive, but errBusy instead of waiting
)

// errBusy is the answer to an attempt at a lock that somebody holds.
var errBusy = fmt.Errorf("the lock is held")

// flocks are locks of the kernel on files that are never removed: the kernel drops
// them when the process dies, and a file that stays cannot be locked twice.
type flocks struct {
	dir     string
	self    Holder
	waiting func(Holder)
}

func (l *flocks) lock(ctx context.Context, name string, mode lockMode) (func(), error) {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, &HomeError{filepath.Dir(l.dir), fmt.Errorf("lock the store: %w", err)}
	}
	path := filepath.Join(l.dir, name+".lock")
	f := flock.New(path, flock.SetPermissions(0o600))
	try := f.TryLock
	if mode == shared {
		try = f.TryRLock
	}
	for told := false; ; {
		ok, err := try()
		switch {
		case err != nil:
			return nil, InHome(filepath.Dir(l.dir), fmt.Errorf("lock the store: %w", err))
		case ok:
			return l.held(f, path, mode), nil
		case mode == attempt:
			return nil, errBusy
		}
		if !told && l.waiting != nil {
			told = true
			l.waiting(readHolder(path))
		}
		if err := pause(ctx); err != nil {
			return nil, fmt.Errorf("wait for %s: %w", readHolder(path), err)
		}
	}
}

// held notes who we are. The note only helps people, so its errors do not matter.
func (l *flocks) held(f *flock.Flock, path string, mode lockMode) func() {
	if mode == shared {
		return func() { f.Unlock() }
	}
	if note, err := json.Marshal(l.self); err == nil {
		os.WriteFile(path+".holder", note, 0o600)
	}
	return func() {
		os.Remove(path + ".holder")
		f.Unlock()
	}
}

func readHolder(path string) Holder {
	f, err := os.Open(path + ".holder")
	if err != nil {
		return Holder{}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxHolder))
	var h Holder
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(lockPause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
