package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// helpTemplate shows examples first: most people look for the line to copy.
const helpTemplate = `{{.Short}}.
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{with .Long}}
{{. | trimTrailingWhitespaces}}
{{end}}{{if or .Runnable .HasSubCommands}}
{{.UsageString}}{{end}}`

// usageTemplate is how to call a command: its line, the commands below it, its flags.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .Groups}}{{$all := .Commands}}{{range $group := .Groups}}
{{.Title}}:{{range $all}}{{if and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{else if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableFlags}}
Flags:
{{flagUsages .Flags | trimTrailingWhitespaces}}
{{end}}{{if .HasHelpSubCommands}}
More to read:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad (print "imjoy help " .Name) 24}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableSubCommands}}
"{{.CommandPath}} COMMAND --help" tells more about a command.
{{end}}`

func init() { cobra.AddTemplateFunc("flagUsages", flagUsages) }

// helpWriter is where cobra writes help, which it takes for written whatever happens: the
// error is kept for the exit code.
type helpWriter struct {
	to  io.Writer
	err error
}

func (w *helpWriter) Write(text []byte) (int, error) {
	if w.err == nil {
		_, w.err = w.to.Write(text)
	}
	return len(text), nil
}

// newHelpCommand is cobra's, but a word that is no command is wrong use.
func newHelpCommand(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  imjoy help run\n  imjoy help docs build\n  imjoy help exit-codes",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) (names []string, _ cobra.ShellCompDirective) {
			if at, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, c := range at.Commands() {
					if (c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand()) && strings.HasPrefix(c.Name(), begun) {
						names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			at, rest, err := cmd.Root().Find(args)
			switch {
			case at != nil && at.HasSubCommands() && len(rest) > 0:
				return unknownCommand(a, at, rest)
			case err != nil:
				return err
			}
			at.InitDefaultHelpFlag()
			return at.Help()
		},
	}
}
