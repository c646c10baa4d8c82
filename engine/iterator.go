package engine

import (
	"bytes"
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// iteratorMark stands in every payload that has an iterator.
var iteratorMark = []byte(`"_riter"`)

// drained reads a result for those who take data, not a plugin's live objects:
// iterators in it become lists. What they give costs the time of ctx.
func drained(ctx context.Context, payload wire.Payload) (value.Value, error) {
	v, err := payload.Result()
	if err != nil || !bytes.Contains(payload.Values, iteratorMark) {
		return v, err
	}
	return Drain(ctx, v)
}

// Drain reads the iterators in a value to their end, as lists; [Plugin.Call] has done so
// with its result. More items than a bound, or the end of ctx, is an error.
func Drain(ctx context.Context, v value.Value) (value.Value, error) {
	d := drain{left: maxDrained}
	return d.value(ctx, v)
}

// drain counts the items that may still come.
type drain struct{ left int }

func (d *drain) value(ctx context.Context, v value.Value) (value.Value, error) {
	switch v := v.(type) {
	case *value.Interface:
		if v.Iterator {
			return d.iterator(ctx, v)
		}
		members, err := d.value(ctx, v.Members)
		if err != nil {
			return nil, err
		}
		return &value.Interface{ID: v.ID, Members: members.(*value.Object)}, nil
	case []any:
		return v, d.list(ctx, v)
	case *value.Set:
		return v, d.list(ctx, v.Items)
	case *value.Map:
		for i := range v.Pairs {
			if err := d.list(ctx, v.Pairs[i][:]); err != nil {
				return nil, err
			}
		}
	case *value.Object:
		for key, item := range v.All() {
			item, err := d.value(ctx, item)
			if err != nil {
				return nil, err
			}
			v.Set(key, item)
		}
	}
	return v, nil
}

func (d *drain) list(ctx context.Context, items []any) (err error) {
	for i := range items {
		if items[i], err = d.value(ctx, items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *drain) iterator(ctx context.Context, it *value.Interface) (value.Value, error) {
	next, items := it.Function("next"), []any{}
	for {
		v, err := next.Call(ctx)
		if err != nil {
			return nil, err
		}
		step, ok := v.(*value.Object)
		if !ok || step.Get("done") == true {
			return items, nil
		}
		if d.left--; d.left < 0 {
			if end := it.Function("return"); end != nil {
				_, _ = end.Call(ctx)
			}
			return nil, &ScriptError{Name: "RangeError", Message: fmt.Sprintf("the result is an iterator that gives more than %d items", maxDrained)}
		}
		item, err := d.value(ctx, step.Get("value"))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
}
