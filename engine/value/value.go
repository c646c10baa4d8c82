package value

// A value that crosses a border between plugins is one of:
//
//	nil, bool, float64, int64, string       as in JSON; int64 only where exact
//	[]any, Object                           lists and objects (key order kept)
//	[]byte                                  bytes, ArrayBuffer
//	*ndarray.Array                          typed array (one axis) or n-d array
//	*File, *Blob                            data with a name or a MIME type
//	*Error, *Set, *Map                      JavaScript's and Python's own
//	*Function, *Interface                   something alive on another connection
type Value = any

// Object is a JSON object that keeps the order of its keys.
type Object struct {
	Keys   []string
	Values map[string]Value
}

// File is data with a name: a browser's File, or a path on this machine.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"` // MIME type
	Size int64  `json:"size"`
	Path string `json:"path,omitempty"` // on this machine; "" when Data holds it
	Data []byte `json:"-"`
}

// Blob is data with a MIME type.
type Blob struct {
	Type string
	Data []byte
}

// Error is an exception that crossed a border.
type Error struct {
	Name, Message, Stack string
}

// Set is a list of distinct values in insertion order.
type Set struct{ Items []Value }

// Map is a list of pairs in insertion order, with keys of any type.
type Map struct{ Pairs [][2]Value }
