package conf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Set returns the edits that put a plain value (see [Node.Plain]) at a JSON pointer
// below n. A value that exists is replaced; a new key or item goes behind the last
// one ("/tags/-" appends), in a map that is made when it is missing. Everything else
// in the file stays as it is, byte for byte, and the new text is written the way its
// surroundings are.
//
// It fails where the file does not hold the value itself: inside what an alias or a
// merge brings, or at an anchor that aliases need.
func (n *Node) Set(pointer string, value any) ([]source.Edit, error) {
	keys := SplitPointer(pointer)
	parent, key := n, ""
	for i := range keys {
		key = keys[i]
		if parent != nil && parent.pinned {
			return nil, errShared
		}
		child := parent.step(key)
		if child == nil || child.Kind == Null && i < len(keys)-1 {
			for j := len(keys) - 1; j > i; j-- { // the maps in between
				value = map[string]any{keys[j]: value}
			}
			if child == nil {
				return parent.add(key, value)
			}
			return child.replace(parent, value)
		}
		if i == len(keys)-1 {
			return child.replace(parent, value)
		}
		parent = child
	}
	if n == nil {
		return nil, errors.New("set a value: there is no text to change")
	}
	return n.replace(nil, value)
}

var errShared = errors.New("change a value: aliases repeat it (it has an anchor)")

// editable reports why a node cannot be changed, nil when it can.
func (n *Node) editable() error {
	switch {
	case !n.Place.Known():
		return errors.New("change a value: it is in no file")
	case n.form == aliasForm:
		return errors.New("change a value: it comes through an alias or a merge; change it where the anchor is")
	}
	for _, below := range n.All() {
		if below.pinned {
			return errShared
		}
	}
	return nil
}

// span is where the whole value stands, tag included.
func (n *Node) span() source.Span {
	return source.Span{Start: n.Place.Start - int(n.lead), End: n.Place.End}
}

// replace writes another value where n stands, a value of parent.
func (n *Node) replace(parent *Node, value any) ([]source.Edit, error) {
	if err := n.editable(); err != nil {
		return nil, err
	}
	w := writer{block: n.inBlock(parent), indent: column(n.Place.Source, n.Place.Start)}
	if n.form == blockForm && n.origin == nil { // an alias is one word, whatever it brings
		if edits := n.unblock(parent, value); edits != nil {
			return edits, nil
		}
		w.collections = fitsKind(n.Kind, value) && n.lead == 0
	}
	text := w.text(value)
	if n.span().Len() == 0 && parent != nil { // behind "key:", "-" or a key alone
		switch {
		case parent.Kind == List && n.Place.Source.Text[n.Place.Start-1] == '-' || parent.Map() && parent.hasColon(n):
			text = " " + text
		case parent.Map() && parent.form == jsonForm:
			text = ": " + text
		default:
			return nil, errors.New("set a value: its key has no colon")
		}
	}
	return []source.Edit{{Span: n.span(), New: text}}, nil
}

// hasColon reports whether a colon stands before an empty value of a map.
func (n *Node) hasColon(value *Node) bool {
	for _, m := range n.Members {
		if m.Value == value {
			return value.Place.Start > m.KeyPlace.End
		}
	}
	return false
}

// fitsKind reports whether a value can be lines where lines of that kind are.
func fitsKind(kind Kind, value any) bool {
	switch v := value.(type) {
	case []any:
		return kind == List && len(v) > 0
	case []string:
		return kind == List && len(v) > 0
	case map[string]any:
		return kind == Map && len(v) > 0
	}
	return false
}

// unblock puts another kind of value in the place of lines below a key: behind the
// key's colon. It returns nil where the lines begin on the key's own line.
func (n *Node) unblock(parent *Node, value any) []source.Edit {
	if !parent.Map() || fitsKind(n.Kind, value) {
		return nil
	}
	text := string(n.Place.Source.Text)
	newline := strings.LastIndexByte(text[:n.span().Start], '\n')
	for _, m := range parent.Members {
		if colon := skipBlank(text, m.KeyPlace.End); m.Value == n && colon < newline && text[colon] == ':' {
			if newline > 0 && text[newline-1] == '\r' {
				newline--
			}
			return []source.Edit{
				{Span: source.Span{Start: colon + 1, End: colon + 1}, New: " " + writer{block: true}.text(value)},
				{Span: source.Span{Start: newline, End: n.Place.End}},
			}
		}
	}
	return nil
}

// inBlock reports whether a scalar at n's place may go without quotes.
func (n *Node) inBlock(parent *Node) bool {
	if parent != nil {
		return parent.form == blockForm
	}
	return n.form == blockForm
}

// add writes a new member or item behind the last one.
func (n *Node) add(key string, value any) ([]source.Edit, error) {
	if n == nil {
		return nil, errors.New("add a value: there is no text to change")
	}
	if n.form == aliasForm || n.origin != nil {
		return nil, errors.New("add a value: the map or list comes through an alias; change it where the anchor is")
	}
	if err := n.mergeInTheWay(true); err != nil {
		return nil, err
	}
	switch n.Kind {
	case Map:
	case Null:
		return nil, errors.New("add a value: there is null in its way")
	case List:
		if key != "-" && key != strconv.Itoa(len(n.Items)) {
			return nil, fmt.Errorf("add a value: the list has %d items and no place for %q", len(n.Items), key)
		}
	default:
		return nil, fmt.Errorf("add a value: there is a %s in its way", n.Kind)
	}
	if n.form == blockForm {
		return n.addLine(key, value)
	}
	text := writer{}.text(value)
	if n.Kind == Map {
		text = Quote(key) + ": " + text
	}
	parts := n.parts()
	if len(parts) == 0 {
		inside := string(n.Place.Source.Slice(n.Place.Span))
		return []source.Edit{{Span: n.Place.Span, New: inside[:1] + text + inside[len(inside)-1:]}}, nil
	}
	last, comma := parts[len(parts)-1], ","
	if value := n.part(len(parts) - 1); value.Place.Len() == 0 && n.hasColon(value) || n.Place.Source.Text[last.End-1] == ':' {
		comma = " ," // `a:,` would make the colon part of the key
	}
	return []source.Edit{{Span: source.Span{Start: last.End, End: last.End}, New: comma + n.gap(parts) + text}}, nil
}

// parts are the spans of the members or items of a map or list, keys included.
func (n *Node) parts() []source.Span {
	parts := make([]source.Span, 0, len(n.Items)+len(n.Members))
	for _, item := range n.Items {
		parts = append(parts, item.span())
	}
	for _, m := range n.Members {
		parts = append(parts, source.Span{Start: m.KeyPlace.Start, End: max(m.KeyPlace.End, m.Value.Place.End)})
	}
	return parts
}

// gap is the white space that separates the parts of a flow collection: as before
// the last one.
func (n *Node) gap(parts []source.Span) string {
	at := n.Place.Start + 1
	if len(parts) > 1 {
		at = parts[len(parts)-2].End
	}
	between := string(n.Place.Source.Text[at:parts[len(parts)-1].Start])
	if i := strings.LastIndexAny(between, "\r\n"); i >= 0 {
		space := between[i+1:]
		if strings.TrimSpace(space) == "" {
			return "\n" + space
		}
	}
	return " "
}

// Remove returns the edits that take the value at a JSON pointer out of its map or
// list, with its key; of a duplicate key all are removed.
func (n *Node) Remove(pointer string) ([]source.Edit, error) {
	parent, key, err := n.parentOf(pointer)
	if err != nil {
		return nil, err
	}
	drop := map[int]bool{}
	if parent.List() {
		i, _ := strconv.Atoi(key)
		drop[i] = true
	}
	for i, m := range parent.Members {
		if m.Key == key {
			drop[i] = true
		}
	}
	if parent.form == blockForm && parent.origin == nil && len(drop) == len(parent.Items)+len(parent.Members) {
		var empty any = map[string]any{}
		if parent.List() {
			empty = []any{}
		}
		return n.Set(strings.TrimSuffix(pointer, "/"+EscapePointer(key)), empty)
	}
	return parent.removeParts(drop)
}

// parentOf finds the map or list that holds an existing value.
func (n *Node) parentOf(pointer string) (parent *Node, key string, err error) {
	keys := SplitPointer(pointer)
	if len(keys) == 0 {
		return nil, "", errors.New("change a value: the whole text has no key")
	}
	for _, key = range keys {
		if n != nil && n.pinned {
			return nil, "", errShared
		}
		parent, n = n, n.step(key)
	}
	if n == nil {
		return nil, "", fmt.Errorf("change a value: there is none at %s", pointer)
	}
	return parent, key, nil
}

// removeParts removes the members or items of the given numbers.
func (n *Node) removeParts(drop map[int]bool) ([]source.Edit, error) {
	if err := n.mergeInTheWay(false); err != nil {
		return nil, err
	}
	parts := n.parts()
	for i := range parts {
		if !drop[i] {
			continue
		}
		if err := n.part(i).editable(); err != nil {
			return nil, err
		}
	}
	if n.form == blockForm {
		return n.removeLines(parts, drop)
	}
	if len(drop) == len(parts) {
		text := string(n.Place.Source.Slice(n.Place.Span))
		return []source.Edit{{Span: n.Place.Span, New: text[:1] + text[len(text)-1:]}}, nil
	}
	var edits []source.Edit
	kept := false // a part before this one stays
	for i, part := range parts {
		switch {
		case !drop[i]:
			kept = true
		case kept:
			edit := source.Edit{Span: source.Span{Start: parts[i-1].End, End: part.End}}
			if before := n.part(i - 1); before.Place.Len() == 0 && n.hasColon(before) {
				edit.New = " " // `a:}` would make the colon part of the key
			}
			edits = append(edits, edit)
		default:
			edits = append(edits, source.Edit{Span: source.Span{Start: part.Start, End: parts[i+1].Start}})
		}
	}
	return edits, nil
}

// mergeInTheWay refuses maps with a merge other than `<<: *alias`, because where
// such an entry ends is not known here, and removing where there is a merge at all.
func (n *Node) mergeInTheWay(adding bool) error {
	if n.form == pairForm {
		return errors.New("change a map: it has no braces; it is one pair in a list")
	}
	for _, m := range n.Members {
		if m.Value.form != aliasForm {
			continue
		}
		if !adding {
			return errors.New("change a map: a merge may bring the key again")
		}
		if text := string(m.Value.Place.Source.Text); text[skipBlank(text, min(m.KeyPlace.End+1, len(text))):m.Value.Place.Start] != "" {
			return errors.New("change a map: it merges several maps")
		}
	}
	return nil
}

func (n *Node) part(i int) *Node {
	if n.Kind == List {
		return n.Items[i]
	}
	return n.Members[i].Value
}

// Rename returns the edits that give the value at a JSON pointer another key.
func (n *Node) Rename(pointer, key string) ([]source.Edit, error) {
	parent, old, err := n.parentOf(pointer)
	if err != nil {
		return nil, err
	}
	m := parent.Member(old)
	if m == nil {
		return nil, errors.New("rename a key: the items of a list have none")
	}
	if m.KeyPlace.Len() == 0 {
		return nil, errors.New("rename a key: it is not written")
	}
	if parent.form == aliasForm || m.Value.form == aliasForm {
		return nil, errors.New("rename a key: it comes through an alias or a merge; change it where the anchor is")
	}
	if err := parent.mergeInTheWay(false); err != nil {
		return nil, err
	}
	was := m.KeyPlace.Source.Slice(m.KeyPlace.Span)
	text := Quote(key)
	if parent.form == blockForm && len(was) > 0 && was[0] != '"' && was[0] != '\'' {
		text = plainKey(key)
	}
	return []source.Edit{{Span: m.KeyPlace.Span, New: text}}, nil
}

// column returns the white space that puts a line's text under an offset.
func column(s *source.Source, offset int) string {
	start := strings.LastIndexAny(string(s.Text[:offset]), "\r\n") + 1
	var b strings.Builder
	for _, c := range string(s.Text[start:offset]) {
		switch c {
		case '\t':
			b.WriteByte('\t')
		case '\uFEFF': // a byte order mark has no width
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
