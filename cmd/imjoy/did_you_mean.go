package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// onlyCommands marks a command that does nothing but hold others.
const onlyCommands = "only commands"

// answerWrongWords makes wrong words behind a command wrong use, with advice.
func answerWrongWords(a *app.App, cmd *cobra.Command) {
	for _, inner := range cmd.Commands() {
		answerWrongWords(a, inner)
	}
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Annotations = map[string]string{onlyCommands: ""}
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error { return unknownCommand(a, cmd, args) }
	}
	check := cmd.Args
	if check == nil {
		check = cobra.ArbitraryArgs
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := together(cmd); err != nil {
			return err
		}
		err := check(cmd, args)
		var told *failure
		switch {
		case err == nil || errors.As(err, &told):
			return err
		case cmd.HasSubCommands() && len(args) > 0:
			return unknownCommand(a, cmd, args)
		case check(cmd, args[:min(len(args), 1)]) != nil:
			return usageError("`"+cmd.CommandPath()+" --help` shows how to use it", "%s takes no arguments, not %q", cmd.Name(), args[0])
		}
		return usageError("`"+cmd.CommandPath()+" --help` shows what belongs there", "%w", err)
	}
}

// exclusiveGroups is where cobra notes which flags exclude each other.
const exclusiveGroups = "cobra_annotation_mutually_exclusive"

// together refuses flags that exclude each other; cobra would, too, but not as wrong use.
func together(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, group := range f.Annotations[exclusiveGroups] {
			set := slices.DeleteFunc(strings.Fields(group), func(name string) bool { return !cmd.Flags().Changed(name) })
			if len(set) > 1 {
				err = usageError("leave one of them away", "--%s do not go together", strings.Join(set, " and --"))
			}
		}
	})
	return err
}

// unknownCommand answers a first word that is no command, and the lack of one.
func unknownCommand(a *app.App, cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	word := args[0]
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "`" + cmd.CommandPath() + " --help` lists the commands"
	if near := source.Nearest(word, names); near != "" {
		hint = "did you mean `" + cmd.CommandPath() + " " + near + "`?"
	} else if _, err := os.Stat(absolute(a, word)); err == nil && !cmd.HasParent() {
		hint = "to run that file: imjoy run " + word
	}
	return usageError(hint, "there is no command `%s %s`", cmd.CommandPath(), word)
}

// helpOrWrongWord shows help, unless it was asked for a word that is no command: cobra
// looks at --help before it looks at words, and its help cannot fail, so that goes into
// wrong.
func helpOrWrongWord(a *app.App, help func(*cobra.Command, []string), wrong *error) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if _, is := cmd.Annotations[onlyCommands]; is && cmd.Flags().NArg() > 0 {
			*wrong = unknownCommand(a, cmd, cmd.Flags().Args())
			return
		}
		help(cmd, args)
	}
}

// flagProblem is what is wrong with a flag that cannot be read, without words of Go.
func flagProblem(err error) error {
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) {
		return err
	}
	why := errors.Unwrap(wrong)
	var number *strconv.NumError
	if errors.As(err, &number) {
		why = errors.New("must be a whole number")
	}
	return fmt.Errorf("--%s %s: %w", wrong.GetFlag().Name, wrong.GetValue(), why)
}

// flagHint is what to do about a flag that cannot be read.
func flagHint(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := source.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			return "did you mean --" + near + "?"
		}
	}
	return "run `" + cmd.CommandPath() + " --help` for its flags"
}
