package jsvm

import (
	"bytes"
	"context"
	"math"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

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
	name, message, trace := "Error", err.Error(), ""
	if fault, ok := err.(*wire.Fault); ok {
		name, message, trace = fault.Name, fault.Message, fault.Trace
	}
	v, err := vm.glue.newError(name, message, "")
	if err != nil {
		return vm.rt.ToValue(message)
	}
	if e, ok := v.(*goja.Object); ok && trace != "" { // as Python's errors have it
		_ = e.DefineDataProperty("trace", vm.rt.ToValue(trace), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
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
