package store

import "io"

// FS is the disk under a store: the few operations it needs, each of which tests
// make fail, or end the process at. Names are relative, with slashes. Errors are
// those of package os, so that errors.Is knows fs.ErrNotExist.
//
// Like a disk, an FS promises nothing about what was not synced: a file's content
// stays after File.Sync, a name after SyncDir of its folder.
type FS interface {
	// ReadFile reads a whole file of at most limit bytes.
	ReadFile(name string, limit int64) ([]byte, error)
	// ReadDir returns the names in a folder, sorted.
	ReadDir(name string) ([]string, error)
	// Mkdir makes one folder; one that exists is fine.
	Mkdir(name string) error
	// Create makes a new file for writing; one that exists is an error.
	Create(name string) (File, error)
	// Rename moves a file, and replaces one that is there, in one step.
	Rename(from, to string) error
	// Remove removes a file.
	Remove(name string) error
	// SyncDir makes the names in a folder last.
	SyncDir(name string) error
}

// File is a file being written.
type File interface {
	io.Writer
	Sync() error
	Close() error
}
