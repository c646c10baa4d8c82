package conf

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// Get returns the value of a key of a map, the last one when the key is written
// more than once, nil when there is none.
func (n *Node) Get(key string) *Node {
	if m := n.Member(key); m != nil {
		return m.Value
	}
	return nil
}

// Member returns the last member of that key, or nil.
func (n *Node) Member(key string) *Member {
	if n == nil {
		return nil
	}
	if n.index != nil {
		if i, found := n.index[key]; found {
			return &n.Members[i]
		}
		return nil
	}
	for i := len(n.Members) - 1; i >= 0; i-- {
		if n.Members[i].Key == key {
			return &n.Members[i]
		}
	}
	return nil
}

// Item returns the item i of a list, nil when there is none.
func (n *Node) Item(i int) *Node {
	if n == nil || i < 0 || i >= len(n.Items) {
		return nil
	}
	return n.Items[i]
}

// Keys returns the keys of a map in the order of their first mention, each once.
func (n *Node) Keys() []string {
	if n == nil {
		return nil
	}
	keys := make([]string, 0, len(n.Members))
	seen := make(map[string]bool, len(n.Members))
	for _, m := range n.Members {
		if !seen[m.Key] {
			seen[m.Key] = true
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// Duplicates returns every member whose key was written before in the same map,
// with the first of that key.
func (n *Node) Duplicates() (pairs [][2]Member) {
	if n == nil {
		return nil
	}
	first := make(map[string]int, len(n.Members))
	for i, m := range n.Members {
		if at, again := first[m.Key]; again {
			pairs = append(pairs, [2]Member{n.Members[at], m})
		} else {
			first[m.Key] = i
		}
	}
	return pairs
}

// Map, List and Null tell the kind of a value; an absent value is none of them.
func (n *Node) Map() bool { return n != nil && n.Kind == Map }

// List reports whether the value is a list.
func (n *Node) List() bool { return n != nil && n.Kind == List }

// Null reports whether the value is written as null; an absent value is not.
func (n *Node) Null() bool { return n != nil && n.Kind == Null }

// Empty reports whether there is nothing in it: absent, null, "", [] or {}.
func (n *Node) Empty() bool {
	if n == nil {
		return true
	}
	switch n.Kind {
	case Null, Invalid:
		return true
	case String:
		return n.Text == ""
	case List:
		return len(n.Items) == 0
	case Map:
		return len(n.Members) == 0
	}
	return false
}

// Str returns the text of a string.
func (n *Node) Str() (text string, ok bool) {
	if n == nil || n.Kind != String {
		return "", false
	}
	return n.Text, true
}

// Scalar returns the text of a string, or the source text of a number or boolean:
// what an author meant who wrote `version: 0.2` in YAML.
func (n *Node) Scalar() (text string, ok bool) {
	if n == nil || n.Kind != String && n.Kind != Number && n.Kind != Bool {
		return "", false
	}
	return n.Text, true
}

// Bool returns the value of a boolean.
func (n *Node) Bool() (value, ok bool) {
	if n == nil || n.Kind != Bool {
		return false, false
	}
	return strings.EqualFold(n.Text, "true"), true
}

// Float returns the value of a number; ok is false for other kinds and for numbers
// that a double cannot hold.
func (n *Node) Float() (value float64, ok bool) {
	if n == nil || n.Kind != Number {
		return 0, false
	}
	text, ok := jsonNumber(n.Text)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && !math.IsInf(value, 0)
}

// Strings returns the strings of a list, or the one string that stands for a list
// of itself; ok is false when anything else is in it. An absent or null value is an
// empty list.
func (n *Node) Strings() (list []string, ok bool) {
	switch {
	case n == nil || n.Kind == Null:
		return nil, true
	case n.Kind == String:
		return []string{n.Text}, true
	case n.Kind != List:
		return nil, false
	}
	ok = true
	for _, item := range n.Items {
		text, is := item.Str()
		if !is {
			ok = false
			continue
		}
		list = append(list, text)
	}
	return list, ok
}

// Origin returns the value that an alias or merge of YAML repeats here, with its
// own place; nil for a value that is written where it stands.
func (n *Node) Origin() *Node {
	if n == nil {
		return nil
	}
	return n.origin
}

// All yields the node and everything under it with JSON pointers, parents first, in
// source order. Of a duplicate key every value comes, under the same pointer.
func (n *Node) All() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) { n.walk("", yield) }
}

func (n *Node) walk(pointer string, yield func(string, *Node) bool) bool {
	if n == nil {
		return true
	}
	if !yield(pointer, n) {
		return false
	}
	for i, item := range n.Items {
		if !item.walk(pointer+"/"+strconv.Itoa(i), yield) {
			return false
		}
	}
	for _, m := range n.Members {
		if !m.Value.walk(pointer+"/"+EscapePointer(m.Key), yield) {
			return false
		}
	}
	return true
}
