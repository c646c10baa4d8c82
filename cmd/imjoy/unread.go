package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// unreadFile is a file or folder that a person named and that could not be read.
type unreadFile struct {
	name  string
	cause error
}

func (u *unreadFile) Error() string { return "read " + findings.Clean(u.name) + ": " + u.cause.Error() }
func (u *unreadFile) Unwrap() error { return u.cause }

func unread(name string, err error) error { return &unreadFile{name, cause(err)} }

// hint is what to do about a folder, and about a name that leads nowhere: the one beside it that was perhaps
// meant, or the folder that is missing too. It is empty for other causes.
func (u *unreadFile) hint(a *app.App) string {
	if errors.Is(u.cause, syscall.EISDIR) {
		return "name a file in it; `imjoy lint` and `imjoy fmt` take folders"
	}
	if !errors.Is(u.cause, fs.ErrNotExist) {
		return ""
	}
	folder := filepath.Dir(u.name)
	beside, err := os.ReadDir(absolute(a, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no folder " + folder + " either"
	}
	var names []string
	whole := map[string]string{} // by the name, and by the name without its extensions
	for _, entry := range beside {
		stem, _, _ := strings.Cut(entry.Name(), ".imjoy.html")
		whole[stem], whole[entry.Name()] = entry.Name(), entry.Name()
		names = append(names, entry.Name(), stem)
	}
	if near := source.Nearest(filepath.Base(u.name), names); near != "" {
		return "did you mean " + filepath.Join(folder, whole[near]) + "?"
	}
	return ""
}

// cause leaves the path away, which messages name as the user did.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
