package main

import (
	"context"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// workflowSubject reads a workflow and compares it with its plugins.
func (l *linter) workflowSubject(f lintFile) (*subject, error) {
	text, found, err := checkedWorkflow(context.Background(), l.app, f.shown)
	return &subject{file: f, text: text, found: found}, err
}

// checkedWorkflow is the text of a workflow, and all that is wrong with it as far as can
// be told without the network and without running anything.
func checkedWorkflow(ctx context.Context, a *app.App, name string) ([]byte, []source.Diagnostic, error) {
	w, found, err := a.ReadWorkflow(name)
	if err != nil {
		return nil, nil, err
	}
	more, err := a.CheckWorkflow(ctx, w)
	found = append(found, more...)
	source.Sort(found)
	return w.Source.Text, found, err
}
