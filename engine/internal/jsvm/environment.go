package jsvm

import (
	"embed"
	"fmt"
	"sync"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// environment is the world of a worker as far as goja leaves it open: core.js runs
// before each plugin, the other files when a plugin first touches one of their names.
//
//go:embed environment/*.js
var environment embed.FS

// compiled are the files of the environment, compiled once for all plugins of the
// process.
var compiled sync.Map // name -> func() *goja.Program

func environmentProgram(name string) *goja.Program {
	compile, _ := compiled.LoadOrStore(name, sync.OnceValue(func() *goja.Program {
		text, err := environment.ReadFile("environment/" + name + ".js")
		if err != nil {
			panic(err) // core.js names files of the folder only, and a test touches all
		}
		return goja.MustCompile("environment/"+name+".js", string(text), true)
	}))
	return compile.(func() *goja.Program)()
}

// part runs a file of the environment and returns the function that it is.
func (vm *VM) part(call goja.FunctionCall) goja.Value {
	f, err := vm.rt.RunProgram(environmentProgram(call.Argument(0).String()))
	if err != nil {
		vm.throw(&wire.Fault{Name: "InternalError", Message: fmt.Sprintf("this is a bug in imjoy: %v", err)})
	}
	return f
}
