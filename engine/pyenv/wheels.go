package pyenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Wheels are the packages of a declaration as files.
type Wheels struct {
	Files    []string              // names in the folder, sorted
	Resolved *requirement.Resolved // exact versions and hashes; nil without files
	Left     []Unmet               // what is no wheel of an index
}

// Wheels downloads the exact wheels of a declaration into a folder, which must exist,
// with their hashes checked. Nothing of them runs. uv cannot download, so it takes an
// interpreter with venv and pip. locked is what a lock says, nil for nothing.
func (e *Environments) Wheels(ctx context.Context, d *requirement.Declaration, locked *requirement.Resolved, dir string) (w *Wheels, err error) {
	if err := readable(d); err != nil {
		return nil, err
	}
	with := &Environments{e.o}
	with.o.Backend, with.o.Frozen, with.o.AllowBuild = Venv, false, false
	w = &Wheels{}
	only := with.onlyWheels(d, w)
	if len(only.Pip) == 0 {
		return w, nil
	}
	s, err := with.Spec(ctx, only, locked)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(with.o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("download the wheels: %w", err)
	}
	b := &build{Environments: with, spec: s}
	if b.dir, err = os.MkdirTemp(with.o.Dir, ".wheels-"); err != nil {
		return nil, fmt.Errorf("download the wheels: %w", err)
	}
	if b.log, err = openLog(filepath.Join(b.dir, "build.log")); err != nil {
		return nil, fmt.Errorf("download the wheels: %w", err)
	}
	defer func() {
		b.log.close()
		if err != nil {
			err = b.keepLog(err)
		}
		err = errors.Join(err, removeTree(b.dir))
	}()
	return w, b.download(ctx, w, dir)
}

// onlyWheels is the part of a declaration that an index of wheels has; the rest is left.
func (e *Environments) onlyWheels(d *requirement.Declaration, w *Wheels) *requirement.Declaration {
	leave := func(item requirement.Item, why string) { w.Left = append(w.Left, Unmet{item, why, ""}) }
	s := &Spec{Declaration: d}
	w.Left = e.assign(s)
	only := *d
	only.Conda, only.Repos, only.Commands, only.Pip = nil, nil, nil, nil
	for _, p := range s.Pip {
		if p.URL != "" || p.Path != "" || p.Editable {
			leave(p.Item, fmt.Sprintf("%s comes from an address of its own, not from an index", p.String()))
		} else {
			only.Pip = append(only.Pip, p)
		}
	}
	for _, c := range d.Repos {
		leave(c.Item, c.URL+" is cloned")
	}
	return &only
}

// download resolves what a lock does not say, and gets the files.
func (b *build) download(ctx context.Context, w *Wheels, dir string) error {
	s := b.spec
	pip := venvPip{}
	if err := pip.create(ctx, b); err != nil {
		return err
	}
	w.Resolved = &requirement.Resolved{Backend: Venv, Python: s.Python.Version, Platform: s.Python.Platform}
	if s.locked != nil {
		w.Resolved.Packages = s.locked.Packages
	} else {
		b.tell(Event{Text: fmt.Sprintf("resolve %d packages", len(s.Pip))})
		var err error
		if w.Resolved.Packages, err = b.resolvePip(ctx, pip); err != nil {
			return err
		}
	}
	var lines []string
	w.Resolved.Packages = slices.DeleteFunc(slices.Clone(w.Resolved.Packages), func(p requirement.ResolvedPackage) bool { return len(p.Hashes) == 0 || p.URL != "" })
	for _, p := range w.Resolved.Packages {
		lines = append(lines, lockedLine(p))
	}
	list := filepath.Join(b.dir, "packages.txt")
	if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("download the wheels: %w", err)
	}
	b.installed, b.total = 0, len(lines)
	fresh, err := os.MkdirTemp(dir, ".wheels-") // beside their place, so that they can be moved
	if err != nil {
		return fmt.Errorf("download the wheels: %w", err)
	}
	defer os.RemoveAll(fresh)
	next, err := b.pip(ctx, "download the wheels", "--no-deps", "--require-hashes", "--dest="+fresh, "--requirement="+list)
	if err != nil {
		return err
	}
	next.args[slices.Index(next.args, "install")] = "download"
	if _, err := b.run(ctx, next); err != nil {
		return err
	}
	entries, err := os.ReadDir(fresh)
	if err != nil {
		return fmt.Errorf("download the wheels: %w", err)
	}
	for _, f := range entries {
		if err := os.Rename(filepath.Join(fresh, f.Name()), filepath.Join(dir, f.Name())); err != nil {
			return fmt.Errorf("download the wheels: %w", err)
		}
		w.Files = append(w.Files, f.Name())
	}
	return nil
}
