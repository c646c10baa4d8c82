//go:build unix

package keeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Reserve waits until nobody else looks into a folder to attach to what is kept there,
// or to start something: of two commands that come at once one starts a process, and the
// other finds it. Call free afterwards; it may be called again.
func Reserve(ctx context.Context, folder string) (free func(), err error) {
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of background processes: %w", err)
	}
	if err := private(filepath.Dir(folder)); err != nil {
		return nil, err
	}
	for {
		free, err := reserve(folder)
		if err != nil {
			return nil, fmt.Errorf("reserve a background process: %w", err)
		}
		if free != nil {
			return free, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(reserveEvery):
		}
	}
}

// reserve answers nil without an error when somebody else has it. Who has it removes the
// file before letting it go, so that none stay; a lock on a file that was removed is none.
func reserve(folder string) (free func(), err error) {
	path := folder + ".lock"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		var now, mine fs.FileInfo
		if mine, err = f.Stat(); err == nil {
			now, err = os.Lstat(path)
		}
		if err == nil && os.SameFile(now, mine) {
			return func() {
				if f != nil {
					os.Remove(path)
					f.Close()
					f = nil
				}
			}, nil
		}
	}
	f.Close()
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return nil, nil
	}
	return nil, err
}
