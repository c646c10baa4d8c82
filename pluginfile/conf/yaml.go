package conf

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// ParseYAML reads one YAML document. A fault costs only the top-level entry it is
// in: the others are still read. Tags that build objects are refused, aliases and
// merges are expanded, with the place of the alias and the anchored value as
// [Node.Origin].
func ParseYAML(e *source.Excerpt) (*Node, []source.Diagnostic) {
	r := &yamlReader{text: newText(e)}
	if why := yamlTooMuch(e.Text); why != "" {
		r.report(ruleLimit, 0, 0, why, "")
		return r.finish(nil)
	}
	r.src = r.legible(e.Text)
	document := r.load()
	if document == nil || len(document.Content) == 0 || isAbsent(document.Content[0]) {
		if len(r.diagnostics) == 0 {
			r.report(ruleSyntax, 0, 0, "there is no value here", "write `key: value` lines")
		}
		return r.finish(nil)
	}
	r.lines = newLineTable(r.src)
	root, _ := r.build(document.Content[0], 0)
	return r.finish(root)
}

// yamlReader turns the nodes of yaml.v3, which know where they start, into our own,
// which know where they end as well.
type yamlReader struct {
	text
	src   string // the text, with blanks where it cannot be read; same length
	lines lineTable
	depth int

	anchors map[*yaml.Node]*Node // what has been built and can be repeated
	open    map[*yaml.Node]bool  // anchored nodes we are inside of
	aliases int
	merges  int
	full    bool // a limit was reported: nothing more is read
}

// load lets yaml.v3 read the text; entries with faults are reported and blanked
// out until the rest can be read.
func (r *yamlReader) load() *yaml.Node {
	attempts := 6
	if len(r.src) > 32<<10 {
		attempts = 2
	}
	for range attempts {
		document, err := decodeYAML(strings.NewReader(r.src))
		if second := (errSecondDocument{}); err == nil || errors.As(err, &second) {
			if err != nil {
				r.secondDocument(second.line)
			}
			return document
		}
		fault := locateFault(r.src, err)
		r.report(ruleSyntax, fault.start, fault.end, fault.message, fault.hint).Fixes = r.fixOf(fault)
		if !r.blank(fault) {
			return nil
		}
	}
	return nil
}

// decodeYAML reads the only document of a stream.
func decodeYAML(in io.Reader) (document *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // yaml.v3 has panics left for odd texts
			document, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(in)
	document = new(yaml.Node)
	if err := decoder.Decode(document); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == io.EOF:
		return document, nil
	case err != nil:
		return nil, err
	}
	return document, errSecondDocument{line: second.Line}
}

// errSecondDocument says that the text goes on with another document.
type errSecondDocument struct{ line int }

func (e errSecondDocument) Error() string { return "yaml: a second document follows" }

func (r *yamlReader) secondDocument(line int) {
	table := newLineTable(r.src)
	at := table.offset(line, 1)
	r.report(ruleSyntax, at, lineEnd(r.src, at), "a second YAML document begins here", "a config is one document: remove what follows `---`")
}

// isAbsent reports whether a document is empty: only comments, perhaps.
func isAbsent(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Style == 0 && y.Anchor == ""
}

// build makes our node of one of yaml.v3's. A value that is not written begins at
// `from`, behind what announces it. The second result is where the value ends.
func (r *yamlReader) build(y *yaml.Node, from int) (n *Node, end int) {
	start := max(from, r.lines.offset(y.Line, y.Column))
	if isAbsent(y) && !strings.HasPrefix(r.src[start:], "!") {
		start = from
	}
	switch {
	case r.made >= MaxYAMLNodes:
		return r.limit(start, fmt.Sprintf("there are more than %d values", MaxYAMLNodes))
	case r.depth >= MaxDepth:
		return r.limit(start, fmt.Sprintf("lists and maps are nested deeper than %d", MaxDepth))
	case y.Kind == yaml.AliasNode:
		end = min(start+1+len(y.Value), len(r.src))
		return r.repeat(y, start, end), end
	}
	if y.Anchor != "" {
		r.open[y] = true
		defer delete(r.open, y)
	}
	body := r.skipProperties(y, start)
	if y.Kind == yaml.ScalarNode {
		n, end = r.scalar(y, body)
	} else {
		n, end = r.collection(y, body)
	}
	n.lead = uint32(r.place(start, body).Len())
	if y.Anchor != "" {
		n.pinned = true
		r.anchors[y] = n
	}
	return n, end
}

func (r *yamlReader) collection(y *yaml.Node, start int) (n *Node, end int) {
	r.depth++
	defer func() { r.depth-- }()
	flow := y.Style&yaml.FlowStyle != 0 && start < len(r.src) && (r.src[start] == '{' || r.src[start] == '[')
	n = r.node(Map, start, start)
	r.checkTag(y, start)
	switch {
	case y.Style&yaml.FlowStyle == 0:
		n.form = blockForm
	case !flow:
		n.form = pairForm
	}
	at := start
	if flow {
		at++
	}
	if y.Kind == yaml.SequenceNode {
		n.Kind = List
		at = r.sequence(n, y, at, flow)
	} else {
		at = r.mapping(n, y, at)
	}
	if flow {
		at = r.closing(at)
	}
	n.Place = r.place(start, at)
	r.duplicates(n, source.Error)
	return n, at
}

func (r *yamlReader) sequence(n *Node, y *yaml.Node, at int, flow bool) int {
	n.Items = make([]*Node, 0, len(y.Content))
	for _, item := range y.Content {
		if !flow {
			at = r.behind(at, '-')
		}
		var child *Node
		child, at = r.build(item, at)
		n.Items = append(n.Items, child)
		if r.full {
			break
		}
	}
	return at
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node, at int) int {
	n.Members = make([]Member, 0, len(y.Content)/2)
	var merged []merge
	for i := 0; i+1 < len(y.Content) && !r.full; i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		at = r.gapBefore(key, at)
		keyNode, keyEnd := r.build(key, at)
		if r.full {
			break // what is not read has no key
		}
		from := r.behind(keyEnd, ':')
		child, end := r.build(value, from)
		at = end
		if key.Tag == "!!merge" && key.Style&^yaml.TaggedStyle == 0 {
			merged = append(merged, merge{key: keyNode.Place, value: child, at: len(n.Members)})
			continue
		}
		n.Members = append(n.Members, Member{Key: r.keyText(key, keyNode), KeyPlace: keyNode.Place, Value: child})
	}
	r.mergeInto(n, merged)
	return at
}

// gapBefore steps over a comma and a question mark before a key that is not
// written; other keys know their place.
func (r *yamlReader) gapBefore(key *yaml.Node, at int) int {
	if !isAbsent(key) {
		return at
	}
	return min(max(at, r.lines.offset(key.Line, key.Column)), len(r.src))
}

// keyText is the text of a key: as written, for numbers and booleans too.
func (r *yamlReader) keyText(y *yaml.Node, n *Node) string {
	switch {
	case n.Kind == Null && y.Kind == yaml.ScalarNode && n.Text == "":
		return "null"
	case n.Kind == List || n.Kind == Map:
		d := r.report(ruleSyntax, 0, 0, "a key must be text, not a list or a map", "put the key in quotes")
		d.Place = n.Place
		return ""
	}
	return n.Text
}

// limit reports that a limit was reached and stands for what is left away.
func (r *yamlReader) limit(start int, why string) (*Node, int) {
	place := r.place(start, start)
	r.limitAt(place, why)
	return &Node{Place: place}, start
}

// limitAt reports once that a limit was reached. Nothing behind it is read.
func (r *yamlReader) limitAt(place source.Place, why string) {
	if !r.full {
		r.full = true
		r.report(ruleLimit, 0, 0, why, "what follows is not read").Place = place
	}
}
