package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
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
	return a.environments(o, a.newBuildProgress(""))
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
	home := a.Env("HOME")
	if home == "" {
		home = a.Env("USERPROFILE")
	}
	dir := store.DefaultDir(a.Env, home)
	if dir == "" {
		return ""
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.Dir, dir)
	}
	return filepath.Join(dir, "envs")
}

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

// close lets the environments go that the session used.
func (in *interpreters) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, env := range in.held {
		env.Release()
	}
	in.held = nil
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

// buildProgress shows how an environment is made: one line that changes on a terminal,
// a line at the beginning and one at the end elsewhere. An environment that is there
// already shows nothing.
type buildProgress struct {
	app  *App
	name string
	spec *pyenv.Spec

	mu    sync.Mutex
	start time.Time // of the first event
	line  bool      // something stands on the terminal's line
}

func (a *App) newBuildProgress(name string) *buildProgress { return &buildProgress{app: a, name: name} }

const barWidth = 20

func (p *buildProgress) show(e pyenv.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = p.app.Now()
		p.erase()
		fmt.Fprintf(p.app.Stderr, "imjoy: making a Python environment%s%s\n", p.whose(), p.how())
	}
	if !p.app.StderrTTY {
		return
	}
	bar := ""
	if e.Total > 0 {
		full := barWidth * e.Done / e.Total
		bar = fmt.Sprintf("[%s%s] %d/%d ", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), e.Done, e.Total)
	}
	text := []rune(findings.Clean(address.Redact(e.Text)))
	if room := max(20, p.app.Columns-len(bar)-2); len(text) > room {
		text = text[:room]
	}
	p.line = true
	fmt.Fprintf(p.app.Stderr, "\r\x1b[K%s%s", bar, string(text))
}

func (p *buildProgress) whose() string {
	if p.name == "" {
		return ""
	}
	return " for " + findings.Clean(p.name)
}

func (p *buildProgress) how() string {
	if p.spec == nil {
		return ""
	}
	return fmt.Sprintf(" (%s, Python %s)", p.spec.Backend, strings.TrimLeft(p.spec.Python.Version, "="))
}

// waiting tells that another process makes the same environment.
func (p *buildProgress) waiting() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.app.Stderr, "imjoy: waiting for another process that uses the environment%s\n", p.whose())
}

// done tells what was made, and what was left out.
func (p *buildProgress) done(env *pyenv.Environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	if p.start.IsZero() {
		return
	}
	for _, why := range env.Left {
		fmt.Fprintf(p.app.Stderr, "imjoy: %s\n", findings.Clean(why))
	}
	fmt.Fprintf(p.app.Stderr, "imjoy: installed %s in %.1f s\n", counted(len(env.Resolved.Packages)+len(env.Resolved.Conda), "package"), p.app.Now().Sub(p.start).Seconds())
}

func (p *buildProgress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

func (p *buildProgress) erase() {
	if p.line {
		fmt.Fprint(p.app.Stderr, "\r\x1b[K")
		p.line = false
	}
}
