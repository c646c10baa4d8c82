package main

import (
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
)

func newRepoCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repo",
		Short: "Give repositories short names",
		Long: `A repository with a short name can be written NAME:Plugin, is searched by
` + "`imjoy search`" + `, and is looked up by ` + "`imjoy install Plugin`" + `, in the order of the list. At
first the list has one entry, which can be removed as any other:

  imjoy  ` + repository.DefaultRepository,
		Example: `  imjoy repo add lab https://github.com/our-lab/plugins
  imjoy install lab:Segment
  imjoy repo alias old-owner/tools new-owner/tools
  imjoy repo list`,
	}
	cmd.AddCommand(newRepoAddCommand(a), newRepoListCommand(a), newRepoRemoveCommand(a), newRepoAliasCommand(a))
	return cmd
}

func newRepoAddCommand(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "add NAME ADDRESS",
		Short: "Add a repository, or give a name another address",
		Long: `ADDRESS is owner/repo, gitlab.com/group/repo, a link to one of these (a tree or branch
too), git+https://HOST/repo.git, the URL of a manifest, or a folder. Nothing is fetched.`,
		Example: `  imjoy repo add lab our-lab/plugins
  imjoy repo add beta https://github.com/our-lab/plugins/tree/next
  imjoy repo add here ./plugins`,
		Args: twoArguments("NAME ADDRESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			return repositoryFailure(a, changeNames(a, func(n *repository.Names) error {
				to, err := a.Address(args[1])
				if err != nil {
					return err
				}
				text := to.String()
				if to.Kind == address.Path {
					text = filepath.ToSlash(absolute(a, to.Path))
				}
				if address.HasCredentials(args[1]) {
					text = args[1]
				}
				before := n.Address(args[0])
				if err := n.Add(args[0], text); err != nil {
					return err
				}
				if now := n.Address(args[0]); before != "" && before != now {
					fmt.Fprintf(a.Stderr, "imjoy: note: %s was %s\n", findings.Clean(args[0]), findings.Clean(before))
				}
				return nil
			}))
		},
	}
}

func newRepoRemoveCommand(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:     "remove NAME",
		Short:   "Forget a repository, or the alias of one",
		Long:    "Forget the short name of a repository, or that owner/repo moved. What is installed stays.",
		Example: "  imjoy repo remove lab",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("`imjoy repo list` shows the names", "repo remove takes one NAME")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return repositoryFailure(a, changeNames(a, func(n *repository.Names) error { return n.Remove(args[0]) }))
		},
	}
}

func newRepoAliasCommand(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "alias OLD NEW",
		Short: "Say that a repository moved",
		Long: `Take everything that addresses, manifests and dependencies name in the repository OLD
from NEW. Both are written owner/repo.`,
		Example: "  imjoy repo alias old-owner/tools new-owner/tools",
		Args:    twoArguments("OLD NEW"),
		RunE: func(_ *cobra.Command, args []string) error {
			return repositoryFailure(a, changeNames(a, func(n *repository.Names) error { return n.Rename(args[0], args[1]) }))
		},
	}
}

func twoArguments(names string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return usageError("write imjoy repo "+cmd.Name()+" "+names, "repo %s takes two arguments", cmd.Name())
		}
		return nil
	}
}

func changeNames(a *app.App, change func(*repository.Names) error) error {
	names, err := a.Names()
	if err != nil {
		return err
	}
	if err := change(names); err != nil {
		return err
	}
	return a.SaveNames(names)
}

func newRepoListCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the repositories with short names",
		Long: `List the repositories with short names, in the order they are looked up, and those
that moved. With --json the answer is one object: version 1, file, repositories (name,
address) and aliases (old, new).`,
		Example: "  imjoy repo list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return repositoryFailure(a, listNames(a, asJSON))
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func listNames(a *app.App, asJSON bool) error {
	names, err := a.Names()
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(a.Stdout, struct {
			Version int    `json:"version"`
			File    string `json:"file"`
			*repository.Names
		}{1, a.NamesFile(), names})
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, k := range names.Repositories {
		fmt.Fprintf(w, "%s\t%s\n", findings.Clean(k.Name), findings.Clean(k.Address))
	}
	for _, alias := range names.Aliases {
		fmt.Fprintf(w, "%s\tmoved to %s\n", findings.Clean(alias.Old), findings.Clean(alias.New))
	}
	return w.Flush()
}
