package jsvm

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// fromJS turns a JavaScript value into one that can cross; bytes are copied, since
// the script goes on while they are sent. Getters and proxies of
// the plugin may run, and throw.
func (vm *VM) fromJS(v goja.Value) (out value.Value, err error) {
	if thrown := vm.rt.Try(func() { out, err = (&reader{vm: vm}).read(v) }); thrown != nil {
		return nil, vm.fault(thrown)
	}
	return out, err
}

func refuse(format string, args ...any) error {
	return &wire.Fault{Name: "DataCloneError", Message: fmt.Sprintf(format, args...)}
}

type reader struct {
	vm   *VM
	path []*goja.Object // the objects around the one being read
}

var (
	promiseType = reflect.TypeFor[*goja.Promise]()
	bufferType  = reflect.TypeFor[goja.ArrayBuffer]()
	mapType     = reflect.TypeFor[[][2]any]()
	listType    = reflect.TypeFor[[]any]()
)

func (r *reader) read(v goja.Value) (value.Value, error) {
	object, ok := v.(*goja.Object)
	if ok {
		return r.object(object)
	}
	switch {
	case v == nil || goja.IsUndefined(v) || goja.IsNull(v):
		return nil, nil
	case goja.IsBigInt(v):
		n, _ := v.Export().(*big.Int)
		return n, nil
	case goja.IsString(v):
		return v.String(), nil
	case goja.IsNumber(v):
		return v.ToFloat(), nil
	}
	if b, ok := v.Export().(bool); ok {
		return b, nil
	}
	return nil, refuse("%s cannot leave the plugin", v.String()) // a symbol
}

func (r *reader) object(o *goja.Object) (value.Value, error) {
	if f, ok := goja.AssertFunction(o); ok {
		return r.vm.function(o, f), nil
	}
	switch o.ExportType() {
	case promiseType:
		return nil, refuse("a promise cannot leave the plugin: await it first")
	case bufferType:
		return slices.Clone(o.Export().(goja.ArrayBuffer).Bytes()), nil
	}
	if a, ok, err := r.vm.glue.view(o); ok || err != nil {
		return a, err
	}
	if len(r.path) >= value.MaxDepth {
		return nil, refuse("the value is nested deeper than %d levels", value.MaxDepth)
	}
	for _, around := range r.path {
		if around == o {
			return nil, refuse("the value contains itself")
		}
	}
	r.path = append(r.path, o)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	if v, ok, err := r.encoded(o); ok {
		return v, err
	}
	switch o.ClassName() {
	case "Error":
		return &value.Error{Name: text(o.Get("name")), Message: text(o.Get("message")), Stack: ""}, nil
	case "Date":
		return r.read(r.vm.glue.dateText(o))
	case "Array":
		return r.list(o)
	}
	switch o.ExportType() {
	case mapType:
		return r.pairs(o)
	case listType:
		return r.set(o)
	}
	if file := r.vm.glue.blob(o); file != nil {
		return file, nil
	}
	return r.plain(o)
}

func (r *reader) list(o *goja.Object) (value.Value, error) {
	n := o.Get("length").ToFloat()
	if n > MaxListLength {
		return nil, refuse("a list of %.0f items cannot leave the plugin: at most %d, or a typed array", n, MaxListLength)
	}
	items := make([]any, 0, min(int(n), 1024))
	for i := range int(n) {
		item, err := r.read(r.vm.glue.at(o, i))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (r *reader) pairs(o *goja.Object) (value.Value, error) {
	m := &value.Map{}
	return m, r.vm.glue.each(r.vm.glue.mapForEach, o, func(item, key goja.Value) error {
		k, err := r.read(key)
		if err != nil {
			return err
		}
		v, err := r.read(item)
		m.Pairs = append(m.Pairs, [2]value.Value{k, v})
		return err
	})
}

func (r *reader) set(o *goja.Object) (value.Value, error) {
	s := &value.Set{Items: []any{}}
	return s, r.vm.glue.each(r.vm.glue.setForEach, o, func(item, _ goja.Value) error {
		v, err := r.read(item)
		s.Items = append(s.Items, v)
		return err
	})
}

// plain reads an object's own enumerable members; one with `_rintf` is an
// interface and has the methods of its classes too.
func (r *reader) plain(o *goja.Object) (value.Value, error) {
	keys := o.Keys()
	out := &value.Object{}
	id := ""
	alive := o.Get("_rintf")
	isInterface := alive != nil && alive.ToBoolean()
	if isInterface {
		id, keys = text(alive), r.vm.memberNames(o)
	}
	for _, key := range keys {
		if isInterface && strings.HasPrefix(key, "_") {
			continue
		}
		member := o.Get(key)
		if f, ok := goja.AssertFunction(member); ok && isInterface {
			out.Set(key, r.vm.method(o, key, f))
			continue
		}
		v, err := r.read(member)
		if err != nil {
			return nil, err
		}
		out.Set(key, v)
	}
	if isInterface {
		return &value.Interface{ID: id, Members: out}, nil
	}
	v, err := value.Revive(out)
	if err != nil {
		return nil, refuse("%v", err)
	}
	return v, nil
}

// function is a function of the plugin for others to call.
func (vm *VM) function(o *goja.Object, f goja.Callable) value.Value {
	return vm.method(nil, text(o.Get("name")), f)
}

func (vm *VM) method(this *goja.Object, name string, f goja.Callable) *value.Function {
	if name == "" {
		name = "callback"
	}
	return &value.Function{Name: name, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		return vm.wait(ctx, name, func(w *waiter) {
			var receiver goja.Value = goja.Undefined()
			if this != nil {
				receiver = this
			}
			vm.invoke(w, receiver, f, args)
		})
	}}
}

// toJS turns a value into a JavaScript one. It runs on the loop.
func (vm *VM) toJS(v value.Value) (out goja.Value, err error) {
	if thrown := vm.rt.Try(func() { out, err = vm.write(v) }); thrown != nil {
		return nil, vm.fault(thrown)
	}
	return out, err
}

func (vm *VM) write(v value.Value) (goja.Value, error) {
	switch v := v.(type) {
	case nil:
		return goja.Null(), nil
	case bool, string, float64, *big.Int:
		return vm.rt.ToValue(v), nil
	case int64:
		if v > -1<<53 && v < 1<<53 {
			return vm.rt.ToValue(v), nil
		}
		return vm.rt.ToValue(big.NewInt(v)), nil
	case []byte:
		return vm.rt.ToValue(vm.rt.NewArrayBuffer(v)), nil
	case *ndarray.Array:
		return vm.writeArray(v)
	case *value.Error:
		return vm.glue.newError(v.Name, v.Message, v.Stack)
	case *value.File, *value.Blob:
		return vm.glue.newBlob(v)
	case *value.Function:
		return vm.remote(v), nil
	case []any:
		return vm.writeList(v)
	case *value.Object:
		o, err := vm.writeObject(v)
		if kind := v.Text("_rtype"); err == nil && kind != "" {
			return vm.decoded(kind, o)
		}
		return o, err
	case *value.Interface:
		o, err := vm.writeObject(v.Members)
		if err != nil {
			return nil, err
		}
		return o, o.DefineDataProperty("_rintf", vm.rt.ToValue(v.ID), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	case *value.Set:
		items, err := vm.writeList(v.Items)
		if err != nil {
			return nil, err
		}
		return vm.glue.construct(vm.glue.set, items)
	case *value.Map:
		pairs := make([]any, len(v.Pairs))
		for i, p := range v.Pairs {
			pairs[i] = p[:]
		}
		items, err := vm.writeList(pairs)
		if err != nil {
			return nil, err
		}
		return vm.glue.construct(vm.glue.mapCtor, items)
	}
	return nil, fmt.Errorf("a %T cannot enter a plugin", v)
}

func (vm *VM) writeList(items []any) (goja.Value, error) {
	out := make([]any, len(items))
	for i, item := range items {
		v, err := vm.write(item)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return vm.rt.NewArray(out...), nil
}

func (vm *VM) writeObject(o *value.Object) (*goja.Object, error) {
	out := vm.rt.NewObject()
	for key, item := range o.All() {
		v, err := vm.write(item)
		if err != nil {
			return nil, err
		}
		// Defined, not assigned: "__proto__" is a key like any other.
		if err := out.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (vm *VM) writeArray(a *ndarray.Array) (goja.Value, error) {
	buffer := vm.rt.ToValue(vm.rt.NewArrayBuffer(a.Data))
	if constructor, ok := vm.glue.typed[a.DType]; ok && a.Typed {
		return vm.glue.construct(constructor, buffer)
	}
	shape := make([]any, len(a.Shape))
	for i, n := range a.Shape {
		shape[i] = float64(n)
	}
	axes, err := vm.writeList(shape)
	if err != nil {
		return nil, err
	}
	out := vm.rt.NewObject()
	for _, member := range []struct {
		key   string
		value goja.Value
	}{{"_rtype", vm.rt.ToValue("ndarray")}, {"_rvalue", buffer}, {"_rshape", axes}, {"_rdtype", vm.rt.ToValue(string(a.DType))}} {
		if err := out.Set(member.key, member.value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// remote is a function of the other side: calling it returns a promise.
func (vm *VM) remote(f *value.Function) goja.Value {
	return vm.rt.ToValue(vm.guard(func(call goja.FunctionCall) goja.Value {
		return vm.async(call.Arguments, func(ctx context.Context, args []value.Value) (wait func() (value.Value, error)) {
			return func() (value.Value, error) { return f.Call(ctx, args...) }
		})
	}))
}

// async begins something outside and returns the promise of its outcome. When that is
// an error, it happened at the place of the call, as far as the script is concerned.
func (vm *VM) async(arguments []goja.Value, begin func(context.Context, []value.Value) (wait func() (value.Value, error))) goja.Value {
	promise, resolve, reject := vm.rt.NewPromise()
	args := make([]value.Value, len(arguments))
	for i, argument := range arguments {
		var err error
		if args[i], err = vm.fromJS(argument); err != nil {
			vm.mustSettle(reject(vm.errorValue(err)))
			return vm.rt.ToValue(promise)
		}
	}
	done := vm.loop.Hold()
	stack := vm.rt.CaptureCallStack(maxFrames, nil)
	wait := begin(vm.ctx, args)
	go func() {
		result, err := wait()
		done(func() {
			vm.run(nil, func() {
				if err == nil {
					var v goja.Value
					if v, err = vm.toJS(result); err == nil {
						vm.mustSettle(resolve(v))
						return
					}
				}
				vm.mustSettle(reject(vm.errorAt(stack, err)))
			})
		})
	}()
	return vm.rt.ToValue(promise)
}

// mustSettle reports what a promise's reactions could not catch: an interrupt or a
// stack overflow. Everybody who waits would wait for ever.
func (vm *VM) mustSettle(err error) {
	if err == nil {
		return
	}
	fault := vm.fault(err)
	for w := range vm.waiting {
		w.answer(nil, fault)
	}
}

// errorValue is a Go error as a script catches it.
func (vm *VM) errorValue(err error) goja.Value {
	name, message := "Error", err.Error()
	if fault, ok := err.(*wire.Fault); ok {
		name, message = fault.Name, fault.Message
	}
	v, err := vm.glue.newError(name, message, "")
	if err != nil {
		return vm.rt.ToValue(message)
	}
	return v
}

// errorAt is errorValue with the stack of the call that failed, written as goja does.
func (vm *VM) errorAt(stack []goja.StackFrame, err error) goja.Value {
	thrown := vm.errorValue(err)
	e, ok := thrown.(*goja.Object)
	if !ok {
		return thrown
	}
	var text bytes.Buffer
	text.WriteString(err.Error())
	for i := range stack {
		text.WriteString("\n\tat ")
		stack[i].Write(&text)
	}
	_ = e.DefineDataProperty("stack", vm.rt.ToValue(text.String()), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return thrown
}

// clampMillis bounds a script's number of milliseconds to what a timer takes.
func clampMillis(ms float64) float64 {
	if math.IsNaN(ms) || ms < 0 {
		return 0
	}
	return math.Min(ms, math.MaxInt32)
}
