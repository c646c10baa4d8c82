package pyenv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Make returns the environment of a declaration, and makes it first if it is not
// there. locked is what a lock says, nil for nothing. name is the plugin, for people.
// Call Release when its interpreter is no longer in use.
func (e *Environments) Make(ctx context.Context, d *requirement.Declaration, locked *requirement.Resolved, name string) (*Environment, error) {
	s, err := e.Spec(ctx, d, locked)
	if err != nil {
		return nil, err
	}
	return e.MakeSpec(ctx, s, name)
}

// MakeSpec is Make for a spec that was looked at before.
func (e *Environments) MakeSpec(ctx context.Context, s *Spec, name string) (*Environment, error) {
	for {
		if env, err := e.Find(ctx, s); env != nil || err != nil {
			return env, err
		}
		unlock, err := e.lock(ctx, s.Hash, false)
		if err != nil {
			return nil, err
		}
		if env, _ := e.read(s.Hash); env == nil { // nobody made it while we waited
			err = e.make(ctx, s, name)
		}
		unlock()
		if err != nil {
			return nil, err
		}
	}
}

// make makes an environment at its place, which is ours. What an earlier attempt left
// is removed; what this one leaves when it fails is its log.
func (e *Environments) make(ctx context.Context, s *Spec, name string) (err error) {
	if err := e.consent(s); err != nil {
		return err
	}
	dir := filepath.Join(e.o.Dir, s.Hash)
	if err := removeTree(dir); err != nil {
		return fmt.Errorf("make the environment: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the environment: %w", err)
	}
	b := &build{Environments: e, spec: s, dir: dir}
	if b.log, err = openLog(filepath.Join(dir, "build.log")); err != nil {
		return fmt.Errorf("make the environment: %w", err)
	}
	defer func() {
		b.log.close()
		if err != nil {
			err = b.keepLog(err)
		}
	}()
	resolved, err := b.fill(ctx)
	if err != nil {
		return err
	}
	return b.finish(resolved, name)
}

// fill installs everything and answers with what it was.
func (b *build) fill(ctx context.Context) (*requirement.Resolved, error) {
	s := b.spec
	r := &requirement.Resolved{Backend: s.Backend, Python: s.Python.Version, Platform: s.Python.Platform, AsOf: s.AsOf}
	err := b.takeWheels()
	if err != nil {
		return nil, err
	}
	if r.Repos, err = b.clone(ctx); err != nil {
		return nil, err
	}
	var with installer = venvPip{}
	switch s.Backend {
	case Conda:
		if err = b.condaCreate(ctx); err == nil {
			r.Conda, err = b.condaList(ctx)
		}
		if err == nil {
			var i Interpreter
			i, err = b.ask(ctx, b.python())
			r.Python, r.Platform = i.Version, i.Platform
		}
	case UV:
		with = uvInstaller{}
		err = with.create(ctx, b)
	default:
		err = with.create(ctx, b)
	}
	if err != nil {
		return nil, err
	}
	if s.locked != nil {
		r.Packages, r.AsOf, r.Backend = s.locked.Packages, s.locked.AsOf, s.locked.Backend
		r.Python, r.Platform = s.locked.Python, s.locked.Platform
	} else if len(s.Pip) > 0 {
		b.tell(Event{Text: fmt.Sprintf("resolve %d packages", len(s.Pip))})
		if r.Packages, err = b.resolvePip(ctx, with); err != nil {
			return nil, err
		}
	}
	if len(r.Packages) > 0 {
		b.tell(Event{Text: fmt.Sprintf("install %d packages", len(r.Packages)), Total: len(r.Packages)})
		if err := b.installPip(ctx, with, r.Packages); err != nil {
			return nil, err
		}
	}
	if err := b.workDir(); err != nil {
		return nil, err
	}
	return r, b.commands(ctx)
}

// commands runs what the declaration wants to be run, with the environment's programs
// first on PATH. No shell reads them.
func (b *build) commands(ctx context.Context) error {
	bin := filepath.Dir(b.python())
	for _, c := range b.spec.Declaration.Commands {
		path := c.Words[0]
		if own := filepath.Join(bin, path+exe); filepath.Base(path) == path && exists(own) {
			path = own
		} else if found := b.look(path); found != "" {
			path = found
		} else {
			return &UnmetError{Items: []Unmet{{c.Item, fmt.Sprintf("there is no program %q", path), ""}}}
		}
		b.tell(Event{Text: "run " + strings.Join(c.Words, " ")})
		_, err := b.run(ctx, step{name: "run " + c.Text, path: path, args: c.Words[1:], dir: b.cloneDir(), heard: b.heard,
			env: []string{"PATH=" + bin + string(os.PathListSeparator) + b.o.Env("PATH"), "VIRTUAL_ENV=" + filepath.Join(b.dir, "python")}})
		if failed := (*BuildError)(nil); asBuildError(err, &failed) {
			failed.Item = c.Item
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// consent asks for the flags that a declaration needs before anything begins.
func (e *Environments) consent(s *Spec) error {
	var builds []requirement.Item
	for _, p := range s.Pip {
		if strings.HasPrefix(p.URL, "git+") || p.Path != "" || p.Editable || p.URL != "" && !strings.HasSuffix(p.URL, ".whl") {
			builds = append(builds, p.Item)
		}
	}
	if len(builds) > 0 && !e.o.AllowBuild {
		return &ConsentError{builds, "to install this, code of it has to run", "--allow-build"}
	}
	var commands []requirement.Item
	for _, c := range s.Declaration.Commands {
		commands = append(commands, c.Item)
	}
	if len(commands) > 0 && !e.o.AllowRun {
		return &ConsentError{commands, "the plugin wants commands to be run before it starts", "--allow-run"}
	}
	return nil
}

// finish makes the environment read-only and, last, finished.
func (b *build) finish(r *requirement.Resolved, name string) error {
	for _, scrap := range []string{"tmp", "report.json", "packages.txt", "built.txt", "conda.txt", wheelsDir} {
		if err := os.RemoveAll(filepath.Join(b.dir, scrap)); err != nil {
			return fmt.Errorf("finish the environment: %w", err)
		}
	}
	text := r.Encode()
	if _, err := requirement.ParseResolved(text); err != nil {
		return fmt.Errorf("finish the environment: %w", err)
	}
	if err := writeSynced(filepath.Join(b.dir, lockName), text); err != nil {
		return fmt.Errorf("finish the environment: %w", err)
	}
	for _, part := range []string{"python", "repos"} {
		if err := readOnly(filepath.Join(b.dir, part)); err != nil {
			return fmt.Errorf("finish the environment: %w", err)
		}
	}
	info := b.info(r, name)
	text, err := json.MarshalIndent(info, "", "  ")
	if err == nil {
		err = syncDisk(b.dir)
	}
	if err == nil {
		err = writeSynced(filepath.Join(b.dir, infoName), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("finish the environment: %w", err)
	}
	return nil
}

func (b *build) info(r *requirement.Resolved, name string) Info {
	i := Info{Version: infoVersion, Hash: b.spec.Hash, Backend: b.spec.Backend, Base: b.spec.Python.Path, Python: r.Python, Platform: r.Platform,
		Made: b.o.Now().UTC().Truncate(time.Second), AsOf: r.AsOf, For: name, Asked: []string{}}
	for _, p := range b.spec.Conda {
		i.Asked = append(i.Asked, "conda: "+p.CondaSpec())
	}
	for _, p := range b.spec.Pip {
		i.Asked = append(i.Asked, p.String())
	}
	for _, c := range r.Repos {
		i.Asked = append(i.Asked, "repo: "+c.URL)
	}
	for _, l := range b.spec.Left {
		i.Left = append(i.Left, l.Why)
	}
	return i
}

// keepLog removes what a failed attempt made, and keeps its log where the error says.
func (b *build) keepLog(err error) error {
	kept := filepath.Join(b.o.Dir, ".logs", b.spec.Hash+".log")
	_ = os.MkdirAll(filepath.Dir(kept), 0o700)
	if e := os.Rename(b.log.path, kept); e == nil {
		if failed := (*BuildError)(nil); asBuildError(err, &failed) {
			failed.Log = kept
		}
	}
	_ = removeTree(b.dir) // else the next attempt does
	return err
}

func asBuildError(err error, to **BuildError) bool { return errors.As(err, to) }
