package docsrender

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ForeignFolderError refuses to write into a folder that holds something else than a
// site of this package.
type ForeignFolderError struct{ Dir string }

func (e *ForeignFolderError) Error() string {
	return fmt.Sprintf("folder %s is not empty and holds no site that imjoy has written", e.Dir)
}

// Write puts the site into a folder, which must be new, empty or an older site. The
// new site is written beside the folder first and takes its place in one step, so
// that nobody finds half of it and a failure leaves the old one.
func (s *Site) Write(dir string) error {
	dir = filepath.Clean(dir)
	old, err := occupied(dir)
	if err != nil {
		return fmt.Errorf("write site: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("write site: %w", err)
	}
	staging, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return fmt.Errorf("write site: %w", err)
	}
	defer os.RemoveAll(staging)
	fresh := filepath.Join(staging, "new")
	if err := s.writeFiles(fresh); err != nil {
		return fmt.Errorf("write site: %w", err)
	}
	if err := replace(dir, fresh, filepath.Join(staging, "old"), old); err != nil {
		return fmt.Errorf("write site: %w", err)
	}
	return nil
}

// occupied reports whether there is a folder to replace; one that is not ours is an
// error.
func occupied(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case len(entries) == 0:
		return true, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, markerName))
	if err != nil || !bytes.HasPrefix(text, []byte(marker)) {
		return false, &ForeignFolderError{dir}
	}
	return true, nil
}

// writeFiles writes below a root, so that no path can lead out of the folder.
func (s *Site) writeFiles(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, path := range s.Paths() {
		name := filepath.FromSlash(path)
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(name, s.Files[path].Body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// replace renames, and puts the old folder back when the new one cannot take its
// place.
func replace(dir, fresh, away string, old bool) error {
	if !old {
		return os.Rename(fresh, dir)
	}
	if err := os.Rename(dir, away); err != nil {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(away, dir))
	}
	return nil
}
