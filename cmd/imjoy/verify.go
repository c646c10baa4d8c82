package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newVerifyCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [NAME...]",
		Short: "Read everything that is installed again and compare it with its hashes",
		Long: `Read the bytes of installed plugins, of what they depend on, of what their scripts
load and of the versions before, and compare them with the hashes they were installed
with. Nothing is fetched or executed. The exit code is 5 when something was changed.

With --json the answer is one object: version 1, and plugins, each with name, contents
(how many were read) and problems.`,
		Example: `  imjoy verify
  imjoy verify Segment --json`,
		ValidArgsFunction: completeInstalled(a, 1<<20, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, verify(cmd.Context(), a, args, asJSON))
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

type verifyJSON struct {
	Version int            `json:"version"`
	Plugins []verifiedJSON `json:"plugins"`
}

type verifiedJSON struct {
	Name     string   `json:"name"`
	Contents int      `json:"contents"`
	Problems []string `json:"problems"`
}

func verify(ctx context.Context, a *app.App, names []string, asJSON bool) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "verify", Offline: true})
	if err != nil {
		return err
	}
	defer done()
	list, err := r.Verify(ctx, names)
	if err != nil {
		return err
	}
	report := verifyJSON{Version: 1, Plugins: []verifiedJSON{}}
	bad, contents, plugins := 0, 0, 0
	for _, v := range list {
		entry := verifiedJSON{Name: v.Name, Contents: v.Blobs, Problems: []string{}}
		for _, problem := range v.Problems {
			entry.Problems = append(entry.Problems, problem.Error())
			if !asJSON {
				fmt.Fprintf(a.Stdout, "%s: %s\n", dash(v.Name), findings.Clean(problem.Error()))
			}
		}
		bad += len(v.Problems)
		contents += v.Blobs
		if v.Name != "" {
			plugins++
		}
		report.Plugins = append(report.Plugins, entry)
	}
	if asJSON {
		err = writeJSON(a.Stdout, report)
	} else {
		fmt.Fprintf(a.Stderr, "%s, %s: %s\n", counted(plugins, "plugin"), counted(contents, "content"), counted(bad, "problem"))
	}
	if err == nil && bad > 0 {
		err = withExit(exitRefused, errors.New("the store was changed by something else than imjoy"), "install what is named again; `imjoy info NAME` says from where")
	}
	return err
}
