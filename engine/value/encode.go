package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// Encoder writes values as JSON and leaves to its functions what JSON has no form
// for. Each appends one JSON value to dst: the "_rvalue" of the object around it.
type Encoder struct {
	Bytes    func(dst, data []byte) ([]byte, error)
	Array    func(dst []byte, a *ndarray.Array) ([]byte, error)
	Function func(dst []byte, f *Function) ([]byte, error)

	// Limit is the longest text that is written, in bytes; 0 means no limit.
	Limit int

	ancestors []any // of the value being written, from cycleCheckDepth on
	depth     int
}

var errSelf = errors.New("the value contains itself")

// Append writes one value.
func (e *Encoder) Append(dst []byte, v Value) ([]byte, error) {
	if e.Limit > 0 && len(dst) > e.Limit {
		return dst, fmt.Errorf("the value is larger than %d bytes as text", e.Limit)
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return AppendString(dst, v), nil
	case json.Number:
		p := parser{text: []byte(v)}
		if _, err := p.number(); err != nil || p.at != len(v) {
			return dst, fmt.Errorf("%q is not a number", string(v))
		}
		return append(dst, v...), nil
	case *Function:
		return e.tagged(dst, "function", v, e.Function)
	case *big.Int:
		return append(v.Append(append(dst, `{"_rtype":"bigint","_rvalue":"`...), 10), `"}`...), nil
	case []byte:
		return e.bytes(append(dst, `{"_rtype":"bytes","_rvalue":`...), v)
	case *ndarray.Array:
		return e.array(dst, v)
	case *File:
		return e.file(dst, v)
	case *Blob:
		dst = AppendString(append(dst, `{"_rtype":"blob","_rmime":`...), v.Type)
		return e.bytes(append(dst, `,"_rvalue":`...), v.Data)
	case *Error:
		return appendError(dst, v), nil
	case error:
		return appendError(dst, &Error{Name: "Error", Message: v.Error()}), nil
	}
	return e.container(dst, v)
}

// container writes what holds other values, and Go's other number types.
func (e *Encoder) container(dst []byte, v Value) ([]byte, error) {
	if e.depth++; e.depth > MaxDepth {
		return dst, fmt.Errorf("the value is nested deeper than %d levels", MaxDepth)
	}
	defer func() { e.depth-- }()
	if e.depth > cycleCheckDepth {
		id := identity(v)
		if id != nil && slices.Contains(e.ancestors, id) {
			return dst, errSelf
		}
		e.ancestors = append(e.ancestors, id)
		defer func() { e.ancestors = e.ancestors[:len(e.ancestors)-1] }()
	}
	switch v := v.(type) {
	case []any:
		return e.list(dst, v)
	case []string:
		items := make([]any, len(v))
		for i, s := range v {
			items[i] = s
		}
		return e.list(dst, items)
	case *Object:
		return e.object(dst, v)
	case map[string]any:
		o := &Object{values: v, keys: slices.Sorted(maps.Keys(v))}
		return e.object(dst, o)
	case *Set:
		return e.close(e.list(append(dst, `{"_rtype":"set","_rvalue":`...), v.Items))
	case *Map:
		pairs := make([]any, len(v.Pairs))
		for i, p := range v.Pairs {
			pairs[i] = p[:]
		}
		return e.close(e.list(append(dst, `{"_rtype":"orderedmap","_rvalue":`...), pairs))
	case *Interface:
		dst = AppendString(append(dst, `{"_rtype":"interface","_rid":`...), v.ID)
		if v.Iterator {
			dst = append(dst, `,"_riter":true`...)
		}
		return e.close(e.object(append(dst, `,"_rvalue":`...), v.Members))
	}
	return appendGoNumber(dst, v)
}

func (e *Encoder) list(dst []byte, items []any) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = e.Append(dst, item); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (e *Encoder) object(dst []byte, o *Object) (_ []byte, err error) {
	dst = append(dst, '{')
	for i, key := range o.Keys() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, key), ':')
		if dst, err = e.Append(dst, o.values[key]); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func (e *Encoder) array(dst []byte, a *ndarray.Array) ([]byte, error) {
	if size, err := ndarray.Bytes(a.DType, a.Shape); err != nil || size != len(a.Data) {
		return dst, fmt.Errorf("an array of %s %v with %d bytes is malformed", a.DType, a.Shape, len(a.Data))
	}
	name := "ndarray"
	if a.Typed {
		name = "typedarray"
	}
	dst = append(append(append(dst, `{"_rtype":"`...), name...), `","_rvalue":`...)
	dst, err := e.Array(dst, a)
	if err != nil {
		return dst, err
	}
	if !a.Typed {
		dst = append(dst, `,"_rshape":[`...)
		for i, n := range a.Shape {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, int64(n), 10)
		}
		dst = append(dst, ']')
	}
	return append(AppendString(append(dst, `,"_rdtype":`...), string(a.DType)), '}'), nil
}

func (e *Encoder) file(dst []byte, f *File) ([]byte, error) {
	dst = AppendString(append(dst, `{"_rtype":"file","_rname":`...), f.Name)
	dst = AppendString(append(dst, `,"_rmime":`...), f.Type)
	dst = strconv.AppendInt(append(dst, `,"_rsize":`...), f.Size, 10)
	if f.Path != "" {
		dst = AppendString(append(dst, `,"_rpath":`...), f.Path)
	}
	if f.Data == nil {
		return append(dst, '}'), nil
	}
	return e.bytes(append(dst, `,"_rvalue":`...), f.Data)
}

func (e *Encoder) bytes(dst, data []byte) ([]byte, error) {
	return e.close(e.Bytes(dst, data))
}

func (e *Encoder) tagged(dst []byte, name string, f *Function, write func([]byte, *Function) ([]byte, error)) ([]byte, error) {
	if write == nil {
		return dst, errors.New("a function cannot be written here")
	}
	return e.close(write(append(append(append(dst, `{"_rtype":"`...), name...), `","_rvalue":`...), f))
}

func (*Encoder) close(dst []byte, err error) ([]byte, error) { return append(dst, '}'), err }

func appendError(dst []byte, v *Error) []byte {
	dst = AppendString(append(dst, `{"_rtype":"error","_rvalue":`...), v.Message)
	dst = AppendString(append(dst, `,"_rname":`...), v.Name)
	if v.Stack != "" {
		dst = AppendString(append(dst, `,"_rtrace":`...), v.Stack)
	}
	return append(dst, '}')
}

// appendFloat writes a number as JavaScript does; those JSON has no form for are
// objects.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `{"_rtype":"number","_rvalue":"NaN"}`...)
	case math.IsInf(f, 1):
		return append(dst, `{"_rtype":"number","_rvalue":"Infinity"}`...)
	case math.IsInf(f, -1):
		return append(dst, `{"_rtype":"number","_rvalue":"-Infinity"}`...)
	case f == 0 && math.Signbit(f):
		return append(dst, `{"_rtype":"number","_rvalue":"-0"}`...)
	case f == math.Trunc(f) && math.Abs(f) < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	case math.Abs(f) >= 1e21 || math.Abs(f) < 1e-6:
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendFloat32 writes the shortest text that is the same float32.
func appendFloat32(dst []byte, f float64) []byte {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
	return appendFloat(dst, short)
}

func appendGoNumber(dst []byte, v Value) ([]byte, error) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, r.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(dst, r.Uint(), 10), nil
	case reflect.Float64:
		return appendFloat(dst, r.Float()), nil
	case reflect.Float32:
		return appendFloat32(dst, r.Float()), nil
	}
	return dst, fmt.Errorf("a %T cannot cross a border", v)
}

// identity returns something comparable that names a container, nil when it is
// empty and so cannot contain itself.
func identity(v Value) any {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Map:
		return r.Pointer()
	case reflect.Slice:
		if r.Len() > 0 {
			return [2]uintptr{r.Pointer(), uintptr(r.Len())}
		}
	}
	return nil
}

const hexDigits = "0123456789abcdef"

// AppendString writes a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < 0x7f {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				if !disguises(r) {
					i += size
					continue
				}
			}
		}
		dst = append(dst, s[from:i]...)
		switch {
		case r == utf8.RuneError:
			dst = append(dst, "\ufffd"...)
		case r == '"' || r == '\\':
			dst = append(dst, '\\', c)
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		}
		i += size
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

// disguises tells characters beyond ASCII that a terminal or a reader of code takes for
// something else than text: controls, ends of lines, and what turns the direction around.
func disguises(r rune) bool {
	return r <= 0x9f || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
