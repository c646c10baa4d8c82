package value

import (
	"fmt"
	"math"
	"math/big"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// Decoder reads JSON and turns objects with a known "_rtype" into values. Its
// functions get what stood under "_rvalue", already decoded. An unknown "_rtype"
// stays an object, as in ImJoy.
type Decoder struct {
	Bytes    func(v Value) ([]byte, error)
	Array    func(v Value, dtype ndarray.DType, count int) ([]byte, error)
	Function func(v Value) (*Function, error) // nil: functions stay objects
}

// Decode reads one value.
func (d *Decoder) Decode(text []byte) (Value, error) {
	p := parser{text: text, decoder: d}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, p.errorf("there is more text after the value")
	}
	return v, nil
}

// revive turns an object with "_rtype" into the value it stands for.
func (d *Decoder) revive(o *Object) (Value, error) {
	kind, ok := o.Get("_rtype").(string)
	if !ok {
		return o, nil
	}
	inner := o.Get("_rvalue")
	switch kind {
	case "bytes", "memoryview":
		return d.Bytes(inner)
	case "blob":
		data, err := d.Bytes(inner)
		return &Blob{Type: o.Text("_rmime"), Data: data}, err
	case "typedarray":
		return d.typedArray(o)
	case "ndarray":
		return d.array(o)
	case "number":
		return number(inner)
	case "bigint":
		n, ok := new(big.Int).SetString(short(inner), 10)
		if !ok {
			return nil, fmt.Errorf("%q is not a whole number", short(inner))
		}
		return n, nil
	case "error":
		text, _ := inner.(string)
		return &Error{Name: o.Text("_rname"), Message: text, Stack: o.Text("_rtrace")}, nil
	case "set":
		items, ok := inner.([]any)
		return &Set{Items: items}, want(ok, "set", "a list")
	case "orderedmap":
		return orderedMap(inner)
	case "file":
		return d.file(o)
	case "function":
		if d.Function == nil {
			return o, nil
		}
		f, err := d.Function(inner)
		return f, err
	case "interface":
		members, ok := inner.(*Object)
		if o.Get("_riter") == true && ok && d.Function != nil {
			_, next := members.Get("next").(*Function)
			return &Interface{ID: o.Text("_rid"), Members: members, Iterator: true}, want(next, "iterator", `an object with the function "next"`)
		}
		return &Interface{ID: o.Text("_rid"), Members: members}, want(ok, "interface", "an object")
	}
	return o, nil
}

func want(ok bool, kind, what string) error {
	if ok {
		return nil
	}
	return fmt.Errorf(`the "_rvalue" of a %s must be %s`, kind, what)
}

// short returns the text of a value when it is text of bearable length.
func short(v Value) string {
	if s, ok := v.(string); ok && len(s) <= maxIntegerDigits {
		return s
	}
	return ""
}

func number(v Value) (Value, error) {
	switch v {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	case "-0":
		return math.Copysign(0, -1), nil
	}
	if f, ok := v.(float64); ok {
		return f, nil
	}
	return nil, fmt.Errorf(`the "_rvalue" of a number must be "NaN", "Infinity", "-Infinity" or "-0"`)
}

func orderedMap(v Value) (Value, error) {
	items, ok := v.([]any)
	m := &Map{Pairs: make([][2]Value, 0, len(items))}
	for _, item := range items {
		pair, isList := item.([]any)
		if !isList || len(pair) != 2 {
			ok = false
			break
		}
		m.Pairs = append(m.Pairs, [2]Value{pair[0], pair[1]})
	}
	return m, want(ok, "orderedmap", "a list of pairs")
}

func (d *Decoder) file(o *Object) (Value, error) {
	f := &File{Name: o.Text("_rname"), Type: o.Text("_rmime"), Path: o.Text("_rpath")}
	if size, ok := o.Get("_rsize").(float64); ok && size >= 0 && size < 1<<53 {
		f.Size = int64(size)
	}
	inner, ok := o.Lookup("_rvalue")
	if !ok || inner == nil {
		return f, nil
	}
	data, err := d.Bytes(inner)
	if err != nil {
		return nil, err
	}
	f.Data, f.Size = data, int64(len(data))
	return f, nil
}

func (d *Decoder) typedArray(o *Object) (Value, error) {
	dtype := ndarray.DType(o.Text("_rdtype"))
	if !dtype.Valid() {
		return nil, fmt.Errorf("a typed array has the unknown _rdtype %q", string(dtype))
	}
	data, err := d.Array(o.Get("_rvalue"), dtype, -1)
	if err != nil {
		return nil, err
	}
	if len(data)%dtype.Size() != 0 {
		return nil, fmt.Errorf("a typed array of %s cannot have %d bytes", dtype, len(data))
	}
	return &ndarray.Array{DType: dtype, Shape: []int{len(data) / dtype.Size()}, Data: data, Typed: true}, nil
}

func (d *Decoder) array(o *Object) (Value, error) {
	dtype := ndarray.DType(o.Text("_rdtype"))
	axes, ok := o.Get("_rshape").([]any)
	if !ok {
		return nil, fmt.Errorf("an ndarray needs a list as its _rshape")
	}
	shape := make([]int, len(axes))
	for i, axis := range axes {
		n, ok := axis.(float64)
		if !ok || n != math.Trunc(n) || n < 0 || n > 1<<53 {
			return nil, fmt.Errorf("axis %d of an ndarray's _rshape is not a size", i)
		}
		shape[i] = int(n)
	}
	size, err := ndarray.Bytes(dtype, shape)
	if err != nil {
		return nil, err
	}
	data, err := d.Array(o.Get("_rvalue"), dtype, size/dtype.Size())
	if err != nil {
		return nil, err
	}
	return ndarray.Wrap(dtype, shape, data)
}

// Plain returns the bytes of a value that holds bytes by itself: bytes, an array,
// or a list of byte chunks. ok is false for other values.
func Plain(v Value) (data []byte, ok bool) {
	switch v := v.(type) {
	case []byte:
		return v, true
	case *ndarray.Array:
		return v.Data, true
	case []any:
		for _, chunk := range v {
			part, isBytes := chunk.([]byte)
			if !isBytes {
				return nil, false
			}
			data = append(data, part...)
		}
		return data, len(v) > 0
	}
	return nil, false
}
