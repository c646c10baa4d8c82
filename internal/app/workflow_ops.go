package app

import (
	"context"
	"runtime"
	"slices"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// missingOps says which ops of the steps their plugins do not offer, as far as the text
// of the plugins shows it: nothing of them runs. Of others, which register ops by names
// that they make, it is told when they are open.
func (a *App) missingOps(ctx context.Context, w *Workflow) (found []source.Diagnostic) {
	var cache analysis.Cache
	for i, step := range w.Steps {
		plan := w.Plans[i]
		if step.Op == "" || plan == nil {
			continue
		}
		facts := analysis.Of(plan.Document, nil, &cache)
		if plan.Language == tags.Python {
			a.readOps(ctx, facts, &cache)
		}
		if has, all := facts.Operators(plan); all && !slices.Contains(has, step.Op) {
			found = append(found, step.NoOp(plan.Name, has))
		}
	}
	return found
}

// readOps reads the Python scripts of a plugin. Where nobody can, they stay unread.
func (a *App) readOps(ctx context.Context, facts *analysis.Facts, cache *analysis.Cache) {
	name := "python3"
	if runtime.GOOS == "windows" {
		name = "python"
	}
	if python, err := a.FindReadingPython(name); err == nil {
		_ = analysis.WithPython(ctx, a.PythonReader(python.Path, nil), cache, facts)
	}
}
