package conf

import (
	"errors"
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

// parts are the spans of the members or items of a map or list, keys included.

// gap is the white space that separates the parts of a flow collection: as before

// the last one.

// Remove returns the edits that take the value at a JSON pointer out of its map or

// list, with its key; of a duplicate key all are removed.

// parentOf finds the map or list that holds an existing value.

// removeParts removes the members or items of the given numbers.

// mergeInTheWay refuses maps with a merge other than `<<: *alias`, because where

// such an entry ends is not known here, and removing where there is a merge at all.

// Rename returns the edits that give the value at a JSON pointer another key.

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
