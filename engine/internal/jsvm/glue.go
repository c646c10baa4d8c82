package jsvm

import (
	"strconv"
	"strings"

	"github.com/dop251/goja"

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
