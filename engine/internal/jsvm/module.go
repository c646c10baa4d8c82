package jsvm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"
	"github.com/go-sourcemap/sourcemap"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/engine/internal/lower"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// importName is the global that stands for import(): goja has no such syntax. It is as
// long as require, whose place it takes in what esbuild writes, so that maps stay right.
const importName = "$import"

// module gets a module from the host. What it may be is for the host to decide.
func (vm *VM) loadModule(ctx context.Context, r bundle.Request) (*bundle.Module, error) {
	v, err := vm.host.Begin(ctx, "module", []value.Value{r.Specifier, r.Importer, string(r.Kind)})()
	if err != nil {
		return nil, errors.New(reason(err))
	}
	o, _ := v.(*value.Object)
	text, ok := o.Get("text").([]byte)
	if !ok {
		return nil, fmt.Errorf("the host has no module %q", r.Specifier)
	}
	pure, _ := o.Get("pure").(bool)
	empty, _ := o.Get("empty").(bool)
	return &bundle.Module{Address: o.Text("address"), ContentType: o.Text("type"), Text: text, Pure: pure, Empty: empty}, nil
}

// prepare compiles a script. A module that imports others becomes one program with
// them.
func (vm *VM) prepare(ctx context.Context, index int, s Script) (*program, error) {
	text := s.Body.Text
	if !s.Module || len(text) > MaxScript || !strings.Contains(text, "import") && !strings.Contains(text, "export") {
		return compile(index, s)
	}
	p := &program{index: index, name: fmt.Sprintf("script-%d.js", index), script: s}
	result, err := bundle.Build(ctx, bundle.Entry{Name: p.name, Text: text, TypeScript: s.TypeScript}, bundle.Options{Load: vm.loadModule})
	if err != nil {
		return nil, p.bundleFault(err)
	}
	return p, p.take(result)
}

// take compiles a bundle.
func (p *program) take(result *bundle.Result) error {
	c, err := compileText(p.name, result.Code, false)
	var wrong *lower.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return &wire.Fault{Name: "SyntaxError", Message: wrong.Message}
	case err != nil:
		return err
	}
	p.code, p.lowered, p.uses = c.program, c.lowered, c.uses
	if p.bundled, err = sourcemap.Parse("", result.Map); err != nil {
		return fmt.Errorf("read the source map of %s: %w", p.name, err)
	}
	return nil
}

// bundleFault places an error of bundling in the document, or in the module it is
// about.
func (p *program) bundleFault(err error) error {
	var e *bundle.Error
	if !errors.As(err, &e) {
		return err
	}
	fault := &wire.Fault{Name: "SyntaxError", Message: e.Message}
	if e.Err != nil {
		fault.Name = "ImportError"
	}
	switch {
	case e.Line == 0:
	case e.Entry:
		fault.Stack = []wire.Position{p.inDocument(e.Line, e.Column, "")}
	default:
		fault.Message = e.Error()
		fault.Stack = []wire.Position{{File: e.Module, Line: e.Line, Column: e.Column, Block: -1}}
	}
	return fault
}

// evaluate is import() where the name is only known now, and the requirements that are
// modules. It runs on the loop and waits; what a module exports is made once.
func (vm *VM) evaluate(ctx context.Context, specifier string) (goja.Value, error) {
	if known, ok := vm.modules[specifier]; ok {
		return known, nil
	}
	if len(vm.modules) >= bundle.MaxModules {
		return nil, fmt.Errorf("more than %d modules are imported", bundle.MaxModules)
	}
	p := &program{index: -1, name: fmt.Sprintf("import-%d.js", len(vm.imported))}
	result, err := bundle.Build(ctx, bundle.Entry{Name: specifier, Address: specifier}, bundle.Options{Load: vm.loadModule, Exports: true})
	if err != nil {
		return nil, p.bundleFault(err)
	}
	if err := p.take(result); err != nil {
		return nil, err
	}
	vm.imported = append(vm.imported, p)
	vm.glue.before(p.uses)
	v, err := vm.rt.RunProgram(p.code)
	if err != nil {
		return nil, vm.fault(err)
	}
	if vm.modules == nil {
		vm.modules = map[string]goja.Value{}
	}
	vm.modules[specifier] = v
	return v, nil
}

// importModule is $import.
func (vm *VM) importModule(call goja.FunctionCall) goja.Value {
	v, err := vm.evaluate(vm.ctx, call.Argument(0).String())
	if err != nil {
		vm.throw(err)
	}
	return v
}

func (vm *VM) installImport() error {
	return vm.rt.GlobalObject().DefineDataProperty(importName, vm.rt.ToValue(vm.guard(vm.importModule)), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
}
