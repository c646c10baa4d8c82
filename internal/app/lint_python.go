package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ReadingPython is an interpreter that reads Python for lint.
type ReadingPython struct {
	Path string // what to start
	// Identity tells it from any other that this machine has or had: a change of its
	// file is another one. It is "" where that cannot be told, because some program
	// stands in for it and may choose another one each time.
	Identity string
}

// FindReadingPython finds an interpreter by name or path. The error is that of
// [exec.LookPath].
func (a *App) FindReadingPython(name string) (ReadingPython, error) {
	found, err := exec.LookPath(name)
	if err != nil {
		return ReadingPython{}, err
	}
	if chosen := a.pyenvChoice(found); chosen != "" {
		found = chosen
	}
	return ReadingPython{Path: found, Identity: identity(found)}, nil
}

// identity names the file that a path leads to, if that is an interpreter itself.
func identity(path string) string {
	file, err := filepath.EvalSymlinks(path)
	switch {
	case err != nil || standIn(file):
		return ""
	case !strings.HasPrefix(strings.ToLower(filepath.Base(file)), "py"):
		return "" // one program for all the names that lead to it
	case runtime.GOOS == "darwin" && filepath.Dir(file) == "/usr/bin":
		return "" // it starts the one of the developer tools that are chosen
	}
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%q %d %d", file, info.Size(), info.ModTime().UnixNano())
}

// pyenvChoice returns the interpreter that a script of pyenv would start: that of the
// first version that the environment, a .python-version here or above, or pyenv's own
// file names. Doing the same here saves the tenth of a second that the script takes. It
// is "" for anything else, and where pyenv would have to think further.
func (a *App) pyenvChoice(shim string) string {
	root, name := filepath.Dir(filepath.Dir(shim)), filepath.Base(shim)
	if filepath.Base(filepath.Dir(shim)) != "shims" || runtime.GOOS == "windows" {
		return ""
	}
	if text, err := os.ReadFile(shim); err != nil || !strings.Contains(string(text), "pyenv") {
		return ""
	}
	versions := strings.FieldsFunc(a.pyenvVersions(root), func(r rune) bool { return r == ':' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	if len(versions) == 0 || strings.ContainsAny(versions[0], "#/") {
		return ""
	}
	path := filepath.Join(root, "versions", versions[0], "bin", name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return ""
	}
	return path
}

func (a *App) pyenvVersions(root string) string {
	if versions := a.Env("PYENV_VERSION"); versions != "" {
		return versions
	}
	for dir := a.Dir; dir != ""; dir = filepath.Dir(dir) {
		if text, err := os.ReadFile(filepath.Join(dir, ".python-version")); err == nil {
			return string(text)
		}
		if filepath.Dir(dir) == dir {
			break
		}
	}
	text, _ := os.ReadFile(filepath.Join(root, "version"))
	return string(text)
}
