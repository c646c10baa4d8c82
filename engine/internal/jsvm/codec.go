package jsvm

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// codec is how a plugin lets instances of a class of its own cross: as a plain object
// with the codec's name as its "_rtype".
type codec struct {
	name   string
	class  *goja.Object  // nil: it only decodes
	encode goja.Callable // gives a plain object, or anything else that can cross, at once
	decode goja.Callable // nil: it only encodes
}

// registerCodec adds a codec; one of the same name is replaced.
func (vm *VM) registerCodec(call goja.FunctionCall) goja.Value {
	config, ok := call.Argument(0).(*goja.Object)
	if !ok {
		vm.throw(&wire.Fault{Name: "TypeError", Message: "api.registerCodec needs an object with a name, and a type with an encoder or a decoder"})
	}
	c := &codec{name: text(config.Get("name"))}
	if c.name == "" {
		vm.throw(&wire.Fault{Name: "TypeError", Message: "a codec needs a name"})
	}
	c.encode, _ = goja.AssertFunction(config.Get("encoder"))
	c.decode, _ = goja.AssertFunction(config.Get("decoder"))
	if class, ok := config.Get("type").(*goja.Object); ok && c.encode != nil {
		if _, callable := goja.AssertFunction(class); !callable {
			vm.throw(&wire.Fault{Name: "TypeError", Message: "the type of a codec is a class"})
		}
		c.class = class
	}
	vm.codecs = slices.DeleteFunc(vm.codecs, func(old *codec) bool { return old.name == c.name })
	vm.codecs = slices.Insert(vm.codecs, 0, c) // the newest knows best
	return vm.settled()
}

// encoded reads an instance of a class with a codec; ok is false for other objects.
func (r *reader) encoded(o *goja.Object) (v value.Value, ok bool, err error) {
	for _, c := range r.vm.codecs {
		if c.class == nil || !r.vm.rt.InstanceOf(o, c.class) {
			continue
		}
		result, err := c.encode(goja.Undefined(), o)
		if err != nil {
			return nil, true, r.vm.fault(err)
		}
		v, err := r.read(result)
		if out, ok := v.(*value.Object); ok && out.Get("_rtype") == nil {
			out.Set("_rtype", c.name)
		}
		return v, true, err
	}
	return nil, false, nil
}

// decoded gives an object to the codec that its "_rtype" names, if there is one.
func (vm *VM) decoded(name string, o *goja.Object) (goja.Value, error) {
	for _, c := range vm.codecs {
		if c.name == name && c.decode != nil {
			v, err := c.decode(goja.Undefined(), o)
			if err != nil {
				return nil, vm.fault(err)
			}
			return v, nil
		}
	}
	return o, nil
}
