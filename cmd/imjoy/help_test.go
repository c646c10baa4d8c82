package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// TestHelpShowsExamplesFirst looks at the help of every command: before anything but
// its one sentence there is a line to copy.
func TestHelpShowsExamplesFirst(t *testing.T) {
	m := newMachine(t)
	var visit func(cmd *cobra.Command, path []string)
	visit = func(cmd *cobra.Command, path []string) {
		code, stdout, stderr := m.imjoy(append(path, "--help")...)
		sentence, rest, _ := strings.Cut(stdout, "\n\n")
		if code != exitFine || stderr != "" || strings.Contains(sentence, "\n") || !strings.HasPrefix(rest, "Examples:\n  ") {
			t.Errorf("imjoy %s --help: exit %d, begins with %.200q, says %q", strings.Join(path, " "), code, stdout, stderr)
		}
		if !strings.Contains(rest, "\nUsage:\n  imjoy") {
			t.Errorf("imjoy %s --help does not say how to use it", strings.Join(path, " "))
		}
		for _, inner := range cmd.Commands() {
			if inner.IsAvailableCommand() {
				visit(inner, append(path[:len(path):len(path)], inner.Name()))
			}
		}
	}
	visit(newRoot(&app.App{Stdout: io.Discard, Stderr: io.Discard}), nil)
}

func TestWordsThatAreNoCommands(t *testing.T) {
	m := newMachine(t)
	for command, hint := range map[string]string{
		"pars":                 "did you mean `imjoy parse`?",
		"help pars":            "did you mean `imjoy parse`?",
		"help docs bild":       "did you mean `imjoy docs build`?",
		"docs bild":            "did you mean `imjoy docs build`?",
		"completion bsh":       "did you mean `imjoy completion bash`?",
		"parse --jsn x":        "did you mean --json?",
		"list everything":      "list takes no arguments",
		"version 2":            "version takes no arguments",
		"run --tmeout 3 x":     "did you mean --timeout?",
		"plan --tag a --all x": "--tag and --all do not go together",
	} {
		code, stdout, stderr := m.imjoy(strings.Fields(command)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, hint) {
			t.Errorf("imjoy %s: exit %d, said %q and %q", command, code, stdout, stderr)
		}
	}
}

func TestVersionIsAFlagToo(t *testing.T) {
	m := newMachine(t)
	_, want, _ := m.imjoy("version")
	if code, got, stderr := m.imjoy("--version"); code != exitFine || got != want {
		t.Errorf("exit %d: %q instead of %q, %s", code, got, want, stderr)
	}
}

// TestFlagsReadAlike: what a flag takes is named in capitals and not by a type of Go, and
// a flag of one name has one letter in all commands.
func TestFlagsReadAlike(t *testing.T) {
	letters := map[string]string{}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Hidden {
				return
			}
			var takes string
			if name := flag.Annotations[valueName]; name != nil {
				takes = name[0]
			}
			if first, _, _ := strings.Cut(takes, "["); flag.Value.Type() != "bool" && flag.NoOptDefVal == "" && strings.ToUpper(first[:1]) != first[:1] {
				t.Errorf("%s --%s takes a %q", cmd.CommandPath(), flag.Name, takes)
			}
			if letter, met := letters[flag.Name]; met && letter != flag.Shorthand {
				t.Errorf("%s --%s is -%s here and -%s elsewhere", cmd.CommandPath(), flag.Name, flag.Shorthand, letter)
			}
			letters[flag.Name] = flag.Shorthand
		})
		for _, inner := range cmd.Commands() {
			visit(inner)
		}
	}
	visit(newRoot(&app.App{Stdout: io.Discard, Stderr: io.Discard}))
}
