package main

import (
	"io"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// noted stands for every program of an example: imjoy notes its words, each ended by NUL,
// and \001 behind them, in one write, as a line may call it twice at the same time.
const noted = `imjoy() { printf '%s\000' "$@" $'\001' >&2; }
jq() { :; }; curl() { :; }; cat() { :; }; grep() { :; }; eval "$LINE" > /dev/null < /dev/null`

// TestExamplesOfHelpAreUnderstood types every example of help: a shell can read it, the
// command and its flags exist, and the words behind them are such as it takes.
func TestExamplesOfHelpAreUnderstood(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the examples are typed into a shell: bash is needed")
	}
	commands := func() *cobra.Command { return newRoot(&app.App{Stdout: io.Discard, Stderr: io.Discard}) }
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Name() == "completion" {
			return // its lines are for other shells, too
		}
		own := false
		for line := range strings.Lines(cmd.Example) {
			line = strings.TrimSpace(line)
			for _, words := range typedWords(t, line) {
				used, rest, err := commands().Find(words)
				if err == nil {
					err = used.ParseFlags(rest)
				}
				if err == nil {
					err = used.ValidateArgs(used.Flags().Args())
				}
				if err == nil {
					err = used.ValidateFlagGroups()
				}
				if err != nil {
					t.Errorf("%s --help: %s: %v", cmd.CommandPath(), line, err)
				}
				own = own || strings.HasPrefix(used.CommandPath(), cmd.CommandPath())
			}
		}
		if cmd.IsAvailableCommand() && !own {
			t.Errorf("%s --help has no example of itself", cmd.CommandPath())
		}
		for _, inner := range cmd.Commands() {
			visit(inner)
		}
	}
	visit(commands())
}

// typedWords are the calls of imjoy that a shell makes of a line.
func typedWords(t *testing.T, line string) (calls [][]string) {
	t.Helper()
	cmd := exec.Command("bash", "-c", noted)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"LINE=" + strings.ReplaceAll(line, "< blur.imjoy.html", "")}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v: %s", line, err, &said)
		return nil
	}
	for call := range strings.SplitSeq(strings.TrimSuffix(said.String(), "\x00\x01\x00"), "\x00\x01\x00") {
		calls = append(calls, strings.Split(call, "\x00"))
	}
	return calls
}
