package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

func newCacheAddCommand(a *app.App) *cobra.Command {
	var asJSON bool
	var allowNet []string
	cmd := &cobra.Command{
		Use:   "add ADDRESS...",
		Short: "Fetch what plugins load by address, for later",
		Long: `Fetch what plugins load by address and keep it, so that no network is needed later: a URL,
or a package of npm as npm:NAME@VERSION, checked by the integrity that the registry gives.

Python plugins run in a page on npm:pyodide, at the version that this program knows by
its hashes when none is named.`,
		Example: `  imjoy cache add npm:pyodide
  imjoy cache add npm:axios@1.7.0 https://example.org/table.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a URL, or npm:NAME@VERSION", "no ADDRESS given")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := a.CacheAdd(cmd.Context(), args, allowNet)
			if err != nil {
				return repositoryFailure(a, err)
			}
			if asJSON {
				return writeJSON(a.Stdout, struct {
					Version int             `json:"version"`
					Added   []app.CacheItem `json:"added"`
				}{1, list})
			}
			for _, item := range list {
				if _, err := fmt.Fprintf(a.Stdout, "%s  %s\n", item.SHA256, item.Address); err != nil {
					return err
				}
			}
			return nil
		},
	}
	allowNetFlag(cmd.Flags(), &allowNet)
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}
