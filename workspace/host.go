package workspace

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
)

// host is what one plugin can reach of the workspace.
func (w *Workspace) host(plan *tags.Plan) engine.Host {
	f := w.options.Frontend
	return engine.Host{
		Plugins: asker{w, plan}, Events: &w.events, Settings: settings{w.options.Settings, plan.Name},
		Dialogs: f.Dialogs, Windows: f.Windows, Files: f.Files, Assets: f.Assets, Log: f.Log,
	}
}

// asker finds plugins for the plugin of a plan.
type asker struct {
	workspace *Workspace
	plan      *tags.Plan
}

func (a asker) Plugin(ctx context.Context, name string) (*engine.Plugin, error) {
	w := a.workspace
	if m := w.running(name); m != nil {
		return w.plugin(ctx, a.plan.Name, m.plan)
	}
	if w.options.Find == nil {
		return nil, &NotFoundError{name}
	}
	plan, err := w.options.Find(ctx, a.plan, name)
	if err != nil {
		return nil, err
	}
	return w.plugin(ctx, a.plan.Name, plan)
}

func (w *Workspace) running(name string) *member {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open[name]
}
