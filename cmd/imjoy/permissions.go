package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newPermissionsCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "permissions",
		Short: "Show and forget what you answered about plugins for good",
		Long: `Show and forget what you answered with "always" and "never" when a plugin wanted
something that it was not granted.

An answer holds for exactly the content that you were asked about: when the plugin
changes, you are asked again. What you typed as --allow-... is never kept.`,
		Example: `  imjoy permissions list
  imjoy permissions forget "Count Cells"
  imjoy permissions forget --all`,
	}
	cmd.AddCommand(newPermissionsListCommand(a), newPermissionsForgetCommand(a))
	return cmd
}

func newPermissionsListCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what was answered",
		Long: `List the plugins about which you answered "always" or "never", and what.

With --json the answer is one object: version 1, and grants, each with plugin, sha256 (of
the content that was asked about) and granted: permissions, with ! before "never".`,
		Example: "  imjoy permissions list\n  imjoy permissions list --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list, err := a.Grants()
			if err != nil {
				return fmt.Errorf("list permissions: %w", err)
			}
			if len(list) == 0 && !asJSON {
				fmt.Fprintln(a.Stderr, "Nothing was answered for good.")
			}
			return showGrants(a, list, asJSON)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func newPermissionsForgetCommand(a *app.App) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:     "forget NAME|SHA256...",
		Short:   "Forget answers, so that you are asked again",
		Example: "  imjoy permissions forget \"Count Cells\"\n  imjoy permissions forget 3f2a9c1b",
		RunE: func(cmd *cobra.Command, names []string) error {
			if all == (len(names) > 0) {
				return usageError("name plugins, or the beginning of a hash (8 characters) from `imjoy permissions list`, or write --all", "nothing says which answers to forget")
			}
			list, err := a.ForgetGrants(cmd.Context(), names)
			if err != nil {
				return fmt.Errorf("forget permissions: %w", err)
			}
			if len(list) == 0 && !all {
				return withExit(exitMissing, fmt.Errorf("nothing was answered about %s", findings.Clean(names[0])), "`imjoy permissions list` shows all answers")
			}
			if !asJSON {
				fmt.Fprintf(a.Stderr, "imjoy: forgot the answers about %s\n", counted(len(list), "plugin"))
			}
			return showGrants(a, list, asJSON)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "forget all answers")
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func showGrants(a *app.App, list []app.Grant, asJSON bool) error {
	if asJSON {
		if list == nil {
			list = []app.Grant{}
		}
		text, err := json.MarshalIndent(map[string]any{"version": 1, "grants": list}, "", "  ")
		if err != nil {
			return err
		}
		return printLine(a.Stdout, text)
	}
	for _, one := range list {
		if _, err := fmt.Fprintf(a.Stdout, "%.12s  %s: %s\n", one.SHA256, findings.Clean(one.Plugin), findings.Clean(one.Granted.String())); err != nil {
			return err
		}
	}
	return nil
}
