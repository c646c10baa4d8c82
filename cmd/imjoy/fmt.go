package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/delegate"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/format"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// fmtOptions are the flags of `imjoy fmt`.
type fmtOptions struct {
	check, diff bool
	with        []string
	stdinName   string
	config      string
	all         bool
}

func newFmtCommand(a *app.App) *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Lay out plugin files: configs, blocks and white space",
		Long: `Lay out plugin files. The config is pretty-printed with its keys in one order, and
comments of YAML stay at their entries; blocks are parted by one blank line, in their
own order; white space at the ends of lines goes. What a plugin means does not change:
scripts, docs and attachments keep every byte, unless --with names a formatter for
scripts (ruff for Python, biome for JavaScript).

PATH is a file, a folder (every *.imjoy.html below it, as for imjoy lint), or - for
standard input, which is written to standard output. Without one it is the present
folder.

A file with errors of reading is left alone; ` + "`imjoy lint --fix`" + ` settles some of them.
The exit code is 1 when --check or --diff find a file in another layout, and 5 when a
file could not be read without doubt.`,
		Example: `  imjoy fmt blur.imjoy.html
  imjoy fmt --check plugins/
  imjoy fmt --diff .
  imjoy fmt --with ruff,biome plugins/
  imjoy fmt - < blur.imjoy.html`,
		RunE: func(cmd *cobra.Command, args []string) error { return runFmt(cmd.Context(), a, o, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.check, "check", false, "list the files whose layout would change, and change nothing")
	flags.BoolVar(&o.diff, "diff", false, "show what would change, and change nothing")
	flags.StringSliceVar(&o.with, "with", nil, "lay out scripts, too, with these `PROGRAMS`: ruff, biome")
	flags.StringVar(&o.stdinName, "stdin-filename", "-", "`NAME` of standard input in messages")
	flags.StringVar(&o.config, "config", "", "`FILE` with the settings of the project (default: imjoy.yaml here or above)")
	flags.BoolVar(&o.all, "no-gitignore", false, "look at files that .gitignore leaves out, too")
	_ = cmd.RegisterFlagCompletionFunc("with", cobra.FixedCompletions([]string{"ruff", "biome"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// formatter is one call of `imjoy fmt`. It finds files as lint does.
type formatter struct {
	*linter
	o fmtOptions
}

func runFmt(ctx context.Context, a *app.App, o fmtOptions, paths []string) error {
	never := func(string) bool { return false }
	f := &formatter{&linter{app: a, given: never, o: lintOptions{color: "auto", config: o.config, all: o.all, stdinName: o.stdinName}}, o}
	if err := errors.Join(f.checkFormatters(), f.readSettings()); err != nil {
		return err
	}
	files, failed := f.findFiles(paths)
	files = slices.DeleteFunc(files, func(file lintFile) bool { return file.manifest() || workflow.IsFileName(file.path) })
	if len(files) == 0 && len(failed) == 0 {
		return usageError("name a file, or a folder that holds *.imjoy.html files", "there are no plugin files in %s", strings.Join(paths, ", "))
	}
	return f.files(ctx, files, failed)
}

func (f *formatter) checkFormatters() error {
	for _, name := range f.o.with {
		if tool := delegate.Find(name); tool == nil || !tool.Formats() {
			return usageError("there are ruff for Python and biome for JavaScript", "%s lays out no scripts", name)
		}
		if _, err := exec.LookPath(name); err != nil {
			return withExit(exitMissing, fmt.Errorf("ask %s: it is not on the PATH", name), "install it, or leave it out of --with")
		}
	}
	return nil
}

// files lays out files; one that fails does not keep the others.
func (f *formatter) files(ctx context.Context, files []lintFile, failed []error) error {
	changed, refused := 0, false
	for _, file := range files {
		did, err := f.file(ctx, file)
		var broken *format.Broken
		switch {
		case errors.As(err, &broken):
			refused = true
			if err := showFindings(f.app, f.app.Stderr, f.app.StderrTTY, broken.Faults); err != nil {
				return err
			}
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed = append(failed, fmt.Errorf("format %s: %w", file.shown, cause(err)))
		case did:
			changed++
		}
	}
	f.summary(changed, len(files))
	switch {
	case len(failed) > 0:
		return withExit(exitMissing, errors.Join(failed...), "")
	case refused:
		return withExit(exitRefused, errors.New("files with errors are left alone"), "`imjoy lint --fix` settles some of them")
	case changed > 0 && (f.o.check || f.o.diff):
		return foundSomething()
	}
	return nil
}

func (f *formatter) summary(changed, files int) {
	switch {
	case f.o.stdinName != "-" && files == 1, changed == 0:
	case f.o.check || f.o.diff:
		fmt.Fprintf(f.app.Stderr, "%s of %d would change\n", counted(changed, "file"), files)
	default:
		fmt.Fprintf(f.app.Stderr, "%s of %d laid out\n", counted(changed, "file"), files)
	}
}

// file lays out one file and reports whether that changes it.
func (f *formatter) file(ctx context.Context, file lintFile) (changed bool, err error) {
	text, err := readPluginText(f.app, file.path)
	if err != nil {
		return false, err
	}
	out, err := f.format(ctx, file.shown, text)
	if err != nil {
		return false, err
	}
	changed = !bytes.Equal(out, text)
	switch {
	case f.o.diff && changed:
		return true, f.showDiff(file.shown, text, out)
	case f.o.check && changed:
		_, err = fmt.Fprintln(f.app.Stdout, file.shown)
	case f.o.diff, f.o.check:
	case file.path == "-":
		_, err = f.app.Stdout.Write(out)
		return false, err
	case changed:
		err = f.app.ReplaceFile(absolute(f.app, file.path), out)
	}
	return changed, err
}

// format lays out a text, its scripts with the programs that were named.
func (f *formatter) format(ctx context.Context, name string, text []byte) ([]byte, error) {
	doc, _ := pluginfile.Parse(name, text)
	var blocks []*pluginfile.Block
	var scripts []delegate.Script
	for _, b := range doc.All(pluginfile.ScriptBlock) {
		if _, external := b.Attr("src"); !external {
			blocks = append(blocks, b)
			language := tags.Language(b)
			scripts = append(scripts, delegate.Script{Body: b.Body(), Language: strings.Replace(language, tags.TypeScript, delegate.JavaScript, 1), Module: b.Value("type") == "module", Types: language == tags.TypeScript})
		}
	}
	laid := map[int]string{} // by where the block begins
	for _, name := range f.o.with {
		texts, err := delegate.Format(ctx, delegate.Find(name), scripts, delegate.Options{Env: f.app.Env, Dir: f.app.Dir})
		if err != nil {
			return nil, err
		}
		for i, text := range texts {
			if text != "" {
				laid[blocks[i].Span.Start] = text
			}
		}
	}
	return format.Format(name, text, format.Options{Script: func(b *pluginfile.Block) (string, bool) {
		text, ok := laid[b.Span.Start]
		return strings.TrimLeft(text, "\n"), ok
	}})
}
