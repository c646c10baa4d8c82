package repository

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// DocumentError is a document that says something else than it seems to, or
// cannot be used with the chosen tag. It is neither installed nor resolved.
type DocumentError struct {
	Name        string // of the plugin, or where it lies
	Diagnostics []source.Diagnostic
}

func (e *DocumentError) Error() string {
	if e.Name == "" { // no config, no name
		return "the plugin is refused: " + e.Diagnostics[0].Message
	}
	return fmt.Sprintf("%s is refused: %s", e.Name, e.Diagnostics[0].Message)
}

// FileError is a path that leads to nothing that can be read.
type FileError struct {
	Path string // as it was given
	Err  error
}

func (e *FileError) Error() string {
	var path *fs.PathError
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return "there is no file " + e.Path
	case errors.As(e.Err, &path):
		return fmt.Sprintf("read %s: %v", e.Path, path.Err)
	}
	return fmt.Sprintf("read %s: %v", e.Path, e.Err)
}
func (e *FileError) Unwrap() error { return e.Err }

// NameError is a name that no plugin may have: people could not see what they type.
type NameError struct {
	Where string
	Name  string // quoted
	Err   error
}

func (e *NameError) Error() string {
	return fmt.Sprintf("the plugin at %s calls itself %s: %v", e.Where, e.Name, e.Err)
}
func (e *NameError) Unwrap() error { return e.Err }

// NotFoundError is a plugin that is nowhere it was looked for.
type NotFoundError struct {
	Name       string
	Looked     []string // places, in order
	Suggestion string   // a name that exists and was perhaps meant
	There      []string // names that exist in the one place that was looked at, if known
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("no plugin %q in %s", e.Name, strings.Join(e.Looked, ", nor in "))
}

// ChoiceError is an address that leads to several plugins, or to none.
type ChoiceError struct {
	Address string
	Names   []string
}

func (e *ChoiceError) Error() string {
	if len(e.Names) == 0 {
		return "there is no plugin in " + e.Address
	}
	return fmt.Sprintf("%s has %d plugins: %s", e.Address, len(e.Names), firstOf(e.Names))
}

// firstOf lists names as far as they fit on a line or two.
func firstOf(names []string) string {
	const most = 20
	if n := len(names); n > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}

// RefError is a branch, tag or commit that a repository does not have.
type RefError struct{ Repository, Ref string }

func (e *RefError) Error() string {
	return fmt.Sprintf("%s has no branch, tag or commit %q", e.Repository, e.Ref)
}

// TwiceError is a name that several files in one folder have.
type TwiceError struct {
	Name  string
	Files []string
}

func (e *TwiceError) Error() string {
	return fmt.Sprintf("several files beside the plugin are named %q: %s", e.Name, strings.Join(e.Files, ", "))
}

// UnsupportedError is an address that is understood but leads to something this
// version cannot fetch.
type UnsupportedError struct{ What, Hint string }

func (e *UnsupportedError) Error() string { return e.What }

// TagError is a tag asked for in two ways that contradict each other.
type TagError struct{ Name, Flag, Other, Where string }

func (e *TagError) Error() string {
	return fmt.Sprintf("two tags for %s: %q, but %q %s", e.Name, e.Flag, e.Other, e.Where)
}

// CycleError is a plugin that depends on itself. Path begins and ends with it.
type CycleError struct{ Path []string }

func (e *CycleError) Error() string {
	return "the dependencies run in a circle: " + strings.Join(e.Path, " -> ")
}

// TooManyError is a closure beyond the limits.
type TooManyError struct{ What string }

func (e *TooManyError) Error() string { return "too many dependencies: " + e.What }

// DependencyError says which dependency of which plugin failed, and why.
type DependencyError struct {
	Parent, Dependency string
	Place              source.Place
	Err                error
}

func (e *DependencyError) Error() string {
	return fmt.Sprintf("dependency %s of %s: %v", e.Dependency, e.Parent, e.Err)
}
func (e *DependencyError) Unwrap() error { return e.Err }

// ConflictError is another plugin of the same name.
type ConflictError struct {
	Name, Installed, Wanted string
	Together                bool // nothing is installed yet: both were asked for
}

func (e *ConflictError) Error() string {
	if e.Together {
		return fmt.Sprintf("%s is wanted from %s and from %s, which are two plugins of one name", e.Name, e.Installed, e.Wanted)
	}
	return fmt.Sprintf("%s is installed from %s; the one from %s is another plugin", e.Name, e.Installed, e.Wanted)
}

// NeededError is a plugin that others depend on.
type NeededError struct {
	Name string
	By   []string
}

func (e *NeededError) Error() string {
	return fmt.Sprintf("%s is needed by %s", e.Name, strings.Join(e.By, ", "))
}

// RefusedError is an entry of a manifest that leads where it must not.
type RefusedError struct{ What, Why string }

func (e *RefusedError) Error() string { return fmt.Sprintf("%s is refused: %s", e.What, e.Why) }
