package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
)

// schemaAbout says in a line what each published schema is of.
var schemaAbout = map[string]string{
	"config":   "the <config> block of a plugin",
	"manifest": "manifest.imjoy.json, the list of a repository's plugins",
	"lock":     "imjoy.lock, what a project's plugins were resolved to",
	"lint":     "what `imjoy lint --format json` writes",
	"parse":    "what `imjoy parse --json` writes, for each file",
	"workflow": "NAME.workflow.yaml, plugins that run one after the other",
}

func newSchemaCommand(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schema of a config, a manifest, a workflow, or of imjoy's own output",
		Long: `Print a JSON Schema (draft 7): config, manifest, lock, workflow, lint or parse. Without a
NAME they are listed. Editors use them to complete and check what is typed; imjoy lint
uses the one of the config itself.`,
		Example: `  imjoy schema
  imjoy schema config > imjoy-config.schema.json
  imjoy schema config | jq '.properties | keys'`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: schema.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, name := range schema.Names() {
					if _, err := fmt.Fprintf(a.Stdout, "%-10s %s\n", name, schemaAbout[name]); err != nil {
						return err
					}
				}
				return nil
			}
			text := schema.Published(args[0])
			if text == nil {
				return noSchema(args[0])
			}
			_, err := a.Stdout.Write(text)
			return err
		},
	}
}

func noSchema(name string) error {
	hint := "the schemas are " + strings.Join(schema.Names(), ", ")
	if near := source.Nearest(name, schema.Names()); near != "" {
		hint = "did you mean `imjoy schema " + near + "`?"
	}
	return usageError(hint, "there is no schema %q", name)
}
