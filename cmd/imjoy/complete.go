package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
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

// flagWords are the words that flags take, in every command that has them.
var flagWords = map[string][]string{
	"js-engine":  {inGoja, inBrowser, inFrame},
	"py-engine":  {inCPython, inBrowser},
	"python-env": {pyenv.UV, pyenv.Venv, pyenv.Conda, app.NoEnvironment},
	"cdn":        {"auto", "npm", "off"},
	"progress":   {"auto", "plain", "none"},
	"type":       {"web-worker", "native-python", "window"},
	"lang":       {"javascript", "typescript", "python"},
	"format":     {testText, testJSON, testJUnit},
}

// completeFlags offers the words of flags, and the tags of the plugin file that the first
// word names, wherever a command has nothing of its own to offer.
func completeFlags(a *app.App, cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		completeFlags(a, c)
	}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if _, given := cmd.GetFlagCompletionFunc(flag.Name); given {
			return
		}
		offer := func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return tagsOfFile(a, args), cobra.ShellCompDirectiveNoFileComp
		}
		if words := flagWords[flag.Name]; words != nil {
			offer = cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
		} else if flag.Name != "tag" {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(flag.Name, offer); err != nil {
			panic(err) // the flag was just met
		}
	})
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
