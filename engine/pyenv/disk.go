package pyenv

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeSynced puts a file in place, whole or not at all, and on the disk.
func writeSynced(path string, text []byte) error { return writeFile(path, text, true) }

func writeFile(path string, text []byte, sync bool) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(text); err == nil && sync {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil && sync {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

// readOnly takes the right to write from a tree. Links stay as they are.
func readOnly(root string) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode().Perm()&^0o222)
	})
	if errors.Is(err, fs.ErrNotExist) && !exists(root) {
		return nil
	}
	return err
}

// removeTree removes a tree, read-only folders included.
func removeTree(root string) error {
	if err := os.RemoveAll(root); err == nil {
		return nil
	}
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(root)
}
