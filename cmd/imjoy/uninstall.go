package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newUninstallCommand(a *app.App) *cobra.Command {
	var force, asJSON bool
	cmd := &cobra.Command{
		Use:   "uninstall NAME...",
		Short: "Remove installed plugins",
		Long: `Remove installed plugins by name. A plugin that others depend on stays, unless those
are named too or --force is given; the others keep the copy they were installed with.

With --json the answer is one object: version 1, removed (names) and orphans (names of
plugins that nothing needs any more).`,
		Example: `  imjoy uninstall Blur
  imjoy uninstall Helper --force`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("`imjoy list` shows the names", "no NAME given")
			}
			return nil
		},
		ValidArgsFunction: completeInstalled(a, math.MaxInt, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, uninstall(cmd.Context(), a, args, force, asJSON))
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "also remove what others depend on")
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

type uninstallJSON struct {
	Version int      `json:"version"`
	Removed []string `json:"removed"`
	Orphans []string `json:"orphans"`
}

func uninstall(ctx context.Context, a *app.App, names []string, force, asJSON bool) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "uninstall " + strings.Join(names, " "), Offline: true})
	if err != nil {
		return err
	}
	defer done()
	removed, err := r.Uninstall(ctx, names, force)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(a.Stdout, uninstallJSON{1, append([]string{}, removed.Names...), append([]string{}, removed.Orphans...)})
	}
	for _, name := range removed.Names {
		if _, err := fmt.Fprintf(a.Stdout, "uninstalled %s\n", findings.Clean(name)); err != nil {
			return err
		}
	}
	if len(removed.Orphans) > 0 {
		fmt.Fprintf(a.Stderr, "Nothing needs these any more: %s\n", findings.Clean(strings.Join(removed.Orphans, ", ")))
	}
	return nil
}
