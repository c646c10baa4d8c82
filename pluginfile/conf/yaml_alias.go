package conf

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// repeat expands an alias: a copy of the anchored value, all at the alias's place.
func (r *yamlReader) repeat(y *yaml.Node, start, end int) *Node {
	place := r.place(start, end)
	invalid := &Node{Place: place, form: blockForm}
	r.aliases++
	if r.aliases > MaxAliases {
		r.limitAt(place, fmt.Sprintf("there are more than %d aliases", MaxAliases))
		return invalid
	}
	if r.open[y.Alias] {
		r.report(ruleYAMLAlias, start, end, fmt.Sprintf("the alias *%s stands inside the value it repeats", y.Value), "write the value without itself")
		return invalid
	}
	anchored := r.anchors[y.Alias]
	if anchored == nil {
		return invalid // the anchored value was left away, which has been said
	}
	n := r.copyAt(anchored, place)
	n.form = blockForm // the alias itself is written here and can be replaced
	return n
}

// copyAt copies a value with everything in it to another place.
func (r *yamlReader) copyAt(of *Node, place source.Place) *Node {
	if r.made >= MaxYAMLNodes {
		r.limitAt(place, fmt.Sprintf("there are more than %d values with the aliases expanded", MaxYAMLNodes))
	}
	if r.full {
		return &Node{Place: place}
	}
	n := r.node(of.Kind, 0, 0)
	n.Place, n.Text, n.form, n.origin = place, of.Text, aliasForm, of
	if of.origin != nil {
		n.origin = of.origin
	}
	if of.Items != nil {
		n.Items = make([]*Node, len(of.Items))
		for i, item := range of.Items {
			n.Items[i] = r.copyAt(item, place)
		}
	}
	n.index = of.index
	if of.Members != nil {
		n.Members = make([]Member, len(of.Members))
		for i, m := range of.Members {
			n.Members[i] = Member{Key: m.Key, KeyPlace: place, Value: r.copyAt(m.Value, place)}
		}
	}
	return n
}

// merge is a `<<` entry of a map: what it brings stands before member `at`.
type merge struct {
	key   source.Place
	value *Node
	at    int
}

// mergeInto adds the members that merges bring. Keys written in the map itself win,
// then earlier merges, as in js-yaml.
func (r *yamlReader) mergeInto(n *Node, merges []merge) {
	if len(merges) == 0 {
		return
	}
	taken := make(map[string]bool, len(n.Members))
	for _, m := range n.Members {
		taken[m.Key] = true
	}
	out := make([]Member, 0, len(n.Members))
	from := 0
	for _, m := range merges {
		out = append(out, n.Members[from:m.at]...)
		from = m.at
		r.merges++
		if r.merges > MaxMerges {
			r.limitAt(m.key, fmt.Sprintf("there are more than %d merges", MaxMerges))
			break
		}
		sources := []*Node{m.value}
		if m.value.Kind == List {
			sources = m.value.Items
		}
		for _, of := range sources {
			out = r.mergeOne(out, of, m, taken)
		}
	}
	n.Members = append(out, n.Members[from:]...)
}

func (r *yamlReader) mergeOne(out []Member, of *Node, m merge, taken map[string]bool) []Member {
	if of.Kind != Map {
		if of.Kind != Invalid {
			d := r.report(ruleYAMLAlias, 0, 0, "a merge takes maps only", "write `<<: *anchor` with an anchor on a map")
			d.Place = of.Place
		}
		return out
	}
	for _, member := range of.Members {
		if !taken[member.Key] {
			taken[member.Key] = true
			value := *member.Value
			value.form = aliasForm
			if value.origin == nil {
				value.origin = member.Value
			}
			out = append(out, Member{Key: member.Key, KeyPlace: m.key, Value: &value})
		}
	}
	return out
}
