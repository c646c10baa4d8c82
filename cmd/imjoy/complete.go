package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
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

// completePlugin offers installed plugins and files for the first word, and settings of
// a plugin's file and files for those behind it.
func completePlugin(a *app.App) cobra.CompletionFunc {
	first := completeInstalled(a, 1, cobra.ShellCompDirectiveDefault)
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return first(cmd, args, begun)
		}
		tag, _ := cmd.Flags().GetString("tag")
		if words := settingsOfFile(a, args[0], tag, begun); len(words) > 0 {
			return words, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	}
}

// settingsOfFile lists what of a plugin's form goes on as begun: NAME=, and behind that
// its options. For a word that is not begun there are files.
func settingsOfFile(a *app.App, name, tag, begun string) (words []string) {
	if begun == "" || name == "-" {
		return nil
	}
	text, err := readPluginText(a, name)
	if err != nil {
		return nil
	}
	doc, _ := pluginfile.Parse(name, text)
	plan, _ := tags.Resolve(doc, tag)
	if plan == nil {
		return nil
	}
	for _, key := range plan.UI.Keys() {
		field := plan.UI.Field(key)
		offered := []string{key + "="}
		if strings.HasPrefix(begun, key+"=") {
			offered = nil
			for _, option := range field.Options {
				offered = append(offered, key+"="+option.Label)
			}
		}
		for _, word := range offered {
			if strings.HasPrefix(word, begun) {
				words = append(words, cobra.CompletionWithDesc(word, field.Label))
			}
		}
	}
	return words
}
