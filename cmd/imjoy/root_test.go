package main

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// A command that is made alone is the one that is made with all the others.
func TestCommandsMadeAlone(t *testing.T) {
	a := &app.App{Stdout: io.Discard, Stderr: io.Discard}
	all := newRoot(a)
	for _, group := range groups {
		for _, c := range group.commands {
			among, rest, err := all.Find([]string{c.name})
			if err != nil || len(rest) > 0 || among.Name() != c.name {
				t.Errorf("%s: finds %s, %v", c.name, among.Name(), err)
				continue
			}
			root := newRootFor(a, []string{c.name, "x"})
			if alone, _, err := root.Find([]string{c.name}); err != nil || alone.CommandPath() != among.CommandPath() {
				t.Errorf("%s: alone it is %s, %v", c.name, alone.CommandPath(), err)
			} else if diff := cmp.Diff(among.UsageString(), alone.UsageString()); diff != "" {
				t.Errorf("%s (-among others +alone):\n%s", c.name, diff)
			}
			if extra := len(root.Commands()) - (len(all.Commands()) - numberOfCommands()); extra != 1 {
				t.Errorf("%s: %d commands are made", c.name, extra)
			}
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"help", "run"}, {"lnit"}, {"completion", "bash"}, {"__complete", "l"}} {
		if got, want := len(newRootFor(a, args).Commands()), len(all.Commands()); got != want {
			t.Errorf("%q: %d commands of %d are made", args, got, want)
		}
	}
}

func numberOfCommands() (n int) {
	for _, group := range groups {
		n += len(group.commands)
	}
	return n
}
