package jsvm

import (
	"context"
	"fmt"
	"math/big"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

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
		if v.Iterator {
			return vm.glue.newIterator(v)
		}
		o, err := vm.writeObject(v.Members)
		if err != nil {
			return nil, err
		}
		err = o.DefineDataProperty("_rintf", vm.rt.ToValue(v.ID), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		if any := v.Function(value.AnyMember); any != nil && err == nil {
			return vm.answering(o, any)
		}
		return o, err
	case *value.Set:
		items, err := vm.writeList(v.Items)
		if err != nil {
			return nil, err
		}
		vm.glue.collections()
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
		vm.glue.collections()
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

// writeArray makes a typed array of an array. One with a shape has the members of
// ImJoy's own encoding besides, so that plugins written for either find what they look
// for; where JavaScript has no such numbers, these members are all there is.
func (vm *VM) writeArray(a *ndarray.Array) (goja.Value, error) {
	buffer := vm.rt.ToValue(vm.rt.NewArrayBuffer(a.Data))
	class, ok := vm.glue.typed(a.DType)
	if ok && a.Typed {
		return vm.glue.construct(class, buffer)
	}
	axes := func() goja.Value {
		shape := make([]any, len(a.Shape))
		for i, n := range a.Shape {
			shape[i] = float64(n)
		}
		return vm.rt.NewArray(shape...)
	}
	dtype := vm.rt.ToValue(string(a.DType))
	out := vm.rt.NewObject()
	if ok {
		v, err := vm.glue.construct(class, buffer)
		if err != nil {
			return nil, err
		}
		out = v.(*goja.Object)
		for key, v := range map[string]goja.Value{"shape": axes(), "dtype": dtype} {
			if err := out.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
				return nil, err
			}
		}
	}
	for _, member := range []struct {
		key   string
		value goja.Value
	}{{"_rtype", vm.rt.ToValue("ndarray")}, {"_rvalue", buffer}, {"_rshape", axes()}, {"_rdtype", dtype}} {
		if err := out.DefineDataProperty(member.key, member.value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// remote is a function of the other side: calling it returns a promise.
func (vm *VM) remote(f *value.Function) goja.Value {
	return vm.rt.ToValue(vm.guard(func(call goja.FunctionCall) goja.Value {
		return vm.async(call.Arguments, func(ctx context.Context, args []value.Value) (wait func() (value.Value, error)) {
			var result value.Value
			var err error
			over := make(chan struct{})
			vm.calls.Go(ctx, func(ctx context.Context) {
				defer close(over)
				result, err = f.Call(ctx, args...)
			})
			return func() (value.Value, error) {
				<-over
				return result, err
			}
		})
	}))
}
