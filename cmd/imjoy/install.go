package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
)

type installFlags struct {
	tag                          string
	replace, yes, dryRun, asJSON bool
	offline, frozen              bool
	lock                         string
	env                          envFlags
	allowNet                     []string
}

func newInstallCommand(a *app.App) *cobra.Command {
	var f installFlags
	cmd := &cobra.Command{
		Use:   "install [ADDRESS...]",
		Short: "Install plugins with what they depend on",
		Long: `Install plugins with the plugins they depend on. Nothing of a plugin is executed.

ADDRESS is one of

  owner/repo:Name            a plugin of a repository on GitHub, by its manifest
  owner/repo@REF:Name@TAG    at a branch, tag or commit, with one of the plugin's tags
  owner/repo:collection/Name all plugins of a collection
  NAME:Plugin                a plugin of a repository with a short name (imjoy repo)
  git+https://host/x.git@REF:Name
  https://host/x.imjoy.html  a plugin, or a manifest with one plugin
  ./x.imjoy.html             a file, or a folder: all plugins of it
  Name                       a plugin of the repositories that ` + "`imjoy repo list`" + ` shows

Several addresses are installed together, or with an error none of them.

Without an ADDRESS everything that imjoy.lock in this folder lists is installed. What a
lock lists is installed at its commit and content: imjoy.lock beside a file or in a
folder, PLUGIN.lock beside PLUGIN.imjoy.html, and imjoy.lock in this folder for what
comes from elsewhere. With --frozen what no lock lists is refused.

A plugin whose Python packages this machine lacks gets its environment now, of wheels
only; --python-env none leaves it for later, as IMJOY_PYTHON_ENV=none does.

A plugin with several tags asks at a terminal which one; else the first counts.

A branch or tag is turned into a commit before anything is fetched. A plugin that
wants more than to compute (Python, packages, hosts, commands) is shown as a list
first; without a terminal --yes agrees to it. The version that was installed before
is kept beside the new one.

IMJOY_HOME says where plugins are kept. IMJOY_MIRRORS="FROM=TO,..." fetches URLs that
begin with FROM from TO. GH_TOKEN is sent to GitHub only.

With --json the answer is one object:

  version      1
  dry_run      whether it was only tried
  plugins      dependencies first; each with name, status (installed, upgraded,
               downgraded, replaced, unchanged), version, tag, address, origin, url, commit,
               size, sha256
  notes        what to know about how they were found`,
		Example: `  imjoy install oeway/ImJoy-Plugins:Image-Viewer
  imjoy install owner/repo@v1.2:Segment@GPU --yes
  imjoy install ./plugins/blur.imjoy.html
  imjoy install --dry-run https://example.org/blur.imjoy.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !fileThere(filepath.Join(a.Dir, lock.Name)) && f.lock == "" {
				return usageError("name a plugin: owner/repo:Name, a URL, or a file", "no ADDRESS given")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return repositoryFailure(a, install(cmd.Context(), a, args, f))
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "choose the `TAG` of the plugin; auto chooses by system and graphics card")
	flags.BoolVar(&f.replace, "replace", false, "take the place of another plugin of the same name")
	flags.BoolVarP(&f.yes, "yes", "y", false, "agree to what the plugins want")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would happen, and keep nothing")
	jsonFlag(flags, &f.asJSON)
	offlineFlag(flags, &f.offline)
	f.env.add(flags)
	addProgress(a, flags)
	flags.BoolVar(&f.frozen, "frozen", false, "install exactly what the lock says, or fail")
	flags.StringVar(&f.lock, "lock", "", "the lock `FILE` (default imjoy.lock, or PLUGIN.lock beside a file)")
	flags.StringSliceVar(&f.allowNet, "allow-net", nil, "`HOST[:PORT]` that may be private, speak http, or be named by a manifest elsewhere")
	return cmd
}

func install(ctx context.Context, a *app.App, texts []string, f installFlags) error {
	env, err := f.environment(a)
	if err != nil {
		return err
	}
	r, done, err := a.Repository(app.RepositoryOptions{What: "install " + strings.Join(texts, " "), AllowNet: f.allowNet, Offline: f.offline, Environment: env})
	if err != nil {
		return err
	}
	defer done()
	addresses, err := expand(ctx, a, r, texts)
	if err == nil && len(texts) == 0 {
		addresses, err = allOfLock(a, f)
	}
	if err != nil {
		return err
	}
	results, err := installAll(ctx, a, r, addresses, f)
	if err == nil && f.asJSON {
		err = writeJSON(a.Stdout, installedReport(results, f.dryRun))
	}
	return err
}

// environment says how Python environments are made: by flags, else IMJOY_PYTHON_ENV
// says the tool.
func (f *installFlags) environment(a *app.App) (*app.EnvironmentOptions, error) {
	if f.env.backend == "" {
		f.env.backend = a.Env("IMJOY_PYTHON_ENV")
	}
	o, err := f.env.options(f.offline)
	return &o, err
}

// installAll installs all of the addresses, or none.
func installAll(ctx context.Context, a *app.App, r *repository.Repository, addresses []address.Address, f installFlags) ([]*repository.Installed, error) {
	answers := bufio.NewReader(a.Stdin)
	tag, choose := tagChooser(a, answers, f)
	results, err := r.InstallAll(ctx, addresses, repository.Options{
		Tag: tag, ChooseTag: choose, ChooseAgain: f.tag == autoTag, Replace: f.replace, DryRun: f.dryRun,
		LockOf:  func(to address.Address) (*repository.Lock, error) { return lockOf(a, to, f) },
		Consent: func(ctx context.Context, q repository.Question) error { return consent(ctx, a, answers, q, f) },
	})
	for _, result := range results {
		if f.asJSON {
			break
		}
		if err := showInstalled(a, result, f.dryRun); err != nil {
			return results, err
		}
	}
	return results, err
}

// lockOf reads the lock that counts for an address, nil for none.
func lockOf(a *app.App, to address.Address, f installFlags) (*repository.Lock, error) {
	file := f.lock
	if file == "" {
		file = a.LockFile(to)
	}
	found, err := a.ReadLock(file, f.frozen)
	if err == nil && found == nil && (f.frozen || f.lock != "") {
		err = withExit(exitMissing, fmt.Errorf("there is no lock %s", shortPath(a.Dir, absolute(a, file))), "make one with `imjoy lock`")
	}
	return found, err
}

// allOfLock is what the lock of this folder lists.
func allOfLock(a *app.App, f installFlags) ([]address.Address, error) {
	l, err := lockOf(a, address.Address{}, f)
	if err != nil {
		return nil, err
	}
	return l.Requested(func(path string) string { return filepath.Join(l.Dir, filepath.FromSlash(path)) })
}

func fileThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// expand reads the addresses before anything is done; a folder stands for all its
// plugins.
func expand(ctx context.Context, a *app.App, r *repository.Repository, texts []string) (list []address.Address, err error) {
	for _, text := range texts {
		to, err := a.Address(text)
		if err != nil {
			return nil, err
		}
		some, err := r.Within(ctx, to)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// consent shows what a closure wants and asks, if there is somebody to ask.
func consent(ctx context.Context, a *app.App, answers *bufio.Reader, q repository.Question, f installFlags) error {
	if f.yes {
		return nil
	}
	showQuestion(a.Stderr, q)
	if f.dryRun {
		return nil
	}
	if !canAsk(a) {
		return &repository.ConsentError{Question: q}
	}
	fmt.Fprintf(a.Stderr, "Install %s? [y/N] ", findings.Clean(q.Closure.Root.Name))
	answer, err := readAnswer(ctx, answers)
	if err != nil {
		fmt.Fprintln(a.Stderr)
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return &repository.ConsentError{Question: q}
}

// readAnswer reads one line, or ends with the context: a person may press Ctrl-C.
func readAnswer(ctx context.Context, in *bufio.Reader) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := in.ReadString('\n')
		if err == io.EOF {
			err = nil
		}
		got <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case l := <-got:
		return l.text, l.err
	}
}

// showQuestion draws the permission sheet.
func showQuestion(w io.Writer, q repository.Question) {
	for _, part := range q.Parts {
		p := part.Plugin
		wants := "wants"
		if part.Upgrade {
			wants = "now also wants"
		}
		from := p.Origin
		if p.Local {
			from = p.URL
		}
		fmt.Fprintf(w, "%s (%s, sha256 %.12s) %s:\n", findings.Clean(p.Name), findings.Clean(from), p.SHA256, wants)
		for _, want := range part.Sheet.Wants {
			fmt.Fprintf(w, "  %s (%s)\n", findings.Clean(want.Permission.Describe()), findings.Clean(reasons(want.Detail, want.Reasons)))
		}
		showList(w, "install", part.Sheet.Packages)
		showList(w, "ask people for", part.Sheet.Dialogs)
	}
	findings.Write(w, findings.Concise, q.Warnings, findings.Options{})
}

func showList(w io.Writer, verb string, items []string) {
	if len(items) > 0 {
		fmt.Fprintf(w, "  %s %s\n", verb, findings.Clean(address.Redact(strings.Join(items, ", "))))
	}
}

func showInstalled(a *app.App, result *repository.Installed, dryRun bool) error {
	for _, note := range result.Notes {
		fmt.Fprintf(a.Stderr, "imjoy: note: %s\n", findings.Clean(note))
	}
	for _, change := range result.Changes {
		p := change.Plugin
		status := string(change.Status)
		if dryRun && change.Status != repository.Unchanged {
			status = "would be " + status
		}
		if _, err := fmt.Fprintf(a.Stdout, "%s %s from %s\n", status, findings.Clean(versioned(p)), findings.Clean(pinnedOrigin(p.Origin, p.Commit))); err != nil {
			return err
		}
	}
	return nil
}

// versioned is a plugin with its version and tag: "Blur 0.1.0 @GPU".
func versioned(p *repository.Plugin) string {
	s := p.Name
	if v := p.Document.Config.Version; v != "" {
		s += " " + v
	}
	if tag := p.Tag(); tag != "" {
		s += " @" + tag
	}
	return s
}

// pinnedOrigin is an origin with the commit it was read at.
func pinnedOrigin(origin, commit string) string {
	if commit == "" {
		return origin
	}
	return fmt.Sprintf("%s at %.10s", origin, commit)
}

type installReport struct {
	Version int              `json:"version"`
	DryRun  bool             `json:"dry_run"`
	Plugins []installedEntry `json:"plugins"`
	Notes   []string         `json:"notes"`
}

type installedEntry struct {
	Name    string            `json:"name"`
	Status  repository.Status `json:"status"`
	Version string            `json:"version"`
	Tag     string            `json:"tag"`
	Address string            `json:"address"`
	Origin  string            `json:"origin"`
	URL     string            `json:"url"`
	Commit  string            `json:"commit"`
	Size    int               `json:"size"`
	SHA256  string            `json:"sha256"`
}

func installedReport(results []*repository.Installed, dryRun bool) installReport {
	report := installReport{Version: 1, DryRun: dryRun, Plugins: []installedEntry{}, Notes: []string{}}
	for _, result := range results {
		report.Notes = append(report.Notes, result.Notes...)
		for _, change := range result.Changes {
			p := change.Plugin
			report.Plugins = append(report.Plugins, installedEntry{
				Name: p.Name, Status: change.Status, Version: p.Document.Config.Version, Tag: p.Tag(), Address: p.Address.String(),
				Origin: p.Origin, URL: p.URL, Commit: p.Commit, Size: len(p.Text), SHA256: p.SHA256,
			})
		}
	}
	return report
}

// writeJSON writes one value as indented JSON. Control characters are escaped by
// the encoding, those that hide or reorder text are left to the reader.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }
