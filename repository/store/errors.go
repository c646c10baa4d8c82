package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall"
)

// CorruptError is content that is not what it claims to be: changed, cut, or
// written by something else. It is never used.
type CorruptError struct {
	File string // relative to the store
	Why  string
}

func (e *CorruptError) Error() string {
	if e.Interrupted() {
		return fmt.Sprintf("the rest of an interrupted change, %s, is corrupt: %s", e.File, e.Why)
	}
	return fmt.Sprintf("%s is corrupt: %s", e.File, e.Why)
}

// Interrupted reports whether it is what a process left of a change of several records, and
// no plugin. Nobody has to do anything: the next change sets it aside.
func (e *CorruptError) Interrupted() bool { return path.Dir(e.File) == journalDir }

// NewerError is a record of a later version of the program. It is left alone.
type NewerError struct {
	File    string
	Version int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer imjoy (format %d)", e.File, e.Version)
}

// HomeError is a folder of the store that cannot be made, read or written.
type HomeError struct {
	Dir string // absolute
	Err error
}

func (e *HomeError) Error() string { return e.Err.Error() }

func (e *HomeError) Unwrap() error { return e.Err }

// InHome marks an error that says something about the whole folder: that it is closed to this
// program, or that no folder can be there.
func InHome(dir string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR) {
		return &HomeError{dir, err}
	}
	return err
}

// NotInstalledError is a name without a record.
type NotInstalledError struct{ Name string }

func (e *NotInstalledError) Error() string { return fmt.Sprintf("%q is not installed", e.Name) }
