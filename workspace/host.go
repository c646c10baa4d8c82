package workspace

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// host is what one plugin can reach of the workspace.
func (w *Workspace) host(m *member) engine.Host {
	f := w.options.Frontend
	host := engine.Host{
		Plugins: asker{w, m}, Events: &w.events, Services: &w.services, Settings: &settings{w, m.plan.Name},
		Windows: f.Windows, Files: f.Files, Assets: f.Assets, Log: f.Log,
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

// Plugin answers with the one of that name that runs. Else Find is asked, and what
// it finds is opened, or is running under the name that it has.
func (a asker) Plugin(ctx context.Context, want engine.Wanted) (*engine.Plugin, error) {
	name := want.Name
	w := a.workspace
	if m := w.running(name); m != nil {
		return w.plugin(ctx, a.member, m.plan)
	}
	if w.options.Find == nil {
		return nil, &NotFoundError{name}
	}
	plan, err := w.options.Find(ctx, a.member.plan, name)
	if err != nil {
		return nil, err
	}
	return w.plugin(ctx, a.member, plan)
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
