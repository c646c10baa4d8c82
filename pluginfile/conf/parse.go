package conf

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Parse reads the text of an excerpt in the given language: "yaml" (or "yml"), and
// JSON for everything else, as ImJoy does. The tree is nil when there is no value at
// all.
func Parse(lang string, e *source.Excerpt) (*Node, []source.Diagnostic) {
	switch lang {
	case "yaml", "yml":
		return ParseYAML(e)
	}
	return ParseJSON(e)
}

// text is what both readers share: the excerpt they read, the nodes they make, and
// what they have to say.
type text struct {
	excerpt     *source.Excerpt
	text        string // the excerpt's
	base        int    // where text begins in the source
	cut         bool   // the excerpt left bytes away: offsets need the excerpt's map
	diagnostics []source.Diagnostic
	nodes       []Node // a slab, to allocate many nodes at once
	made        int    // nodes so far
	over        bool   // more nodes than are read
}

func newText(e *source.Excerpt) text {
	return text{excerpt: e, text: e.Text, base: e.Span.Start, cut: e.Span.Len() != len(e.Text)}
}

// place maps a span of the text to the file.
func (t *text) place(start, end int) source.Place {
	if t.cut {
		return t.excerpt.Place(source.Span{Start: start, End: end})
	}
	return source.Place{Source: t.excerpt.Source, Span: source.Span{Start: t.base + start, End: t.base + end}}
}

// node returns a fresh node for a span of the text.
func (t *text) node(kind Kind, start, end int) *Node {
	if len(t.nodes) == cap(t.nodes) {
		t.nodes = make([]Node, 0, min(max(8, len(t.text)/24), 256))
	}
	t.made++
	t.nodes = append(t.nodes, Node{Kind: kind, Place: t.place(start, end)})
	return &t.nodes[len(t.nodes)-1]
}

// lost reports whether so many faults or values were found that it is no use to go on.
func (t *text) lost() bool { return t.over || len(t.diagnostics) >= MaxDiagnostics }

// report adds a diagnostic unless there are too many already; it returns the
// diagnostic to be completed.
func (t *text) report(rule *source.Rule, start, end int, message, hint string) *source.Diagnostic {
	if t.lost() {
		return &source.Diagnostic{}
	}
	if len(t.diagnostics) == MaxDiagnostics-1 {
		rule, message, hint = ruleLimit, fmt.Sprintf("there are more than %d faults", MaxDiagnostics-1), "what follows is not read"
		t.diagnostics = append(t.diagnostics, rule.Diagnostic(t.place(start, start), message, hint))
		return &source.Diagnostic{}
	}
	t.diagnostics = append(t.diagnostics, rule.Diagnostic(t.place(start, end), message, hint))
	return &t.diagnostics[len(t.diagnostics)-1]
}

// fix returns a fix made of edits of the text.
func (t *text) fix(title string, safe bool, edits ...source.Edit) []source.Fix {
	return []source.Fix{{Title: title, Safe: safe, Edits: t.excerpt.Edits(edits)}}
}

// replace is the fix that puts new text in the place of a span.
func (t *text) replace(title string, safe bool, start, end int, new string) []source.Fix {
	return t.fix(title, safe, source.Edit{Span: source.Span{Start: start, End: end}, New: new})
}

// finish puts the diagnostics in order; where the fix says it all it is the hint.
func (t *text) finish(root *Node) (*Node, []source.Diagnostic) {
	for i := range t.diagnostics {
		if d := &t.diagnostics[i]; d.Hint == "" && len(d.Fixes) > 0 {
			d.Hint = d.Fixes[0].Title
		}
	}
	source.Sort(t.diagnostics)
	return root, t.diagnostics
}

// duplicates reports keys of a map that are written more than once; the fix takes
// away the one that does not count.
func (t *text) duplicates(n *Node, severity source.Severity) {
	if !n.anyDuplicate() {
		return
	}
	first, before := map[string]int{}, map[string]int{}
	for i, m := range n.Members {
		last, again := before[m.Key]
		before[m.Key] = i
		if !again {
			first[m.Key] = i
			continue
		}
		if t.lost() {
			return
		}
		d := t.report(ruleDuplicateKey, 0, 0,
			fmt.Sprintf("the key %s is written twice; only the last value counts", Quote(m.Key)),
			"keep one of the two; to give several values, write a list")
		d.Place, d.Severity = m.KeyPlace, severity
		d.Related = []source.Note{{Place: n.Members[first[m.Key]].KeyPlace, Message: "first written here"}}
		if len(n.Members) > 1000 {
			continue // no one wrote this by hand
		}
		if edits, err := n.removeParts(map[int]bool{last: true}); err == nil {
			// JSON already reads it so; YAML refuses the whole text.
			d.Fixes = []source.Fix{{Title: "remove the value that does not count", Safe: severity < source.Error, Edits: edits}}
		}
	}
}

// anyDuplicate looks for a key that comes twice, without allocating as long as the map
// is of a usual size. A large one gets its index, so that looking up all its keys
// takes linear time.
func (n *Node) anyDuplicate() bool {
	if len(n.Members) > largeMap {
		n.index = make(map[string]int, len(n.Members))
		for i, m := range n.Members {
			n.index[m.Key] = i
		}
		return len(n.index) < len(n.Members)
	}
	for i := 1; i < len(n.Members); i++ {
		key := n.Members[i].Key
		if slices.ContainsFunc(n.Members[:i], func(m Member) bool { return m.Key == key }) {
			return true
		}
	}
	return false
}

// largeMap is how many members a map may have without an index.
const largeMap = 40
