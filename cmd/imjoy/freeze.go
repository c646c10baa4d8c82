package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/repository/freeze"
)

type freezeFlags struct {
	out, vendor, cdn               string
	offline, reload, quiet, asJSON bool
	allowNet                       []string
}

func newFreezeCommand(a *app.App) *cobra.Command {
	var f freezeFlags
	cmd := &cobra.Command{
		Use:   "freeze PLUGIN -o FILE",
		Short: "Put everything a plugin loads into its file, to run without a network",
		Long: `Freeze a plugin: make one file of it and of all that it loads by address, so that it
runs with the cable out. Scripts and style sheets of the requirements become blocks,
a module script becomes one script with what it imports (URLs, npm packages), pictures
become data: URLs, the plugins it depends on become attachments. All other bytes stay.

The attachment imjoy-freeze.json of the file lists each part with its URL and SHA-256.
The same parts make the same file; freezing it again changes nothing.

What cannot be put in is listed with the reason, and the exit code is 1. Addresses that
a script only names (data it may fetch when it runs) are listed as well, and no fault.

With --vendor FOLDER each part also becomes a file in it, with imjoy-vendor.json, so
that the parts can be reviewed and kept. For a Python plugin it gets the exact wheels as
well: the file says where they lie from there, if that is below its own folder, and their
SHA-256, and ` + "`imjoy run`" + ` then installs from them alone, without a network. Elsewhere
they are named with imjoy run --vendor FOLDER.

With --json the answer is one object: version 1, file, size, complete, parts (kind, url,
from, sha256, size), wheels (file, size, sha256) and left (url, why, line, column, later).`,
		Example: `  imjoy freeze plot.imjoy.html -o capsule.imjoy.html
  imjoy freeze owner/repo:Name -o name.imjoy.html
  imjoy freeze plot.imjoy.html -o capsule.imjoy.html --vendor vendor --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name a file, an installed plugin, or owner/repo:Name", "freeze takes one PLUGIN, not %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.out == "":
				return usageError("name the new file: -o capsule.imjoy.html, or -o - for standard output", "freeze writes a new file, and was not told which")
			case f.out == "-" && f.asJSON:
				return usageError("write the file with -o FILE", "only one of them fits on standard output")
			}
			if err := checkCDN(f.cdn); err != nil {
				return err
			}
			to, err := a.Address(args[0])
			if err != nil {
				return repositoryFailure(a, err)
			}
			if to.Kind == address.Path && sameFile(absolute(a, to.Path), absolute(a, f.out)) {
				return usageError("name another file: -o capsule.imjoy.html", "freeze does not change the plugin's own file")
			}
			result, err := a.Freeze(cmd.Context(), to, app.FreezeOptions{Vendor: f.vendor, Out: f.file(), AssetOptions: app.AssetOptions{
				AllowNet: f.allowNet, Offline: f.offline, CDN: f.cdn, Reload: f.reload, Quiet: f.quiet,
			}})
			if err != nil {
				return repositoryFailure(a, err)
			}
			return f.finish(a, result)
		},
	}
	flags := cmd.Flags()
	outputFlag(flags, &f.out, "the new `FILE`, - for standard output")
	flags.StringVar(&f.vendor, "vendor", "", "`FOLDER` that also gets each part as a file")
	jsonFlag(flags, &f.asJSON)
	offlineFlag(flags, &f.offline)
	flags.BoolVar(&f.reload, "reload", false, "fetch once more what was kept")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing of downloads and parts")
	flags.StringVar(&f.cdn, "cdn", "", "`WHERE` files of a CDN for npm packages come from: auto (npm when it is away), npm, off (default $IMJOY_CDN or auto)")
	allowNetFlag(flags, &f.allowNet)
	return cmd
}

// sameFile reports whether two paths lead to one file that exists.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// file is where the new file will be, "" for standard output.
func (f *freezeFlags) file() string {
	if f.out == "-" {
		return ""
	}
	return f.out
}

// finish writes the file and tells what is in it and what is not.
func (f *freezeFlags) finish(a *app.App, r *freeze.Result) error {
	if f.out == "-" {
		if _, err := a.Stdout.Write(r.Text); err != nil {
			return err
		}
	} else if err := f.write(a, r.Text); err != nil {
		return err
	}
	if f.asJSON {
		if err := f.json(a, r); err != nil {
			return err
		}
	} else {
		f.tell(a, r)
	}
	if !r.Complete() {
		return foundSomething()
	}
	return nil
}

func (f *freezeFlags) write(a *app.App, text []byte) error {
	path := f.out
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.Dir, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usageError("name the new file: --output "+filepath.Join(f.out, "NAME.imjoy.html"), "%s is a folder", f.out)
	}
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return withExit(exitMissing, fmt.Errorf("there is no folder %s to write to", filepath.Dir(f.out)), "")
	}
	if err := a.ReplaceFile(path, text); err != nil {
		return withExit(exitMissing, fmt.Errorf("write the frozen plugin: %w", err), "")
	}
	return nil
}

func (f *freezeFlags) json(a *app.App, r *freeze.Result) error {
	type left struct {
		freeze.Left
		Line   int `json:"line"`
		Column int `json:"column"`
	}
	out := struct {
		Version  int            `json:"version"`
		File     string         `json:"file"`
		Size     int            `json:"size"`
		Complete bool           `json:"complete"`
		Parts    []freeze.Part  `json:"parts"`
		Wheels   []freeze.Wheel `json:"wheels"`
		Left     []left         `json:"left"`
	}{1, f.out, len(r.Text), r.Complete(), append([]freeze.Part{}, r.Parts...), []freeze.Wheel{}, []left{}}
	if r.Wheels != nil {
		out.Wheels = append(out.Wheels, r.Wheels.Files...)
	}
	for _, l := range r.Left {
		at, _ := l.Place.Range()
		out.Left = append(out.Left, left{l, at.Line, at.Column})
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("list the parts: %w", err)
	}
	return printLine(a.Stdout, text)
}

func (f *freezeFlags) tell(a *app.App, r *freeze.Result) {
	if !f.quiet {
		size, last := 0, ""
		for _, p := range r.Parts {
			size += p.Size
			from := ""
			if p.From != "" {
				from = " from " + p.From
			}
			line := fmt.Sprintf("  %s %s%s\n", p.Kind, findings.Clean(packageOf(p.URL)), findings.Clean(from))
			if line != last { // the files of a package are one line
				fmt.Fprint(a.Stderr, line)
			}
			last = line
		}
		fmt.Fprintf(a.Stderr, "%s: %s, %d kB put in\n", f.out, counted(len(r.Parts), "part"), (size+999)/1000)
		if r.Wheels != nil {
			fmt.Fprintf(a.Stderr, "%s: %s\n", f.vendor, counted(len(r.Wheels.Files), "wheel"))
			if r.Wheels.Dir == "" {
				fmt.Fprintf(a.Stderr, "note: run it with --vendor %s, which is not below the folder of the file\n", f.vendor)
			}
		}
	}
	for _, l := range r.Left {
		word := "not in the file"
		if l.Later {
			word = "note"
			if f.quiet {
				continue
			}
		}
		fmt.Fprintf(a.Stderr, "%s: %s: %s (%s)\n", word, findings.Clean(l.URL), findings.Clean(l.Why), findings.Clean(position(l.Place)))
	}
}

// checkCDN refuses a word that --cdn does not know.
func checkCDN(word string) error {
	switch asset.CDN(word) {
	case "", asset.Fallback, asset.Registry, asset.Direct:
		return nil
	}
	return usageError("write auto, npm or off", "--cdn knows no %q", word)
}

// packageOf leaves the file of a package away.
func packageOf(address string) string {
	if p, err := asset.ParsePackage(address); err == nil && strings.HasPrefix(address, "npm:") {
		p.Path = ""
		return p.String()
	}
	return address
}
