package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

func newEnvPruneCommand(a *app.App) *cobra.Command {
	var all, dryRun, asJSON bool
	age := timeSpan(30 * day)
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove environments that nobody uses",
		Long: `Remove the Python environments that no plugin ran in for a while, and what builds left
behind that never ended. Environments that installed plugins are locked to stay, and
so do those in use. What is removed is made again when it is needed.

With --json the answer is one object: version 1, dry_run, removed, in_use (both as in env
list), unfinished.`,
		Example: `  imjoy env prune --older 30d --dry-run
  imjoy env prune --all`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			result, err := a.PruneEnvironments(a.Now().Add(-time.Duration(age)), all, dryRun)
			if err != nil {
				return repositoryFailure(a, err)
			}
			return showPruned(a, result, dryRun, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.Var(&age, "older", "remove only what was last used more than `TIME` ago: 30d, 12h")
	flags.BoolVar(&all, "all", false, "remove all that are not in use")
	flags.BoolVar(&dryRun, "dry-run", false, "show what would be removed")
	jsonFlag(flags, &asJSON)
	return cmd
}

func showPruned(a *app.App, p *app.Pruned, dryRun, asJSON bool) error {
	if asJSON {
		report := struct {
			Version    int                `json:"version"`
			DryRun     bool               `json:"dry_run"`
			Removed    []*environmentJSON `json:"removed"`
			InUse      []*environmentJSON `json:"in_use"`
			Unfinished int                `json:"unfinished"`
		}{1, dryRun, []*environmentJSON{}, []*environmentJSON{}, p.Unfinished}
		for i := range p.Removed {
			report.Removed = append(report.Removed, environmentReport(&p.Removed[i]))
		}
		for i := range p.InUse {
			report.InUse = append(report.InUse, environmentReport(&p.InUse[i]))
		}
		return writeJSON(a.Stdout, report)
	}
	word, size := "removed", int64(0)
	if dryRun {
		word = "would remove"
	}
	for _, l := range p.Removed {
		size += l.Size
		fmt.Fprintf(a.Stdout, "%s %s  %s  %s\n", word, l.Hash[:12], sizeText(l.Size), dash(l.For))
	}
	for _, l := range p.InUse {
		fmt.Fprintf(a.Stderr, "imjoy: %s is in use and stays\n", l.Hash[:12])
	}
	if p.Unfinished > 0 {
		fmt.Fprintf(a.Stderr, "imjoy: removed %d that were never finished\n", p.Unfinished)
	}
	if len(p.Removed) == 0 && p.Unfinished == 0 {
		fmt.Fprintln(a.Stderr, "There is nothing to remove.")
	} else {
		fmt.Fprintf(a.Stderr, "imjoy: %s %d environments, %s\n", word, len(p.Removed), sizeText(size))
	}
	return nil
}
