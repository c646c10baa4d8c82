package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/tags"
)

func newEnvExportCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	var format, out string
	var declared bool
	cmd := &cobra.Command{
		Use:   "export PLUGIN",
		Short: "Write the environment of a plugin for other tools",
		Long: `Write the environment of a plugin for other tools:

  requirements   lines for pip install -r; with hashes when versions are known
  pyproject      a pyproject.toml with the packages as declared
  dockerfile     an image with Python, the packages and the cloned repositories
  conda          an environment.yml

Exact versions are written when the environment is there or the plugin is installed;
--declared writes what the plugin asks for. No line has anything for a shell to read.`,
		Example: `  imjoy env export segment.imjoy.html --format requirements > requirements.txt
  imjoy env export segment.imjoy.html --format conda -o environment.yml`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				if plan.Language != tags.Python {
					return &app.NoEnvironmentError{Plugin: plan.Name}
				}
				text, err := s.ExportEnvironment(cmd.Context(), plan, format, declared)
				if err != nil {
					return err
				}
				if out != "" {
					return os.WriteFile(absolute(a, out), []byte(text), 0o644)
				}
				_, err = fmt.Fprint(a.Stdout, text)
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&format, "format", "requirements", "`FORMAT`: "+strings.Join(pyenv.Formats, ", "))
	outputFlag(cmd.Flags(), &out, "write to a `FILE`")
	cmd.Flags().BoolVar(&declared, "declared", false, "what the plugin asks for, even if exact versions are known")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(pyenv.Formats, cobra.ShellCompDirectiveNoFileComp))
	cmd.PreRunE = func(*cobra.Command, []string) error {
		for _, known := range pyenv.Formats {
			if format == known {
				return nil
			}
		}
		return usageError("write one of "+strings.Join(pyenv.Formats, ", "), "--format %q is none", format)
	}
	return cmd
}
