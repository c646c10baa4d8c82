package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
)

type outdatedFlags struct {
	asJSON, offline bool
	allowNet        []string
}

func newOutdatedCommand(a *app.App) *cobra.Command {
	var f outdatedFlags
	cmd := &cobra.Command{
		Use:   "outdated [NAME...]",
		Short: "List installed plugins whose source holds something newer",
		Long: `Ask where each installed plugin came from, and list those that hold other content now.
Nothing is installed. The exit code is 1 when something is outdated, 4 when a place
could not be asked.

With --json the answer is one object: version 1, and plugins, each with name, status
(current, outdated, unknown), installed and latest (version, commit, sha256; latest
is null when unknown), address, and error.`,
		Example: `  imjoy outdated
  imjoy outdated --json | jq -r '.plugins[] | select(.status == "outdated").name'`,
		ValidArgsFunction: completeInstalled(a, math.MaxInt, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, outdated(cmd.Context(), a, args, f))
		},
	}
	flags := cmd.Flags()
	addProgress(a, flags)
	jsonFlag(flags, &f.asJSON)
	offlineFlag(flags, &f.offline)
	allowNetFlag(flags, &f.allowNet)
	return cmd
}

type outdatedJSON struct {
	Version int             `json:"version"`
	Plugins []outdatedEntry `json:"plugins"`
}

type outdatedEntry struct {
	Name      string       `json:"name"`
	Status    string       `json:"status"`
	Installed contentJSON  `json:"installed"`
	Latest    *contentJSON `json:"latest"`
	Address   string       `json:"address"`
	Error     string       `json:"error"`
}

type contentJSON struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	SHA256  string `json:"sha256"`
}

func outdated(ctx context.Context, a *app.App, names []string, f outdatedFlags) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "outdated", AllowNet: f.allowNet, Offline: f.offline})
	if err != nil {
		return err
	}
	defer done()
	list, err := r.Outdated(ctx, names)
	if err != nil {
		return err
	}
	report := outdatedJSON{Version: 1, Plugins: []outdatedEntry{}}
	changed, unknown := 0, 0
	for _, o := range list {
		entry := outdatedOf(o)
		report.Plugins = append(report.Plugins, entry)
		switch entry.Status {
		case "outdated":
			changed++
		case "unknown":
			unknown++
			fmt.Fprintf(a.Stderr, "imjoy: %s: %s\n", dash(entry.Name), findings.Clean(entry.Error))
		}
	}
	if f.asJSON {
		err = writeJSON(a.Stdout, report)
	} else if changed > 0 {
		err = showOutdated(a.Stdout, report.Plugins)
	} else if unknown == 0 {
		fmt.Fprintf(a.Stderr, "imjoy: %s, nothing newer\n", counted(len(list), "plugin"))
	}
	switch {
	case err != nil:
		return err
	case unknown > 0:
		return withExit(exitMissing, fmt.Errorf("%s could not be asked for", counted(unknown, "plugin")), "")
	case changed > 0:
		return foundSomething()
	}
	return nil
}

func outdatedOf(o repository.Outdated) outdatedEntry {
	r := o.Record
	entry := outdatedEntry{Name: r.Name, Status: "current", Address: r.Address, Installed: contentJSON{r.Number, r.Commit, r.SHA256}}
	switch {
	case o.Err != nil:
		entry.Status, entry.Error = "unknown", o.Err.Error()
		return entry
	case o.Changed():
		entry.Status = "outdated"
	}
	entry.Latest = &contentJSON{o.Latest.Document.Config.Version, o.Latest.Commit, o.Latest.SHA256}
	return entry
}

func showOutdated(to io.Writer, list []outdatedEntry) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tINSTALLED\tLATEST\tFROM")
	for _, e := range list {
		if e.Status == "outdated" {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", findings.Clean(e.Name), state(e.Installed.Version, e.Installed.Commit, e.Installed.SHA256),
				state(e.Latest.Version, e.Latest.Commit, e.Latest.SHA256), findings.Clean(e.Address))
		}
	}
	return w.Flush()
}
