package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
)

// maxGuests is how many plugins others may bring to one workspace.
const maxGuests = 1000

// guests are plugins that others brought with loadPlugin or installPlugin. They live as
// long as the workspace: what is to stay, a person installs. A guest has settings of its
// own, apart from those of an installed plugin that it may be named after.
type guests struct {
	workspace *Workspace

	mu        sync.Mutex
	installed map[string]*tags.Plan
	bringers  map[*tags.Plan]string // names of those who brought them
}

// named returns the guest that was installed under a name.
func (g *guests) named(name string) *tags.Plan {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.installed[name]
}

// read makes the plan of a document that a plugin brings.
func (g *guests) read(ctx context.Context, p *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	find := g.workspace.options.Find
	if find == nil {
		return nil, errors.New("plugins cannot bring others here")
	}
	plan, err := find(ctx, p, want)
	if err != nil {
		return nil, err
	}
	if m := g.workspace.running(plan.Name, ""); m != nil && !m.dead() {
		if bytes.Equal(m.plan.Document.Source.Text, plan.Document.Source.Text) {
			return m.plan, nil
		}
		return nil, fmt.Errorf("another plugin %q is running", plan.Name)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.bringers) >= maxGuests {
		return nil, fmt.Errorf("plugins may bring %d others", maxGuests)
	}
	if g.bringers == nil {
		g.bringers = map[*tags.Plan]string{}
	}
	g.bringers[plan] = p.Name()
	return plan, nil
}

// settingsOf is the name under which a plugin's settings are kept.
func (g *guests) settingsOf(plan *tags.Plan) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if bringer, ok := g.bringers[plan]; ok {
		return bringer + " > " + plan.Name
	}
	return plan.Name
}

// Install makes a plugin known by its name as long as the workspace lives.
func (g *guests) Install(ctx context.Context, p *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	plan, err := g.workspace.find(ctx, p, want)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.installed == nil {
		g.installed = map[string]*tags.Plan{}
	}
	g.installed[plan.Name] = plan
	return plan, nil
}

// Uninstall forgets a guest, and ends it when it runs.
func (g *guests) Uninstall(ctx context.Context, _ *engine.Plugin, name string) error {
	g.mu.Lock()
	plan, ok := g.installed[name]
	if ok {
		delete(g.installed, name)
		maps.DeleteFunc(g.bringers, func(p *tags.Plan, _ string) bool { return p == plan })
	}
	g.mu.Unlock()
	if !ok {
		return fmt.Errorf("no plugin installed %q here; what a person installed is removed with `imjoy uninstall`", name)
	}
	if m := g.workspace.running(name, ""); m != nil && m.plan == plan {
		return g.workspace.Unload(ctx, m.id)
	}
	return nil
}
