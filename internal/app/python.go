package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// PythonError is an interpreter that is not on this machine, or not usable.
type PythonError struct {
	Wanted string
	Err    error
}

func (e *PythonError) Error() string { return fmt.Sprintf("no Python to run with: %v", e.Err) }
func (e *PythonError) Unwrap() error { return e.Err }

// python returns what finds the interpreter for a plugin. It is asked once who it is.
func (a *App) python(wanted string) func(context.Context, *requirement.Declaration) (engine.Command, error) {
	var once sync.Once
	var path string
	var err error
	return func(ctx context.Context, needs *requirement.Declaration) (engine.Command, error) {
		env := a.pythonEnv(needs)
		once.Do(func() { path, err = a.interpreter(ctx, wanted, env) })
		if err != nil {
			return engine.Command{}, &PythonError{wanted, err}
		}
		return engine.Command{Python: path, Env: env, Dir: a.Dir}, nil
	}
}

// pythonEnv is what a plugin's process sees of this one's environment: a short list,
// and the variables that the plugin sets itself.
func (a *App) pythonEnv(needs *requirement.Declaration) []string {
	var extra []string
	if needs != nil {
		for _, v := range needs.Variables {
			extra = append(extra, v.Name+"="+v.Value)
		}
	}
	if needs != nil && needs.GPU != nil { // it asks for a card: the person may have chosen one
		if cards := a.Env("CUDA_VISIBLE_DEVICES"); cards != "" {
			extra = append([]string{"CUDA_VISIBLE_DEVICES=" + cards}, extra...)
		}
	}
	temp := a.Env("TMPDIR")
	return confine.Environment(a.Env, a.Env("HOME"), temp, extra...)
}

func (a *App) interpreter(ctx context.Context, wanted string, env []string) (string, error) {
	if isVersion(wanted) {
		found, err := a.pythonOfVersion(ctx, wanted)
		return found.Path, err
	}
	found, err := a.lookPython(wanted)
	if err != nil {
		return "", err
	}
	if !standIn(found) {
		return found, nil
	}
	return engine.ResolvePython(ctx, found, env)
}

// isVersion tells 3, 3.11 and 3.11.7 from a path or the name of a program.
func isVersion(wanted string) bool {
	return wanted != "" && strings.Trim(wanted, "0123456789.") == ""
}

// pythonOfVersion finds an interpreter as those of environments are found: on PATH, and
// where version managers keep them.
func (a *App) pythonOfVersion(ctx context.Context, version string) (pyenv.Interpreter, error) {
	all, err := pyenv.Open(pyenv.Options{Dir: a.environmentsDir(), Env: a.Env, WorkDir: a.Dir, Python: version, Now: a.Now})
	if err != nil {
		return pyenv.Interpreter{}, err
	}
	return all.Base(ctx)
}

// lookPython finds an interpreter by path or name; "" means python3, then python.
func (a *App) lookPython(wanted string) (string, error) {
	names := []string{wanted}
	if wanted == "" {
		names = []string{"python3", "python"}
	}
	for _, name := range names {
		if strings.ContainsRune(name, filepath.Separator) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(a.Dir, name)
			}
			if _, err := os.Stat(name); err != nil {
				return "", err
			}
			return name, nil
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s on PATH", strings.Join(names, " or "))
}

// standIn reports a script in the place of an interpreter, as version managers put
// there: it costs tens of milliseconds at each start, so it is asked once for the
// program behind it.
func standIn(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 2)
	n, _ := f.Read(head)
	return n < 2 || bytes.Equal(head, []byte("#!"))
}
