package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func newParseCommand(a *app.App) *cobra.Command {
	var asJSON, recovered bool
	cmd := &cobra.Command{
		Use:   "parse FILE...",
		Short: "Show the blocks and the config of a plugin file",
		Long: `Show the blocks of a plugin file as ImJoy reads them: kind, attributes, lines, size
and the SHA-256 of the text without its indentation, then the main fields of the
config. Where ImJoy silently loses content, what a careful reader sees is shown
beside it, and the diagnostics (on stderr) say why.

FILE "-" is standard input. Nothing is executed or fetched. The exit code is 1 when
a diagnostic is an error.

With --json every file is one JSON document on a line of its own:

  version      1
  file         the name as given
  blocks       what ImJoy reads, in file order; each with
                 kind, name        the tag; the name attribute, or ""
                 attrs             [{name, value}], in order; value is true where it
                                   is missing or empty, as it is to ImJoy
                 start, end        bytes: where the inner text starts and ends; end
                                   is -1 for a self-closed tag
                 content_sha256    of the inner text without its indentation
                 line, column      of the tag, from 1, in Unicode characters
  recovered    the same of a careful reader, only where it differs (always with
               --recovered)
  config       the config as it was read, null without one
  diagnostics  as of ` + "`imjoy lint --format json`",
		Example: `  imjoy parse blur.imjoy.html
  imjoy parse --json blur.imjoy.html | jq '.blocks[].kind'
  imjoy parse --json plugins/*.imjoy.html | jq -r 'select(.recovered) | .file'
  curl -s https://example.com/blur.imjoy.html | imjoy parse -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a plugin file, or - for standard input", "no FILE given")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			show := showBlocks
			if asJSON {
				show = showBlocksJSON
			}
			return parseFiles(a, args, func(doc *pluginfile.Document, diagnostics []source.Diagnostic) error {
				return show(a, doc, diagnostics, recovered)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON document a line for each file")
	cmd.Flags().BoolVar(&recovered, "recovered", false, "show the blocks a careful reader sees instead of ImJoy's")
	return cmd
}

// parseFiles shows one file after the other. A file that cannot be read does not
// keep the next from being shown.
func parseFiles(a *app.App, names []string, show func(*pluginfile.Document, []source.Diagnostic) error) error {
	var failed []error
	worst := source.None
	for _, name := range names {
		text, err := readPluginText(a, name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		doc, diagnostics := pluginfile.Parse(name, text)
		worst = max(worst, source.Worst(diagnostics))
		if err := show(doc, diagnostics); err != nil {
			return err
		}
	}
	switch {
	case len(failed) > 0:
		return withExit(exitMissing, errors.Join(failed...), "")
	case worst == source.Error:
		return foundSomething()
	}
	return nil
}

// readPluginText reads a file named on the command line, or standard input for "-".
// It stops one byte after the limit, which is enough for the parser to refuse it.
func readPluginText(a *app.App, name string) ([]byte, error) {
	const limit = pluginfile.MaxFileBytes + 1
	if name == "-" {
		text, err := io.ReadAll(io.LimitReader(a.Stdin, limit))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return text, nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.Dir, path)
	}
	if text, ok := readSmall(path); ok {
		return text, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, unread(name, err)
	}
	defer file.Close()
	text, err := readAllOf(file, limit)
	if err != nil {
		return nil, unread(name, err)
	}
	return text, nil
}

// readAllOf reads up to limit bytes of a file, at once if it is as long as it says.
func readAllOf(file *os.File, limit int64) ([]byte, error) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() >= limit {
		return io.ReadAll(io.LimitReader(file, limit))
	}
	text := make([]byte, 0, info.Size()+1) // one more, to see the end
	for {
		n, err := file.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case err == io.EOF:
			return text, nil
		case err != nil:
			return text, err
		case len(text) == cap(text): // it grew
			rest, err := io.ReadAll(io.LimitReader(file, limit-int64(len(text))))
			return append(text, rest...), err
		}
	}
}

type parsedFile struct {
	Version     int           `json:"version"`
	File        string        `json:"file"`
	Blocks      []parsedBlock `json:"blocks"`
	Recovered   []parsedBlock `json:"recovered,omitempty"`
	Config      any           `json:"config"`
	Diagnostics any           `json:"diagnostics"`
}

type parsedBlock struct {
	Kind    pluginfile.Kind `json:"kind"`
	Name    string          `json:"name"`
	Attrs   []parsedAttr    `json:"attrs"`
	Start   int             `json:"start"`
	End     int             `json:"end"`
	Content string          `json:"content_sha256"`
	source.Position
}

type parsedAttr struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // true when missing or empty
}

func showBlocksJSON(a *app.App, doc *pluginfile.Document, diagnostics []source.Diagnostic, recovered bool) error {
	out := parsedFile{
		Version: 1, File: doc.Source.Name, Blocks: parsedBlocks(doc.Blocks),
		Config: doc.Config.Root.Plain(), Diagnostics: findings.Diagnostics(diagnostics),
	}
	if recovered || doc.Ambiguous() {
		out.Recovered = parsedBlocks(doc.Recovered)
	}
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

func parsedBlocks(blocks []*pluginfile.Block) []parsedBlock {
	list := make([]parsedBlock, len(blocks))
	for i, b := range blocks {
		list[i] = parsedBlock{
			Kind: b.Kind, Name: b.Name(), Attrs: make([]parsedAttr, len(b.Attrs)),
			Start: b.Inner.Start, End: b.Inner.End, Content: contentHash(b),
			Position: b.Source.Position(b.Tag.Start, source.Runes),
		}
		if b.SelfClosed {
			list[i].End = -1
		}
		for j, attr := range b.Attrs {
			list[i].Attrs[j] = parsedAttr{attr.Name, true}
			if attr.Value != "" {
				list[i].Attrs[j].Value = attr.Value
			}
		}
	}
	return list
}
