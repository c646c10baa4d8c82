package conf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

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
