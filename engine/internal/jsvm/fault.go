package jsvm

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// StackOverflow is the name of the fault of a script that called itself too often.
const StackOverflow = "StackOverflowError"

// fault turns an error of goja into one at document positions.
func (vm *VM) fault(err error) *wire.Fault {
	var fault *wire.Fault
	var overflow *goja.StackOverflowError
	var stopped *goja.InterruptedError
	var thrown *goja.Exception
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &overflow):
		return &wire.Fault{Name: StackOverflow, Message: "too many calls inside each other", Stack: vm.frames(overflow.Stack())}
	case errors.As(err, &stopped):
		fault := &wire.Fault{Name: "AbortError", Message: fmt.Sprint(stopped.Value()), Stack: vm.frames(stopped.Stack())}
		vm.mu.Lock()
		defer vm.mu.Unlock()
		if vm.interrupted != nil {
			select {
			case vm.interrupted <- fault:
			default:
			}
		}
		return fault
	case errors.As(err, &thrown):
		return vm.faultOf(thrown.Value(), vm.frames(thrown.Stack()))
	}
	return &wire.Fault{Name: "Error", Message: err.Error()}
}

// faultOf describes a thrown value. Reading it may run the plugin's getters, which
// may throw in turn.
func (vm *VM) faultOf(v goja.Value, frames []wire.Position) *wire.Fault {
	fault := &wire.Fault{Name: "Error", Stack: frames}
	object, isObject := v.(*goja.Object)
	if err := vm.rt.Try(func() {
		if !isObject || object.ClassName() != "Error" {
			fault.Message = "thrown: " + vm.inspect(v)
			return
		}
		fault.Name, fault.Message = text(object.Get("name")), text(object.Get("message"))
		if own := vm.parseStack(text(object.Get("stack"))); len(own) > 0 {
			fault.Stack = own
		}
	}); err != nil {
		fault.Message = "an error that cannot be read"
	}
	if len(fault.Message) > maxLogged {
		fault.Message = fault.Message[:maxLogged]
	}
	return fault
}

func text(v goja.Value) string {
	if v == nil || goja.IsUndefined(v) {
		return ""
	}
	return v.String()
}

func (vm *VM) frames(stack []goja.StackFrame) (out []wire.Position) {
	for _, f := range stack {
		at := f.Position()
		if p, ok := vm.place(f.SrcName(), at.Line, at.Column, f.FuncName()); ok && len(out) < maxFrames {
			out = append(out, p)
		}
	}
	return out
}

// stackLine is a frame as goja writes it: "at run (script-0.js:3:5(12))", or with the
// address of a script that was loaded.
var stackLine = regexp.MustCompile(`(?m)^\s+at (?:(.*) \()?((?:script|import)-\d+\.js|(?:https?|npm):\S+?):(\d+):(\d+)\(\d+\)\)?$`)

func (vm *VM) parseStack(stack string) (out []wire.Position) {
	if len(stack) > maxLogged {
		stack = stack[:maxLogged]
	}
	for _, m := range stackLine.FindAllStringSubmatch(stack, maxFrames) {
		line, _ := strconv.Atoi(m[3])
		column, _ := strconv.Atoi(m[4])
		if p, ok := vm.place(m[2], line, column, m[1]); ok {
			out = append(out, p)
		}
	}
	return out
}

func (vm *VM) place(file string, line, column int, function string) (wire.Position, bool) {
	if line <= 1 && column <= 1 && function != "" {
		return wire.Position{}, false // goja knows no place inside a loop without a body
	}
	for _, list := range [][]*program{vm.programs, vm.imported} {
		for _, p := range list {
			if p.name == file {
				return p.position(line, column, function), true
			}
		}
	}
	if c, ok := vm.loaded[file]; ok {
		return c.position(file, line, column, function), true
	}
	return wire.Position{}, false
}
