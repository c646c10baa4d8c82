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
	tail := ownTail(lines, starts[len(starts)-1])
	lines, end := lines[:tail], strings.Join(lines[tail:], "\n")
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
		entry := entries[number]
		if heading, _, _ := strings.Cut(entry, "\n\n"); heading != entry && strings.HasPrefix(heading, "#") && strings.Count(heading, "\n#") == strings.Count(heading, "\n") && len(out) > 0 {
			entry = "\n" + entry // the blank line above makes it a heading
		}
		out = append(out, entry)
	}
	if end != "" {
		out = append(out, end)
	}
	return strings.TrimRight(strings.Join(out, "\n"), " \t\n"), true
}

// ownTail returns the line on which comments at the end begin that a blank line parts from
// the last entry, which begins on the line last: they stay at the end.
func ownTail(lines []string, last int) int {
	tail := len(lines)
	for tail > last && (blank(lines[tail-1]) || strings.HasPrefix(lines[tail-1], "#")) {
		tail--
	}
	for i := tail; i < len(lines); i++ {
		if blank(lines[i]) {
			return i
		}
	}
	return len(lines)
}

func blank(line string) bool { return strings.Trim(line, " \t") == "" }

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
		number = above(lines, number, len(starts) == 0)
		if n := len(starts); n > 0 && number <= starts[n-1] {
			return nil, false
		}
		starts = append(starts, number)
	}
	return starts, len(starts) > 0
}

// above returns the line on which the comments of an entry begin: those right above it,
// and a heading above these with blank lines around. Before the first entry such a heading
// is about the whole.
func above(lines []string, number int, first bool) int {
	for {
		for number > 0 && strings.HasPrefix(lines[number-1], "#") {
			number--
		}
		heading := number
		for heading > 0 && blank(lines[heading-1]) {
			heading--
		}
		comment := heading
		for comment > 0 && strings.HasPrefix(lines[comment-1], "#") {
			comment--
		}
		if first || comment == heading || heading == number || comment == 0 || !blank(lines[comment-1]) {
			return number
		}
		number = comment
	}
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
