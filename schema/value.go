package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// Describer is implemented by values that are not plain JSON and say what they are
// as plain JSON, without their data: an array as {"_rtype": "ndarray", "_rshape":
// [2, 3], "_rdtype": "float32"}, a file as {"_rtype": "file", "name": ..., "type":
// ..., "size": ...}.
type Describer interface{ SchemaValue() any }

// normal makes a value plain JSON as the library takes it: numbers are in bearable
// range, the data of arrays and files is left away. Values that are plain already
// are not copied. A fault says what cannot be checked.
func normal(v any) (any, *Violation) {
	n := normalizer{}
	return n.value(v, "", 0), n.fault
}

type normalizer struct{ fault *Violation }

func (n *normalizer) refuse(pointer, format string, args ...any) any {
	if n.fault == nil {
		n.fault = &Violation{Pointer: pointer, Message: fmt.Sprintf(format, args...)}
	}
	return nil
}

func (n *normalizer) value(v any, pointer string, depth int) any {
	if depth > MaxDataDepth {
		return n.refuse(pointer, "the data is nested deeper than %d", MaxDataDepth)
	}
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case json.Number:
		return bearable(v)
	case float64:
		return float(v)
	case float32:
		return float(float64(v))
	case int, int8, int32, int64, uint, uint8, uint32, uint64:
		return v
	case int16:
		return int64(v)
	case uint16:
		return int64(v)
	case []any:
		return n.list(v, pointer, depth)
	case map[string]any:
		return n.object(v, pointer, depth)
	case Describer:
		return n.value(v.SchemaValue(), pointer, depth+1)
	case []byte:
		return map[string]any{"_rtype": "bytes", "_rshape": []any{len(v)}}
	case *big.Int:
		if v != nil && v.BitLen() < 1300 {
			return json.Number(v.String())
		}
		return float(math.Inf(1))
	case *conf.Node:
		return n.value(v.Plain(), pointer, depth)
	}
	return n.reflected(v, pointer, depth)
}

// reflected takes Go's own slices and maps.
func (n *normalizer) reflected(v any, pointer string, depth int) any {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		if dtype := goDType(r.Type().Elem()); dtype != "" {
			return map[string]any{"_rtype": "typedarray", "_rdtype": dtype, "_rshape": []any{r.Len()}}
		}
		list := make([]any, r.Len())
		for i := range list {
			list[i] = n.value(r.Index(i).Interface(), pointer+"/"+strconv.Itoa(i), depth+1)
		}
		return list
	case reflect.Map:
		if r.Type().Key().Kind() == reflect.String {
			object := make(map[string]any, r.Len())
			for _, key := range r.MapKeys() {
				object[key.String()] = n.value(r.MapIndex(key).Interface(), pointer+"/"+conf.EscapePointer(key.String()), depth+1)
			}
			return object
		}
	}
	return map[string]any{"_rtype": "opaque"} // a function, a connection: an object of which nothing is known
}

func goDType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64, reflect.Bool:
		return t.Kind().String()
	}
	return ""
}

func (n *normalizer) list(v []any, pointer string, depth int) any {
	out, copied := v, false
	for i, item := range v {
		changed := n.value(item, pointer+"/"+strconv.Itoa(i), depth+1)
		if !copied && !same(item, changed) {
			out, copied = append([]any(nil), v...), true
		}
		if copied {
			out[i] = changed
		}
	}
	return out
}

func (n *normalizer) object(v map[string]any, pointer string, depth int) any {
	if kind, ok := v["_rtype"].(string); ok {
		if plain, is := described(kind, v); is {
			return plain
		}
	}
	out, copied := v, false
	for key, item := range v {
		changed := n.value(item, pointer+"/"+conf.EscapePointer(key), depth+1)
		if !copied && !same(item, changed) {
			out, copied = make(map[string]any, len(v)), true
			for k, old := range v {
				out[k] = old
			}
		}
		if copied {
			out[key] = changed
		}
	}
	return out
}

// described reads an object of ImJoy's encoding: what is a number becomes one, and
// data is left away. A file has its usual properties as well, as in a browser.
func described(kind string, v map[string]any) (plain any, ok bool) {
	switch kind {
	case "number":
		switch v["_rvalue"] {
		case "Infinity":
			return json.Number("1e400"), true
		case "-Infinity":
			return json.Number("-1e400"), true
		case "-0":
			return json.Number("0"), true
		}
		return map[string]any{"_rtype": "number", "_rvalue": "NaN"}, true
	case "bigint":
		if text, isText := v["_rvalue"].(string); isText && len(text) < 400 && isInteger(text) {
			return json.Number(text), true
		}
		return nil, false
	case "ndarray", "typedarray", "bytes", "memoryview", "file", "blob":
	default:
		return nil, false
	}
	out := make(map[string]any, len(v))
	for key, item := range v {
		switch item := item.(type) {
		case string, bool, json.Number, float64, int, int64:
			out[key] = item
		case []any:
			if key == "_rshape" {
				out[key] = item
			}
		case []int:
			list := make([]any, len(item))
			for i, n := range item {
				list[i] = n
			}
			out[key] = list
		}
	}
	delete(out, "_rvalue")
	if kind == "file" {
		for from, to := range map[string]string{"_rname": "name", "_rmime": "type", "_rsize": "size", "_rpath": "path"} {
			if value, has := out[from]; has && out[to] == nil {
				out[to] = value
			}
		}
	}
	return out, true
}

// same reports whether normal left a value as it was, without comparing contents.
func same(before, after any) bool {
	switch before := before.(type) {
	case map[string]any:
		after, ok := after.(map[string]any)
		return ok && reflect.ValueOf(before).Pointer() == reflect.ValueOf(after).Pointer()
	case []any:
		after, ok := after.([]any)
		return ok && len(before) == len(after) && (len(before) == 0 || &before[0] == &after[0])
	case nil, bool, string, json.Number, float64, int, int64:
		return before == after
	}
	return false
}

// float makes a float a number that the library can compute with.
func float(f float64) any {
	switch {
	case math.IsNaN(f):
		return map[string]any{"_rtype": "number", "_rvalue": "NaN"}
	case math.IsInf(f, 0):
		return json.Number(strconv.FormatFloat(math.Copysign(1, f), 'f', 0, 64) + "e400")
	}
	return f
}

// bearable keeps a number's text unless computing with it exactly would cost
// memory: the library makes fractions of numbers.
func bearable(n json.Number) any {
	text := n.String()
	i := strings.IndexAny(text, "eE")
	if i < 0 && len(text) < 1000 {
		return n
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return "not a number"
	}
	if exponent, err := strconv.Atoi(text[i+1:]); i >= 0 && err == nil && exponent < 400 && exponent > -400 && len(text) < 1000 {
		return n
	}
	return float(f)
}

func isInteger(text string) bool {
	text = strings.TrimPrefix(text, "-")
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}
