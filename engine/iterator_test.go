package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// counting is an iterator of n numbers; -1 never ends.
func counting(n int, returned *int) *value.Interface {
	i := 0
	return &value.Interface{Iterator: true, Members: value.NewObject(
		"next", &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) {
			if i++; i-1 == n {
				return value.NewObject("done", true), nil
			}
			return value.NewObject("done", false, "value", float64(i)), nil
		}},
		"return", &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) {
			*returned++
			return nil, nil
		}})}
}

func TestDrained(t *testing.T) {
	returned := 0
	payload, err := wire.EncodeResult(value.NewObject("a", counting(2, &returned), "m", &value.Map{Pairs: [][2]value.Value{{"k", counting(0, &returned)}}},
		"i", &value.Interface{Members: value.NewObject("s", []any{counting(1, &returned)})}))
	if err != nil {
		t.Fatal(err)
	}
	v, err := drained(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := value.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":[1,2],"m":{"_rtype":"orderedmap","_rvalue":[["k",[]]]},"i":{"_rtype":"interface","_rid":"","_rvalue":{"s":[[1]]}}}`
	if diff := cmp.Diff(want, string(text)); diff != "" || returned != 0 {
		t.Error(diff, returned)
	}
}

func TestDrainedIsBounded(t *testing.T) {
	returned := 0
	d := drain{left: maxDrained}
	if _, err := d.value(t.Context(), []any{counting(maxDrained, &returned)}); err != nil || returned != 0 {
		t.Error(err, returned)
	}
	d = drain{left: maxDrained}
	_, err := d.value(t.Context(), []any{counting(maxDrained-1, &returned), counting(-1, &returned)})
	if err == nil || !strings.Contains(err.Error(), "more than 100000 items") || returned != 1 {
		t.Error("an endless iterator:", err, returned)
	}
}
