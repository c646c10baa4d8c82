package value

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// JSON returns a value as JSON text, for people and for files: undefined and nil
// are null, NaN and the like are objects with "_rtype", bytes are base64, arrays
// of up to [MaxInlineElements] are lists of numbers, larger ones base64 of their
// bytes. A value that contains itself is an error.
func JSON(v Value) ([]byte, error) {
	e := Encoder{Bytes: appendBase64, Array: appendElements, Function: appendName}
	return e.Append(nil, v)
}

// FromJSON reads what [JSON] wrote; so data that people write by hand may hold
// arrays and bytes as well. Functions stay objects.
func FromJSON(text []byte) (Value, error) {
	d := Decoder{Bytes: base64Bytes, Array: elements}
	return d.Decode(text)
}

// Revive returns what an object that a plugin encoded itself stands for: one with a
// known "_rtype" whose "_rvalue" holds bytes, an array, or a list of numbers. Other
// objects come back as they are.
func Revive(o *Object) (Value, error) {
	bytes := func(v Value) ([]byte, error) {
		if data, ok := Plain(v); ok {
			return data, nil
		}
		return nil, fmt.Errorf(`the "_rvalue" of %q does not hold bytes`, o.Text("_rtype"))
	}
	d := Decoder{Bytes: bytes, Array: func(v Value, dtype ndarray.DType, count int) ([]byte, error) {
		if data, ok := Plain(v); ok {
			return data, nil
		}
		if _, isList := v.([]any); isList {
			return elements(v, dtype, count)
		}
		return bytes(v)
	}}
	return d.revive(o)
}

func appendBase64(dst, data []byte) ([]byte, error) {
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), data), '"'), nil
}

func appendName(dst []byte, f *Function) ([]byte, error) { return AppendString(dst, f.Name), nil }

func appendElements(dst []byte, a *ndarray.Array) ([]byte, error) {
	if a.Len() > MaxInlineElements {
		return appendBase64(dst, a.Data)
	}
	dst = append(dst, '[')
	for i := range a.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendElement(dst, a, i)
	}
	return append(dst, ']'), nil
}

func appendElement(dst []byte, a *ndarray.Array, i int) []byte {
	switch a.DType {
	case ndarray.Bool:
		return strconv.AppendBool(dst, a.At(i) != 0)
	case ndarray.Int64:
		return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(a.Data[8*i:])), 10)
	case ndarray.Uint64:
		return strconv.AppendUint(dst, binary.LittleEndian.Uint64(a.Data[8*i:]), 10)
	}
	f := a.At(i)
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 0):
		return strconv.AppendQuote(dst, map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0])
	case f == 0 && math.Signbit(f):
		return append(dst, "-0.0"...)
	case a.DType == ndarray.Float32:
		return appendFloat32(dst, f)
	}
	return appendFloat(dst, f)
}

func base64Bytes(v Value) ([]byte, error) {
	if data, ok := Plain(v); ok {
		return data, nil
	}
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf(`the "_rvalue" of bytes must be base64 text`)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf(`the "_rvalue" of bytes is not base64: %w`, err)
	}
	return data, nil
}

// elements reads base64 or a flat list of numbers.
func elements(v Value, dtype ndarray.DType, count int) ([]byte, error) {
	list, ok := v.([]any)
	if !ok {
		return base64Bytes(v)
	}
	if count >= 0 && count != len(list) {
		return nil, fmt.Errorf("an array of %d elements has %d numbers", count, len(list))
	}
	a, err := ndarray.New(dtype, len(list))
	if err != nil {
		return nil, err
	}
	for i, item := range list {
		if err := setElement(a, i, item); err != nil {
			return nil, fmt.Errorf("element %d of an array: %w", i, err)
		}
	}
	return a.Data, nil
}

func setElement(a *ndarray.Array, i int, item Value) error {
	switch item := item.(type) {
	case float64:
		a.Set(i, item)
		return nil
	case int64:
		if a.DType.Size() == 8 && a.DType.Integer() {
			binary.LittleEndian.PutUint64(a.Data[8*i:], uint64(item))
			return nil
		}
		a.Set(i, float64(item))
		return nil
	case bool:
		if item {
			a.Set(i, 1)
		}
		return nil
	case string:
		f, err := number(item)
		if err == nil && !a.DType.Integer() {
			a.Set(i, f.(float64))
			return nil
		}
	case interface{ Uint64() uint64 }: // *big.Int between 2^63 and 2^64
		if a.DType == ndarray.Uint64 {
			binary.LittleEndian.PutUint64(a.Data[8*i:], item.Uint64())
			return nil
		}
	}
	return fmt.Errorf("a %T is not an element of %s", item, a.DType)
}
