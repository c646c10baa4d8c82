package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// completeInstalled offers the names of installed plugins for up to most words, and
// files beside them where the command takes files too.
func completeInstalled(a *app.App, most int, files cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, begun string) (names []string, _ cobra.ShellCompDirective) {
		if len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		r, done, err := a.Repository(app.RepositoryOptions{What: "complete", Offline: true})
		if err != nil {
			return nil, files
		}
		defer done()
		records, _, _ := r.List()
		for _, record := range records {
			if strings.HasPrefix(record.Name, begun) && !slices.Contains(args, record.Name) {
				names = append(names, cobra.CompletionWithDesc(record.Name, record.Description))
			}
		}
		return names, files
	}
}

// completePlugin offers installed plugins and files for the first word, and files
// for those behind it.
func completePlugin(a *app.App) cobra.CompletionFunc {
	first := completeInstalled(a, 1, cobra.ShellCompDirectiveDefault)
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return first(cmd, args, begun)
	}
}
