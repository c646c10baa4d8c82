package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
)

func newCacheCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Look at, or empty, what was fetched and found",
		Long: `What is fetched is kept: to ask a server only whether it changed, and to do without it
with --offline; and what lint found, so that files that did not change are not judged
again. It only ever holds copies, and can be emptied at any time. What is installed is
elsewhere.`,
		Example: `  imjoy cache size
  imjoy cache prune --older 30d
  imjoy cache add npm:pyodide@314.0.7`,
	}
	cmd.AddCommand(newCacheDirCommand(a), newCacheSizeCommand(a), newCachePruneCommand(a), newCacheAddCommand(a))
	return cmd
}

func newCacheDirCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "dir",
		Short: "Print the folder of the cache",
		Long: `Print the folder of the cache, which need not exist yet: IMJOY_HOME/cache, else the
system's place for caches. With --json the answer is one object: version 1, dir.`,
		Example: "  imjoy cache dir",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(a.Stdout, struct {
					Version int    `json:"version"`
					Dir     string `json:"dir"`
				}{1, a.CacheDir()})
			}
			_, err := fmt.Fprintln(a.Stdout, a.CacheDir())
			return err
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func newCacheSizeCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "size",
		Short:   "Tell how much the cache holds",
		Long:    "With --json the answer is one object: version 1, dir, files, bytes.",
		Example: "  imjoy cache size --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			u, err := a.CacheUsage()
			if err != nil {
				return err
			}
			return showUsage(a, u, asJSON)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func newCachePruneCommand(a *app.App) *cobra.Command {
	var asJSON bool
	var age timeSpan
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Empty the cache",
		Long: `Remove what is in the cache, with --older only what was fetched or found before that.

With --json the answer is one object: version 1, dir, files and bytes that are gone.`,
		Example: `  imjoy cache prune
  imjoy cache prune --older 30d`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			before := a.Now().Add(time.Second)
			if age > 0 {
				before = a.Now().Add(-time.Duration(age))
			}
			u, err := a.PruneCache(before, age == 0)
			if err != nil {
				return err
			}
			return showUsage(a, u, asJSON)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	cmd.Flags().Var(&age, "older", "remove only what is older than `TIME`: 30d, 12h")
	return cmd
}

func showUsage(a *app.App, u fetch.Usage, asJSON bool) error {
	if asJSON {
		return writeJSON(a.Stdout, struct {
			Version int    `json:"version"`
			Dir     string `json:"dir"`
			Files   int    `json:"files"`
			Bytes   int64  `json:"bytes"`
		}{1, a.CacheDir(), u.Files, u.Bytes})
	}
	_, err := fmt.Fprintf(a.Stdout, "%s, %.1f MB\n", counted(u.Files, "file"), float64(u.Bytes)/1e6)
	return err
}
