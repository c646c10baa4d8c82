package store

import "fmt"

// CorruptError is content that is not what it claims to be: changed, cut, or
// written by something else. It is never used.
type CorruptError struct {
	File string // relative to the store
	Why  string
}

func (e *CorruptError) Error() string { return fmt.Sprintf("%s is corrupt: %s", e.File, e.Why) }

// NewerError is a record of a later version of the program. It is left alone.
type NewerError struct {
	File    string
	Version int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer imjoy (format %d)", e.File, e.Version)
}

// NotInstalledError is a name without a record.
type NotInstalledError struct{ Name string }

func (e *NotInstalledError) Error() string { return fmt.Sprintf("%q is not installed", e.Name) }
