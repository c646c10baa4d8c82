package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// PermissionOptions say what the plugins of a session may do beyond computing.
type PermissionOptions struct {
	// Granted is what the person typed: it holds for every plugin, whether or not it
	// declares it, and what it denies wins over everything.
	Granted permission.Set
	// Ask asks the person; nil: nobody can be asked, and what was not granted is refused.
	Ask func(context.Context, PermissionQuestion) (PermissionAnswer, error)
}

// PermissionQuestion is one thing that a plugin wants to do and was not granted.
type PermissionQuestion struct {
	Plugin string
	SHA256 string // of its document
	Want   permission.Permission
}

// PermissionAnswer is what a person says.
type PermissionAnswer int

// The answers. No and Once hold until the plugin ends; Always and Never are kept, for
// this content of the plugin.
const (
	No PermissionAnswer = iota
	Once
	Always
	Never
)

// PermissionError is a plugin that may not run without somebody's word.
type PermissionError struct {
	Plugin string
	Why    string
	Flag   string
}

func (e *PermissionError) Error() string {
	return fmt.Sprintf("plugin %q may not run: %s", e.Plugin, e.Why)
}

// AbsolutePaths returns a set whose read: and write: paths do not depend on a folder:
// relative ones lie in the working directory. Links on the way to a path are followed.
func (a *App) AbsolutePaths(s permission.Set) permission.Set {
	fix := func(list []permission.Permission) []permission.Permission {
		for i, p := range list {
			if (p.Kind == permission.Read || p.Kind == permission.Write) && p.Value != "" {
				list[i].Value = filepath.ToSlash(realPath(a.path(filepath.FromSlash(p.Value))))
			}
		}
		return list
	}
	out := permission.NewSet(fix(s.Allowed())...)
	if s.IsAll() {
		out = permission.All()
	}
	return out.Deny(fix(s.Denied())...)
}

// realPath follows the links of a path as far as it exists.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(realPath(parent), filepath.Base(path))
}

// guard answers for a session what its plugins may do.
type guard struct {
	session *Session
	grants  grants
	asking  sync.Mutex // one question at a time
}

var _ engine.Permissions = (*guard)(nil)

// granted is what a plugin may do from the start: what the person typed; what they
// agreed to when they installed it, or answered for good, as far as it declares it.
func (g *guard) granted(plan *tags.Plan) (permission.Set, error) {
	typed := g.session.options.Permissions.Granted
	kept, err := g.grants.of(g.sum(plan))
	if err != nil {
		return permission.Set{}, err
	}
	if from := g.session.origin(plan); from != nil && from.plugin.Record != nil {
		kept = kept.Union(agreed(from.plugin.Record.Permissions))
	}
	kept = g.session.app.AbsolutePaths(kept).Intersect(g.declared(plan))
	var never []permission.Permission
	for _, p := range kept.Denied() {
		if !typed.Allows(p) { // what is typed now is newer
			never = append(never, p)
		}
	}
	return typed.Union(permission.NewSet(kept.Allowed()...).Deny(never...)), nil
}

// sum names the content of a plugin, as its author wrote it.
func (g *guard) sum(plan *tags.Plan) string {
	if from := g.session.origin(plan); from != nil && from.plugin.SHA256 != "" {
		return from.plugin.SHA256
	}
	sum := sha256.Sum256(plan.Document.Source.Text)
	return hex.EncodeToString(sum[:])
}

// declared is what a plugin asks for, written or inferred: hosts that its scripts name
// are.
func (g *guard) declared(plan *tags.Plan) permission.Set {
	return g.session.app.AbsolutePaths(plan.Permissions.Union(plan.Named().Set()))
}

// agreed reads the words of a record; one of a newer program grants nothing.
func agreed(words []string) permission.Set {
	var list []permission.Permission
	for _, word := range words {
		if p, err := permission.Parse(word); err == nil {
			list = append(list, p)
		}
	}
	return permission.NewSet(list...)
}

// Ask asks the person about what a plugin declares; what it does not even declare is
// refused, so that a question tells something that its author said.
func (g *guard) Ask(ctx context.Context, p *engine.Plugin, want permission.Permission) error {
	refused := &engine.Denied{Plugin: p.Name(), Want: want}
	ask := g.session.options.Permissions.Ask
	if ask == nil {
		return refused
	}
	if !g.declared(p.Plan()).Allows(want) {
		refused.Why = "it does not declare that it needs to"
		if flag := want.Flag(); flag != "" {
			refused.Why += "; " + flag + " lets it all the same"
		}
		return refused
	}
	g.asking.Lock()
	defer g.asking.Unlock()
	if p.Allowed(want) { // somebody asked the same meanwhile
		return nil
	}
	sum := g.sum(p.Plan())
	answer, err := ask(ctx, PermissionQuestion{p.Name(), sum, want})
	if err != nil && !errors.Is(err, engine.ErrCanceled) {
		return err
	}
	switch answer {
	case Always:
		return g.grants.add(ctx, sum, p.Name(), permission.NewSet(want))
	case Once:
		return nil
	case Never:
		if err := g.grants.add(ctx, sum, p.Name(), permission.Set{}.Deny(want)); err != nil {
			return err
		}
		p.Deny(want)
		refused.Why = "you said never; `imjoy permissions forget` takes that back"
	default:
		p.Deny(want)
		refused.Why = "you said no"
	}
	return refused
}

// python says whether a Python plugin may start at all. One that a person named by its
// file, installed, or allowed may; others they are asked about.
func (g *guard) python(ctx context.Context, plan *tags.Plan, granted permission.Set) error {
	want := permission.Permission{Kind: permission.Python}
	from := g.session.origin(plan)
	known := from != nil && (from.plugin.Local || from.plugin.Record != nil)
	denied := !permission.All().Deny(granted.Denied()...).Allows(want)
	if !denied && (known || granted.Allows(want)) {
		return nil
	}
	why := &PermissionError{plan.Name, "it is a Python plugin from elsewhere, and nobody agreed to run it", "--allow-python"}
	ask := g.session.options.Permissions.Ask
	if denied {
		why.Why, why.Flag = "Python was denied", ""
	}
	if denied || ask == nil {
		return why
	}
	g.asking.Lock()
	defer g.asking.Unlock()
	answer, err := ask(ctx, PermissionQuestion{plan.Name, g.sum(plan), want})
	if err != nil && !errors.Is(err, engine.ErrCanceled) {
		return err
	}
	switch answer {
	case Always:
		return g.grants.add(ctx, g.sum(plan), plan.Name, permission.NewSet(want))
	case Never:
		err = g.grants.add(ctx, g.sum(plan), plan.Name, permission.Set{}.Deny(want))
	case Once:
		return nil
	}
	return errors.Join(err, why)
}
