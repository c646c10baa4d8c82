package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/store"
)

func newRollbackCommand(a *app.App) *cobra.Command {
	var asJSON bool
	var to string
	cmd := &cobra.Command{
		Use:   "rollback NAME...",
		Short: "Go back to the version before the last upgrade, or one before that",
		Long: `Put the version of a plugin that was in use before the last upgrade in the place of
the one in use, with the dependencies it had then. Nothing is fetched; all bytes are
verified first. A second rollback undoes the first. Several plugins go back together, or
with an error none. With --to it is one of the last five versions that were in use, named
by its number, or how its commit or SHA-256 begins. A plugin that runs with other
dependencies than before counts as a version too, though its own file is the same.

With --json the answer is one object: version 1, and plugins as of ` + "`imjoy list --json`" + `,
each with its status: downgraded, or upgraded where the number is higher than before.`,
		Example: `  imjoy rollback Segment
  imjoy rollback Segment --to 1.2.0`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("`imjoy list` shows the names", "no NAME given")
			}
			return nil
		},
		ValidArgsFunction: completeInstalled(a, 1<<20, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, rollback(cmd.Context(), a, args, to, asJSON))
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the `VERSION` to go back to: its number, or seven digits of its commit or hash")
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func rollback(ctx context.Context, a *app.App, names []string, to string, asJSON bool) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "rollback " + strings.Join(names, " "), Offline: true})
	if err != nil {
		return err
	}
	defer done()
	records, err := r.Rollback(ctx, names, to)
	if err != nil {
		return err
	}
	report := rollbackJSON{Version: 1, Plugins: []rolledBackJSON{}, Problems: []string{}}
	for _, record := range records {
		report.Plugins = append(report.Plugins, rolledBackJSON{recordOf(record), movedBy(record)})
		if asJSON {
			continue
		}
		if err := showRolledBack(a, record); err != nil {
			return err
		}
	}
	if asJSON {
		if err := writeJSON(a.Stdout, report); err != nil {
			return err
		}
	}
	return tellKeepers(a, r, records)
}

type rollbackJSON struct {
	Version  int              `json:"version"`
	Plugins  []rolledBackJSON `json:"plugins"`
	Problems []string         `json:"problems"`
}

type rolledBackJSON struct {
	recordJSON
	Status repository.Status `json:"status"`
}

// movedBy tells which way a rollback went: a second one undoes the first.
func movedBy(record *store.Record) repository.Status {
	if left := record.Previous; left != nil && repository.Direction(record.Number, left.Number) == repository.Downgraded {
		return repository.Upgraded
	}
	return repository.Downgraded
}

func showRolledBack(a *app.App, record *store.Record) error {
	with := ""
	if left := record.Previous; left != nil && left.SHA256 == record.SHA256 && left.Tag == record.Tag {
		with = ", with the dependencies it had then"
	}
	which := "back"
	if movedBy(record) == repository.Upgraded {
		which = "forward"
	}
	_, err := fmt.Fprintf(a.Stdout, "rolled %s %s to %s%s\n", which, findings.Clean(record.Name), state(record.Number, record.Commit, record.SHA256), with)
	return err
}

// tellKeepers says who does not notice: a plugin runs with the dependencies that it was
// installed with.
func tellKeepers(a *app.App, r *repository.Repository, records []*store.Record) error {
	for _, record := range records {
		keepers, err := r.Keepers(record)
		if err != nil {
			return err
		}
		for _, name := range keepers {
			fmt.Fprintf(a.Stderr, "imjoy: note: %s keeps the version of %s that it was installed with\n", findings.Clean(name), findings.Clean(record.Name))
		}
	}
	return nil
}
