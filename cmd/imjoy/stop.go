package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newStopCommand(a *app.App) *cobra.Command {
	var all bool
	var tag string
	cmd := &cobra.Command{
		Use:   "stop NAME... | --all",
		Short: "End plugins that live on in the background",
		Long: `End plugins that live on in the background (see ` + "`imjoy ps`" + `). A plugin's exit() is
called and may take three seconds; then its process and all it started are ended. A
plugin that a command uses right now ends too, and that command says so.`,
		Example: `  imjoy stop "Segment Cells"
  imjoy stop --all`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			b, _ := a.Background() // completion has nobody to complain to
			list, _ := b.List()
			var names []string
			for _, r := range list {
				names = append(names, r.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return usageError("write either", "stop takes names or --all, not both")
			case !all && len(args) == 0:
				return usageError("imjoy ps lists them", "stop needs the name of a plugin, or --all")
			}
			return stop(cmd.Context(), a, args, tag, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "end all of them")
	cmd.Flags().StringVar(&tag, "tag", "", "only those that run with this tag")
	return cmd
}

func stop(ctx context.Context, a *app.App, names []string, tag string, all bool) error {
	b, err := a.Background()
	if err != nil {
		return usageError("", "%w", err)
	}
	list, err := b.List()
	if err != nil {
		return err
	}
	found := map[string]bool{}
	var failed []error
	for _, r := range list {
		if !all && !contains(names, r.Name) || tag != "" && r.Tag != tag {
			continue
		}
		found[r.Name] = true
		if err := b.Stop(ctx, r, engine.DefaultGrace); err != nil {
			failed = append(failed, err)
			continue
		}
		fmt.Fprintf(a.Stderr, "Stopped %s (process %d).\n", findings.Clean(r.Name), r.Pid)
	}
	for _, name := range names {
		if !found[name] {
			failed = append(failed, fmt.Errorf("no plugin %q lives in the background", name))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return withExit(exitMissing, err, "imjoy ps lists them")
	}
	return nil
}

func contains(list []string, name string) bool {
	for _, other := range list {
		if other == name {
			return true
		}
	}
	return false
}
