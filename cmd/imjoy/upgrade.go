package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

func newUpgradeCommand(a *app.App) *cobra.Command {
	var f installFlags
	cmd := &cobra.Command{
		Use:   "upgrade [NAME...]",
		Short: "Bring installed plugins to what their source holds now",
		Long: `Install plugins again from where they came, with what they depend on: what their
branch, URL or file holds now, with the tag they have. Without a NAME these are all
that a person asked for. A plugin that was installed at a commit stays there.

What a new version wants on top of the old one is shown and asked for. The version
in use stays until the new one is in place; ` + "`imjoy rollback`" + ` goes back to it. With
NAMEs the plugins are upgraded together, or with an error none of them. Without, a
plugin whose source or record is gone or refused is told and stays as it is, and the
others are upgraded together; the exit code is then 1, or 4 when all that failed is the network.

--dry-run shows what would change: the code as a diff of each block, permissions,
requirements and dependencies.

With --json the answer is one object:

  version      1
  dry_run      whether it was only tried
  plugins      as of ` + "`imjoy install --json`" + `, each with before (version, tag, commit, sha256,
               null for a new plugin) and changes: blocks (block, status, diff),
               permissions, packages, dialogs, requirements, dependencies, each with
               added and removed; null where nothing changes
  failed       plugins that stay as they are: name ("" where it cannot be read), error
  notes        what to know about how they were found`,
		Example: `  imjoy upgrade --dry-run
  imjoy upgrade Segment
  imjoy upgrade --yes`,
		ValidArgsFunction: completeInstalled(a, math.MaxInt, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, upgrade(cmd.Context(), a, args, f))
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "choose another `TAG` of the plugin; auto chooses by system and graphics card")
	f.env.add(flags)
	addProgress(a, flags)
	flags.BoolVarP(&f.yes, "yes", "y", false, "agree to what the plugins want")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would change, and keep nothing")
	jsonFlag(flags, &f.asJSON)
	offlineFlag(flags, &f.offline)
	flags.StringSliceVar(&f.allowNet, "allow-net", nil, "`HOST[:PORT]` that may be private, speak http, or be named by a manifest elsewhere")
	return cmd
}

func upgrade(ctx context.Context, a *app.App, names []string, f installFlags) error {
	env, err := f.environment(a)
	if err != nil {
		return err
	}
	r, done, err := a.Repository(app.RepositoryOptions{What: "upgrade " + strings.Join(names, " "), AllowNet: f.allowNet, Offline: f.offline, Reload: true, Environment: env})
	if err != nil {
		return err
	}
	defer done()
	list, bad, err := r.Upgrades(names)
	if err != nil {
		return err
	}
	if len(list)+len(bad) == 0 && !f.asJSON {
		fmt.Fprintln(a.Stderr, "Nothing is installed that you asked for; `imjoy list` shows what came along.")
	}
	answers := bufio.NewReader(a.Stdin)
	var left leftOut
	left.unusable(a, bad)
	o := repository.Options{
		Tag: f.tag, DryRun: f.dryRun,
		Consent: func(ctx context.Context, q repository.Question) error { return consent(ctx, a, answers, q, f) },
	}
	if f.tag == autoTag {
		o.Tag, o.ChooseTag = tagChooser(a, answers, f)
		o.ChooseAgain = true
	}
	if len(names) == 0 {
		o.PassOver = func(name string, err error) { left.tell(a, name, err) }
	}
	results, err := r.Upgrade(ctx, list, o)
	if err == nil {
		err = showUpgrade(ctx, a, r, results, &left, f)
	}
	if err != nil {
		return err
	}
	return left.failure(len(list) + left.records)
}

func showUpgrade(ctx context.Context, a *app.App, r *repository.Repository, results []*repository.Installed, left *leftOut, f installFlags) error {
	report := upgradeReport{Version: 1, DryRun: f.dryRun, Plugins: []upgradedEntry{}, Failed: left.entries(), Notes: []string{}}
	for _, result := range results {
		if f.asJSON {
			report.add(ctx, r, result)
		} else if err := showUpgraded(ctx, a, r, result, f.dryRun); err != nil {
			return err
		}
	}
	if f.asJSON {
		return writeJSON(a.Stdout, report)
	}
	return nil
}

// showUpgraded tells what happened; of a trial, what would change.
func showUpgraded(ctx context.Context, a *app.App, r *repository.Repository, result *repository.Installed, dryRun bool) error {
	if err := showInstalled(a, result, dryRun); err != nil || !dryRun {
		return err
	}
	for _, change := range result.Changes {
		if change.Before == nil || change.Status == repository.Unchanged {
			continue
		}
		if err := showDifference(a.Stdout, change, r.Difference(ctx, &change.Before.Version, change.Plugin)); err != nil {
			return err
		}
	}
	return nil
}

func showDifference(w io.Writer, change repository.Change, d *repository.Difference) error {
	var b strings.Builder
	line := func(mark string, list []string) {
		for _, text := range list {
			fmt.Fprintf(&b, "  %s %s\n", mark, findings.Clean(address.Redact(text)))
		}
	}
	both := func(what string, words repository.Words) {
		line(strings.TrimSpace("+ "+what), words.Added)
		line(strings.TrimSpace("- "+what), words.Removed)
	}
	before, now := change.Before, change.Plugin
	fmt.Fprintf(&b, "%s: %s -> %s\n", findings.Clean(now.Name), state(before.Number, before.Commit, before.SHA256), state(now.Document.Config.Version, now.Commit, now.SHA256))
	both("permission", repository.Words{Added: wants(d.Permissions.Added), Removed: wants(d.Permissions.Removed)})
	both("", d.Requirements)
	both("dependency", d.Dependencies)
	for _, block := range d.Blocks {
		fmt.Fprintf(&b, "  %s %s\n", block.Status, findings.Clean(block.Block))
		for _, text := range block.Diff {
			fmt.Fprintf(&b, "    %s\n", findings.Clean(text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// state is a version as people tell it from another: by its number and what pins it.
func state(number, commit, sum string) string {
	pin := fmt.Sprintf("sha256 %.10s", sum)
	if commit != "" {
		pin = fmt.Sprintf("%.10s", commit)
	}
	return findings.Clean(fmt.Sprintf("%s (%s)", dash(number), pin))
}

type upgradeReport struct {
	Version int             `json:"version"`
	DryRun  bool            `json:"dry_run"`
	Plugins []upgradedEntry `json:"plugins"`
	Failed  []failedEntry   `json:"failed"`
	Notes   []string        `json:"notes"`
}

type upgradedEntry struct {
	installedEntry
	Before  *previousJSON `json:"before"`
	Changes *changesJSON  `json:"changes"`
}

type changesJSON struct {
	Blocks       []blockJSON      `json:"blocks"`
	Permissions  repository.Words `json:"permissions"`
	Packages     repository.Words `json:"packages"`
	Dialogs      repository.Words `json:"dialogs"`
	Requirements repository.Words `json:"requirements"`
	Dependencies repository.Words `json:"dependencies"`
}

type blockJSON struct {
	Block  string   `json:"block"`
	Status string   `json:"status"`
	Diff   []string `json:"diff"`
}

func (u *upgradeReport) add(ctx context.Context, r *repository.Repository, result *repository.Installed) {
	plain := installedReport([]*repository.Installed{result}, u.DryRun)
	u.Notes = append(u.Notes, plain.Notes...)
	for i, change := range result.Changes {
		entry := upgradedEntry{installedEntry: plain.Plugins[i]}
		if b := change.Before; b != nil {
			entry.Before = &previousJSON{b.Number, b.Tag, b.Commit, b.SHA256, stamp(b.Installed)}
			if change.Status != repository.Unchanged {
				entry.Changes = changesOf(r.Difference(ctx, &b.Version, change.Plugin))
			}
		}
		u.Plugins = append(u.Plugins, entry)
	}
}

func changesOf(d *repository.Difference) *changesJSON {
	c := &changesJSON{
		Blocks: []blockJSON{}, Requirements: d.Requirements, Dependencies: d.Dependencies,
		Permissions: repository.Words{Added: permissions(d.Permissions.Added), Removed: permissions(d.Permissions.Removed)},
		Packages:    repository.Words{Added: d.Permissions.Added.Packages, Removed: d.Permissions.Removed.Packages},
		Dialogs:     repository.Words{Added: d.Permissions.Added.Dialogs, Removed: d.Permissions.Removed.Dialogs},
	}
	for _, b := range d.Blocks {
		c.Blocks = append(c.Blocks, blockJSON{b.Block, b.Status, append([]string{}, b.Diff...)})
	}
	return c
}

func permissions(sheet permission.Sheet) []string {
	list := []string{}
	for _, want := range sheet.Wants {
		list = append(list, want.Permission.String())
	}
	return list
}
