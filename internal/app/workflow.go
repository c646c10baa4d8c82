package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// Workflow is a workflow whose plugins were found.
type Workflow struct {
	*workflow.Workflow
	Dir   string       // what its paths are relative to, as it was typed
	Plans []*tags.Plan // of each step; nil for one that was not looked for
	Form  *form.Form   // what a person may set of all steps
	// Missing are the steps whose plugins could not be had, though nothing is wrong with
	// how they are written: not installed, or not to be fetched.
	Missing []MissingPlugin
}

// MissingPlugin is a step whose plugin is not here.
type MissingPlugin struct {
	Step *workflow.Step
	Err  error
}

// WorkflowError is a workflow with faults that keep it from running.
type WorkflowError struct {
	Title       string
	Diagnostics []source.Diagnostic
	// Missing are the plugins that are not here; Diagnostics tell them too.
	Missing []MissingPlugin
}

func (e *WorkflowError) Error() string {
	return fmt.Sprintf("workflow %q cannot run: %s", e.Title, e.Diagnostics[0].Message)
}

// ReadWorkflow reads a workflow file; name is its path as a person typed it.
func (a *App) ReadWorkflow(name string) (*workflow.Workflow, []source.Diagnostic, error) {
	text, err := a.readFile(name, workflow.MaxBytes)
	if err != nil {
		return nil, nil, unreadable(name, err)
	}
	w, found := workflow.Parse(filepath.ToSlash(name), text)
	return w, found, nil
}

// findPlan finds the plugin of a step; nil without an error means that it was not looked
// for.
type findPlan func(ctx context.Context, to address.Address, step *workflow.Step) (*tags.Plan, error)

// noTagError is a tag that a plugin does not have.
type noTagError struct {
	plugin, tag string
	has         []string
}

func (e *noTagError) Error() string { return fmt.Sprintf("plugin %q has no tag %q", e.plugin, e.tag) }

// CheckWorkflow says what is wrong with a workflow, as far as LookAtWorkflow sees it.
func (a *App) CheckWorkflow(ctx context.Context, w *workflow.Workflow) ([]source.Diagnostic, error) {
	_, found, err := a.LookAtWorkflow(ctx, w)
	return found, err
}

// LookAtWorkflow finds the plugins of a workflow and says what is wrong with it, without
// running anything and without the network: plugins that would have to be fetched are not
// looked at.
func (a *App) LookAtWorkflow(ctx context.Context, w *workflow.Workflow) (*Workflow, []source.Diagnostic, error) {
	r, done, err := a.Repository(RepositoryOptions{What: "lint", Offline: true})
	if err != nil {
		return nil, nil, err
	}
	defer done()
	opened, found := a.joinWorkflow(ctx, w, filepath.Dir(filepath.FromSlash(w.Source.Name)), here(r))
	return opened, append(found, a.filesOfWorkflow(opened, func(string) bool { return false })...), nil
}

// here finds plugins that are on this machine, and looks for no others.
func here(r *repository.Repository) findPlan {
	return func(ctx context.Context, to address.Address, step *workflow.Step) (*tags.Plan, error) {
		if !to.Local() && to.Kind != address.Name {
			return nil, nil
		}
		p, err := r.Open(ctx, to)
		if err != nil {
			return nil, err
		}
		tag, err := tagOfStep(p.Document, step, to)
		if err != nil {
			return nil, err
		}
		plan, _ := tags.Resolve(p.Document, tag)
		return plan, nil
	}
}

// tagOfStep is the tag that a step runs.
func tagOfStep(doc *pluginfile.Document, step *workflow.Step, to address.Address) (string, error) {
	if step.Tag != "" && to.Tag != "" && step.Tag != to.Tag {
		return "", fmt.Errorf("two tags: `tag: %s`, but @%s in the address", step.Tag, to.Tag)
	}
	tag := cmp.Or(step.Tag, to.Tag)
	if has := tags.Of(doc); tag != "" && !slices.Contains(has, tag) {
		return "", &noTagError{doc.Config.Name, tag, has}
	}
	return tags.Choose(doc, step.Tag, "", to.Tag), nil
}

// OpenWorkflow finds the plugins of a workflow and compares it with them. dir is what its
// paths are relative to. The workflow can run when no diagnostic is an error.
func (s *Session) OpenWorkflow(ctx context.Context, w *workflow.Workflow, dir string) (*Workflow, []source.Diagnostic) {
	opened, found := s.app.joinWorkflow(ctx, w, dir, func(ctx context.Context, to address.Address, step *workflow.Step) (*tags.Plan, error) {
		if to.Local() {
			p, err := s.repository.Open(ctx, to)
			if err != nil {
				return nil, err
			}
			if _, err := tagOfStep(p.Document, step, to); err != nil {
				return nil, err
			}
		}
		return s.Open(ctx, to, step.Tag)
	})
	found = append(found, s.app.filesOfWorkflow(opened, s.mayRead)...)
	source.Sort(found)
	return opened, found
}

// joinWorkflow finds the plan of each step, and says what does not fit.
func (a *App) joinWorkflow(ctx context.Context, w *workflow.Workflow, dir string, find findPlan) (*Workflow, []source.Diagnostic) {
	o := &Workflow{Workflow: w, Dir: dir, Plans: make([]*tags.Plan, len(w.Steps))}
	var found []source.Diagnostic
	for i, step := range w.Steps {
		if step.Plugin == "" {
			continue
		}
		plan, fault := a.planOfStep(ctx, step, dir, find)
		if fault != nil {
			found = append(found, fault.Diagnostic)
			if fault.missing != nil {
				o.Missing = append(o.Missing, MissingPlugin{step, fault.missing})
			}
			continue
		}
		o.Plans[i] = plan
		if plan != nil && step.SHA256 != "" && step.SHA256 != hashOf(plan) {
			found = append(found, step.Changed(plan.Name, hashOf(plan)))
		}
	}
	o.Form = workflow.Form(w, o.Plans)
	found = append(found, a.missingOps(ctx, o)...)
	return o, append(found, workflow.Check(w, o.Plans)...)
}

// stepFault is why a step has no plugin. missing is set where the world is to blame, not
// the workflow.
type stepFault struct {
	source.Diagnostic
	missing error
}

func (a *App) planOfStep(ctx context.Context, step *workflow.Step, dir string, find findPlan) (*tags.Plan, *stepFault) {
	to, err := a.addressIn(dir, step.Plugin)
	var plan *tags.Plan
	if err == nil {
		plan, err = find(ctx, to, step)
	}
	if err == nil {
		return plan, nil
	}
	var noTag *noTagError
	if errors.As(err, &noTag) {
		return nil, &stepFault{Diagnostic: step.NoTag(noTag.plugin, noTag.tag, noTag.has)}
	}
	fault := &stepFault{Diagnostic: step.NotFound(err.Error(), "")}
	var refused *repository.DocumentError
	var written *address.Error
	var drift *repository.DriftError
	switch {
	case errors.As(err, &refused) && refused.Diagnostics[0].Code == "tag-unknown":
		fault.Message, fault.Hint = "step "+step.ID+": "+refused.Diagnostics[0].Message, refused.Diagnostics[0].Hint
	case errors.As(err, &refused):
		fault.Hint = "`imjoy lint` says more about the plugin"
		if place := refused.Diagnostics[0].Place; place.Known() {
			fault.Related = []source.Note{{Place: place, Message: "its fault"}}
		}
	case errors.As(err, &written):
		fault.Hint = written.Hint
	case errors.As(err, &drift):
		fault.Hint = "`imjoy lock --check` tells all that has changed"
	case to.Local() && step.Tag != "" && to.Tag != "":
		fault.Hint = "name one of the two"
	case to.Local():
		fault.Hint = "paths are relative to the workflow's folder"
		if near := a.nearestPlugin(dir, to.Path); near != "" {
			fault.Hint = "did you mean `plugin: " + near + "`?"
		}
	default:
		fault.missing = err
		if to.Kind == address.Name {
			fault.Hint = notInstalled(err, to.Name)
		}
	}
	return nil, fault
}

// notInstalled is what to do about a plugin that a step names and nobody has installed.
func notInstalled(err error, name string) string {
	var missing *repository.NotFoundError
	if errors.As(err, &missing) && missing.Suggestion != "" {
		return "did you mean `plugin: " + missing.Suggestion + "`?"
	}
	return fmt.Sprintf("`imjoy install owner/repo:%s` gets it, `imjoy list` shows what is installed; a path ends with %s", name, address.PluginSuffix)
}

// nearestPlugin is the plugin file that was probably meant by a path that leads nowhere,
// as a workflow names it.
func (a *App) nearestPlugin(dir, path string) string {
	folder := filepath.Dir(path)
	entries, err := os.ReadDir(a.path(folder))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), address.PluginSuffix) {
			names = append(names, strings.TrimSuffix(e.Name(), address.PluginSuffix))
		}
	}
	near := source.Nearest(strings.TrimSuffix(filepath.Base(path), address.PluginSuffix), names)
	if near == "" {
		return ""
	}
	if below, err := filepath.Rel(dir, folder); err == nil {
		folder = below
	}
	return filepath.ToSlash(filepath.Join(folder, near+address.PluginSuffix))
}

// addressIn reads an address whose paths are relative to a folder.
func (a *App) addressIn(dir, text string) (address.Address, error) {
	inside := *a
	inside.Dir = a.path(dir)
	to, err := inside.Address(text)
	if err == nil && to.Kind == address.Path && !filepath.IsAbs(to.Path) {
		to.Path = filepath.Join(dir, filepath.FromSlash(to.Path))
	}
	return to, err
}

// Blocking are the diagnostics that keep a workflow from running; data says that the
// person gave what the first step works on, so that its own file does not count.
func (w *Workflow) Blocking(found []source.Diagnostic, data bool) (list []source.Diagnostic) {
	defer func() { source.Sort(list) }()
	for _, d := range found {
		if workflow.OfFile(d) {
			first := w.Steps[0].Place.Span
			if data && d.Place.Start >= first.Start && d.Place.End <= first.End {
				continue
			}
			d.Severity = source.Error
		}
		if d.Severity == source.Error {
			list = append(list, d)
		}
	}
	return list
}

// Unlike are the diagnostics of plugins that are not those the workflow was saved with.
func (w *Workflow) Unlike(found []source.Diagnostic) []source.Diagnostic {
	return slices.DeleteFunc(slices.Clone(found), func(d source.Diagnostic) bool { return !workflow.OfChange(d) })
}

// Unpinned says of which steps the workflow does not name the plugin's text: what runs may
// be another one tomorrow.
func (w *Workflow) Unpinned() (list []source.Diagnostic) {
	for i, step := range w.Steps {
		switch plan := w.Plans[i]; {
		case plan == nil:
		case step.SHA256 == "":
			list = append(list, step.Unpinned(plan.Name, hashOf(plan)))
		case beside(plan) != "":
			list = append(list, step.Loads(plan.Name, beside(plan), w.Source.Name))
		}
	}
	return list
}

// beside says what a plugin is made of beside its own text, "" for nothing.
func beside(plan *tags.Plan) string {
	var what []string
	if len(plan.Dependencies) > 0 {
		what = append(what, "other plugins")
	}
	if needs := plan.Needs; needs != nil {
		if len(needs.URLs) > 0 {
			what = append(what, "scripts from elsewhere")
		}
		if len(needs.Pip)+len(needs.Conda)+len(needs.Repos)+len(needs.EnvFiles) > 0 {
			what = append(what, "packages")
		}
	}
	return strings.Join(what, " and ")
}

// PluginsOf are the addresses of a workflow's plugins, for its lock; dir is what its paths
// are relative to. An installed plugin is named by where it came from.
func (a *App) PluginsOf(w *workflow.Workflow, dir string, r *repository.Repository) (list []address.Address, err error) {
	tagOf := map[string]string{}
	for _, step := range w.Steps {
		to, err := a.addressIn(dir, step.Plugin)
		if err != nil {
			return nil, fmt.Errorf("step %s: %w", step.ID, err)
		}
		if step.Tag != "" && to.Tag != "" && step.Tag != to.Tag {
			return nil, fmt.Errorf("step %s has two tags: `tag: %s`, but @%s in the address", step.ID, step.Tag, to.Tag)
		}
		tag := cmp.Or(step.Tag, to.Tag)
		if to.Kind == address.Name {
			if record, err := r.Find(to.Name); err == nil {
				if to, err = address.Parse(record.Record.Address); err != nil {
					return nil, fmt.Errorf("step %s: %w", step.ID, err)
				}
				tag = cmp.Or(tag, record.Record.Tag)
			}
		}
		to = to.WithTag("")
		before, known := tagOf[to.String()]
		if known && before != tag {
			return nil, fmt.Errorf("step %s runs %s with another tag than a step before it, and a lock holds one", step.ID, step.Plugin)
		}
		if tagOf[to.String()] = tag; !known {
			list = append(list, to.WithTag(tag))
		}
	}
	return list, nil
}

// Hash is the SHA-256 of the text of a step's plugin, "" when that is not known.
func (w *Workflow) Hash(step int) string {
	if w.Plans[step] == nil {
		return ""
	}
	return hashOf(w.Plans[step])
}
