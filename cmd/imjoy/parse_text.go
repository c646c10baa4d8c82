package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Widths of what a table shows, in characters.
const (
	shownHash  = 12
	shownValue = 40
	shownField = 100
)

// trailing are the spaces with which tabwriter fills an empty last column.
var trailing = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(` +\n`) })

// showBlocks writes the blocks and the config for people, and on stderr what there
// is to say about the file.
func showBlocks(a *app.App, doc *pluginfile.Document, diagnostics []source.Diagnostic, recovered bool) error {
	var out strings.Builder
	blocks := doc.Blocks
	if recovered {
		blocks = doc.Recovered
	}
	fmt.Fprintf(&out, "%s: %s, %s\n\n", findings.Clean(doc.Source.Name), counted(len(blocks), "block"), counted(len(doc.Source.Text), "byte"))
	writeBlocks(&out, blocks)
	if !recovered && doc.Ambiguous() {
		out.WriteString("\nImJoy loses content here. A careful reader sees:\n\n")
		writeBlocks(&out, doc.Recovered)
	}
	if doc.Config.Root.Map() {
		out.WriteByte('\n')
		writeConfig(&out, doc.Config)
	}
	out.WriteByte('\n')
	if _, err := io.WriteString(a.Stdout, trailing().ReplaceAllString(out.String(), "\n")); err != nil {
		return err
	}
	return findings.Write(a.Stderr, findings.Full, diagnostics, findings.Options{Color: a.StderrTTY && a.Env("NO_COLOR") == ""})
}

func writeBlocks(w io.Writer, blocks []*pluginfile.Block) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  #\tblock\tlines\tbytes\tsha256\tattributes")
	for i, b := range blocks {
		size, sum := strconv.Itoa(b.Inner.Len()), contentHash(b)[:shownHash]
		if b.SelfClosed {
			size, sum = "-", "-"
		}
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\t%s\t%s\n", i+1, shorten(findings.Clean(string(b.Kind)), shownValue), lineRange(b), size, sum, attributeText(b))
	}
	table.Flush()
}

func lineRange(b *pluginfile.Block) string {
	first := b.Source.Position(b.Span.Start, source.Bytes).Line
	last := b.Source.Position(max(b.Span.End-1, b.Span.Start), source.Bytes).Line
	if first == last {
		return strconv.Itoa(first)
	}
	return fmt.Sprintf("%d-%d", first, last)
}

func attributeText(b *pluginfile.Block) string {
	var parts []string
	for _, attr := range b.Attrs {
		text := findings.Clean(attr.Name)
		if attr.HasValue {
			text += "=" + strconv.Quote(shorten(findings.Clean(attr.Value), shownValue))
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// writeConfig writes the fields that say what a plugin is, then the names of the
// others.
func writeConfig(w io.Writer, c *pluginfile.Config) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	shown := map[string]bool{}
	for _, name := range []string{"name", "type", "version", "api_version", "description", "tags"} {
		shown[name] = true
		if text := fieldText(c, name); text != "" {
			fmt.Fprintf(table, "  %s\t%s\n", name, shorten(findings.Clean(text), shownField))
		}
	}
	var others []string
	for _, key := range c.Root.Keys() {
		if !shown[key] {
			others = append(others, findings.Clean(key))
		}
	}
	if len(others) > 0 {
		fmt.Fprintf(table, "  other fields\t%s\n", shorten(strings.Join(others, ", "), 2*shownField))
	}
	table.Flush()
}

// fieldText returns the value of a field in one line, "" when it is absent.
func fieldText(c *pluginfile.Config, name string) string {
	switch name {
	case "type":
		if c.Type != "" {
			return c.Type
		}
	case "tags":
		return strings.Join(c.Tags, ", ")
	}
	return oneLine(c.Field(name))
}

// oneLine returns a value in one line; of a map its keys, because they are tags.
func oneLine(n *conf.Node) string {
	if text, ok := n.Scalar(); ok {
		return text
	}
	if n.Map() {
		return "by tag: " + strings.Join(n.Keys(), ", ")
	}
	return ""
}

func contentHash(b *pluginfile.Block) string {
	sum := sha256.Sum256([]byte(b.Body().Text))
	return hex.EncodeToString(sum[:])
}

// shorten cuts text to a number of characters.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
