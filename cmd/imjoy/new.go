package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// templates are whole plugins; templateName stands where their name belongs.
//
//go:embed new/*.html
var templates embed.FS

const templateName = "PLUGIN_NAME"

// kind is a type that has a template, and the language of its script.
type kind struct{ plugin, language, file string }

// kinds lists them; the first of a language is what --lang alone means.
var kinds = []kind{
	{"web-worker", "javascript", "web-worker.html"}, {"native-python", "python", "native-python.html"},
	{"window", "javascript", "window.html"}, {"web-worker", "typescript", "web-worker-typescript.html"},
}

type newFlags struct{ plugin, language, output string }

func newNewCommand(a *app.App) *cobra.Command {
	var f newFlags
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write a new plugin that runs at once",
		Long: `Write a new plugin file: config, docs and a script that works and has no findings.

The file is named after the plugin, "Count Cells" becomes count-cells` + address.PluginSuffix + `;
nothing that exists is replaced. Its path goes to stdout, the commands to try next go
to stderr.

  --type web-worker      JavaScript or TypeScript that computes (the default)
  --type native-python   Python that computes
  --type window          a page with a script`,
		Example: `  imjoy new "Count Cells"
  imjoy new "Count Cells" --lang python
  imjoy new "Count Cells" --lang typescript -o count.imjoy.html
  imjoy new "Cell Viewer" --type window -o plugins/viewer` + address.PluginSuffix + `
  imjoy new "Count Cells" -o - | imjoy parse -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("a name of several words needs quotes: imjoy new \"Count Cells\"", "new takes one NAME")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return newPlugin(a, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.plugin, "type", "", "`TYPE` of the plugin: web-worker, native-python or window")
	flags.StringVar(&f.language, "lang", "", "`LANGUAGE` of its script: javascript, typescript or python")
	flags.StringVarP(&f.output, "output", "o", "", "write to `FILE`, into a folder, or to standard output for -")
	return cmd
}

func newPlugin(a *app.App, name string, f newFlags) error {
	if err := address.CheckName(name); err != nil {
		return usageError("choose a name such as \"Count Cells\"", "%q is no name for a plugin: %w", name, err)
	}
	chosen, err := f.choose()
	if err != nil {
		return err
	}
	text, err := pluginText(chosen, name)
	if err != nil {
		return err
	}
	if f.output == "-" {
		_, err := io.WriteString(a.Stdout, text)
		return err
	}
	path, err := newPath(a, name, f.output)
	if err != nil {
		return err
	}
	if err := createFile(a, path, text); err != nil {
		return err
	}
	sayNext(a.Stderr, chosen.plugin, path)
	_, err = fmt.Fprintln(a.Stdout, path)
	return err
}

// choose returns the kind of plugin to make.
func (f newFlags) choose() (kind, error) {
	for _, k := range kinds {
		if (f.plugin == "" || f.plugin == k.plugin) && (f.language == "" || f.language == k.language) {
			return k, nil
		}
	}
	hint := "types are web-worker, native-python and window; languages are javascript, typescript and python"
	switch {
	case f.plugin != "" && !slices.ContainsFunc(kinds, func(k kind) bool { return k.plugin == f.plugin }):
		return kind{}, usageError(hint, "there is no template for the type %q", f.plugin)
	case f.language != "" && !slices.ContainsFunc(kinds, func(k kind) bool { return k.language == f.language }):
		return kind{}, usageError(hint, "there is no template in the language %q", f.language)
	}
	return kind{}, usageError("leave out --lang, or choose another --type", "there is no template of type %s in %s", f.plugin, f.language)
}

// pluginText is the template of a kind with the name put in: as JSON in the config,
// as text elsewhere.
func pluginText(k kind, name string) (string, error) {
	text, err := templates.ReadFile("new/" + k.file)
	if err != nil {
		return "", fmt.Errorf("read the template: %w", err)
	}
	put := strings.NewReplacer(`"`+templateName+`"`, quoted(name), templateName, escaped.Replace(name))
	return put.Replace(string(text)), nil
}

// escaped is text that is no tag in docs and in a page.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// quoted is JSON text that does not close the block around it. A name has neither
// backslashes nor control characters.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "<", `\u003c`).Replace(name) + `"`
}

// newPath is where the plugin goes: the file that was asked for, else a file named
// after the plugin, in the folder that was asked for.
func newPath(a *app.App, name, output string) (string, error) {
	info, err := os.Stat(absolute(a, output))
	if folder := output == "" || err == nil && info.IsDir() || os.IsPathSeparator(output[len(output)-1]); !folder {
		if !strings.HasSuffix(output, address.PluginSuffix) {
			return "", usageError("imjoy and ImJoy know plugins by that ending", "the name of a plugin file ends with %s, and %s does not", address.PluginSuffix, output)
		}
		return output, nil
	}
	stem := fileStem(name)
	if stem == "" {
		return "", usageError("say what the file is called with -o FILE"+address.PluginSuffix, "the name %q has no letters for a file name", name)
	}
	return filepath.Join(output, stem+address.PluginSuffix), nil
}

// fileStem is a name in lower case with hyphens between its words.
func fileStem(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}

// createFile writes a file that does not exist yet.
func createFile(a *app.App, path, text string) error {
	file, err := os.OpenFile(absolute(a, path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return usageError("choose another name or another file with -o, or remove it first", "%s exists already", findings.Clean(path))
	case errors.Is(err, fs.ErrNotExist):
		return withExit(exitMissing, fmt.Errorf("write %s: %w", path, cause(err)), "make the folder first")
	case err != nil:
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	_, err = file.WriteString(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(file.Name())
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	return nil
}

// sayNext names the commands to try, ready to be copied.
func sayNext(w io.Writer, plugin, path string) {
	path = shellWord(path)
	fmt.Fprintf(w, "wrote a plugin of type %s; try\n", plugin)
	if plugin == "window" {
		fmt.Fprintf(w, "  imjoy run %s --data '{\"text\": \"hello\"}'\n", path)
		fmt.Fprintf(w, "  imjoy run %s --headless --screenshot window.png\n", path)
	} else {
		fmt.Fprintf(w, "  imjoy run %s word=hey times=3\n", path)
		fmt.Fprintf(w, "  imjoy run %s --watch\n", path)
		fmt.Fprintf(w, "  imjoy test %s\n", path)
	}
	fmt.Fprintf(w, "  imjoy lint %s\n", path)
	fmt.Fprintf(w, "  imjoy plan %s\n", path)
}

// shellWord quotes a text that a shell would take apart or read otherwise.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+,", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(findings.Clean(text), "'", `'\''`) + "'"
}
