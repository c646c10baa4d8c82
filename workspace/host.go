package workspace

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// host is what one plugin can reach of the workspace.
func (w *Workspace) host(m *member) engine.Host {
	f := w.options.Frontend
	host := engine.Host{
		Plugins: asker{w, m}, Events: &w.events, Services: &w.services, Settings: &settings{w.options.Settings, w.guests.settingsOf(m.plan)},
		Installer: &w.guests, Permissions: w.options.Permissions,
		Windows: windows{w, m, f.Windows}, Files: f.Files, Network: f.Network, Log: f.Log,
	}
	if w.options.Assets != nil {
		host.Assets = w.options.Assets(m.plan)
	}
	if w.options.Disk != nil {
		host.Disk = w.options.Disk(w.guests.settingsOf(m.plan))
	}
	if f.Dialogs != nil {
		host.Dialogs = dialogs{f.Dialogs, m.plan.Name}
	}
	return host
}

// asker finds plugins for one plugin.
type asker struct {
	workspace *Workspace
	member    *member
}

// Plugin answers with the one of that name, and of the tag if one was said, that runs. Else Find is asked, and what
// it finds is opened, or is running under the name that it has.
func (a asker) Plugin(ctx context.Context, p *engine.Plugin, want engine.Wanted) (*engine.Plugin, error) {
	w := a.workspace
	if m := w.running(want.Name, want.Tag); m != nil && want.Source == "" {
		return w.plugin(ctx, a.member, m.plan)
	}
	plan, err := w.find(ctx, p, want)
	if err != nil {
		return nil, err
	}
	if isWindow(plan) {
		return nil, &engine.WindowPlugin{Plan: plan}
	}
	return w.plugin(ctx, a.member, plan)
}

// find asks for a plugin by name, or reads the one that a plugin brings. Those that
// plugins installed come last: they cannot take the place of another.
func (w *Workspace) find(ctx context.Context, p *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	if want.Source != "" {
		return w.guests.read(ctx, p, want)
	}
	var unknown *NotFoundError
	if w.options.Find != nil {
		plan, err := w.options.Find(ctx, p, want)
		if !errors.As(err, &unknown) {
			return plan, err
		}
	}
	if plan := w.guests.named(want.Name); plan != nil {
		return plan, nil
	}
	return nil, &NotFoundError{want.Name}
}

// dialogs tell people which plugin asks: a question in the name of the program would
// be believed.
type dialogs struct {
	engine.Dialogs
	plugin string
}

func (d dialogs) Alert(ctx context.Context, m engine.Message) error {
	return d.Dialogs.Alert(ctx, d.signed(m))
}

func (d dialogs) Prompt(ctx context.Context, m engine.Message, suggestion string) (string, error) {
	return d.Dialogs.Prompt(ctx, d.signed(m), suggestion)
}

func (d dialogs) Confirm(ctx context.Context, m engine.Message) (bool, error) {
	return d.Dialogs.Confirm(ctx, d.signed(m))
}

func (d dialogs) Form(ctx context.Context, dialog *value.Object) (*value.Object, error) {
	signed := &value.Object{}
	for key, v := range dialog.All() {
		signed.Set(key, v)
	}
	title := dialog.Text("title")
	if title == "" {
		title = dialog.Text("name")
	}
	signed.Set("title", d.signed(engine.Message{Title: title}).Title)
	return d.Dialogs.Form(ctx, signed)
}

func (d dialogs) signed(m engine.Message) engine.Message {
	if m.Title == "" {
		m.Title = d.plugin
	} else {
		m.Title = d.plugin + ": " + m.Title
	}
	return m
}
