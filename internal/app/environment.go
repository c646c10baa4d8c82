package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// NoEnvironment as a backend runs plugins in the interpreter as it is.
const NoEnvironment = "none"

// EnvironmentOptions say how Python environments are made. The zero value makes them
// when an interpreter lacks something, of wheels only.
type EnvironmentOptions struct {
	Backend    string // "uv", "venv", "conda", NoEnvironment; "" chooses
	Python     string // path, name or version; "" is what a plugin asks for, else python3
	Map        map[string]string
	With       []string // further packages, as requirements of pip
	AllowBuild bool
	AllowRun   bool
	Offline    bool
	Frozen     bool // what a lock says, or an error
	AsOf       time.Time

	// Agree asks whether code of packages may run while they are installed, or whether
	// commands may; nil: nobody can be asked.
	Agree func(context.Context, *pyenv.ConsentError) (bool, error)

	wheels []pyenv.Wheel // the only source of packages, nil for the index
	always bool          // make it even if the plain interpreter has everything
}

// environmentVariable says which backend a person prefers.
const environmentVariable = "IMJOY_PYTHON_ENV"

// Environments opens the person's Python environments.
func (a *App) Environments(o EnvironmentOptions) (*pyenv.Environments, error) {
	return a.environments(o, &buildProgress{app: a})
}

func (a *App) environments(o EnvironmentOptions, p *buildProgress) (*pyenv.Environments, error) {
	backend := cmp.Or(o.Backend, a.Env(environmentVariable))
	if backend == NoEnvironment {
		backend = ""
	}
	return pyenv.Open(pyenv.Options{
		Dir: a.environmentsDir(), Env: a.Env, WorkDir: a.Dir, Backend: backend, Python: o.Python, Map: o.Map,
		Wheels: o.wheels, AllowBuild: o.AllowBuild, AllowRun: o.AllowRun, Offline: o.Offline, Frozen: o.Frozen, AsOf: o.AsOf,
		Progress: p.show, Waiting: p.waiting, Now: a.Now,
	})
}

func (a *App) environmentsDir() string {
	if dir := a.home(); dir != "" {
		return filepath.Join(dir, "envs")
	}
	return ""
}

// lockedPackages are the exact packages that a plugin was locked or installed with, nil
// for none.
func (s *Session) lockedPackages(plan *tags.Plan) (*requirement.Resolved, error) {
	from := s.origin(plan)
	if from == nil {
		return nil, nil
	}
	return readLocked(lockedEnvironment(from.plugin))
}

func lockedEnvironment(p *repository.Plugin) json.RawMessage {
	if len(p.Environment) == 0 && p.Record != nil {
		return p.Record.Environment
	}
	return p.Environment
}

// extend adds the packages of With to what a plugin declares.
func (o *EnvironmentOptions) extend(needs *requirement.Declaration) (*requirement.Declaration, error) {
	if len(o.With) == 0 {
		return needs, nil
	}
	list := make([]string, len(o.With))
	for i, text := range o.With {
		list[i] = "pip: " + text
	}
	config, err := json.Marshal(map[string]any{"requirements": list})
	if err != nil {
		return nil, err
	}
	text := source.New("--with", config)
	root, _ := conf.Parse("json", source.Whole(text, text.All()))
	more, found := requirement.Parse(nil, root.Get("requirements"), nil, "native-python")
	for _, d := range found {
		if d.Severity == source.Error {
			return nil, &WithError{strings.Join(o.With, " "), d.Message}
		}
	}
	extended := *needs
	extended.Pip = append(slices.Clone(needs.Pip), more.Pip...)
	return &extended, nil
}

// WithError is a package of With that cannot be read.
type WithError struct{ Text, Why string }

func (e *WithError) Error() string { return fmt.Sprintf("--with %s: %s", e.Text, e.Why) }

func readLocked(text json.RawMessage) (*requirement.Resolved, error) {
	if len(text) == 0 {
		return nil, nil
	}
	return requirement.ParseResolved(text)
}

// ResolveEnvironment is what a repository asks while it installs a plugin: it makes the
// plugin's environment, as locked if something is, and answers with the exact versions.
func (a *App) ResolveEnvironment(o EnvironmentOptions) func(context.Context, *repository.Plugin, json.RawMessage) (json.RawMessage, error) {
	return func(ctx context.Context, p *repository.Plugin, locked json.RawMessage) (json.RawMessage, error) {
		if p.Plan == nil || p.Plan.Language != tags.Python || !pyenv.Needed(p.Plan.Needs) || o.Backend == NoEnvironment {
			return locked, nil
		}
		progress := a.newBuildProgress(p.Name)
		defer progress.clear()
		all, err := a.environments(o, progress)
		if err != nil {
			return nil, err
		}
		known, err := readLocked(locked)
		if err != nil {
			return nil, err
		}
		needs, err := o.extend(p.Plan.Needs)
		if err != nil {
			return nil, err
		}
		spec, err := all.Spec(ctx, needs, known)
		if err != nil {
			return nil, err
		}
		progress.spec = spec
		env, err := all.MakeSpec(ctx, spec, p.Name)
		if err != nil {
			return nil, err
		}
		defer env.Release()
		progress.done(env)
		return env.Resolved.Encode(), nil
	}
}
