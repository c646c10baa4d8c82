package conf

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Kind is the type of a [Node], in JSON's words.
type Kind uint8

// The kinds of values. Invalid stands for a value that could not be read, so that
// what is around it stays usable.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	List
	Map
)

// Node is one value of a config tree with its place in the source. A tree is
// immutable and plain: aliases and merges of YAML are already expanded.
type Node struct {
	Kind    Kind
	Place   source.Place // from the first to the last byte of the value, in the file
	Text    string       // String: the decoded value; Number, Bool: the source text
	Items   []*Node      // List
	Members []Member     // Map, in source order, duplicates included
}

// Member is one key of a map with its value.
type Member struct {
	Key      string
	KeyPlace source.Place // the key as written, quotes included
	Value    *Node
}
