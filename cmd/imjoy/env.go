package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags"
)

func newEnvCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Show, make and remove the environments of Python plugins",
		Long: `Python plugins declare the packages they need. ` + "`imjoy run`" + ` makes an environment for
them when the Python it finds lacks something: with uv if that is installed, else with
venv and pip, and with conda when asked to (--python-env conda) or when packages can be
had from nowhere else. Equal declarations share one environment.

A plugin that may run may have its packages installed: only wheels are, which run no
code while they are installed. --allow-build allows others, --allow-run the commands
that a plugin wants to be run; at a terminal you are asked. Where packages come from is
your own setting: pip's configuration files and PIP_INDEX_URL count for both tools, uv's
own settings for uv.`,
		Example: `  imjoy env show segment.imjoy.html
  imjoy env list
  imjoy env rebuild segment.imjoy.html
  imjoy env export segment.imjoy.html --format dockerfile
  imjoy env prune --older 30d`,
	}
	for _, make := range []func(*app.App) *cobra.Command{newEnvListCommand, newEnvShowCommand, newEnvRebuildCommand, newEnvExportCommand, newEnvPruneCommand} {
		cmd.AddCommand(make(a))
	}
	return cmd
}

// pluginEnv are the flags of the subcommands that look at one plugin.
type pluginEnv struct {
	envFlags
	tag      string
	offline  bool
	allowNet []string
}

func (f *pluginEnv) add(cmd *cobra.Command) {
	f.envFlags.add(cmd.Flags())
	cmd.Flags().StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugin")
	offlineFlag(cmd.Flags(), &f.offline)
	cmd.Flags().StringSliceVar(&f.allowNet, "allow-net", nil, "`HOST[:PORT]` to fetch plugins from that may be private or speak http")
}

// with opens a plugin and hands it on.
func (f *pluginEnv) with(ctx context.Context, a *app.App, text string, do func(*app.Session, *tags.Plan) error) (err error) {
	environment, err := f.options(f.offline)
	if err != nil {
		return err
	}
	s, err := a.Session(app.RunOptions{RepositoryOptions: app.RepositoryOptions{What: "env", AllowNet: f.allowNet, Offline: f.offline}, Environment: environment})
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer s.Close(context.WithoutCancel(ctx))
	to, err := a.Address(text)
	if err != nil {
		return runFailure(a, err)
	}
	plan, err := s.Open(ctx, to, f.tag)
	if err == nil {
		err = do(s, plan)
	}
	var none *app.NoEnvironmentError
	if errors.As(err, &none) {
		return withExit(exitUsage, errors.New(findings.Clean(err.Error())), "it runs in any Python")
	}
	if err != nil {
		return runFailure(a, err)
	}
	return nil
}

func onePlugin(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("name a file, an installed plugin, or owner/repo:Name", "this takes one PLUGIN, not %d", len(args))
	}
	return nil
}

func newEnvRebuildCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	cmd := &cobra.Command{
		Use:   "rebuild PLUGIN",
		Short: "Make the environment of a plugin, anew if it is there",
		Long: `Make the environment of a plugin. One that is there is removed first, so packages are
resolved again, unless the plugin is installed: then they stay as its record has them.
The path of the environment's Python is printed.`,
		Example: `  imjoy env rebuild segment.imjoy.html
  imjoy env rebuild segment.imjoy.html --python 3.12 --as-of 2025-01-31`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				l, err := s.Rebuild(cmd.Context(), plan)
				if err == nil {
					err = printLine(a.Stdout, []byte(l.Interpreter()))
				}
				return err
			})
		},
	}
	f.add(cmd)
	return cmd
}
