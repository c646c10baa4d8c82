package main

import "github.com/spf13/cobra"

// completionExamples are the lines that make a shell complete: now, and from now on.
var completionExamples = map[string]string{
	"bash":       "  source <(imjoy completion bash)\n  imjoy completion bash > ~/.local/share/bash-completion/completions/imjoy",
	"zsh":        "  source <(imjoy completion zsh)\n  imjoy completion zsh > \"${fpath[1]}/_imjoy\"",
	"fish":       "  imjoy completion fish | source\n  imjoy completion fish > ~/.config/fish/completions/imjoy.fish",
	"powershell": "  imjoy completion powershell | Out-String | Invoke-Expression",
}

// addCompletion adds cobra's command, in the words of the others.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "Print what makes a shell complete commands, flags, plugins and tags"
		c.Long = "The first line of a shell's help makes it complete now, the second from now on. bash needs\nits package bash-completion for that."
		c.Example = "  source <(imjoy completion bash)\n  imjoy completion fish > ~/.config/fish/completions/imjoy.fish"
		for _, shell := range c.Commands() {
			shell.Short, shell.Long = "Print the script for "+shell.Name(), ""
			shell.Example = completionExamples[shell.Name()]
		}
	}
}
