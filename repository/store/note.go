package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// maxNote is the largest note, in bytes.
const maxNote = 4 << 20

// ReadNote returns a small file of the store that is no record and no blob: the settings
// of a plugin, what people answered. name is relative, with slashes. One that was never
// written is nil.
func (s *Store) ReadNote(name string) ([]byte, error) {
	text, err := s.fs.ReadFile(name, maxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

// EditNote changes a note: change gets what it holds, nil when there is none, and
// returns what it shall hold. Nobody else changes it meanwhile, in this process or
// another; who reads sees the old content or the new. An error of change is returned as
// it is, and nothing is written.
func (s *Store) EditNote(ctx context.Context, name string, change func(old []byte) ([]byte, error)) error {
	unlock, err := s.locks.lock(ctx, "n-"+hash([]byte(name))[:16], exclusive)
	if err != nil {
		return err
	}
	defer unlock()
	old, err := s.ReadNote(name)
	if err != nil {
		return err
	}
	text, err := change(old)
	if err != nil {
		return err
	}
	if len(text) > maxNote {
		return fmt.Errorf("write %s: it is larger than %d bytes", name, maxNote)
	}
	if err := s.write(name, text); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
