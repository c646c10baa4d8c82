package workspace

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// RunWindow opens a new window of the job's plugin, whether or not others of it are
// open, and calls run with the job when the plugin has one. The window stays open; it
// is as api.createWindow describes it.
func (w *Workspace) RunWindow(ctx context.Context, job Job, window *value.Object) (Result, error) {
	if job.Method == "" {
		job.Method = "run"
	}
	if err := checkInput(job); err != nil {
		return Result{}, err
	}
	p, err := w.Instance(ctx, job.Plan, window)
	if err != nil {
		return Result{}, err
	}
	if !p.Has(job.Method) {
		if job.Method == "run" {
			return Result{}, nil
		}
		return Result{}, &NoMethodError{p.Name(), job.Method, p.Exports()}
	}
	return job.call(ctx, p)
}
