package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// interpreters finds the interpreter for each plugin of a session: the plain one when
// it has everything, else that of an environment, which is made when it is not there.
type interpreters struct {
	app     *App
	options EnvironmentOptions
	plain   func(context.Context, *requirement.Declaration) (engine.Command, error)

	mu    sync.Mutex
	plans map[*requirement.Declaration]known
	held  []*pyenv.Environment
}

// known is a plugin whose declaration may be asked about.
type known struct {
	name   string
	locked json.RawMessage // what its packages were resolved to when it was installed
	wheels []pyenv.Wheel   // that it was frozen with, the only source of packages then
}

func (a *App) interpreters(o EnvironmentOptions) *interpreters {
	return &interpreters{app: a, options: o, plain: a.python(o.Python), plans: map[*requirement.Declaration]known{}}
}

// know notes whose a declaration is.
func (in *interpreters) know(plan *tags.Plan, from *origin, beside *vendored) {
	k := known{name: plan.Name}
	if from != nil {
		k.locked = lockedEnvironment(from.plugin)
	}
	if beside != nil {
		k.wheels = beside.wheels
		if len(k.locked) == 0 {
			k.locked = beside.environment
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.plans[plan.Needs] = k
}

// close lets the environments go that the session used.
func (in *interpreters) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, env := range in.held {
		env.Release()
	}
	in.held = nil
}

// command is what starts a plugin with these needs.
func (in *interpreters) command(ctx context.Context, needs *requirement.Declaration) (engine.Command, error) {
	in.mu.Lock()
	k := in.plans[needs]
	in.mu.Unlock()
	if cmp.Or(in.options.Backend, in.app.Env(environmentVariable)) == NoEnvironment {
		return in.plain(ctx, needs)
	}
	needs, err := in.options.extend(needs)
	if err != nil {
		return engine.Command{}, err
	}
	if !pyenv.Needed(needs) {
		return in.plain(ctx, needs)
	}
	env, python, err := in.app.environment(ctx, in.options, needs, k)
	if err != nil {
		return engine.Command{}, err
	}
	if env == nil {
		return engine.Command{Python: python, Env: in.app.pythonEnv(needs), Dir: in.app.Dir}, nil
	}
	in.mu.Lock()
	in.held = append(in.held, env)
	in.mu.Unlock()
	command := engine.Command{Python: env.Interpreter(), Env: in.app.environmentEnv(needs, env), Dir: in.app.Dir, Reads: []string{env.Dir}}
	if work := env.WorkDir(); work != "" {
		command.Dir = work
	}
	return command, nil
}

// environmentEnv is what a plugin's process sees in an environment: its programs come
// first.
func (a *App) environmentEnv(needs *requirement.Declaration, env *pyenv.Environment) []string {
	list := append(a.pythonEnv(needs), "PATH="+env.BinDir()+string(filepath.ListSeparator)+a.Env("PATH"), "VIRTUAL_ENV="+filepath.Join(env.Dir, "python"))
	if work := env.WorkDir(); work != "" {
		list = append(list, "WORK_DIR="+work)
	}
	return list
}

// environment finds or makes the environment for a declaration. A nil environment
// means that the plain interpreter, whose path is answered, has everything.
func (a *App) environment(ctx context.Context, o EnvironmentOptions, needs *requirement.Declaration, k known) (*pyenv.Environment, string, error) {
	progress := a.newBuildProgress(k.name)
	defer progress.clear()
	o.wheels = k.wheels
	all, err := a.environments(o, progress)
	if err != nil {
		return nil, "", err
	}
	locked, err := readLocked(k.locked)
	if err != nil {
		return nil, "", err
	}
	spec, unfit := all.Spec(ctx, needs, locked)
	if unfit == nil {
		if env, err := all.Find(ctx, spec); env != nil || err != nil {
			return env, "", err
		}
	}
	if locked == nil && ctx.Err() == nil {
		if python, err := plainEnough(ctx, all, o, needs); python != "" || err != nil {
			return nil, python, err
		}
	}
	if unfit != nil {
		return nil, "", unfit
	}
	progress.spec = spec
	env, err := all.MakeSpec(ctx, spec, k.name)
	var consent *pyenv.ConsentError
	if errors.As(err, &consent) && o.Agree != nil {
		progress.clear()
		yes, failed := o.Agree(ctx, consent)
		if failed != nil && !errors.Is(failed, engine.ErrCanceled) {
			return nil, "", failed
		}
		if !yes {
			return nil, "", err
		}
		o.AllowBuild = o.AllowBuild || consent.Flag == "--allow-build"
		o.AllowRun = o.AllowRun || consent.Flag == "--allow-run"
		return a.environment(ctx, o, needs, k)
	}
	if err == nil {
		progress.done(env)
	}
	return env, "", err
}

// plainEnough answers with the interpreter that a person has when it has everything:
// no environment is made then. An environment that is there already is used instead.
func plainEnough(ctx context.Context, all *pyenv.Environments, o EnvironmentOptions, needs *requirement.Declaration) (python string, err error) {
	if o.Backend != "" || o.Frozen || o.always || !o.AsOf.IsZero() {
		return "", nil
	}
	base, err := all.Base(ctx)
	if err != nil {
		return "", ignoreMissingPython(ctx, err)
	}
	asked := *needs
	if o.Python != "" {
		asked.Python = nil // the person knows better
	}
	enough, implied, err := all.Satisfied(ctx, base, &asked)
	if err != nil || !enough || len(implied) > 0 && !o.Offline {
		return "", err
	}
	return base.Path, nil
}

// ignoreMissingPython leaves it to the search for a declared version to say what is
// missing.
func ignoreMissingPython(ctx context.Context, err error) error {
	var missing *pyenv.PythonError
	if errors.As(err, &missing) && missing.Wanted == "python3" && ctx.Err() == nil {
		return nil
	}
	return err
}
