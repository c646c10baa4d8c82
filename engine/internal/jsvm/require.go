package jsvm

import (
	"context"
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Require runs scripts by their addresses, in order, before the plugin's own. The
// host provides their text as the asset of that address.
func (vm *VM) Require(ctx context.Context, addresses []string) error {
	for _, address := range addresses {
		_, err := vm.wait(ctx, "require", func(w *waiter) { w.answer(nil, vm.load(ctx, address)) })
		if err != nil {
			return &wire.Fault{Name: "RequirementError", Message: "the plugin needs " + address + " before it starts: " + reason(err)}
		}
	}
	return nil
}

// position maps a place of the compiled text of a loaded script to its own.
func (c *code) position(address string, line, column int, function string) wire.Position {
	if c.lowered != nil {
		if _, _, l, col, ok := c.lowered.Source(line, column-1); ok {
			line, column = l, col+1
		}
	}
	return wire.Position{File: address, Line: line, Column: column, Function: function, Block: -1}
}

// RequireModule runs a module by its address before the plugin's own scripts.
func (vm *VM) RequireModule(ctx context.Context, address string) error {
	_, err := vm.wait(ctx, "require", func(w *waiter) {
		_, err := vm.evaluate(ctx, address)
		w.answer(nil, err)
	})
	if err != nil {
		return &wire.Fault{Name: "RequirementError", Message: "the plugin needs " + address + " before it starts: " + reason(err)}
	}
	return nil
}

// reason is an error without its name: the name of the fault around it counts.
func reason(err error) string {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Message
	}
	return err.Error()
}

// importScript loads classic scripts from the host's assets while the calling script
// waits, as in a browser's worker.
func (vm *VM) importScript(call goja.FunctionCall) goja.Value {
	if fault := vm.load(vm.ctx, call.Argument(0).String()); fault != nil {
		vm.throw(fault)
	}
	return goja.Undefined()
}

// load runs a script of the host's assets. It runs on the loop and waits.
func (vm *VM) load(ctx context.Context, address string) error {
	v, err := vm.host.Begin(ctx, "asset", []value.Value{address})()
	if err != nil {
		return err
	}
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("the host has no text for %s", address)
	}
	c, err := compileText(address, text, false)
	if err != nil {
		return &wire.Fault{Name: "SyntaxError", Message: fmt.Sprintf("%s: %v", address, err)}
	}
	if vm.loaded == nil {
		vm.loaded = map[string]*code{}
	}
	vm.loaded[address] = c
	vm.glue.before(c.uses)
	vm.declare(c.globals)
	if _, err = vm.rt.RunProgram(c.program); err != nil {
		return vm.fault(err)
	}
	return nil
}
