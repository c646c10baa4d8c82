package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// Sweep removes staging files that a crash left and blobs that no record needs. It
// does nothing while somebody changes the store: they will sweep after themselves.
// With a record that cannot be read every blob stays, since it may be needed.
func (s *Store) Sweep() error {
	unlock, err := s.locks.lock(context.Background(), storeLock, attempt)
	if errors.Is(err, errBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.removeAll(stagingDir, nil); err != nil {
		return err
	}
	if err := s.finishAll(); err != nil {
		return fmt.Errorf("sweep the store: %w", err)
	}
	// What the records say now must be what they say after a crash, before anything
	// that only an older record needs may go.
	if err := s.fs.SyncDir("records"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sweep the store: %w", err)
	}
	records, bad, err := s.Records()
	if err != nil || len(bad) > 0 {
		return err
	}
	needed := map[string]bool{}
	for _, r := range records {
		for sum := range r.blobs {
			needed[sum] = true
		}
	}
	shelves, err := s.fs.ReadDir("blobs")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sweep the store: %w", err)
	}
	for _, shelf := range shelves {
		if err := s.removeAll(path.Join("blobs", shelf), needed); err != nil {
			return err
		}
	}
	return nil
}

// finishAll makes what processes that are gone had decided. Nobody else is at work.
func (s *Store) finishAll() error {
	list, _, err := s.journals()
	for _, j := range list {
		if err == nil {
			err = s.make(j)
		}
	}
	if err == nil {
		err = s.forget()
	}
	return err
}

// removeAll removes the files of a folder but those to keep.
func (s *Store) removeAll(dir string, keep map[string]bool) error {
	names, err := s.fs.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sweep the store: %w", err)
	}
	for _, name := range names {
		if keep[name] {
			continue
		}
		if err := s.fs.Remove(path.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep the store: %w", err)
		}
	}
	return nil
}
