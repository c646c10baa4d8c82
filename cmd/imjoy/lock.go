package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

type lockFlags struct {
	output, tag                     string
	check, upgrade, offline, asJSON bool
	allowNet                        []string
	install                         installFlags // for its Python environments
}

func newLockCommand(a *app.App) *cobra.Command {
	var f lockFlags
	cmd := &cobra.Command{
		Use:   "lock [FOLDER|FILE|ADDRESS... | WORKFLOW]",
		Short: "Pin everything that a project's plugins need in imjoy.lock",
		Long: `Write imjoy.lock: for every plugin of a project, and everything it depends on, the
address, commit, URL, size and SHA-256 of its file, of each attachment and of each
script it loads by URL, its tag, its permissions and what its Python packages were
resolved to. No plugin is installed or executed; resolving Python packages makes the
environment, which --python-env none leaves out. Commit the file; then

  imjoy install --frozen   installs exactly that, or fails
  imjoy run --frozen       runs exactly that, or fails

Without arguments the plugins of this folder are locked. FILE alone is locked in
FILE.lock (blur.lock beside blur.imjoy.html). An ADDRESS is added to the lock of this
folder and stays in it. A WORKFLOW has its own lock, WORKFLOW.lock beside it, with the
plugins of all its steps. What is locked keeps its commit until --upgrade.

With --json the answer is one object: version 1, file, changed, plugins (as in the
file) and drift: each with plugin, what, old and new.`,
		Example: `  imjoy lock
  imjoy lock owner/repo:Segment@GPU
  imjoy lock count-cells.workflow.yaml
  imjoy lock --check            # in continuous integration
  imjoy lock --upgrade`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, lockProject(cmd.Context(), a, args, f))
		},
	}
	flags := cmd.Flags()
	outputFlag(flags, &f.output, "the lock `FILE`")
	flags.StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugins")
	f.install.env.add(flags)
	addProgress(a, flags)
	flags.BoolVar(&f.check, "check", false, "write nothing; fail if the lock does not hold")
	flags.BoolVar(&f.upgrade, "upgrade", false, "resolve again what is locked already")
	offlineFlag(flags, &f.offline)
	jsonFlag(flags, &f.asJSON)
	flags.StringSliceVar(&f.allowNet, "allow-net", nil, "`HOST[:PORT]` that may be private, speak http, or be named by a manifest elsewhere")
	cmd.MarkFlagsMutuallyExclusive("check", "upgrade")
	return cmd
}

type lockReport struct {
	Version int           `json:"version"`
	File    string        `json:"file"`
	Changed bool          `json:"changed"`
	Plugins []lock.Plugin `json:"plugins"`
	Drift   []lock.Drift  `json:"drift"`
}

func lockProject(ctx context.Context, a *app.App, args []string, f lockFlags) error {
	f.install.offline = f.offline
	env, err := f.install.environment(a)
	if err != nil {
		return err
	}
	r, done, err := a.Repository(app.RepositoryOptions{What: "lock", AllowNet: f.allowNet, Offline: f.offline, Reload: f.upgrade, Environment: env})
	if err != nil {
		return err
	}
	defer done()
	ofWorkflow := slices.ContainsFunc(args, workflow.MayBe)
	find := lockRoots
	if ofWorkflow {
		find = lockOfWorkflow
	}
	file, roots, err := find(ctx, a, r, args, f)
	if err != nil {
		return err
	}
	old, err := a.ReadLock(file, false)
	if err != nil {
		var broken *lock.Error
		if !errors.As(err, &broken) || f.check {
			return err
		}
		fmt.Fprintf(a.Stderr, "imjoy: %s; it is made anew\n", findings.Clean(err.Error()))
	}
	shown := shortPath(a.Dir, absolute(a, file))
	if old == nil {
		if f.check {
			return withExit(exitMissing, fmt.Errorf("there is no %s", shown), noLockHint(a, args))
		}
		old = &repository.Lock{File: &lock.File{}}
	}
	known := old.File
	if ofWorkflow {
		known = unasked(known) // what no step names any more goes
	}
	made, notes, err := r.LockProject(ctx, repository.ProjectOptions{
		Dir: filepath.Dir(absolute(a, file)), Roots: roots, Tag: f.tag, Old: known, Fresh: f.upgrade, Check: f.check, AskedFor: a.AskedFor,
	})
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintf(a.Stderr, "imjoy: note: %s\n", findings.Clean(note))
	}
	return finishLock(a, file, shown, lockReport{
		Version: 1, File: shown, Plugins: append([]lock.Plugin{}, made.Plugins...), Drift: append([]lock.Drift{}, lock.Compare(old.File, made)...),
	}, made, f)
}

// finishLock writes the lock, or tells how it drifted.
func finishLock(a *app.App, file, shown string, report lockReport, made *lock.File, f lockFlags) error {
	report.Changed = len(report.Drift) > 0
	if !f.check {
		if err := a.WriteLock(file, made); err != nil {
			return err
		}
	}
	if f.asJSON {
		if err := writeJSON(a.Stdout, report); err != nil {
			return err
		}
	} else {
		for _, drift := range report.Drift {
			if _, err := fmt.Fprintln(a.Stdout, findings.Clean(lockChange(drift, f.check))); err != nil {
				return err
			}
		}
		fmt.Fprintf(a.Stderr, "%s: %s\n", findings.Clean(shown), counted(len(made.Plugins), "plugin"))
	}
	if f.check && report.Changed {
		return withExit(exitRefused, fmt.Errorf("%s does not hold", shown), "read what changed, then run `imjoy lock`")
	}
	return nil
}

// lockChange says what a new lock changes, or where the old one does not hold.
func lockChange(d lock.Drift, check bool) string {
	switch {
	case check:
		return d.String()
	case d.What == "plugin" && d.Old == "":
		return "added " + d.Plugin + " from " + d.New
	case d.What == "plugin":
		return "removed " + d.Plugin
	}
	return fmt.Sprintf("changed %s: %s from %s to %s", d.Plugin, d.What, dash(d.Old), dash(d.New))
}

// lockRoots tells what is locked, and in which file.
func lockRoots(ctx context.Context, a *app.App, r *repository.Repository, args []string, f lockFlags) (file string, roots []address.Address, err error) {
	file = filepath.Join(a.Dir, lock.Name)
	for i, text := range args {
		to, err := a.Address(text)
		if err != nil {
			return "", nil, err
		}
		if to.Kind == address.Path && i == 0 {
			file = lockBeside(a, to)
		}
		some, err := r.Within(ctx, to)
		if err != nil {
			return "", nil, err
		}
		roots = append(roots, some...)
	}
	// Without an address, and with one that is added to it, the folder is the project.
	if len(args) == 0 || roots[0].Kind != address.Path {
		own, err := r.Within(ctx, address.Address{Kind: address.Path, Path: "."})
		var none *repository.NotFoundError
		if err != nil && !errors.As(err, &none) && !errors.Is(err, fs.ErrNotExist) {
			return "", nil, err
		}
		if err == nil {
			roots = append(own, roots...)
		}
	}
	if f.output != "" {
		file = absolute(a, f.output)
	}
	if _, err := os.Stat(file); len(roots) == 0 && err != nil {
		return "", nil, usageError("name a folder of plugins, a file, or an address", "there is nothing to lock here")
	}
	return file, roots, nil
}

// lockOfWorkflow tells which plugins a workflow runs, and where their lock lies.
func lockOfWorkflow(_ context.Context, a *app.App, r *repository.Repository, args []string, f lockFlags) (file string, roots []address.Address, err error) {
	switch {
	case len(args) > 1:
		return "", nil, usageError("lock them one after the other", "a workflow has a lock of its own")
	case f.tag != "":
		return "", nil, usageError("write it into the step of the workflow", "--tag is for plugins, not for a workflow")
	}
	w, found, err := a.ReadWorkflow(args[0])
	if err != nil {
		return "", nil, err
	}
	if source.Worst(found) == source.Error {
		return "", nil, workflowFailure(a, &app.WorkflowError{Title: w.Title(), Diagnostics: found})
	}
	if file = absolute(a, f.output); f.output == "" {
		file = app.OwnLockFile(absolute(a, args[0]))
	}
	roots, err = a.PluginsOf(w, filepath.Dir(args[0]), r)
	return file, roots, err
}

// unasked is a lock that nobody asked anything of.
func unasked(f *lock.File) *lock.File {
	out := &lock.File{Plugins: slices.Clone(f.Plugins)}
	for i := range out.Plugins {
		out.Plugins[i].Requested = false
	}
	return out
}

// lockBeside is the lock file of a folder, or of a plugin file.
func lockBeside(a *app.App, to address.Address) string {
	path := absolute(a, to.Path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, lock.Name)
	}
	return app.OwnLockFile(path)
}

// noLockHint tells who has locks of single plugins how to name one.
func noLockHint(a *app.App, args []string) string {
	files, err := filepath.Glob(filepath.Join(a.Dir, "*.lock"))
	for _, file := range files {
		plugin := strings.TrimSuffix(file, ".lock") + address.PluginSuffix
		if err == nil && len(args) == 0 && fileThere(plugin) {
			return findings.Clean("for " + filepath.Base(file) + " it is `imjoy lock --check " + filepath.Base(plugin) + "`")
		}
	}
	return "make one with `imjoy lock`"
}
