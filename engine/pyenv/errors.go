package pyenv

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Unmet is a part of a declaration that cannot be had the way it is asked for.
type Unmet struct {
	requirement.Item
	Why  string // "the conda package affogato has no name for pip that is known"
	Hint string
}

// UnmetError lists all parts of a declaration that cannot be had.
type UnmetError struct {
	Items []Unmet
	// Unreadable is true when the declaration itself is at fault: parts of it are none
	// of the grammar's.
	Unreadable bool
}

func (e *UnmetError) Error() string {
	words := make([]string, len(e.Items))
	for i, item := range e.Items {
		words[i] = item.Why
	}
	return "the environment cannot be made: " + strings.Join(words, "; ")
}

// ConsentError is something that nobody agreed to yet: building packages, or running
// commands.
type ConsentError struct {
	Items []requirement.Item
	Why   string
	Flag  string // that allows it: "--allow-build", "--allow-run"
}

func (e *ConsentError) Error() string {
	words := make([]string, len(e.Items))
	for i, item := range e.Items {
		words[i] = item.Text
	}
	return fmt.Sprintf("%s: %s", e.Why, strings.Join(words, ", "))
}

// PythonError is an interpreter that is not on this machine, or that cannot run
// plugins.
type PythonError struct {
	Wanted  string           // the version, path or name
	Item    requirement.Item // where it was asked for; empty when a person did
	Found   []Interpreter    // those that could be used, oldest first
	Nearest *Interpreter     // of them; nil when there is none
	Why     string
}

func (e *PythonError) Error() string {
	if len(e.Found) == 0 {
		return e.Why
	}
	words := make([]string, len(e.Found))
	for i, python := range e.Found {
		words[i] = python.Version
	}
	return fmt.Sprintf("%s; there is Python %s", e.Why, strings.Join(words, ", "))
}

// MissingError is a program that is needed and not found.
type MissingError struct {
	Program string
	Why     string
	Hint    string
}

func (e *MissingError) Error() string {
	if e.Why == "" {
		return "there is no " + e.Program + " on PATH"
	}
	return e.Why
}

// BuildError is a step that failed: an installer ended with an error.
type BuildError struct {
	Step string // "resolve the packages"
	Exit string // "exit code 1"
	Tail string // the end of what it said
	Log  string // the file with all of it
	// Item is the requirement it failed at; empty when that is not known.
	Item requirement.Item
}

func (e *BuildError) Error() string {
	at := ""
	if e.Item.Text != "" {
		at = fmt.Sprintf(" at %q", e.Item.Text)
	}
	return fmt.Sprintf("%s: failed%s (%s)", e.Step, at, e.Exit)
}

// LockError is a lock that does not fit: another platform, another Python, or other
// requirements.
type LockError struct{ Why string }

func (e *LockError) Error() string { return "the locked packages do not fit: " + e.Why }

// ErrInUse is the answer to removing an environment that a plugin runs in, or that
// somebody makes.
var ErrInUse = errors.New("the environment is in use")

// NotFoundError is an environment that is not there.
type NotFoundError struct{ Name string }

func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no environment %q", e.Name) }
