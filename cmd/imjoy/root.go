package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// command is a command by its name, made in the file of that name.
type command struct {
	name string
	make func(*app.App) *cobra.Command
}

// groups are the commands in the order help shows them.
var groups = []struct {
	title    string
	commands []command
}{
	{"Run plugins", []command{
		{"run", newRunCommand}, {"test", newTestCommand}, {"serve", newServeCommand}, {"ps", newPsCommand}, {"stop", newStopCommand},
	}},
	{"Write plugins", []command{
		{"new", newNewCommand}, {"lint", newLintCommand}, {"fmt", newFmtCommand}, {"explain", newExplainCommand},
		{"parse", newParseCommand}, {"plan", newPlanCommand}, {"validate", newValidateCommand},
	}},
	{"Install plugins", []command{
		{"install", newInstallCommand}, {"upgrade", newUpgradeCommand}, {"rollback", newRollbackCommand}, {"uninstall", newUninstallCommand},
		{"list", newListCommand}, {"info", newInfoCommand}, {"outdated", newOutdatedCommand}, {"verify", newVerifyCommand},
		{"search", newSearchCommand}, {"repo", newRepoCommand}, {"lock", newLockCommand},
	}},
	{"Publish plugins", []command{
		{"docs", newDocsCommand}, {"manifest", newManifestCommand}, {"freeze", newFreezeCommand}, {"schema", newSchemaCommand},
	}},
	{"Look after this machine", []command{
		{"doctor", newDoctorCommand}, {"env", newEnvCommand}, {"permissions", newPermissionsCommand}, {"cache", newCacheCommand}, {"version", newVersionCommand},
	}},
}

// run is the whole program: it parses args, runs one command and returns the exit
// code. It never calls os.Exit, so tests call it as the process does.
func run(ctx context.Context, a *app.App, args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(a.Stderr, "imjoy: internal error: %v\n%s", p, debug.Stack())
			fmt.Fprintln(a.Stderr, "This is a bug in imjoy. Please report it with the lines above.")
			code = exitInternal
		}
	}()
	ctx, code, done := lintAgain(ctx, a, args)
	if done {
		return code
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	defer interruptibleInput(ctx, a)()
	root := newRootFor(a, args)
	root.SetArgs(args)
	out := &helpWriter{to: a.Stdout}
	root.SetOut(out)
	var wrongWord error
	root.SetHelpFunc(helpOrWrongWord(a, root.HelpFunc(), &wrongWord))
	err := cmp.Or(root.ExecuteContext(ctx), wrongWord, out.err)
	if code := interruptCode(ctx); code != 0 && err != nil {
		return code // whatever it says, it failed because it was asked to stop
	}
	report(a, err)
	return exitCode(err)
}

// newRootFor makes the command that arguments name and no other, as making all of them
// takes longer than most need to answer; where the first word names none, it makes all.
func newRootFor(a *app.App, args []string) *cobra.Command {
	for _, group := range groups {
		for _, c := range group.commands {
			if len(args) > 0 && args[0] == c.name {
				return newRootOf(a, func(name string) bool { return name == c.name })
			}
		}
	}
	return newRoot(a)
}

// newRoot makes all commands.
func newRoot(a *app.App) *cobra.Command {
	root := newRootOf(a, func(string) bool { return true })
	completeFlags(a, root)
	return root
}

func newRootOf(a *app.App, wanted func(name string) bool) *cobra.Command {
	root := &cobra.Command{
		Use:           "imjoy",
		Short:         "Run, check, install and document single-file plugins",
		Version:       versionText(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(flagHint(cmd, err), "%w", flagProblem(err))
	})
	root.Example = `  imjoy new "Count Cells"
  imjoy run count-cells.imjoy.html
  imjoy lint plugins
  imjoy install owner/repo:Name`
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.SetVersionTemplate(versionLine())
	root.SetHelpCommand(newHelpCommand(a))
	root.AddCommand(newExitCodesTopic())
	cobra.EnableCommandSorting = false
	for _, group := range groups {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title})
		for _, c := range group.commands {
			if wanted(c.name) {
				command := c.make(a)
				refuseWorkflows(command)
				command.GroupID = group.title
				root.AddCommand(command)
			}
		}
	}
	last := groups[len(groups)-1].title
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
	root.InitDefaultHelpCmd()
	addCompletion(root)
	answerWrongWords(a, root)
	nameValues(root)
	return root
}

// report tells people on stderr what went wrong and what to do next.
func report(a *app.App, err error) {
	var f *failure
	if err == nil || errors.As(err, &f) && f.silent || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return
	}
	fmt.Fprintf(a.Stderr, "imjoy: %s\n", cleanLines(err.Error()))
	hint := ""
	var u *unreadFile
	switch {
	case f != nil && f.hint != "":
		hint = f.hint
	case errors.As(err, &u):
		hint = u.hint(a)
	}
	if hint != "" {
		fmt.Fprintf(a.Stderr, "  %s\n", cleanLines(hint))
	}
}
