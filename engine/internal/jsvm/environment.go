package jsvm

import (
	"embed"
	"fmt"
	"strings"
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

// globals are the names that the files define, but for core.js.
var globals = func() map[string]string {
	names := map[string]string{}
	for file, list := range map[string]string{
		"scope":       scope,
		"console":     "console",
		"text":        "TextEncoder TextDecoder atob btoa",
		"blob":        "Blob File FileReader FileReaderSync",
		"url":         "URL URLSearchParams",
		"clone":       "structuredClone",
		"crypto":      "crypto",
		"performance": "performance navigator location",
		"events": "Event EventTarget CustomEvent MessageEvent ErrorEvent ProgressEvent AbortController AbortSignal " +
			"MessageChannel MessagePort addEventListener removeEventListener dispatchEvent postMessage",
		"fetch":    "Headers Request Response FormData fetch",
		"language": "WeakRef FinalizationRegistry",
	} {
		for _, name := range strings.Fields(list) {
			names[name] = file
		}
	}
	return names
}()

// lazyGlobals is the prototype of the global object: it has the names whose file has
// not run, and runs it. The values become members of the global object itself.
type lazyGlobals struct{ vm *VM }

func (l lazyGlobals) Get(name string) goja.Value {
	file, ok := globals[name]
	if !ok {
		return nil
	}
	v, err := l.vm.glue.global(goja.Undefined(), l.vm.rt.ToValue(file), l.vm.rt.ToValue(name))
	if err != nil {
		panic(err)
	}
	return v
}

// Set is of libraries that put a global where they find those of others, on the
// prototype.
func (l lazyGlobals) Set(name string, v goja.Value) bool {
	return l.vm.rt.GlobalObject().Set(name, v) == nil
}

func (lazyGlobals) Has(name string) bool { _, ok := globals[name]; return ok }
func (lazyGlobals) Delete(string) bool   { return false }
func (lazyGlobals) Keys() []string       { return nil }

// installGlobals puts the lazy names behind the global object.
func (vm *VM) installGlobals() error {
	behind := vm.rt.NewDynamicObject(lazyGlobals{vm})
	global := vm.rt.GlobalObject()
	if err := behind.SetPrototype(global.Prototype()); err != nil {
		return err
	}
	return global.SetPrototype(behind)
}

// part runs a file of the environment and returns the function that it is.
func (vm *VM) part(call goja.FunctionCall) goja.Value {
	f, err := vm.rt.RunProgram(environmentProgram(call.Argument(0).String()))
	if err != nil {
		vm.throw(&wire.Fault{Name: "InternalError", Message: fmt.Sprintf("this is a bug in imjoy: %v", err)})
	}
	return f
}
