package workflow

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// Source gives an input what it refers to.
type Source struct {
	// Answer is what a step answered; nil stands for [Given].
	Answer func(*Step) value.Value
	// Open opens a file for a member of the data, "" for the data itself.
	Open func(member string, f File) (value.Value, error)
}

// Value makes the data of a step that has From or Data.
func (in *Input) Value(from Source) (value.Value, error) {
	if in.From != nil {
		return in.From.value(from)
	}
	return in.value(in.Data, "", from)
}

func (in *Input) value(n *conf.Node, member string, from Source) (value.Value, error) {
	switch v := in.inside[n].(type) {
	case *Reference:
		return v.value(from)
	case *conf.Node:
		return in.structure(v, member, from)
	case []File:
		list := make([]any, len(v))
		for i, f := range v {
			opened, err := from.Open(member, f)
			if err != nil {
				return nil, err
			}
			list[i] = opened
		}
		if len(list) == 1 && n.Members[0].Value.Kind == conf.String {
			return list[0], nil
		}
		return list, nil
	}
	return in.structure(n, member, from)
}

// structure is a value that is itself neither a reference nor a file.
func (in *Input) structure(n *conf.Node, member string, from Source) (value.Value, error) {
	switch n.Kind {
	case conf.Map:
		if n.Get("_rtype") != nil { // an array, as in results
			return literally(n)
		}
		o := value.NewObject()
		for _, key := range n.Keys() {
			v, err := in.value(n.Get(key), strings.TrimPrefix(member+"."+key, "."), from)
			if err != nil {
				return nil, err
			}
			o.Set(key, v)
		}
		return o, nil
	case conf.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			v, err := in.value(item, member, from)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	}
	return literally(n)
}

func literally(n *conf.Node) (value.Value, error) { return fromPlain(n.Plain()) }

// fromPlain turns what JSON can hold into a value.
func fromPlain(v any) (value.Value, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return value.FromJSON(text)
}

// value is the answer that a reference names, or the part of it.
func (r *Reference) value(from Source) (value.Value, error) {
	v := from.Answer(r.Step)
	for i, key := range r.Path {
		part, ok := member(v, key)
		if !ok {
			return nil, &NoPartError{Reference: r, Missing: key, At: strings.Join(append([]string{r.whose()}, r.Path[:i]...), "."), Members: members(v)}
		}
		v = part
	}
	return v, nil
}

func (r *Reference) whose() string {
	if r.Step == nil {
		return Given
	}
	return r.Step.ID
}

// NoPartError is an answer that has no part of the name that a reference asks for.
type NoPartError struct {
	Reference *Reference
	Missing   string
	At        string   // what was looked into
	Members   []string // what it has instead
}

func (e *NoPartError) Error() string {
	text := fmt.Sprintf("the answer of %s has no %s", e.At, conf.Quote(e.Missing))
	if len(e.Members) > 0 {
		text += "; it has " + strings.Join(e.Members, ", ")
	}
	return text
}

func member(v value.Value, key string) (value.Value, bool) {
	switch v := v.(type) {
	case *value.Object:
		if v != nil {
			return v.Lookup(key)
		}
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

func members(v value.Value) []string {
	if o, ok := v.(*value.Object); ok && o != nil {
		return o.Keys()
	}
	return nil
}
