package main

import (
	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// notForWorkflows are the commands that take plugins and no workflows, with what to do
// instead.
var notForWorkflows = map[string]string{
	"test":    "`imjoy lint` compares it with its plugins, and `imjoy test` tests each of those",
	"parse":   "`imjoy plan` shows its steps",
	"info":    "`imjoy plan` shows its steps",
	"fmt":     "`imjoy lint` says what is wrong with it",
	"freeze":  "freeze the plugins of its steps, and name the frozen files there",
	"install": "install the plugins of its steps: `imjoy plan` tells them",
}

// refuseWorkflows makes a command say so when it gets a workflow where it wants a plugin.
func refuseWorkflows(cmd *cobra.Command) {
	hint, refuses := notForWorkflows[cmd.Name()]
	if !refuses || cmd.RunE == nil {
		return
	}
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			if workflow.MayBe(arg) {
				return usageError(hint, "%s is a workflow by its name, and %s takes plugins", findings.Clean(arg), cmd.Name())
			}
		}
		return run(cmd, args)
	}
}
