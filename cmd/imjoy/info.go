package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

type infoFlags struct {
	tag      string
	asJSON   bool
	offline  bool
	allowNet []string
}

func newInfoCommand(a *app.App) *cobra.Command {
	var f infoFlags
	cmd := &cobra.Command{
		Use:   "info NAME|FILE|URL|ADDRESS",
		Short: "Show what a plugin is, needs and may do",
		Long: `Show what a plugin is, needs and may do, and where it comes from. The plugin is an
installed one by its name, or a file, URL or address as for ` + "`imjoy install`" + `. It is
never executed; the network is used only for a URL or an address that leads there. The exit
code is 1 for a file that is no plugin.

With --json the answer is one object:

  version      1
  name, plugin_version, type, description, tags, tag
  plan         as of ` + "`imjoy plan --json`" + `, null when the plugin has no plan
  address, origin, url, commit, size, sha256, local
  installed    its record as of ` + "`imjoy list --json`" + `, null when it is not installed
  dependants   installed plugins that need it
  diagnostics  as of ` + "`imjoy lint --format json`" + `
  notes        what to know about how it was found`,
		Example: `  imjoy info Blur
  imjoy info ./blur.imjoy.html --tag GPU
  imjoy info owner/repo:Segment --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name an installed plugin, a file, a URL or an address", "info takes one plugin")
			}
			return nil
		},
		ValidArgsFunction: completeInstalled(a, 1, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, info(cmd.Context(), a, args[0], f))
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "show the plugin as this `TAG` makes it")
	jsonFlag(flags, &f.asJSON)
	offlineFlag(flags, &f.offline)
	allowNetFlag(flags, &f.allowNet)
	return cmd
}

func info(ctx context.Context, a *app.App, text string, f infoFlags) error {
	r, done, err := a.Repository(app.RepositoryOptions{What: "info", AllowNet: f.allowNet, Offline: f.offline})
	if err != nil {
		return err
	}
	defer done()
	to, err := a.Address(text)
	if err != nil {
		return err
	}
	p, err := r.Open(ctx, to)
	if err != nil {
		return err
	}
	sheet, err := aboutPlugin(r, p, to, f.tag)
	if err != nil {
		return err
	}
	if f.asJSON {
		return errors.Join(writeJSON(a.Stdout, sheet), noPlugin(p, text))
	}
	if err := noPlugin(p, text); err != nil {
		return errors.Join(findings.Write(a.Stderr, findings.Concise, errorsOf(sheet.found), findings.Options{}), err)
	}
	if err := showInfo(a.Stdout, a.Dir, sheet, p); err != nil {
		return err
	}
	for _, note := range p.Notes {
		fmt.Fprintf(a.Stderr, "imjoy: note: %s\n", findings.Clean(note))
	}
	if source.Worst(sheet.found) == source.Error {
		findings.Write(a.Stderr, findings.Concise, errorsOf(sheet.found), findings.Options{})
	}
	return nil
}

// noPlugin is the answer about a file that is none.
func noPlugin(p *repository.Plugin, text string) error {
	if p.Document.Config.Block != nil {
		return nil
	}
	return withExit(exitFindings, fmt.Errorf("%s is no plugin", findings.Clean(address.Redact(text))), "")
}

type infoJSON struct {
	Version       int         `json:"version"`
	Name          string      `json:"name"`
	PluginVersion string      `json:"plugin_version"`
	Type          string      `json:"type"`
	Description   string      `json:"description"`
	Tags          []string    `json:"tags"`
	Tag           string      `json:"tag"`
	Plan          *tags.Plan  `json:"plan"`
	Address       string      `json:"address"`
	Origin        string      `json:"origin"`
	URL           string      `json:"url"`
	Commit        string      `json:"commit"`
	Size          int         `json:"size"`
	SHA256        string      `json:"sha256"`
	Local         bool        `json:"local"`
	Installed     *recordJSON `json:"installed"`
	Dependants    []string    `json:"dependants"`
	Diagnostics   any         `json:"diagnostics"`
	Notes         []string    `json:"notes"`

	found []source.Diagnostic
}

// aboutPlugin collects what is known about a plugin, with the plan of one tag: the
// one asked for, else the installed one, else the first.
func aboutPlugin(r *repository.Repository, p *repository.Plugin, to address.Address, tag string) (*infoJSON, error) {
	config := p.Document.Config
	out := &infoJSON{
		Version: 1, Name: p.Name, PluginVersion: config.Version, Type: config.Type, Description: config.Description,
		Tags: append([]string{}, tags.Of(p.Document)...), Address: p.Address.String(), Origin: p.Origin, URL: p.URL, Commit: p.Commit,
		Size: len(p.Text), SHA256: p.SHA256, Local: p.Local, Dependants: []string{}, Notes: append([]string{}, p.Notes...),
	}
	before := ""
	if p.Record != nil {
		record := recordOf(p.Record)
		out.Installed, before = &record, p.Record.Tag
		dependants, err := r.Dependants(p.Name)
		if err != nil {
			return nil, err
		}
		out.Dependants = append(out.Dependants, dependants...)
	}
	if tag == "" {
		tag = to.Tag
	}
	plan, found := tags.Resolve(p.Document, tags.Choose(p.Document, tag, before, ""))
	out.found = append(p.Diagnostics, found...)
	out.Diagnostics = findings.Diagnostics(out.found)
	if plan == nil {
		return nil, &repository.DocumentError{Name: p.Name, Diagnostics: found}
	}
	out.Plan, out.Tag, out.Type = plan, plan.Tag, plan.Type
	return out, nil
}

func errorsOf(list []source.Diagnostic) (worst []source.Diagnostic) {
	for _, d := range list {
		if d.Severity == source.Error {
			worst = append(worst, d)
		}
	}
	return worst
}

// showInfo writes one line a fact; facts that are not there are left away.
func showInfo(w io.Writer, dir string, s *infoJSON, p *repository.Plugin) error {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-13s %s\n", label, findings.Clean(text))
		}
	}
	lines := func(label string, list []string) {
		for _, text := range list {
			line(label, text)
			label = ""
		}
	}
	line("name", s.Name)
	line("type", s.Type)
	line("version", s.PluginVersion)
	line("description", s.Description)
	line("tags", strings.Join(marked(s.Tags, s.Tag), ", "))
	line("language", s.Plan.Language)
	lines("packages", s.Plan.Sheet.Packages)
	for _, url := range s.Plan.Needs.URLs {
		lines("loads", []string{address.Redact(url.URL)})
	}
	lines("needs", dependencies(s.Plan))
	lines("permissions", wants(s.Plan.Sheet))
	named := s.Plan.Named()
	lines("names", wants(named))
	line("asks for", strings.Join(named.Dialogs, ", "))
	if s.Local {
		line("file", shortPath(dir, s.URL))
	} else {
		line("from", pinnedOrigin(s.Origin, s.Commit))
		line("url", s.URL)
	}
	line("size", fmt.Sprintf("%d bytes", s.Size))
	line("sha256", s.SHA256)
	if r := p.Record; r != nil {
		line("installed", stamp(r.Installed))
		line("needed by", strings.Join(s.Dependants, ", "))
		for _, v := range r.Before() {
			line("before", fmt.Sprintf("%s, sha256 %.12s", dash(v.Number), v.SHA256))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shortPath is a file as seen from a folder, where that is shorter.
func shortPath(dir, file string) string {
	if relative, err := filepath.Rel(dir, file); err == nil && !strings.HasPrefix(relative, "..") {
		return relative
	}
	return file
}

// marked marks the chosen tag.
func marked(list []string, chosen string) []string {
	out := append([]string{}, list...)
	for i, tag := range out {
		if tag == chosen && len(out) > 1 {
			out[i] = tag + " (chosen)"
		}
	}
	return out
}

func dependencies(plan *tags.Plan) (list []string) {
	for _, d := range plan.Dependencies {
		list = append(list, d.Address.String())
	}
	return list
}

func wants(sheet permission.Sheet) (list []string) {
	for _, want := range sheet.Wants {
		text := want.Permission.String()
		if why := reasons(want.Detail, want.Reasons); why != "" {
			text += " (" + why + ")"
		}
		list = append(list, text)
	}
	return list
}

// reasons says why something is wanted, and where in the plugin.
func reasons(detail string, list []permission.Reason) string {
	var parts []string
	if detail != "" {
		parts = append(parts, address.Redact(detail))
	}
	for _, r := range list {
		text := r.Text
		if start, _ := r.Place.Range(); r.Place.Known() {
			text += fmt.Sprintf(", line %d", start.Line)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
