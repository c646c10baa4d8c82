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
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
)

type searchFlags struct {
	asJSON, update, offline bool // offline is how it is without update
	allowNet                []string
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
	jsonFlag(flags, &f.asJSON)
	flags.BoolVar(&f.update, "update", false, "fetch the lists first")
	offlineFlag(flags, &f.offline)
	allowNetFlag(flags, &f.allowNet)
	cmd.MarkFlagsMutuallyExclusive("update", "offline")
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
	}
	never := showUnsearched(a.Stderr, left, len(found) > 0)
	if f.asJSON {
		err = writeJSON(a.Stdout, report)
	} else if len(found) > 0 {
		err = showFound(a.Stdout, report.Plugins)
	}
	if err != nil || len(found) > 0 {
		return err
	}
	hint := "other words? `imjoy search` lists everything"
	switch {
	case suggestion != "":
		hint = fmt.Sprintf("did you mean %s?", findings.Clean(fmt.Sprintf("%q", suggestion)))
	case len(never) > 0:
		hint = fmt.Sprintf("`imjoy search --update` fetches the list of %s first", strings.Join(never, ", "))
	}
	return withExit(exitFindings, fmt.Errorf("nothing found"), hint)
}

// showUnsearched tells of the repositories that were left out, and returns those whose
// list was never fetched. The one that is known from the beginning, and that perhaps
// nobody here uses, is no matter where others had an answer.
func showUnsearched(to io.Writer, left []repository.Unsearched, answered bool) (never []string) {
	var told []string
	for _, l := range left {
		switch offline := fetch.KindOf(l.Err) == fetch.Offline; {
		case offline:
			never = append(never, l.Repository)
			if !l.Default && answered {
				told = append(told, l.Repository)
			}
		case l.Default:
			fmt.Fprintf(to, "imjoy: %s was not searched (%s); `imjoy repo remove %s` leaves it out\n", l.Repository, findings.Clean(innermost(l.Err)), l.Repository)
		default:
			fmt.Fprintf(to, "imjoy: %s was not searched: %s\n", l.Repository, findings.Clean(l.Err.Error()))
		}
	}
	if len(told) > 0 {
		fmt.Fprintf(to, "imjoy: not searched, since never fetched: %s; --update does\n", strings.Join(told, ", "))
	}
	return never
}

// innermost is what an error is in the end, without where it came up.
func innermost(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

func showFound(to io.Writer, list []foundJSON) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, p := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\n", findings.Clean(p.Address), dash(p.Type), findings.Clean(firstLine(p.Description, 80)))
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
