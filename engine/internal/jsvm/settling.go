package jsvm

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// settle calls back on the loop when a value, or the promise it is, has settled; at once
// where it has already.
func (vm *VM) settle(v goja.Value, done func(goja.Value, error)) {
	o, isObject := v.(*goja.Object)
	if !isObject {
		done(v, nil)
		return
	}
	if o.ExportType() == promiseType {
		p := o.Export().(*goja.Promise)
		switch p.State() {
		case goja.PromiseStateFulfilled:
			done(p.Result(), nil)
			return
		case goja.PromiseStateRejected:
			delete(vm.rejections, p)
			done(nil, vm.faultOf(p.Result(), nil))
			return
		}
	}
	ok := func(call goja.FunctionCall) goja.Value {
		done(call.Argument(0), nil)
		return goja.Undefined()
	}
	failed := func(call goja.FunctionCall) goja.Value {
		done(nil, vm.faultOf(call.Argument(0), nil))
		return goja.Undefined()
	}
	if _, err := vm.glue.settle(goja.Undefined(), v, vm.rt.ToValue(ok), vm.rt.ToValue(failed)); err != nil {
		done(nil, vm.fault(err))
	}
}

// idle tells everybody who waits that nothing will ever come.
func (vm *VM) idle() {
	if vm.host.Reachable() {
		return
	}
	for w := range vm.waiting {
		switch {
		case w.what == "export" && vm.module:
			w.answer(nil, &wire.Fault{Name: "NeverSettles", Message: "the module waits at its top level for a promise that never settles: nothing is left that could resolve it"})
			continue
		case w.what == "export":
			w.answer(nil, ErrNoExport)
			continue
		}
		w.answer(nil, &wire.Fault{Name: "NeverSettles", Message: fmt.Sprintf("%s() returned a promise that never settles: nothing is left that could resolve it", w.what)})
	}
}

// track keeps the promises that were rejected and that nobody handles.
func (vm *VM) track(p *goja.Promise, operation goja.PromiseRejectionOperation) {
	if operation == goja.PromiseRejectionReject {
		vm.rejections[p] = struct{}{}
	} else {
		delete(vm.rejections, p)
	}
}

func (vm *VM) reportRejections() {
	for p := range vm.rejections {
		delete(vm.rejections, p)
		fault := vm.faultOf(p.Result(), nil)
		if vm.exported == nil { // the scripts themselves: without this they would only "never export"
			for w := range vm.waiting {
				if w.what == "export" {
					w.answer(nil, fault)
				}
			}
			continue
		}
		vm.host.Unhandled(fault)
	}
}
