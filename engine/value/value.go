package value

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// A Value that crosses a border between plugins is one of:
//
//	nil, bool, float64, string              as in JSON
//	int64, *big.Int                         whole numbers that float64 cannot hold
//	[]any, *Object                          lists and objects (key order kept)
//	[]byte                                  bytes, ArrayBuffer
//	*ndarray.Array                          typed array (one axis) or n-d array
//	*File, *Blob                            data with a name or a MIME type
//	*Error, *Set, *Map                      JavaScript's and Python's own
//	*Function, *Interface                   something alive on another connection
//
// Encoding also takes Go's other number types, map[string]any, []string,
// json.Number and error; they come back as the types above.
type Value = any

// Object is a JSON object that keeps the order of its keys. The zero Object is
// empty and ready to use; a nil one may be read.
type Object struct {
	keys   []string
	values map[string]Value
}

// NewObject returns an object with the given keys and values in turn. It panics
// when a key is not a string or a value is missing: that is a mistake in the call.
func NewObject(pairs ...any) *Object {
	o := &Object{}
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// Get returns the value of a key, nil when it is absent.
func (o *Object) Get(key string) Value {
	v, _ := o.Lookup(key)
	return v
}

// Lookup returns the value of a key and whether it is there.
func (o *Object) Lookup(key string) (Value, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.values[key]
	return v, ok
}

// Text returns the value of a key when it is text, else "".
func (o *Object) Text(key string) string {
	s, _ := o.Get(key).(string)
	return s
}

// Set stores a value; a new key comes last.
func (o *Object) Set(key string, v Value) {
	if o.values == nil {
		o.values = map[string]Value{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = v
}

// Delete removes a key; an absent one is ignored.
func (o *Object) Delete(key string) {
	if _, ok := o.Lookup(key); ok {
		delete(o.values, key)
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	}
}

// Len returns the number of keys.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.keys)
}

// Keys returns the keys in order; the slice must not be changed.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// All walks over keys and values in order.
func (o *Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, k := range o.Keys() {
			if !yield(k, o.values[k]) {
				return
			}
		}
	}
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

// Error returns "Name: Message".
func (e *Error) Error() string {
	switch {
	case e.Name == "" || e.Name == "Error":
		return e.Message
	case e.Message == "":
		return e.Name
	}
	return fmt.Sprintf("%s: %s", e.Name, e.Message)
}

// Set is a list of distinct values in insertion order.
type Set struct{ Items []Value }

// Map is a list of pairs in insertion order, with keys of any type.
type Map struct{ Pairs [][2]Value }

// Function is something that can be called: one of this program given to a
// plugin, or one of a plugin given to this program.
type Function struct {
	Name string // for messages; may be empty
	Once bool   // it may be called one time only, and is forgotten then
	// InOrder is true where calls of the function begin in the order in which they were
	// made; else they begin at once.
	InOrder bool

	// Call runs it. It is safe for concurrent use.
	Call func(ctx context.Context, args ...Value) (Value, error)
	// Remote is set by the connection a function came from, so that the connection
	// it leaves on can pass calls through without reading them.
	Remote any
}

// Interface is an object whose functions stay alive until it is disposed of: what
// a plugin exports, or an object with `_rintf`.
type Interface struct {
	ID      string
	Members *Object
	// Iterator marks one whose member "next" gives {"value": ..., "done": false} each time
	// it is called, and {"done": true} at the end. "return", where it has that, says that
	// nobody will ask again.
	Iterator bool
}

// AnyMember names the member of an interface that is called, with the name first, for
// every member that the interface does not have: "viewer.zoom(2)" is "*"("zoom", 2). A
// window that is only recorded has one.
const AnyMember = "*"

// Function returns a member that can be called, nil when there is none.
func (i *Interface) Function(name string) *Function {
	f, _ := i.Members.Get(name).(*Function)
	return f
}
