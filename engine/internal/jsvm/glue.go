package jsvm

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// glue are JavaScript's own functions, taken before a plugin could change them.
type glue struct {
	vm *VM

	global, settle, names, shows, isClass, blobParts, makeBlob, makeError, date goja.Callable
	steps, makeIterator                                                         goja.Callable
	takeCollections, takeViews, takeAsyncIterator                               goja.Callable
	parts                                                                       *goja.Object

	taken         uses         // what scripts named so far
	asyncIterator *goja.Symbol // nil before a script named Symbol
	// What collections and views take, nil before.
	mapForEach, setForEach                          goja.Callable
	set, mapCtor                                    goja.Value
	typedClass, shapeOf, dtypeOf, isDataView        goja.Callable
	typedTag, typedBuffer, typedOffset, typedLength goja.Callable
	viewBuffer, viewOffset, viewLength              goja.Callable
}

func newGlue(vm *VM) (*glue, error) {
	setup, err := vm.rt.RunProgram(environmentProgram("core"))
	if err != nil {
		return nil, err
	}
	run, _ := goja.AssertFunction(setup)
	result, err := run(goja.Undefined(), vm.rt.NewDynamicObject(&lazyNatives{vm, map[string]goja.Value{}}), vm.rt.GlobalObject())
	if err != nil {
		return nil, err
	}
	parts := result.(*goja.Object)
	g := &glue{vm: vm, parts: parts}
	take(parts, map[string]*goja.Callable{
		"global": &g.global, "settle": &g.settle, "names": &g.names, "shows": &g.shows, "isClass": &g.isClass, "blob": &g.blobParts, "newBlob": &g.makeBlob,
		"steps": &g.steps, "newIterator": &g.makeIterator, "newError": &g.makeError, "dateText": &g.date, "collections": &g.takeCollections, "views": &g.takeViews,
		"asyncIterator": &g.takeAsyncIterator,
	})
	return g, nil
}

func take(from *goja.Object, functions map[string]*goja.Callable) {
	for name, f := range functions {
		*f, _ = goja.AssertFunction(from.Get(name))
	}
}

// collections takes what maps and sets need; later calls do nothing.
func (g *glue) collections() {
	if g.mapForEach != nil {
		return
	}
	v, err := g.takeCollections(goja.Undefined())
	if err != nil {
		return // a plugin that took them away without naming them
	}
	o := v.(*goja.Object)
	g.set, g.mapCtor = o.Get("set"), o.Get("map")
	take(o, map[string]*goja.Callable{"mapForEach": &g.mapForEach, "setForEach": &g.setForEach})
}

// views takes what typed arrays need; later calls do nothing.
func (g *glue) views() {
	if g.typedTag != nil {
		return
	}
	v, err := g.takeViews(goja.Undefined())
	if err != nil {
		return
	}
	take(v.(*goja.Object), map[string]*goja.Callable{
		"typed": &g.typedClass, "shapeOf": &g.shapeOf, "dtypeOf": &g.dtypeOf, "isDataView": &g.isDataView,
		"typedTag": &g.typedTag, "typedBuffer": &g.typedBuffer, "typedOffset": &g.typedOffset, "typedLength": &g.typedLength,
		"viewBuffer": &g.viewBuffer, "viewOffset": &g.viewOffset, "viewLength": &g.viewLength,
	})
}

// scope are the names of the environment that belong to the global object itself, where
// a text that names one may look for it.
const scope = "DOMException setTimeout setInterval clearTimeout clearInterval queueMicrotask importScripts WorkerGlobalScope DedicatedWorkerGlobalScope"

var scopeNames = strings.Fields(scope)

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

func (g *glue) dateText(o *goja.Object) goja.Value {
	v, err := g.date(goja.Undefined(), o)
	if err != nil {
		return goja.Null()
	}
	return v
}

// at returns an item of a list, nil for a hole.
func (g *glue) at(o *goja.Object, i int) goja.Value { return o.Get(strconv.Itoa(i)) }

// each walks over a map or set and stops at the first error.
func (g *glue) each(forEach goja.Callable, o *goja.Object, take func(item, key goja.Value) error) error {
	var failed error
	if forEach == nil {
		return refuse("a Map or Set cannot leave the plugin: the plugin took its functions away")
	}
	step := func(call goja.FunctionCall) goja.Value {
		if failed == nil {
			failed = take(call.Argument(0), call.Argument(1))
		}
		return goja.Undefined()
	}
	if _, err := forEach(o, g.vm.rt.ToValue(step)); err != nil {
		return g.vm.fault(err)
	}
	return failed
}

// blob returns a Blob or File as a value, nil for other objects.
func (g *glue) blob(o *goja.Object) value.Value {
	v, err := g.blobParts(goja.Undefined(), o)
	if err != nil || goja.IsUndefined(v) {
		return nil
	}
	parts := v.(*goja.Object)
	data := g.vm.copied(parts.Get("0").Export().(goja.ArrayBuffer).Bytes())
	if data == nil {
		data = []byte{}
	}
	mime, name := parts.Get("1").String(), parts.Get("2")
	if goja.IsUndefined(name) {
		return &value.Blob{Type: mime, Data: data}
	}
	return &value.File{Name: name.String(), Type: mime, Size: int64(len(data)), Data: data}
}

func (g *glue) newBlob(v value.Value) (goja.Value, error) {
	rt := g.vm.rt
	if f, ok := v.(*value.File); ok {
		return g.makeBlob(goja.Undefined(), rt.ToValue(rt.NewArrayBuffer(f.Data)), rt.ToValue(f.Type), rt.ToValue(f.Name))
	}
	b := v.(*value.Blob)
	return g.makeBlob(goja.Undefined(), rt.ToValue(rt.NewArrayBuffer(b.Data)), rt.ToValue(b.Type), goja.Undefined())
}

func (g *glue) newError(name, message, stack string) (goja.Value, error) {
	return g.makeError(goja.Undefined(), g.vm.rt.ToValue(name), g.vm.rt.ToValue(message), g.vm.rt.ToValue(stack))
}

func (g *glue) construct(constructor goja.Value, args ...goja.Value) (goja.Value, error) {
	if constructor == nil {
		return nil, refuse("a Map or Set cannot enter the plugin: the plugin took its class away")
	}
	return g.vm.rt.New(constructor, args...)
}

// shows reports whether a name is one of memberNames.
func (vm *VM) shows(o *goja.Object, name string) bool {
	is, err := vm.glue.shows(goja.Undefined(), o, vm.rt.ToValue(name))
	return err == nil && is.ToBoolean()
}

// memberNames lists what an object shows to others: its own members and those of
// its classes, but for names that start with "_".
func (vm *VM) memberNames(o *goja.Object) []string {
	list, err := vm.glue.names(goja.Undefined(), o)
	if err != nil {
		return nil
	}
	names := list.(*goja.Object)
	out := make([]string, names.Get("length").ToInteger())
	for i := range out {
		out[i] = vm.glue.at(names, i).String()
	}
	return out
}
