package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// PluginEnvironment is what a plugin's environment is, or would be.
type PluginEnvironment struct {
	Plan   *tags.Plan
	Needed bool                  // the plugin declares anything that an environment gives
	Spec   *pyenv.Spec           // nil when it cannot be made
	Made   *pyenv.Listed         // nil when it is not there
	Locked *requirement.Resolved // what it was resolved to when it was installed; nil for nothing
	Unfit  error                 // why Spec is nil
}

// EnvironmentOf finds out what the environment of a plugin is. Nothing is made, and
// nothing is fetched but the plugin itself.
func (s *Session) EnvironmentOf(ctx context.Context, plan *tags.Plan) (*PluginEnvironment, error) {
	needs, err := s.options.Environment.extend(plan.Needs)
	if err != nil {
		return nil, err
	}
	e := &PluginEnvironment{Plan: plan, Needed: plan.Language == tags.Python && pyenv.Needed(needs)}
	all, err := s.app.Environments(s.options.Environment)
	if err != nil || !e.Needed {
		return e, err
	}
	if from := s.origin(plan); from != nil {
		if e.Locked, err = readLocked(lockedEnvironment(from.plugin)); err != nil {
			return nil, err
		}
	}
	if e.Spec, e.Unfit = all.Spec(ctx, needs, e.Locked); e.Unfit != nil {
		return e, nil
	}
	env, err := all.Find(ctx, e.Spec)
	if err != nil || env == nil {
		return e, err
	}
	hash := env.Hash
	env.Release()
	e.Made, err = all.Get(hash)
	return e, err
}

// Rebuild removes the environment of a plugin, if there is one, and makes it anew: as
// it is locked, or else of the newest packages that are asked for.
func (s *Session) Rebuild(ctx context.Context, plan *tags.Plan) (*pyenv.Listed, error) {
	e, err := s.EnvironmentOf(ctx, plan)
	if err != nil {
		return nil, err
	}
	if !e.Needed {
		return nil, &NoEnvironmentError{plan.Name}
	}
	if e.Unfit != nil {
		return nil, e.Unfit
	}
	all, err := s.app.Environments(s.options.Environment)
	if err != nil {
		return nil, err
	}
	if e.Made != nil {
		if err := all.Remove(e.Made.Hash); err != nil {
			return nil, err
		}
	}
	s.pythons.know(plan, s.origin(plan), s.vendored(plan))
	env, _, err := s.pythons.make(ctx, plan.Needs)
	if err != nil {
		return nil, err
	}
	hash := env.Hash
	env.Release()
	return all.Get(hash)
}

// make makes the environment of known needs, whatever the plain interpreter has.
func (in *interpreters) make(ctx context.Context, needs *requirement.Declaration) (*pyenv.Environment, string, error) {
	o := in.options
	o.always = true
	in.mu.Lock()
	k := in.plans[needs]
	in.mu.Unlock()
	needs, err := o.extend(needs)
	if err != nil {
		return nil, "", err
	}
	return in.app.environment(ctx, o, needs, k)
}

// ExportEnvironment writes a plugin's environment for other tools. Exact versions are
// used when they are known, unless declared says otherwise.
func (s *Session) ExportEnvironment(ctx context.Context, plan *tags.Plan, format string, declared bool) (string, error) {
	all, err := s.app.Environments(s.options.Environment)
	if err != nil {
		return "", err
	}
	var resolved *requirement.Resolved
	if !declared {
		e, err := s.EnvironmentOf(ctx, plan)
		if err != nil {
			return "", err
		}
		if resolved = e.Locked; e.Made != nil {
			resolved = e.Made.Resolved
		}
	}
	needs, err := s.options.Environment.extend(plan.Needs)
	if err != nil {
		return "", err
	}
	return all.Export(format, plan.Name, plan.Version, needs, resolved)
}

// NoEnvironmentError is a plugin that declares nothing an environment would give.
type NoEnvironmentError struct{ Plugin string }

func (e *NoEnvironmentError) Error() string {
	return fmt.Sprintf("plugin %q declares no Python packages", e.Plugin)
}

// Pruned is what pruning removed, or would remove.
type Pruned struct {
	Removed    []pyenv.Listed
	InUse      []pyenv.Listed
	Unfinished int // left behind by builds that never ended
}

// PruneEnvironments removes environments that no plugin ran in since a moment, but for
// those that installed plugins are locked to. all removes those too.
func (a *App) PruneEnvironments(since time.Time, all, dryRun bool) (*Pruned, error) {
	envs, err := a.Environments(EnvironmentOptions{})
	if err != nil {
		return nil, err
	}
	keep, err := a.lockedEnvironments()
	if err != nil {
		return nil, err
	}
	list, err := envs.List()
	if err != nil {
		return nil, err
	}
	result := &Pruned{}
	for _, l := range list {
		switch {
		case !all && (keep[l.Resolved.Hash()] || l.Used.After(since)):
			continue
		case dryRun && l.InUse:
			result.InUse = append(result.InUse, l)
			continue
		case dryRun:
			result.Removed = append(result.Removed, l)
			continue
		}
		switch err := envs.Remove(l.Hash); {
		case err == nil:
			result.Removed = append(result.Removed, l)
		case errors.Is(err, pyenv.ErrInUse):
			result.InUse = append(result.InUse, l)
		default:
			return result, err
		}
	}
	if !dryRun {
		result.Unfinished, err = envs.Sweep()
	}
	return result, err
}

// lockedEnvironments are the hashes of what installed plugins were resolved to.
func (a *App) lockedEnvironments() (map[string]bool, error) {
	r, done, err := a.Repository(RepositoryOptions{What: "list environments", Offline: true})
	if err != nil {
		return nil, err
	}
	defer done()
	records, _, err := r.List()
	if err != nil {
		return nil, err
	}
	keep := map[string]bool{}
	for _, record := range records {
		if resolved, err := readLocked(record.Environment); err == nil && resolved != nil {
			keep[resolved.Hash()] = true
		}
		for _, pin := range record.Dependencies {
			if resolved, err := readLocked(pin.Environment); err == nil && resolved != nil {
				keep[resolved.Hash()] = true
			}
		}
	}
	return keep, nil
}
