package main

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// validateWorkflow says whether a workflow can run.
func validateWorkflow(a *app.App, name string, files []string, f validateFlags) error {
	if f.hasData || len(files) > 0 || f.outputs || f.tag != "" {
		return usageError("name only the workflow", "a workflow is checked against its plugins, and takes nothing else")
	}
	_, found, err := checkedWorkflow(context.Background(), a, name)
	if err != nil {
		return withExit(exitMissing, err, "")
	}
	bad := source.Worst(found) == source.Error
	if f.asJSON {
		err = writeJSON(a.Stdout, struct {
			Version     int    `json:"version"`
			File        string `json:"file"`
			Valid       bool   `json:"valid"`
			Diagnostics any    `json:"diagnostics"`
		}{1, name, !bad, findings.Diagnostics(found)})
	} else if err = showFindings(a, a.Stdout, a.StdoutTTY, found); err == nil && !bad {
		_, err = fmt.Fprintf(a.Stdout, "%s can run\n", findings.Clean(name))
	}
	if err == nil && bad {
		err = foundSomething()
	}
	return err
}
