package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Write keeps data under a path, whole or not at all. Folders on the way are made in the
// private folder, nowhere else.
func (d *Disk) Write(ctx context.Context, p *engine.Plugin, path string, data []byte) error {
	at, err := d.open(ctx, p, permission.Write, path)
	if err != nil {
		return err
	}
	defer at.root.Close()
	if at.private {
		d.mu.Lock()
		defer d.mu.Unlock()
		if err := at.room(int64(len(data))); err != nil {
			return err
		}
		if err := at.root.MkdirAll(filepath.Dir(at.name), 0o700); err != nil {
			return fmt.Errorf("write %s: %w", path, bare(err))
		}
	}
	if err := at.replace(data); err != nil {
		return fmt.Errorf("write %s: %w", path, bare(err))
	}
	return nil
}

// room refuses what would not fit beside the other files of a private folder.
func (at *place) room(size int64) error {
	files := 0
	err := fs.WalkDir(at.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == "." || name == filepath.ToSlash(at.name) {
			return err
		}
		files++
		if e.IsDir() {
			return nil
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("count the plugin's own files: %w", bare(err))
	case size > Quota:
		return fmt.Errorf("the plugin's own folder holds %d MiB at most", Quota>>20)
	case files >= maxFiles:
		return fmt.Errorf("the plugin's own folder holds %d files and folders at most", maxFiles)
	}
	return nil
}

// replace puts new content in the place of a file in one step. What is no file is not
// replaced.
func (at *place) replace(data []byte) error {
	mode := fs.FileMode(0o666)
	if at.private {
		mode = 0o600
	}
	if info, err := at.root.Lstat(at.name); err == nil {
		if !info.Mode().IsRegular() {
			return errors.New("something that is no file is there")
		}
		mode = info.Mode().Perm()
	}
	temp := filepath.Join(filepath.Dir(at.name), ".new-"+rand.Text()[:12])
	f, err := at.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = at.root.Rename(temp, at.name)
	}
	if err != nil {
		_ = at.root.Remove(temp) // half a file is worse than none
	}
	return err
}
