package main

import "github.com/spf13/cobra"

// newExitCodesTopic is `imjoy help exit-codes`: no command, only a page.
func newExitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes of all commands mean",
		Long: `Every command ends with one of these codes:

  0    fine
  1    findings, or the plugin failed
  2    wrong use: an unknown command, flag, tag or setting
  3    a bug in imjoy
  4    something is missing on this machine, or offline: a file, an installed plugin,
       Python or one of its modules, a browser; or a file cannot be read or written
  5    refused: a permission, a checksum, a lock, a document that is ambiguous
  70   the plugin's runtime broke: too many calls inside each other, a crash
  124  out of time
  130  interrupted by Ctrl-C
  137  out of memory, or killed
  143  asked to end (SIGTERM)`,
	}
}
