package value

import (
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// Hash returns a SHA-256 that is the same for the same value on every machine:
// the order of an object's keys does not count, the order in a set or map does.
// Functions and values that contain themselves are errors.
func Hash(v Value) ([32]byte, error) {
	e := Encoder{
		Bytes: func(dst, data []byte) ([]byte, error) {
			sum := sha256.Sum256(data)
			return appendBase64(dst, sum[:])
		},
		Array: func(dst []byte, a *ndarray.Array) ([]byte, error) {
			sum := sha256.Sum256(a.Data)
			return appendBase64(dst, sum[:])
		},
	}
	// The first pass refuses what contains itself, which sorting could not survive.
	e.Limit = maxHashedText
	if _, err := e.Append(nil, v); err != nil {
		return [32]byte{}, err
	}
	text, err := e.Append(nil, sorted(v, 0))
	return sha256.Sum256(text), err
}

// sorted returns the value with the keys of all objects sorted and numbers in one
// form. Too deep values are left as they are: the encoder refuses them.
func sorted(v Value, depth int) Value {
	if depth > MaxDepth {
		return v
	}
	depth++
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v
		}
		return f
	case []any:
		return sortedList(v, depth)
	case *Object:
		out := &Object{}
		for _, key := range slices.Sorted(slices.Values(v.Keys())) {
			out.Set(key, sorted(v.Get(key), depth))
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = sorted(item, depth)
		}
		return out
	case *Set:
		return &Set{Items: sortedList(v.Items, depth)}
	case *Map:
		out := &Map{}
		for _, p := range v.Pairs {
			out.Pairs = append(out.Pairs, [2]Value{sorted(p[0], depth), sorted(p[1], depth)})
		}
		return out
	}
	return v
}

func sortedList(items []any, depth int) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = sorted(item, depth)
	}
	return out
}
