package jsvm

import (
	"context"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// answering wraps an interface that has [value.AnyMember]: each member that it does not
// have is a function. It is no promise, whoever awaits it.
func (vm *VM) answering(o *goja.Object, any *value.Function) (goja.Value, error) {
	if err := o.Delete(value.AnyMember); err != nil {
		return nil, vm.fault(err)
	}
	get := func(target *goja.Object, name string, _ goja.Value) goja.Value {
		if v := target.Get(name); v != nil {
			return v
		}
		if name == "then" || name == "toJSON" || strings.HasPrefix(name, "_") {
			return goja.Undefined()
		}
		return vm.remote(&value.Function{Name: name, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
			return any.Call(ctx, append([]value.Value{name}, args...)...)
		}})
	}
	return vm.rt.ToValue(vm.rt.NewProxy(o, &goja.ProxyTrapConfig{Get: get})), nil
}

// removedFiles stands for api.fs, which ImJoy took away: the host rejects each of its
// functions and says what took their place.
func (vm *VM) removedFiles() goja.Value {
	v, err := vm.answering(vm.rt.NewObject(), &value.Function{Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		name, _ := args[0].(string)
		return vm.host.Begin(ctx, "fs."+name, args[1:])()
	}})
	if err != nil {
		return goja.Undefined()
	}
	return v
}
