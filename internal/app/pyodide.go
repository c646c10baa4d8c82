package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/imjoy-tools/imjoy/engine/pyodide"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// PyodideError is a Python for pages that is not on this machine.
type PyodideError struct{ Err error }

func (e *PyodideError) Error() string {
	return fmt.Sprintf("Python plugins run in a page on Pyodide %s, which is not on this machine: %v", pyodide.Version, e.Err)
}
func (e *PyodideError) Unwrap() error { return e.Err }

// Hint is the command that fetches it.
func (e *PyodideError) Hint() string { return "`imjoy cache add " + pyodide.Package + "` fetches it" }

var (
	errNotAsked = errors.New("nobody could be asked whether to fetch it")
	errNotAgree = errors.New("you said no to fetching it")
)

// python is what a Python plugin in the page runs on: the pinned Pyodide, fetched once
// if the person agrees, and its packages.
func (p *Page) python(ctx context.Context, plan *tags.Plan) (*server.Python, error) {
	l := p.loader(plan)
	if err := p.agreeToPyodide(ctx); err != nil {
		return nil, err
	}
	release, err := loadPyodide(ctx, l, "pyodide-lock.json")
	if err != nil {
		return nil, &PyodideError{err}
	}
	locked, err := p.Session.lockedPackages(plan)
	if err != nil {
		return nil, err
	}
	needs, err := p.Session.pythons.options.extend(plan.Needs)
	if err != nil {
		return nil, err
	}
	needs = mentioned(needs, plan)
	wheels, left, err := pyodide.Resolve(ctx, needs, pyodide.Options{Release: release, Locked: locked, Get: func(ctx context.Context, url string) ([]byte, error) {
		a, err := l.Load(ctx, asset.Request{Specifier: url, Kind: asset.Data})
		if err != nil {
			return nil, err
		}
		return a.Text, nil
	}})
	if err != nil {
		return nil, err
	}
	for _, missing := range left {
		p.note("plugin %q goes without %s, which ImJoy's page had: %v", plan.Name, missing.Package, missing.Err)
	}
	out := &server.Python{File: func(name string) ([]byte, error) {
		return loadPyodide(context.WithoutCancel(ctx), l, name)
	}}
	for _, w := range wheels {
		out.Wheels = append(out.Wheels, server.Wheel(w))
	}
	return out, nil
}

// mentioned leaves out the packages that nobody declared and that the plugin does not
// name.
func mentioned(needs *requirement.Declaration, plan *tags.Plan) *requirement.Declaration {
	out := *needs
	out.Pip = slices.DeleteFunc(slices.Clone(needs.Pip), func(p requirement.Package) bool {
		return p.Implied && !bytes.Contains(plan.Document.Source.Text, []byte(p.Name))
	})
	return &out
}

func (p *Page) note(format string, args ...any) {
	if p.options.Note != nil {
		p.options.Note(fmt.Sprintf(format, args...))
	}
}

// loadPyodide gets a part of the package, which must be the one that is pinned.
func loadPyodide(ctx context.Context, l *asset.Loader, name string) ([]byte, error) {
	if _, pinned := pyodide.Files[name]; !pinned {
		return nil, pyodide.Check(name, nil)
	}
	a, err := l.Load(ctx, asset.Request{Specifier: pyodide.Package + "/" + name, Kind: asset.Data})
	if err != nil {
		return nil, err
	}
	return a.Text, pyodide.Check(name, a.Text)
}

// agreeToPyodide asks once before something this large is fetched.
func (p *Page) agreeToPyodide(ctx context.Context) error {
	p.fetching.Lock()
	defer p.fetching.Unlock()
	archive := asset.DefaultRegistry + "/pyodide/-/pyodide-" + pyodide.Version + ".tgz"
	if _, _, err := p.library.store.Kept(archive); !errors.Is(err, fs.ErrNotExist) || p.library.o.Offline {
		return nil // it is there; or whoever loads it says what is wrong
	}
	if p.options.Fetch == nil {
		return &PyodideError{errNotAsked}
	}
	yes, err := p.options.Fetch(ctx, "Pyodide "+pyodide.Version, pyodide.Archive)
	if err == nil && !yes {
		err = errNotAgree
	}
	if err != nil {
		return &PyodideError{err}
	}
	return nil
}

// mayFetch asks in the page.
func (p *Page) mayFetch(ctx context.Context, what string, bytes int) (bool, error) {
	answer, err := p.server.Choose(ctx, "Fetch "+what+"?",
		fmt.Sprintf("Python plugins run in this page on it. It is fetched once from the npm registry (%.1f MB), checked, and kept on this machine.", float64(bytes)/1e6),
		[]string{"No", "Fetch it"})
	return answer == 1, err
}
