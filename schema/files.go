package schema

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// FileProperty finds where a file goes that is given without a name: the only
// property of the data that takes a file, or a list of files. It is not ok when the
// data is no object, or when there is none or several such properties.
func (s *Schema) FileProperty() (name string, list, ok bool) {
	if s == nil {
		return "", false, false
	}
	properties := s.node
	if s.whole {
		d := describer{root: s.node}
		properties = d.follow(s.node).Get("properties")
	}
	for _, key := range properties.Keys() {
		n := properties.Get(key)
		single, many := s.takesFile(n), s.takesFile(n.Get("items"))
		if !single && !many {
			continue
		}
		if ok {
			return "", false, false
		}
		name, list, ok = key, many && !single, true
	}
	return name, list, ok
}

// takesFile reports whether a schema, or one of its alternatives, is for files.
func (s *Schema) takesFile(n *conf.Node) bool {
	d := describer{root: s.node}
	n = d.follow(n)
	if !n.Map() {
		return false
	}
	types, _ := n.Get("type").Strings()
	if n.Get("file") != nil || slices.Contains(types, "file") {
		return true
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if list := n.Get(key); list.List() {
			for _, item := range list.Items {
				if types, _ := item.Get("type").Strings(); item.Get("file") != nil || slices.Contains(types, "file") {
					return true
				}
			}
		}
	}
	return false
}
