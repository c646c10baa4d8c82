package pyenv

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// The backends.
const (
	UV    = "uv"
	Venv  = "venv"
	Conda = "conda"
)

// Options say how environments are made. Dir and Env are needed.
type Options struct {
	Dir string              // folder of the environments
	Env func(string) string // the person's variables, like os.Getenv

	// WorkDir is where the person is: relative paths count from it, and pyenv's
	// .python-version files are looked for there. "" means Dir.
	WorkDir string

	// Backend is UV, Venv or Conda; "" is uv when found, else venv, and conda when a
	// package can be had from nowhere else.
	Backend string

	// Python is the interpreter to build on: a path, a name on PATH, or a version such
	// as "3.11". "" is the one that the declaration asks for, else python3.
	Python string

	// Map gives packages of conda a name for pip: "opencv": "opencv-python"; an empty
	// one leaves the package out. It wins over the names that are known.
	Map map[string]string

	// Wheels are the only source of packages when there are any: no index is asked.
	Wheels []Wheel

	// AllowBuild lets packages run code of theirs while they are installed: source
	// distributions, git repositories.
	AllowBuild bool
	// AllowRun lets the declaration's commands run.
	AllowRun bool
	// Offline keeps everything from the network but what installers have in caches.
	Offline bool
	// Frozen wants exactly what a lock says, or an error.
	Frozen bool
	// AsOf leaves out packages that were published later. Only uv can do that.
	AsOf time.Time

	// Progress is told what happens; it may be called by any goroutine, one at a time.
	Progress func(Event)
	// Waiting is called once when somebody else makes the same environment.
	Waiting func()
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Event is one step of making an environment.
type Event struct {
	Text        string // "resolve 5 packages", "numpy 2.1.0"
	Done, Total int    // packages; Total 0 when it is not known yet
}

// Environments are the environments of one folder. It is safe for concurrent use, by
// goroutines and by processes.
type Environments struct {
	o Options
}

// Open returns the environments of a folder, which need not exist yet.
func Open(o Options) (*Environments, error) {
	if o.Dir == "" {
		return nil, errors.New("open the environments: no folder is known for them; set IMJOY_HOME")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the environments: %w", err)
	}
	o.Dir = dir
	if o.WorkDir == "" {
		o.WorkDir = dir
	}
	switch o.Backend {
	case "", UV, Venv, Conda:
	default:
		return nil, fmt.Errorf("open the environments: %q is no backend: the backends are uv, venv and conda", o.Backend)
	}
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Environments{o}, nil
}

func (e *Environments) tell(ev Event) {
	if e.o.Progress != nil {
		e.o.Progress(ev)
	}
}

// asOf is the date as installers read it, "" for none.
func (e *Environments) asOf() string {
	if e.o.AsOf.IsZero() {
		return ""
	}
	return e.o.AsOf.UTC().Format(time.RFC3339)
}

// Needed reports whether a declaration asks for anything that an environment gives.
func Needed(d *requirement.Declaration) bool {
	return d != nil && (d.Python != nil || len(d.Conda)+len(d.Pip)+len(d.Repos)+len(d.EnvFiles)+len(d.Commands)+len(d.Refused) > 0)
}
