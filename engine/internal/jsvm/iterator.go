package jsvm

import (
	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// iterator returns a generator, an async iterable or another iterator as one that lives
// on in this plugin, nil for other objects.
func (g *glue) iterator(o *goja.Object) (value.Value, error) {
	if !g.iterates(o) {
		return nil, nil
	}
	v, err := g.steps(goja.Undefined(), o)
	if err != nil {
		return nil, g.vm.fault(err)
	}
	steps, ok := v.(*goja.Object)
	if !ok {
		return nil, nil
	}
	members := value.NewObject()
	for _, name := range []string{"next", "return"} {
		f, _ := goja.AssertFunction(steps.Get(name))
		members.Set(name, g.vm.method(nil, name, f))
	}
	return &value.Interface{Members: members, Iterator: true}, nil
}

// iterates is quick to say no: every plain object is asked.
func (g *glue) iterates(o *goja.Object) bool {
	if g.asyncIterator != nil {
		if _, ok := goja.AssertFunction(o.GetSymbol(g.asyncIterator)); ok {
			return true
		}
	}
	if _, ok := goja.AssertFunction(o.Get("next")); !ok {
		return false
	}
	_, ok := goja.AssertFunction(o.GetSymbol(goja.SymIterator))
	return ok
}

// newIterator is an iterator of another plugin for a script.
func (g *glue) newIterator(it *value.Interface) (goja.Value, error) {
	next, finish := it.Function("next"), goja.Undefined()
	if f := it.Function("return"); f != nil {
		finish = g.vm.remote(f)
	}
	return g.makeIterator(goja.Undefined(), g.vm.remote(next), finish)
}
