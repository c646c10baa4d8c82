package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
)

// LockFile is where the lock of an address is: PLUGIN.lock beside a file that has
// one, else imjoy.lock in its folder; for everything else imjoy.lock in the working
// folder. The answer is absolute, and need not exist.
func (a *App) LockFile(to address.Address) string {
	if to.Kind != address.Path {
		return filepath.Join(a.Dir, lock.Name)
	}
	path := a.path(to.Path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, lock.Name)
	}
	if own := OwnLockFile(path); fileExists(own) {
		return own
	}
	return filepath.Join(filepath.Dir(path), lock.Name)
}

// OwnLockFile is the lock file of one plugin file: blur.lock beside blur.imjoy.html.
func OwnLockFile(plugin string) string {
	for _, suffix := range []string{address.PluginSuffix, address.HyphaSuffix} {
		if rest, ok := strings.CutSuffix(plugin, suffix); ok {
			return rest + ".lock"
		}
	}
	return plugin + ".lock"
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// ReadLock reads a lock file; nil without an error when there is none.
func (a *App) ReadLock(path string, frozen bool) (*repository.Lock, error) {
	path = a.path(path)
	shown := path
	if short, err := filepath.Rel(a.Dir, path); err == nil && filepath.IsLocal(short) {
		shown = short
	}
	in, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shown, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, lock.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shown, err)
	}
	f, err := lock.Parse(shown, text)
	if err != nil {
		return nil, err
	}
	return &repository.Lock{File: f, Dir: filepath.Dir(path), Frozen: frozen}, nil
}

// WriteLock writes a lock file, whole or not at all. One that would not change is
// left alone.
func (a *App) WriteLock(path string, f *lock.File) error {
	text, err := f.Encode()
	if err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	path = a.path(path)
	if old, err := os.ReadFile(path); err == nil && string(old) == string(text) {
		return nil
	}
	if err := replaceFile(path, text); err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	return os.Chmod(path, 0o644) // it is meant to be shared
}
