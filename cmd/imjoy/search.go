package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
)

type searchFlags struct {
	asJSON, update bool
	allowNet       []string
}

func newSearchCommand(a *app.App) *cobra.Command {
	var f searchFlags
	cmd := &cobra.Command{
		Use:   "search [WORD...]",
		Short: "Search the repositories with short names",
		Long: `Search the lists of the repositories that ` + "`imjoy repo list`" + ` shows, as they were when
they were last fetched; --update fetches them first. Every WORD must occur in a
plugin's name, labels or description; names count most. Without a WORD everything is
listed. The exit code is 1 when nothing is found.

With --json the answer is one object: version 1, plugins (name, repository, address,
type, plugin_version, description, tags, labels), and problems (repository, error).`,
		Example: `  imjoy search --update
  imjoy search segmentation cells
  imjoy search gpu --json | jq -r '.plugins[].address'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, search(cmd.Context(), a, strings.Fields(strings.Join(args, " ")), f))
		},
	}
	flags := cmd.Flags()
	addProgress(a, flags)
	flags.BoolVar(&f.asJSON, "json", false, "write the answer as JSON")
	flags.BoolVar(&f.update, "update", false, "fetch the lists first")
	flags.StringSliceVar(&f.allowNet, "allow-net", nil, "hosts that may be private or speak http (`HOST[:PORT]`)")
	return cmd
}

type searchJSON struct {
	Version  int                 `json:"version"`
	Plugins  []foundJSON         `json:"plugins"`
	Problems []searchProblemJSON `json:"problems"`
}

type foundJSON struct {
	Name        string   `json:"name"`
	Repository  string   `json:"repository"`
	Address     string   `json:"address"`
	Type        string   `json:"type"`
	Version     string   `json:"plugin_version"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	Labels      []string `json:"labels"`
}

type searchProblemJSON struct {
	Repository string `json:"repository"`
	Error      string `json:"error"`
}

func search(ctx context.Context, a *app.App, words []string, f searchFlags) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "search", AllowNet: f.allowNet, Offline: !f.update})
	if err != nil {
		return err
	}
	defer done()
	found, suggestion, left, err := r.Search(ctx, words)
	if err != nil {
		return err
	}
	report := searchJSON{Version: 1, Plugins: []foundJSON{}, Problems: []searchProblemJSON{}}
	for _, p := range found {
		report.Plugins = append(report.Plugins, foundJSON{
			p.Name, p.Repository, p.Address, p.Type, p.Version, p.Description, append([]string{}, p.Tags...), append([]string{}, p.Labels...),
		})
	}
	for _, l := range left {
		report.Problems = append(report.Problems, searchProblemJSON{l.Repository, l.Err.Error()})
		fmt.Fprintf(a.Stderr, "imjoy: %s\n", diag.Clean(unsearched(l)))
	}
	if f.asJSON {
		err = writeJSON(a.Stdout, report)
	} else if len(found) > 0 {
		err = showFound(a.Stdout, report.Plugins)
	}
	if err != nil || len(found) > 0 {
		return err
	}
	hint := "other words? `imjoy search` lists everything"
	if suggestion != "" {
		hint = fmt.Sprintf("did you mean %s?", diag.Clean(fmt.Sprintf("%q", suggestion)))
	}
	return withExit(exitFindings, fmt.Errorf("nothing found"), hint)
}

func unsearched(l repository.Unsearched) string {
	if fetch.KindOf(l.Err) == fetch.Offline {
		return fmt.Sprintf("%s was not searched: its list was never fetched; do it with --update", l.Repository)
	}
	return fmt.Sprintf("%s was not searched: %v", l.Repository, l.Err)
}

func showFound(to io.Writer, list []foundJSON) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, p := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\n", diag.Clean(p.Address), dash(p.Type), diag.Clean(firstLine(p.Description, 80)))
	}
	return w.Flush()
}

// firstLine is the beginning of a text, on one line.
func firstLine(text string, most int) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return line
}
