package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

func newManifestCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manifest",
		Short: "Build and check the list of a repository's plugins",
		Long: `A repository is a folder of plugins with a file ` + address.ManifestName + `, which repeats the
config of each plugin and says where its file is. ImJoy and imjoy install read that file.`,
		Example: `  imjoy manifest build
  imjoy manifest check`,
	}
	cmd.AddCommand(newManifestBuildCommand(a), newManifestCheckCommand(a))
	return cmd
}

// buildOptions are the flags of manifest build.
type buildOptions struct {
	output            string
	name, description string
	check, asJSON     bool
}

func newManifestBuildCommand(a *app.App) *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build [FOLDER]",
		Short: "Write the manifest of a folder of plugins",
		Long: `Write ` + address.ManifestName + ` for the plugin files in FOLDER (the present one) and the folders
below it; hidden folders, node_modules and testdata are left out.

What people wrote into an existing manifest stays: its name, the order of the entries,
"disabled" and other fields that no config has, plugins on other hosts, collections,
its indentation. The same plugins always give the same bytes.

With --json the answer is one object: version 1, file, changed (whether its bytes are
others than before), plugins (their number) and diagnostics, as of imjoy lint.`,
		Example: `  imjoy manifest build
  imjoy manifest build plugins --name "Our lab"
  imjoy manifest build --check        # in continuous integration
  imjoy manifest build -o - | jq .`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if o.asJSON && o.output == "-" {
				return usageError("write the manifest with -o FILE", "only one of them fits on standard output")
			}
			return buildManifest(a, folderArgument(args), o)
		},
	}
	outputFlag(cmd.Flags(), &o.output, "write to `FILE`, or to standard output for - (default FOLDER/"+address.ManifestName+")")
	jsonFlag(cmd.Flags(), &o.asJSON)
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing; fail if the manifest is not up to date")
	cmd.Flags().StringVar(&o.name, "name", "", "set the `NAME` of the repository")
	cmd.Flags().StringVar(&o.description, "description", "", "set the description of the repository to `TEXT`")
	return cmd
}

func newManifestCheckCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [FOLDER|FILE]",
		Short: "Compare a manifest with the plugins beside it",
		Long: `Tell what is wrong with a manifest: entries that differ from the configs of their
files, files that are missing, listed twice or not at all, or whose names are almost
those of plugins, backslashes, names that cannot be used, paths that lead out of the
repository.

The exit code is 1 when a finding is an error.`,
		Example: `  imjoy manifest check
  imjoy manifest check plugins/` + address.ManifestName + ` --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return checkManifest(a, folderArgument(args), asJSON)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func folderArgument(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func buildManifest(a *app.App, dir string, o buildOptions) error {
	file := o.output
	if file == "" || file == "-" {
		file = filepath.Join(dir, address.ManifestName)
	}
	folder, err := readFolder(a, dir, filepath.Dir(file))
	if err != nil {
		return err
	}
	old, previous, found, err := readManifest(a, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		previous = nil
	case err != nil:
		return err
	case previous.Broken:
		return errors.Join(showFindings(a, a.Stderr, a.StderrTTY, found), withExit(exitFindings, fmt.Errorf("build %s: the existing file cannot be read, and would be lost", file), "repair or remove it, then run the command again"))
	}
	text, skipped := manifest.Build(o.name, o.description, folder.docs, previous)
	built, problems := manifest.Parse(file, text)
	problems = append(problems, skipped...)
	source.Sort(problems)
	if o.asJSON {
		return buildAsJSON(a, file, old, text, len(built.Plugins), problems, o.check)
	}
	if o.check {
		return upToDate(a, file, bytes.Equal(old, text), previous, folder, problems)
	}
	if err := writeManifest(a, file, o.output == "-", old, text); err != nil {
		return err
	}
	if err := showFindings(a, a.Stderr, a.StderrTTY, problems); err != nil {
		return err
	}
	if o.output != "-" {
		fmt.Fprintf(a.Stderr, "%s: %s\n", findings.Clean(file), counted(len(built.Plugins), "plugin"))
	}
	if source.Worst(problems) == source.Error {
		return foundSomething()
	}
	return nil
}

// buildAsJSON builds, or with check only tells whether that would change something.
func buildAsJSON(a *app.App, file string, old, text []byte, plugins int, problems []source.Diagnostic, check bool) error {
	changed := !bytes.Equal(old, text)
	if !check {
		if err := writeManifest(a, file, false, old, text); err != nil {
			return err
		}
	}
	err := writeJSON(a.Stdout, struct {
		Version     int    `json:"version"`
		File        string `json:"file"`
		Changed     bool   `json:"changed"`
		Plugins     int    `json:"plugins"`
		Diagnostics any    `json:"diagnostics"`
	}{1, file, changed, plugins, findings.Diagnostics(problems)})
	if err == nil && (check && changed || source.Worst(problems) == source.Error) {
		err = foundSomething()
	}
	return err
}

// upToDate tells what building would change.
func upToDate(a *app.App, file string, same bool, previous *manifest.Manifest, folder *pluginFolder, problems []source.Diagnostic) error {
	if same {
		if source.Worst(problems) != source.Error {
			return nil
		}
		return errors.Join(showFindings(a, a.Stdout, a.StdoutTTY, problems), foundSomething())
	}
	if previous != nil {
		if err := showFindings(a, a.Stdout, a.StdoutTTY, manifest.Check(previous, folder.docs, folder.files)); err != nil {
			return err
		}
	}
	return withExit(exitFindings, fmt.Errorf("%s is not up to date", file), "run `imjoy manifest build`")
}

func checkManifest(a *app.App, name string, asJSON bool) error {
	file := name
	if info, err := os.Stat(absolute(a, name)); err == nil && info.IsDir() {
		file = filepath.Join(name, address.ManifestName)
	}
	_, m, list, err := readManifest(a, file)
	if errors.Is(err, fs.ErrNotExist) {
		return withExit(exitMissing, err, "make one with `imjoy manifest build`")
	}
	if err != nil {
		return err
	}
	folder, err := readFolder(a, filepath.Dir(file), filepath.Dir(file))
	if err != nil {
		return err
	}
	if m.Root.Map() {
		list = append(list, manifest.Check(m, folder.docs, folder.files)...)
	}
	source.Sort(list)
	if asJSON {
		err = findings.Write(a.Stdout, findings.JSON, list, findings.Options{Files: len(folder.docs) + 1})
	} else {
		err = showFindings(a, a.Stdout, a.StdoutTTY, list)
		fmt.Fprintf(a.Stderr, "%s: %s, %s\n", findings.Clean(file), counted(len(m.Plugins), "plugin"), findings.Summary(list, len(folder.docs)+1))
	}
	switch {
	case err != nil:
		return err
	case source.Worst(list) == source.Error:
		return foundSomething()
	}
	return nil
}
