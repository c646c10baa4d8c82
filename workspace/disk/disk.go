// Package disk gives plugins files of this machine: each plugin a private folder with a
// quota, and what people granted with read: and write: permissions. Make a [Disk] for
// the owner of a folder with [New] and give it to a workspace.
//
// A path without a folder at its root lies in the private folder. Every other path is
// resolved once, links followed, and the place it leads to must be granted; then it is
// opened below the granted folder, which no link can leave, not even one that is made in
// between.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Limits.
const (
	// Quota is what a private folder may hold, in bytes.
	Quota = 100 << 20
	// maxFiles is how many files and folders a private folder may hold.
	maxFiles = 10_000
	// maxRead is the largest file that is read for a plugin, in bytes.
	maxRead = 1 << 30
	// maxEntries is how many names of a folder are listed.
	maxEntries = 100_000
)

// Disk is the files of one plugin.
type Disk struct {
	private string
	mu      sync.Mutex // held while the private folder changes
}

var _ engine.Disk = (*Disk)(nil)

// New returns the files of the plugin that owns a private folder, which need not exist
// yet.
func New(private string) *Disk { return &Disk{private: private} }

// place is a file or folder that a plugin may have.
type place struct {
	root    *os.Root
	name    string // below the root
	private bool
}

// open finds the place of a path and asks for the permission it needs.
func (d *Disk) open(ctx context.Context, p *engine.Plugin, kind permission.Kind, path string) (*place, error) {
	if strings.ContainsRune(path, 0) {
		return nil, &value.Error{Name: "TypeError", Message: "a path holds no NUL"}
	}
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		return d.own(kind, path)
	}
	// What was not granted is refused before anything of it is looked at.
	if err := p.Require(ctx, want(kind, filepath.Clean(path))); err != nil {
		return nil, err
	}
	real, err := realPath(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("no file %s", path)
	}
	if err := p.Require(ctx, want(kind, real)); err != nil {
		return nil, err
	}
	folder := granted(p.Granted(), kind, real)
	if folder == real {
		if info, err := os.Lstat(real); err != nil || !info.IsDir() {
			folder = filepath.Dir(real)
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", folder, bare(err))
	}
	name, err := filepath.Rel(folder, real)
	if err != nil {
		root.Close()
		return nil, err
	}
	return &place{root: root, name: name}, nil
}

// own is a place in the private folder.
func (d *Disk) own(kind permission.Kind, path string) (*place, error) {
	name := filepath.Clean(path)
	if path == "" {
		name = "."
	}
	if name != "." && !filepath.IsLocal(name) {
		return nil, &value.Error{Name: "NotAllowedError", Message: fmt.Sprintf("%q leads out of the plugin's own folder", path)}
	}
	if kind == permission.Write {
		if err := os.MkdirAll(d.private, 0o700); err != nil {
			return nil, fmt.Errorf("make the plugin's own folder: %w", bare(err))
		}
	}
	root, err := os.OpenRoot(d.private)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no file %q in the plugin's own folder", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the plugin's own folder: %w", bare(err))
	}
	return &place{root, name, true}, nil
}

func want(kind permission.Kind, path string) permission.Permission {
	return permission.Permission{Kind: kind, Value: filepath.ToSlash(path)}
}

// granted is the folder, or file, whose grant covers a path; the root of the system
// where everything is granted.
func granted(set permission.Set, kind permission.Kind, path string) string {
	for _, p := range set.Allowed() {
		if p.Kind != kind || p.Value == "" {
			continue
		}
		if permission.NewSet(p).Allows(want(kind, path)) {
			return filepath.FromSlash(p.Value)
		}
	}
	return filepath.VolumeName(path) + string(filepath.Separator)
}

// realPath follows the links of a path; its last part need not exist.
func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return real, err
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return "", fs.ErrNotExist // a link to nothing: where writing would make a file is not known
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(dir, filepath.Base(path)), err
}

// bare leaves out the path of a file error: it is said already, and may be none of the
// plugin's business.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Read returns a file with its content.
func (d *Disk) Read(ctx context.Context, p *engine.Plugin, path string) (*value.File, error) {
	at, err := d.open(ctx, p, permission.Read, path)
	if err != nil {
		return nil, err
	}
	defer at.root.Close()
	// Looked at before it is opened, which for a pipe would wait for its other end, and
	// after it, when nobody can put something else in its place.
	info, err := at.root.Stat(at.name)
	var f *os.File
	if err == nil && info.Mode().IsRegular() {
		if f, err = at.root.Open(at.name); err == nil {
			defer f.Close()
			info, err = f.Stat()
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, bare(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read %s: it is no file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxRead+1))
	if err == nil && len(data) > maxRead {
		err = fmt.Errorf("it is larger than %d bytes", maxRead)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, bare(err))
	}
	kind, _, _ := strings.Cut(mime.TypeByExtension(filepath.Ext(at.name)), ";")
	return &value.File{Name: filepath.Base(path), Type: kind, Size: int64(len(data)), Data: data}, nil
}

// List returns what lies in a folder, by name.
func (d *Disk) List(ctx context.Context, p *engine.Plugin, path string) ([]engine.DiskEntry, error) {
	at, err := d.open(ctx, p, permission.Read, path)
	if err != nil {
		if path == "" || path == "." {
			return nil, nil // nothing was ever kept
		}
		return nil, err
	}
	defer at.root.Close()
	list, err := fs.ReadDir(at.root.FS(), filepath.ToSlash(at.name))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path, bare(err))
	}
	if len(list) > maxEntries {
		return nil, fmt.Errorf("list %s: more than %d names", path, maxEntries)
	}
	entries := make([]engine.DiskEntry, 0, len(list))
	for _, e := range list {
		entry := engine.DiskEntry{Name: e.Name(), Folder: e.IsDir()}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			entry.Size = info.Size()
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// Remove removes a file, or an empty folder.
func (d *Disk) Remove(ctx context.Context, p *engine.Plugin, path string) error {
	at, err := d.open(ctx, p, permission.Write, path)
	if err != nil {
		return err
	}
	defer at.root.Close()
	if err := at.root.Remove(at.name); err != nil {
		return fmt.Errorf("remove %s: %w", path, bare(err))
	}
	return nil
}
