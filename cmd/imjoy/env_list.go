package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
)

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
	jsonFlag(cmd.Flags(), &asJSON)
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
