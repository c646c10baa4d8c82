package conf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

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
