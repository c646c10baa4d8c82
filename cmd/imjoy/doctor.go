package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newDoctorCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at this machine: programs, the store, settings, the sandbox",
		Long: `Look at what imjoy depends on here: Python, uv, conda, node, a browser and git; whether
the store can be read and written; the settings; another program called imjoy on PATH;
and what a plugin's process can be kept from on this system. Nothing is changed or
fetched. The exit code is 1 when there is a problem.

With --json the answer is one object: version 1, and checks, each with name, status
(ok, missing, problem), detail and hint.`,
		Example: `  imjoy doctor
  imjoy doctor --json | jq '.checks[] | select(.status != "ok")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return doctor(cmd.Context(), a, asJSON)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func doctor(ctx context.Context, a *app.App, asJSON bool) error {
	self, _ := os.Executable()
	checks := a.Doctor(ctx, self)
	problems := 0
	for _, c := range checks {
		if c.Status == app.CheckProblem {
			problems++
		}
	}
	if asJSON {
		err := writeJSON(a.Stdout, struct {
			Version int         `json:"version"`
			Checks  []app.Check `json:"checks"`
		}{1, checks})
		if err != nil {
			return err
		}
	} else if err := showChecks(a, checks); err != nil {
		return err
	}
	if problems > 0 {
		return withExit(exitFindings, fmt.Errorf("%s", counted(problems, "problem")), "")
	}
	return nil
}

func showChecks(a *app.App, checks []app.Check) error {
	for _, c := range checks {
		if _, err := fmt.Fprintf(a.Stdout, "%-8s %-14s %s\n", c.Status, findings.Clean(c.Name), findings.Clean(c.Detail)); err != nil {
			return err
		}
		if c.Hint != "" {
			if _, err := fmt.Fprintf(a.Stdout, "%23s %s\n", "", findings.Clean(c.Hint)); err != nil {
				return err
			}
		}
	}
	return nil
}
