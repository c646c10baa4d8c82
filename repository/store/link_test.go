//go:build !windows

package store

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLinksLeadNowhere: a link that somebody put into the store is not followed out of it,
// not even to the very bytes.
func TestLinksLeadNowhere(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.Begin(t.Context(), "X")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := c.Put([]byte("bytes"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Blob(sum); err != nil {
		t.Fatal(err)
	}
	shelf := filepath.Dir(s.BlobFile(sum))
	if err := os.Rename(shelf, filepath.Join(outside, "shelf")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "shelf"), shelf); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Blob(sum); err == nil {
		t.Errorf("read %q by a link out of the store", text)
	}
	c.release()
}
