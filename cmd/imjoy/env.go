package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags"
)

func newEnvCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Show, make and remove the environments of Python plugins",
		Long: `Python plugins declare the packages they need. ` + "`imjoy run`" + ` makes an environment for
them when the Python it finds lacks something: with uv if that is installed, else with
venv and pip, and with conda when asked to (--python-env conda) or when packages can be
had from nowhere else. Equal declarations share one environment.

A plugin that may run may have its packages installed: only wheels are, which run no
code while they are installed. --allow-build allows others, --allow-run the commands
that a plugin wants to be run; at a terminal you are asked. Where packages come from is
your own setting: pip's configuration files and PIP_INDEX_URL count for both tools, uv's
own settings for uv.`,
		Example: `  imjoy env show segment.imjoy.html
  imjoy env list
  imjoy env rebuild segment.imjoy.html
  imjoy env export segment.imjoy.html --format dockerfile
  imjoy env prune --unused-for 30d`,
	}
	for _, make := range []func(*app.App) *cobra.Command{newEnvListCommand, newEnvShowCommand, newEnvRebuildCommand, newEnvExportCommand, newEnvPruneCommand} {
		cmd.AddCommand(make(a))
	}
	return cmd
}

type environmentJSON struct {
	Hash     string        `json:"hash"`
	Folder   string        `json:"folder"`
	Python   string        `json:"python"`
	Program  string        `json:"program"`
	Backend  string        `json:"backend"`
	Platform string        `json:"platform"`
	For      string        `json:"for"`
	Asked    []string      `json:"asked"`
	Packages []packageJSON `json:"packages"`
	Size     int64         `json:"size"`
	Made     string        `json:"made"`
	Used     string        `json:"used"`
	InUse    bool          `json:"in_use"`
}

type packageJSON struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	URL     string `json:"url,omitempty"`
}

func environmentReport(l *pyenv.Listed) *environmentJSON {
	if l == nil {
		return nil
	}
	e := &environmentJSON{
		Hash: l.Hash, Folder: l.Dir, Python: l.Python, Program: l.Interpreter(), Backend: l.Backend, Platform: l.Platform, For: l.For,
		Asked: l.Asked, Packages: []packageJSON{}, Size: l.Size, Made: stamp(l.Made), Used: stamp(l.Used), InUse: l.InUse,
	}
	for _, p := range l.Resolved.Packages {
		e.Packages = append(e.Packages, packageJSON{p.Name, p.Version, p.URL})
	}
	return e
}

func newEnvListCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the Python environments",
		Long: `List the Python environments, newest first.

With --json the answer is one object:

  version        1
  environments   each with hash, folder, python, program, backend, platform, for (the
                 plugin it was first made for), asked, packages, size, made, used,
                 in_use`,
		Example: `  imjoy env list
  imjoy env list --json | jq -r '.environments[].program'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return envList(a, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the answer as JSON")
	return cmd
}

func envList(a *app.App, asJSON bool) error {
	all, err := a.Environments(app.EnvironmentOptions{})
	if err != nil {
		return err
	}
	list, err := all.List()
	if err != nil {
		return err
	}
	if asJSON {
		report := struct {
			Version      int                `json:"version"`
			Environments []*environmentJSON `json:"environments"`
		}{1, []*environmentJSON{}}
		for i := range list {
			report.Environments = append(report.Environments, environmentReport(&list[i]))
		}
		return writeJSON(a.Stdout, report)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.Stderr, "There are no environments. `imjoy run` makes one when a plugin needs it.")
		return nil
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "HASH\tPYTHON\tWITH\tPACKAGES\tSIZE\tUSED\tFOR")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", l.Hash[:12], l.Python, l.Backend, len(l.Resolved.Packages)+len(l.Resolved.Conda), sizeText(l.Size), l.Used.Local().Format(time.DateOnly), dash(l.For))
	}
	return w.Flush()
}

func sizeText(size int64) string { return fmt.Sprintf("%.1f MB", float64(size)/1e6) }

// pluginEnv are the flags of the subcommands that look at one plugin.
type pluginEnv struct {
	envFlags
	tag      string
	offline  bool
	allowNet []string
}

func (f *pluginEnv) add(cmd *cobra.Command) {
	f.envFlags.add(cmd.Flags())
	cmd.Flags().StringVarP(&f.tag, "tag", "t", "", "choose one of the plugin's tags")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "do not use the network")
	cmd.Flags().StringSliceVar(&f.allowNet, "allow-net", nil, "hosts to fetch plugins from that may be private or speak http (`HOST[:PORT]`)")
}

// with opens a plugin and hands it on.
func (f *pluginEnv) with(ctx context.Context, a *app.App, text string, do func(*app.Session, *tags.Plan) error) (err error) {
	environment, err := f.options(f.offline)
	if err != nil {
		return err
	}
	s, err := a.Session(app.RunOptions{RepositoryOptions: app.RepositoryOptions{What: "env", AllowNet: f.allowNet, Offline: f.offline}, Environment: environment})
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer s.Close(context.WithoutCancel(ctx))
	to, err := a.Address(text)
	if err != nil {
		return runFailure(a, err)
	}
	plan, err := s.Open(ctx, to, f.tag)
	if err == nil {
		err = do(s, plan)
	}
	var none *app.NoEnvironmentError
	if errors.As(err, &none) {
		return withExit(exitUsage, errors.New(diag.Clean(err.Error())), "it runs in any Python")
	}
	if err != nil {
		return runFailure(a, err)
	}
	return nil
}

func onePlugin(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("name a file, an installed plugin, or owner/repo:Name", "this takes one PLUGIN, not %d", len(args))
	}
	return nil
}

func newEnvShowCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show PLUGIN|HASH",
		Short: "Show the environment of a plugin: what it needs, and what it got",
		Long: `Show the environment of a plugin: the Python and the tool it is made with, the packages
asked for, and, if it is there, what they were resolved to. HASH is the beginning of a
name that ` + "`imjoy env list`" + ` shows. Nothing is made.

The exit code is 4 when the environment cannot be made on this machine.

With --json the answer is one object:

  version       1
  plugin, tag   of a PLUGIN
  needed        whether it declares anything
  hash, python, backend   of what is, or would be, made
  asked         the packages, as pip and conda read them
  environment   as in env list; null when it is not there`,
		Example: `  imjoy env show segment.imjoy.html --tag GPU
  imjoy env show 3f2a91`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			if l := environmentByHash(a, args[0]); l != nil {
				return showEnvironment(a, &app.PluginEnvironment{Needed: true, Made: l}, asJSON)
			}
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				e, err := s.EnvironmentOf(cmd.Context(), plan)
				if err != nil {
					return err
				}
				if err := showEnvironment(a, e, asJSON); err != nil {
					return err
				}
				return e.Unfit
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the answer as JSON")
	return cmd
}

// environmentByHash is nil for what is no name of an environment.
func environmentByHash(a *app.App, name string) *pyenv.Listed {
	if len(name) < 4 || strings.Trim(name, "0123456789abcdef") != "" {
		return nil
	}
	all, err := a.Environments(app.EnvironmentOptions{})
	if err != nil {
		return nil
	}
	l, _ := all.Get(name)
	return l
}

type shownJSON struct {
	Version     int              `json:"version"`
	Plugin      string           `json:"plugin,omitempty"`
	Tag         string           `json:"tag,omitempty"`
	Needed      bool             `json:"needed"`
	Hash        string           `json:"hash,omitempty"`
	Python      string           `json:"python,omitempty"`
	Backend     string           `json:"backend,omitempty"`
	Asked       []string         `json:"asked"`
	Problem     string           `json:"problem,omitempty"`
	Environment *environmentJSON `json:"environment"`
}

func showEnvironment(a *app.App, e *app.PluginEnvironment, asJSON bool) error {
	out := shownJSON{Version: 1, Needed: e.Needed, Asked: []string{}, Environment: environmentReport(e.Made)}
	if e.Plan != nil {
		out.Plugin, out.Tag = e.Plan.Name, e.Plan.Tag
	}
	if s := e.Spec; s != nil {
		out.Hash, out.Python, out.Backend = s.Hash, strings.TrimLeft(s.Python.Version, "="), s.Backend
		for _, p := range s.Conda {
			out.Asked = append(out.Asked, "conda: "+p.CondaSpec())
		}
		for _, p := range s.Pip {
			out.Asked = append(out.Asked, p.String())
		}
	}
	if l := e.Made; l != nil {
		out.Hash, out.Python, out.Backend, out.Asked = l.Hash, l.Python, l.Backend, l.Asked
	}
	if e.Unfit != nil {
		out.Problem = e.Unfit.Error()
	}
	if asJSON {
		return writeJSON(a.Stdout, out)
	}
	_, err := fmt.Fprint(a.Stdout, environmentText(e, out))
	return err
}

func environmentText(e *app.PluginEnvironment, out shownJSON) string {
	var s planSheet
	if out.Plugin != "" {
		fmt.Fprintf(&s, "%s\n", diag.Clean(strings.TrimSpace(out.Plugin+" "+out.Tag)))
	}
	if !e.Needed {
		s.row("needs", "no packages: it runs in any Python from "+pyenv.Oldest+" on")
		return s.String()
	}
	s.row("hash", out.Hash)
	s.row("Python", out.Python)
	s.row("made with", out.Backend)
	s.rows("asks for", out.Asked)
	if e.Spec != nil {
		var left []string
		for _, l := range e.Spec.Left {
			left = append(left, l.Why)
		}
		s.rows("left out", left)
		if e.Made == nil {
			s.row("there", "no: the first run makes it, if the Python lacks something")
		}
	}
	if l := e.Made; l != nil {
		s.row("folder", l.Dir)
		s.row("program", l.Interpreter())
		s.row("size", sizeText(l.Size))
		s.row("made", stamp(l.Made))
		var got []string
		for _, p := range l.Resolved.Packages {
			got = append(got, strings.TrimSpace(p.Name+" "+p.Version+p.URL))
		}
		s.rows("packages", append(got, l.Resolved.Conda...))
		for _, c := range l.Resolved.Repos {
			s.row("clone", c.Dir+" at "+c.Commit)
		}
	}
	return s.String()
}

func newEnvRebuildCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	cmd := &cobra.Command{
		Use:   "rebuild PLUGIN",
		Short: "Make the environment of a plugin, anew if it is there",
		Long: `Make the environment of a plugin. One that is there is removed first, so packages are
resolved again, unless the plugin is installed: then they stay as its record has them.
The path of the environment's Python is printed.`,
		Example: `  imjoy env rebuild segment.imjoy.html
  imjoy env rebuild segment.imjoy.html --python 3.12 --as-of 2025-01-31`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				l, err := s.Rebuild(cmd.Context(), plan)
				if err == nil {
					err = printLine(a.Stdout, []byte(l.Interpreter()))
				}
				return err
			})
		},
	}
	f.add(cmd)
	return cmd
}

func newEnvExportCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	var format, out string
	var declared bool
	cmd := &cobra.Command{
		Use:   "export PLUGIN",
		Short: "Write the environment of a plugin for other tools",
		Long: `Write the environment of a plugin for other tools:

  requirements   lines for pip install -r; with hashes when versions are known
  pyproject      a pyproject.toml with the packages as declared
  dockerfile     an image with Python, the packages and the cloned repositories
  conda          an environment.yml

Exact versions are written when the environment is there or the plugin is installed;
--declared writes what the plugin asks for. No line has anything for a shell to read.`,
		Example: `  imjoy env export segment.imjoy.html --format requirements > requirements.txt
  imjoy env export segment.imjoy.html --format conda -o environment.yml`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				if plan.Language != tags.Python {
					return &app.NoEnvironmentError{Plugin: plan.Name}
				}
				text, err := s.ExportEnvironment(cmd.Context(), plan, format, declared)
				if err != nil {
					return err
				}
				if out != "" {
					return os.WriteFile(absolute(a, out), []byte(text), 0o644)
				}
				_, err = fmt.Fprint(a.Stdout, text)
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&format, "format", "requirements", "`FORMAT`: "+strings.Join(pyenv.Formats, ", "))
	outputFlag(cmd.Flags(), &out, "write to a `FILE`")
	cmd.Flags().BoolVar(&declared, "declared", false, "what the plugin asks for, even if exact versions are known")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(pyenv.Formats, cobra.ShellCompDirectiveNoFileComp))
	cmd.PreRunE = func(*cobra.Command, []string) error {
		for _, known := range pyenv.Formats {
			if format == known {
				return nil
			}
		}
		return usageError("write one of "+strings.Join(pyenv.Formats, ", "), "--format %q is none", format)
	}
	return cmd
}

func newEnvPruneCommand(a *app.App) *cobra.Command {
	var all, dryRun, asJSON bool
	unused := "30d"
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove environments that nobody uses",
		Long: `Remove the Python environments that no plugin ran in for a while, and what builds left
behind that never ended. Environments that installed plugins are locked to stay, and
so do those in use. What is removed is made again when it is needed.

With --json the answer is one object: version, dry_run, removed, in_use (both as in env
list), unfinished.`,
		Example: `  imjoy env prune --unused-for 30d --dry-run
  imjoy env prune --all`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			age, err := days(unused)
			if err != nil {
				return err
			}
			result, err := a.PruneEnvironments(a.Now().Add(-age), all, dryRun)
			if err != nil {
				return repositoryFailure(a, err)
			}
			return showPruned(a, result, dryRun, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&unused, "unused-for", unused, "not used for `TIME`: 30d, 12h")
	flags.BoolVar(&all, "all", false, "remove all that are not in use")
	flags.BoolVar(&dryRun, "dry-run", false, "show what would be removed")
	flags.BoolVar(&asJSON, "json", false, "write the answer as JSON")
	return cmd
}

// days reads a duration that may be in days.
func days(text string) (time.Duration, error) {
	if number, ok := strings.CutSuffix(text, "d"); ok {
		text = number + "h"
		d, err := time.ParseDuration(text)
		if err == nil && d >= 0 {
			return 24 * d, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, usageError("write --unused-for 30d or 12h", "%q is no time", text)
}

func showPruned(a *app.App, p *app.Pruned, dryRun, asJSON bool) error {
	if asJSON {
		report := struct {
			Version    int                `json:"version"`
			DryRun     bool               `json:"dry_run"`
			Removed    []*environmentJSON `json:"removed"`
			InUse      []*environmentJSON `json:"in_use"`
			Unfinished int                `json:"unfinished"`
		}{1, dryRun, []*environmentJSON{}, []*environmentJSON{}, p.Unfinished}
		for i := range p.Removed {
			report.Removed = append(report.Removed, environmentReport(&p.Removed[i]))
		}
		for i := range p.InUse {
			report.InUse = append(report.InUse, environmentReport(&p.InUse[i]))
		}
		return writeJSON(a.Stdout, report)
	}
	word, size := "removed", int64(0)
	if dryRun {
		word = "would remove"
	}
	for _, l := range p.Removed {
		size += l.Size
		fmt.Fprintf(a.Stdout, "%s %s  %s  %s\n", word, l.Hash[:12], sizeText(l.Size), dash(l.For))
	}
	for _, l := range p.InUse {
		fmt.Fprintf(a.Stderr, "imjoy: %s is in use and stays\n", l.Hash[:12])
	}
	if p.Unfinished > 0 {
		fmt.Fprintf(a.Stderr, "imjoy: removed %d that were never finished\n", p.Unfinished)
	}
	if len(p.Removed) == 0 && p.Unfinished == 0 {
		fmt.Fprintln(a.Stderr, "There is nothing to remove.")
	} else {
		fmt.Fprintf(a.Stderr, "imjoy: %s %d environments, %s\n", word, len(p.Removed), sizeText(size))
	}
	return nil
}
