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

var kindNames = [...]string{"unreadable value", "null", "boolean", "number", "string", "list", "object"}

// String names the kind for people.
func (k Kind) String() string { return kindNames[k] }

// Node is one value of a config tree with its place in the source. A tree is
// immutable and plain: aliases and merges of YAML are already expanded. A nil Node
// is an absent value.
type Node struct {
	Place   source.Place   // from the first to the last byte of the value, in the file
	Text    string         // String: the decoded value; Number, Bool: the source text
	Items   []*Node        // List
	Members []Member       // Map, in source order, duplicates included
	origin  *Node          // the anchored value this one repeats
	index   map[string]int // of large maps: the last member of each key
	lead    uint32         // bytes of tag and anchor before Place that belong to the value
	Kind    Kind
	form    form
	pinned  bool // carries an anchor: removing it would break its aliases
}

// form says how a node is written, which decides how it can be edited.
type form uint8

const (
	jsonForm  form = iota // JSON, or a flow collection or quoted scalar of YAML
	blockForm             // block style of YAML, plain scalars included
	pairForm              // `key: value` as an item of a flow list: a map without braces
	aliasForm             // came through an alias or a merge: not written here
)

// Member is one key of a map with its value.
type Member struct {
	Key      string
	KeyPlace source.Place // the key as written, quotes included
	Value    *Node
}
