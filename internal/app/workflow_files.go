package app

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// errOutside is a file of a workflow that a person has to allow: the workflow may be
// somebody else's.
var errOutside = errors.New("it lies outside of the workflow's folder")

// fileOfWorkflow is the path of a file of a workflow, links followed: below the folder
// of the workflow, or allowed.
func (a *App) fileOfWorkflow(dir string, f workflow.File, allowed func(path string) bool) (string, error) {
	path := filepath.FromSlash(f.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.path(dir), path)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	top, err := filepath.EvalSymlinks(a.path(dir))
	if err != nil {
		return "", err
	}
	if below, err := filepath.Rel(top, real); (err != nil || !filepath.IsLocal(below)) && !allowed(real) {
		return "", errOutside
	}
	return path, nil
}

// filesOfWorkflow says which files of a workflow cannot be used.
func (a *App) filesOfWorkflow(w *Workflow, allowed func(path string) bool) (found []source.Diagnostic) {
	for _, step := range w.Steps {
		_, files := step.Input.All()
		for _, f := range files {
			if d := a.fault(w.Dir, f, allowed); d != nil {
				found = append(found, *d)
			}
		}
	}
	return found
}

func (a *App) fault(dir string, f workflow.File, allowed func(path string) bool) *source.Diagnostic {
	_, err := a.fileOfWorkflow(dir, f, allowed)
	var d source.Diagnostic
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errOutside):
		d = f.Unusable(f.Path+" lies outside of the workflow's folder", "allow it with --allow-read="+f.Path+", or name the file behind the workflow")
	case errors.Is(err, os.ErrNotExist):
		d = f.Unusable("there is no file "+f.Path, "paths are relative to the workflow's folder; another file can be named behind the workflow")
		d.Severity = source.Warning // it is an error only where no other is named
	default:
		d = f.Unusable(unreadable(f.Path, err).Error(), "")
	}
	return &d
}

// mayRead reports whether the person who started the session let plugins read a path.
func (s *Session) mayRead(path string) bool {
	return s.options.Permissions.Granted.Allows(permission.Permission{Kind: permission.Read, Value: path})
}

// openFor opens a file as the plugin takes it: as an array where its inputs ask for one.
func (s *Session) openFor(w *Workflow, plan *tags.Plan, member string, f workflow.File) (value.Value, error) {
	path, err := s.app.fileOfWorkflow(w.Dir, f, s.mayRead)
	if err != nil {
		if errors.Is(err, errOutside) {
			return nil, &FileError{Err: errors.New(f.Path + ": " + err.Error())}
		}
		return nil, unreadable(f.Path, err)
	}
	field := form.FromInputs(plan.Inputs).Field(member)
	if field != nil && field.Type == form.NDArray || member == "" && wantsArray(plan.Inputs) {
		return s.app.OpenArray(path)
	}
	return s.app.OpenFile(path)
}
