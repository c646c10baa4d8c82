package jsvm

import (
	"math"
	"reflect"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// arrayTypes maps the names of typed arrays to dtypes; a clamped array arrives as
// the plain one.
var arrayTypes = map[string]ndarray.DType{
	"Int8Array": ndarray.Int8, "Int16Array": ndarray.Int16, "Int32Array": ndarray.Int32, "BigInt64Array": ndarray.Int64,
	"Uint8Array": ndarray.Uint8, "Uint8ClampedArray": ndarray.Uint8, "Uint16Array": ndarray.Uint16, "Uint32Array": ndarray.Uint32,
	"BigUint64Array": ndarray.Uint64, "Float32Array": ndarray.Float32, "Float64Array": ndarray.Float64,
}

// typedNames are the classes of typed arrays by dtype.
var typedNames = map[ndarray.DType]string{
	ndarray.Int8: "Int8Array", ndarray.Int16: "Int16Array", ndarray.Int32: "Int32Array", ndarray.Int64: "BigInt64Array",
	ndarray.Uint8: "Uint8Array", ndarray.Uint16: "Uint16Array", ndarray.Uint32: "Uint32Array", ndarray.Uint64: "BigUint64Array",
	ndarray.Float32: "Float32Array", ndarray.Float64: "Float64Array", ndarray.Bool: "Uint8Array",
}

// typed returns the class for a dtype, bytes for bool; ok is false where JavaScript has
// none, as for float16.
func (g *glue) typed(d ndarray.DType) (class goja.Value, ok bool) {
	name, ok := typedNames[d]
	if !ok {
		return nil, false
	}
	if g.views(); g.typedClass == nil {
		return nil, false
	}
	class, err := g.typedClass(goja.Undefined(), g.vm.rt.ToValue(name))
	return class, err == nil && !goja.IsUndefined(class)
}

// view reads a typed array or a DataView; ok is false for other objects.
func (g *glue) view(o *goja.Object) (v value.Value, ok bool, err error) {
	if g.typedTag == nil {
		if t := o.ExportType(); t == nil || t.Kind() != reflect.Slice || t.Elem().Kind() == reflect.Interface || t.Elem().Kind() == reflect.Array {
			return nil, false, nil // no script named views, and this is none
		}
		if g.views(); g.typedTag == nil {
			return nil, false, nil
		}
	}
	tag, err := g.typedTag(o)
	if err != nil {
		return nil, false, nil
	}
	if goja.IsUndefined(tag) {
		if is, err := g.isDataView(goja.Undefined(), o); err != nil || !is.ToBoolean() {
			return nil, false, nil
		}
		data, err := g.window(o, g.viewBuffer, g.viewOffset, g.viewLength)
		return data, true, err
	}
	dtype := arrayTypes[tag.String()]
	data, err := g.window(o, g.typedBuffer, g.typedOffset, g.typedLength)
	if err != nil || dtype == "" {
		return nil, true, err
	}
	out := &ndarray.Array{DType: dtype, Shape: []int{len(data) / dtype.Size()}, Data: data, Typed: true}
	return out, true, g.reshape(o, out)
}

// reshape gives an array the shape and dtype that the script's object says, when they
// fit: then it is no longer a plain typed array.
func (g *glue) reshape(o *goja.Object, a *ndarray.Array) error {
	v, err := g.shapeOf(goja.Undefined(), o)
	if err != nil {
		return g.vm.fault(err)
	}
	axes, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	rank := axes.Get("length").ToInteger()
	if rank < 0 || rank > maxRank {
		return refuse("an array of %d axes cannot leave the plugin: at most %d", rank, maxRank)
	}
	shape, count := make([]int, rank), 1.0
	for i := range shape {
		n := g.at(axes, i).ToFloat()
		if n < 0 || n != math.Trunc(n) || n > math.MaxInt32 {
			return refuse("the shape %s does not fit an array of %d elements", text(axes), a.Len())
		}
		shape[i] = int(n)
		count *= n
	}
	if count != float64(a.Len()) {
		return refuse("the shape %s does not fit an array of %d elements", text(axes), a.Len())
	}
	a.Shape, a.Typed = shape, false
	named, err := g.dtypeOf(goja.Undefined(), o)
	if err != nil {
		return g.vm.fault(err)
	}
	if d := ndarray.DType(text(named)); d.Size() == a.DType.Size() {
		a.DType = d
	}
	return nil
}

// window is a copy of the bytes that a view shows.
func (g *glue) window(o *goja.Object, buffer, offset, length goja.Callable) ([]byte, error) {
	data, err := g.memory(o, buffer, offset, length)
	if err != nil {
		return nil, err
	}
	return g.vm.copied(data), nil
}

// memory is the part of a buffer that a view shows. A script that replaced the getters
// before it named a view may give anything here.
func (g *glue) memory(o *goja.Object, buffer, offset, length goja.Callable) ([]byte, error) {
	b, err := buffer(o)
	if err != nil {
		return nil, g.vm.fault(err)
	}
	from, err := offset(o)
	if err != nil {
		return nil, g.vm.fault(err)
	}
	n, err := length(o)
	if err != nil {
		return nil, g.vm.fault(err)
	}
	held, ok := b.Export().(goja.ArrayBuffer)
	if !ok {
		return nil, refuse("the array has no memory")
	}
	data, start, end := held.Bytes(), from.ToInteger(), from.ToInteger()+n.ToInteger()
	if start < 0 || start > end || end > int64(len(data)) {
		return nil, refuse("the array's memory is gone")
	}
	return data[start:end], nil
}
