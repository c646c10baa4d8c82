package format

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// yaml puts the entries of a config in order. Each is moved as the lines it stands on,
// with the comment lines right above it: the text of an entry stays as its author wrote
// it. Where lines do not belong to one entry each, everything stays.
func yaml(text string, root *conf.Node, b *pluginfile.Block) (string, bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	skipped := len(text) - len(strings.TrimLeft(text, "\n"))
	starts, ok := entryLines(lines, skipped, root, b)
	if !ok || anchored(root) {
		return strings.TrimRight(strings.Trim(text, "\n"), " \t\n"), true
	}
	entries := make([]string, len(starts))
	for i, start := range starts {
		end := len(lines)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		entries[i] = strings.TrimRight(strings.Join(lines[start:end], "\n"), "\n")
	}
	var out []string
	if head := strings.TrimRight(strings.Join(lines[:starts[0]], "\n"), "\n"); head != "" {
		out = append(out, head+"\n") // a comment about the whole
	}
	for _, number := range sorted(root.Members) {
		out = append(out, entries[number])
	}
	return strings.TrimRight(strings.Join(out, "\n"), " \t\n"), true
}

// entryLines returns the line each entry begins on, its comments included. ok is false
// when entries share lines, or begin with anything but their key.
func entryLines(lines []string, skipped int, root *conf.Node, b *pluginfile.Block) (starts []int, ok bool) {
	body := b.Body()
	for _, m := range root.Members {
		inner, inside := body.Inner(m.KeyPlace.Span)
		if !inside {
			return nil, false
		}
		number := strings.Count(strings.ReplaceAll(body.Text[:inner.Start], "\r\n", "\n"), "\n") - skipped
		key := body.Text[inner.Start:inner.End]
		if number < 0 || number >= len(lines) || !strings.HasPrefix(lines[number], key) {
			return nil, false
		}
		for number > 0 && strings.HasPrefix(lines[number-1], "#") {
			number--
		}
		if n := len(starts); n > 0 && number <= starts[n-1] {
			return nil, false
		}
		starts = append(starts, number)
	}
	return starts, len(starts) > 0
}

// anchored reports whether an entry repeats, or is repeated by, another one: then their
// order counts.
func anchored(root *conf.Node) bool {
	if root.Place.Source == nil {
		return true
	}
	text := string(root.Place.Slice(source.Span{Start: root.Place.Start, End: root.Place.End}))
	return strings.Contains(text, "&") && strings.Contains(text, "*") || strings.Contains(text, "<<:") || strings.Contains(text, "\n---") || strings.Contains(text, "\n...")
}
