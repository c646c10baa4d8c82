package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// disk is the FS of a folder. Every name is resolved inside it by os.Root, so that
// neither ".." nor a symbolic link leads out. The folder is made by the first
// write: commands that only read leave no trace.
type disk struct {
	dir string

	mu   sync.Mutex
	root *os.Root
}

var _ FS = (*disk)(nil)

func (d *disk) open(create bool) (*os.Root, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.root != nil {
		return d.root, nil
	}
	if create {
		if err := d.make(); err != nil {
			return nil, InHome(d.dir, err)
		}
	}
	root, err := os.OpenRoot(d.dir)
	d.root = root
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = &HomeError{d.dir, err}
	}
	return root, err
}

// make makes the folder and its name in the parent last.
func (d *disk) make() error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil || !dirsSync {
		return err
	}
	parent, err := os.Open(filepath.Dir(d.dir))
	if err != nil {
		return nil // a parent that we may not read is not ours to sync
	}
	defer parent.Close()
	return parent.Sync()
}

func (d *disk) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.root == nil {
		return nil
	}
	defer func() { d.root = nil }()
	return d.root.Close()
}

func (d *disk) ReadFile(name string, limit int64) ([]byte, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", name)
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("read %s: larger than %d bytes", name, limit)
	}
	return text, err
}

func (d *disk) ReadDir(name string) ([]string, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func (d *disk) Mkdir(name string) error {
	root, err := d.open(true)
	if err != nil {
		return err
	}
	err = root.Mkdir(name, 0o700)
	if os.IsExist(err) {
		if info, e := root.Stat(name); e == nil && info.IsDir() {
			return nil
		}
	}
	return InHome(d.dir, err)
}

func (d *disk) Create(name string) (File, error) {
	root, err := d.open(true)
	if err != nil {
		return nil, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, InHome(d.dir, err)
	}
	return f, nil
}

func (d *disk) Rename(from, to string) error {
	root, err := d.open(true)
	if err != nil {
		return err
	}
	return root.Rename(from, to)
}

func (d *disk) Remove(name string) error {
	root, err := d.open(false)
	if err != nil {
		return err
	}
	return root.Remove(name)
}

func (d *disk) SyncDir(name string) error {
	root, err := d.open(false)
	if err != nil {
		return err
	}
	if !dirsSync {
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
