package conf

import (
	"errors"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// addLine writes a new line into a block of YAML: behind its last line and a comment
// there, or before its last entry when something else follows on that line.
func (n *Node) addLine(key string, value any) ([]source.Edit, error) {
	starts, parts := n.entryStarts(), n.parts()
	if len(parts) == 0 {
		return nil, errors.New("add a value: its place in the YAML text is not known")
	}
	last := len(parts) - 1
	indent := column(n.Place.Source, starts[0])
	w := writer{block: true, indent: indent + "  ", collections: true}
	text := "- " + w.text(value)
	if n.Kind == Map {
		w.collections = false
		text = plainKey(key) + ": " + w.text(value)
	}
	at := parts[last].End
	switch rest := n.restOfLine(at); {
	case strings.HasPrefix(rest, "#") && !strings.Contains(rest, "</"):
		at = lineEnd(string(n.Place.Source.Text), at)
	case rest == "" || strings.HasPrefix(rest, "</"): // the body ends here
	case n.Kind == List:
		return nil, errors.New("add an item: something follows the last one on its line")
	default:
		at = starts[last]
		return []source.Edit{{Span: source.Span{Start: at, End: at}, New: text + "\n" + indent}}, nil
	}
	return []source.Edit{{Span: source.Span{Start: at, End: at}, New: "\n" + indent + text}}, nil
}

// restOfLine is what follows an offset on its line, without white space around.
func (n *Node) restOfLine(at int) string {
	text := string(n.Place.Source.Text)
	return strings.TrimSpace(text[at:lineEnd(text, at)])
}

// entryStarts are the offsets where the entries of a block begin: the dash of an
// item, the key or question mark of a member. Entries that a merge brings have none.
func (n *Node) entryStarts() []int {
	text := string(n.Place.Source.Text)
	starts := make([]int, 0, len(n.Items)+len(n.Members))
	at := n.Place.Start
	for _, part := range n.parts() {
		start := part.Start
		if next := skipBlank(text, at); next < start && strings.IndexByte("-?&!", text[next]) >= 0 || n.Kind == List {
			start = min(next, max(part.Start, next))
		}
		starts = append(starts, start)
		at = max(at, part.End)
	}
	return starts
}

// removeLines removes some entries of a block of YAML with the lines they stand on.
func (n *Node) removeLines(parts []source.Span, drop map[int]bool) ([]source.Edit, error) {
	starts := n.entryStarts()
	text := string(n.Place.Source.Text)
	var edits []source.Edit
	for i := range parts {
		if !drop[i] {
			continue
		}
		span := source.Span{Start: starts[i], End: parts[i].End}
		line := strings.LastIndexByte(text[:span.Start], '\n') + 1
		rest := lineEnd(text, span.End)
		whole := strings.TrimSpace(text[line:span.Start]) == "" // first on its line
		after := strings.TrimSpace(text[span.End:rest])
		free := (after == "" || after[0] == '#' && !strings.Contains(after, "</")) && rest < len(text)
		switch {
		case whole && free:
			span = source.Span{Start: line, End: rest + 1}
		case i+1 < len(parts): // "- a: 1" keeps its dash: the next entry comes up
			span.End = starts[i+1]
		case line > 0:
			span.Start = line - 1
		}
		edits = append(edits, source.Edit{Span: span})
	}
	return edits, nil
}
