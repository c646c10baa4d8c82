package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newStopCommand(a *app.App) *cobra.Command {
	var all bool
	var tag string
	cmd := &cobra.Command{
		Use:   "stop NAME|FILE|PID... | --all",
		Short: "End plugins that live on in the background",
		Long: `End plugins that live on in the background (see ` + "`imjoy ps`" + `). A plugin's exit() is
called and may take three seconds; then its process and all it started are ended. A
plugin that a command uses right now ends too, and that command says so.

A name ends the plugin with all its tags. Different plugins can have one name: then none
of them ends, and the file or the process number says which one is meant.`,
		Example: `  imjoy stop "Segment Cells"
  imjoy stop ./segment.imjoy.html
  imjoy stop 4711
  imjoy stop --all`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			b, _ := a.Background() // completion has nobody to complain to
			list, _ := b.List()
			var names []string
			for _, r := range list {
				names = append(names, r.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return usageError("write either", "stop takes names or --all, not both")
			case !all && len(args) == 0:
				return usageError("`imjoy ps` lists them", "stop needs a plugin, by its name, file or process number, or --all")
			}
			return stop(cmd.Context(), a, args, tag, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "end all of them")
	cmd.Flags().StringVarP(&tag, "tag", "t", "", "only those that run with this `TAG`")
	return cmd
}

func stop(ctx context.Context, a *app.App, names []string, tag string, all bool) error {
	b, err := a.Background()
	if err != nil {
		return usageError("", "%w", err)
	}
	list, err := b.List()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(r engine.Running) bool { return tag != "" && r.Tag != tag })
	var failed []error
	if !all {
		var missing []string
		if list, missing, err = chosen(a, list, names); err != nil {
			return err
		}
		for _, name := range missing {
			failed = append(failed, fmt.Errorf("no plugin %q lives in the background", name))
		}
	}
	for _, r := range list {
		if err := b.Stop(ctx, r, engine.DefaultGrace); err != nil {
			failed = append(failed, err)
			continue
		}
		fmt.Fprintf(a.Stderr, "Stopped %s (process %d).\n", findings.Clean(r.Name), r.Pid)
	}
	if err := errors.Join(failed...); err != nil {
		return withExit(exitMissing, err, "`imjoy ps` lists them")
	}
	return nil
}

// chosen are the plugins that words name, each once, and the words that name none.
func chosen(a *app.App, list []engine.Running, words []string) (some []engine.Running, missing []string, err error) {
	taken := map[int]bool{}
	for _, word := range words {
		named := namedBy(a, list, word)
		if len(named) == 0 {
			missing = append(missing, word)
		}
		if err := oneDocument(word, named); err != nil {
			return nil, nil, err
		}
		for _, r := range named {
			if !taken[r.Pid] {
				taken[r.Pid] = true
				some = append(some, r)
			}
		}
	}
	return some, missing, nil
}

// namedBy are the plugins that a word names: by their name, else by their file or address,
// else by their process number.
func namedBy(a *app.App, list []engine.Running, word string) []engine.Running {
	file := word
	if !filepath.IsAbs(file) {
		file = filepath.Join(a.Dir, file)
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	pid, _ := strconv.Atoi(word)
	for _, is := range []func(engine.Running) bool{
		func(r engine.Running) bool { return r.Name == word },
		func(r engine.Running) bool { return r.Document == word || r.Document == file },
		func(r engine.Running) bool { return r.Pid == pid },
	} {
		var named []engine.Running
		for _, r := range list {
			if is(r) {
				named = append(named, r)
			}
		}
		if len(named) > 0 {
			return named
		}
	}
	return nil
}

// oneDocument refuses a word that names plugins which only have the name in common.
func oneDocument(word string, named []engine.Running) error {
	var hint strings.Builder
	different := false
	for _, r := range named {
		different = different || r.Document != named[0].Document
		fmt.Fprintf(&hint, "\n  imjoy stop %d   # %s", r.Pid, findings.Clean(r.Document))
	}
	if !different {
		return nil
	}
	return usageError("write one of"+hint.String(), "%d different plugins %q live in the background", len(named), word)
}
