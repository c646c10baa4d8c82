package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Exit codes, the same for every command; `imjoy help exit-codes` prints them.
const (
	exitFine        = 0
	exitFindings    = 1   // findings, or the plugin failed
	exitUsage       = 2   // wrong use
	exitInternal    = 3   // a bug in imjoy
	exitMissing     = 4   // something is missing on this machine, cannot be read or written, or is offline
	exitRefused     = 5   // permission, checksum, lock, a document that is ambiguous
	exitBroken      = 70  // the plugin's runtime broke
	exitTimeout     = 124 // out of time
	exitKilled      = 137 // out of memory, or killed
	exitInterrupted = 130 // 128 + the number of the signal: 143 for SIGTERM
)

// failure is an error that knows its exit code and what to do next. A silent
// failure has been told already (as findings, as JSON).
type failure struct {
	code   int
	err    error
	hint   string
	silent bool
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usageError reports wrong use, with advice.
func usageError(hint, format string, args ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// withExit gives an error an exit code and advice; nil stays nil.
func withExit(code int, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &failure{code: code, err: err, hint: hint}
}

// foundSomething is the failure of a command that has shown what it found.
func foundSomething() error {
	return &failure{code: exitFindings, err: errors.New("findings"), silent: true}
}

func exitCode(err error) int {
	var f *failure
	var file *os.PathError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &f):
		return f.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		return exitTimeout
	case errors.As(err, &file), errors.Is(err, fs.ErrPermission):
		return exitMissing
	}
	return exitFindings
}
