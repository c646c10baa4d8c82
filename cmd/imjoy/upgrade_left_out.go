package main

import (
	"errors"
	"fmt"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// leftOut are the plugins that an upgrade of everything could not bring along.
type leftOut struct {
	list    []failedEntry
	network int // of them failed for want of a network
	records int // of them have records that cannot be used
}

type failedEntry struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// tell notes a plugin that stays as it is, and says why and what to do.
func (l *leftOut) tell(a *app.App, name string, err error) {
	l.list = append(l.list, failedEntry{name, err.Error()})
	if isNetwork(err) {
		l.network++
	}
	var document *repository.DocumentError
	if errors.As(err, &document) {
		findings.Write(a.Stderr, findings.Full, document.Diagnostics, findings.Options{})
	}
	fmt.Fprintf(a.Stderr, "imjoy: %s\n", findings.Clean(err.Error()))
	if _, hint := advice(err); hint != "" {
		fmt.Fprintf(a.Stderr, "  %s\n", cleanLines(hint))
	}
}

// unusable tells of records that cannot be used.
func (l *leftOut) unusable(a *app.App, bad []error) {
	for _, err := range bad {
		var corrupt *store.CorruptError
		if errors.As(err, &corrupt) && corrupt.Interrupted() { // no plugin
			fmt.Fprintf(a.Stderr, "imjoy: note: %s\n", findings.Clean(err.Error()))
			continue
		}
		l.records++
		l.tell(a, "", err)
	}
}

// isNetwork tells a network that is missing from a source that is.
func isNetwork(err error) bool {
	var request *fetch.Error
	var clone *git.Error
	return errors.As(err, &request) && (request.Kind == fetch.Offline || request.Kind == fetch.Unreachable) ||
		errors.As(err, &clone) && clone.Offline
}

func (l *leftOut) entries() []failedEntry { return append([]failedEntry{}, l.list...) }

// failure is the end of an upgrade of so many plugins, nil if all of them came along.
func (l *leftOut) failure(of int) error {
	if len(l.list) == 0 {
		return nil
	}
	code := exitFindings
	if l.network == len(l.list) {
		code = exitMissing
	}
	return withExit(code, fmt.Errorf("%d of %s could not be upgraded", len(l.list), counted(of, "plugin")), "`imjoy uninstall` removes one that is gone for good; the others stay as they are")
}
