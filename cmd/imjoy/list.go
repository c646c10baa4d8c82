package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/store"
)

func newListCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the installed plugins",
		Long: `List the installed plugins: name, version, tag, type and where they come from.
Nothing is executed or fetched. The exit code is 1 when a record cannot be read.

With --json the answer is one object:

  version      1
  plugins      each with name, version, tag, type, description, requested (false for
               a mere dependency), address, origin, url, commit, size, sha256,
               installed, dependencies, permissions, assets (what its scripts load: url,
               kind, size, sha256), previous
  problems     records that cannot be read`,
		Example: `  imjoy list
  imjoy list --json | jq -r '.plugins[].name'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return repositoryFailure(a, list(a, asJSON))
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func list(a *app.App, asJSON bool) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "list", Offline: true})
	if err != nil {
		return err
	}
	defer done()
	records, bad, err := r.List()
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		err = writeJSON(a.Stdout, listReport(records, bad))
	case len(records) > 0:
		err = showRecords(a.Stdout, records)
	case len(bad) == 0:
		fmt.Fprintln(a.Stderr, "Nothing is installed. Try: imjoy install owner/repo:Name")
	}
	for _, problem := range bad {
		fmt.Fprintf(a.Stderr, "imjoy: %s\n", findings.Clean(problem.Error()))
	}
	if err == nil && len(bad) > 0 {
		return foundSomething()
	}
	return err
}

func showRecords(to io.Writer, records []*store.Record) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tVERSION\tTAG\tTYPE\tFROM")
	for _, r := range records {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", findings.Clean(r.Name), dash(r.Number), dash(r.Tag), dash(r.Type), findings.Clean(pinnedOrigin(r.Origin, r.Commit)))
	}
	return w.Flush()
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return findings.Clean(text)
}

type listJSON struct {
	Version  int          `json:"version"`
	Plugins  []recordJSON `json:"plugins"`
	Problems []string     `json:"problems"`
}

type recordJSON struct {
	Name         string        `json:"name"`
	Version      string        `json:"version"`
	Tag          string        `json:"tag"`
	Type         string        `json:"type"`
	Description  string        `json:"description"`
	Requested    bool          `json:"requested"`
	Address      string        `json:"address"`
	Origin       string        `json:"origin"`
	URL          string        `json:"url"`
	Commit       string        `json:"commit"`
	Size         int64         `json:"size"`
	SHA256       string        `json:"sha256"`
	Installed    string        `json:"installed"`
	Dependencies []pinJSON     `json:"dependencies"`
	Permissions  []string      `json:"permissions"`
	Assets       []assetJSON   `json:"assets"`
	Previous     *previousJSON `json:"previous"`
}

type pinJSON struct {
	Name   string `json:"name"`
	Origin string `json:"origin"`
	Tag    string `json:"tag"`
	SHA256 string `json:"sha256"`
}

type assetJSON struct {
	URL    string `json:"url"`
	Kind   string `json:"kind"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type previousJSON struct {
	Version   string `json:"version"`
	Tag       string `json:"tag"`
	Commit    string `json:"commit"`
	SHA256    string `json:"sha256"`
	Installed string `json:"installed"`
}

func listReport(records []*store.Record, bad []error) listJSON {
	report := listJSON{Version: 1, Plugins: []recordJSON{}, Problems: []string{}}
	for _, r := range records {
		report.Plugins = append(report.Plugins, recordOf(r))
	}
	for _, err := range bad {
		report.Problems = append(report.Problems, err.Error())
	}
	return report
}

func recordOf(r *store.Record) recordJSON {
	out := recordJSON{
		Name: r.Name, Version: r.Number, Tag: r.Tag, Type: r.Type, Description: r.Description, Requested: r.Requested,
		Address: r.Address, Origin: r.Origin, URL: r.URL, Commit: r.Commit, Size: r.Size, SHA256: r.SHA256, Installed: stamp(r.Installed),
		Dependencies: []pinJSON{}, Permissions: append([]string{}, r.Permissions...), Assets: []assetJSON{},
	}
	for _, asset := range r.Assets {
		out.Assets = append(out.Assets, assetJSON{asset.URL, asset.Kind, asset.Size, asset.SHA256})
	}
	for _, pin := range r.Dependencies {
		out.Dependencies = append(out.Dependencies, pinJSON{pin.Name, pin.Origin, pin.Tag, pin.SHA256})
	}
	if p := r.Previous; p != nil {
		out.Previous = &previousJSON{p.Number, p.Tag, p.Commit, p.SHA256, stamp(p.Installed)}
	}
	return out
}
