package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ReplaceFile puts new content in the place of a person's file, whole or not at all. The
// file keeps its permissions, and a link goes on pointing at it.
func (a *App) ReplaceFile(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	return replace(path, data, mode)
}

// replaceFile does the same for a file of the program's own, which nobody else may read.
// Its folder is made when it is missing.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replace(path, data, 0o600)
}

// replace writes a file beside the one it takes the place of.
func replace(path string, data []byte, mode os.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return writeError(path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = writeError(path, err)
		}
	}()
	_, err = f.Write(data)
	for _, step := range []func() error{func() error { return f.Chmod(mode) }, f.Sync, f.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeError says the name of the file that was meant, not that of the one beside it.
func writeError(path string, err error) error {
	var step *os.PathError
	if errors.As(err, &step) {
		return &os.PathError{Op: "write", Path: path, Err: step.Err}
	}
	return fmt.Errorf("write %s: %w", path, err)
}
