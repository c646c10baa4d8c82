package jsvm

import (
	"context"
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// hostCalls are the functions of api that the host answers, by name. What the
// host does not know yet, it rejects with a sentence.
var hostCalls = []string{
	"alert", "prompt", "confirm", "showDialog", "showFileDialog", "showMessage", "showSnackbar", "showStatus", "showProgress", "progress",
	"log", "error", "exportFile", "createWindow", "getWindow", "run", "call", "getPlugin", "loadPlugin", "installPlugin", "uninstallPlugin",
	"register", "unregister", "registerService", "unregisterService", "getServices", "getConfig", "setConfig", "getAttachment",
	"getFileManager", "getEngine", "getEngineFactory", "getFileUrl", "requestUploadUrl", "uploadFileToUrl", "downloadFileFromUrl",
	"echo", "on", "off", "emit", "close", "onClose", "focus", "show", "hide", "resize", "refresh", "connectToServer", "disposeObject",
	"utils.openUrl", "utils.sleep", "utils.$forceUpdate", "utils.showOpenFilePicker", "utils.showSaveFilePicker", "utils.showDirectoryPicker",
}

// installAPI defines the global api.
func (vm *VM) installAPI(constants *value.Object) error {
	object, utils := vm.rt.NewObject(), vm.rt.NewObject()
	for _, name := range hostCalls {
		target := object
		short, isUtil := strings.CutPrefix(name, "utils.")
		if isUtil {
			target = utils
		}
		if err := target.Set(short, vm.guard(vm.hostCall(name))); err != nil {
			return err
		}
	}
	for key, v := range constants.All() {
		member, err := vm.toJS(v)
		if err != nil {
			return err
		}
		if err := object.Set(key, member); err != nil {
			return err
		}
	}
	for name, f := range map[string]native{"export": vm.export, "init": vm.init, "registerCodec": vm.registerCodec} {
		if err := object.Set(name, vm.guard(f)); err != nil {
			return err
		}
	}
	if err := object.Set("utils", utils); err != nil {
		return err
	}
	return vm.rt.GlobalObject().DefineDataProperty("api", object, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func (vm *VM) hostCall(name string) native {
	return func(call goja.FunctionCall) goja.Value {
		return vm.async(call.Arguments, func(ctx context.Context, args []value.Value) (wait func() (value.Value, error)) {
			return vm.host.Begin(ctx, name, args)
		})
	}
}

// settled is a promise that is resolved already.
func (vm *VM) settled() goja.Value {
	promise, resolve, _ := vm.rt.NewPromise()
	vm.mustSettle(resolve(goja.Undefined()))
	return vm.rt.ToValue(promise)
}

// export takes the plugin's api. A second export replaces the first.
func (vm *VM) export(call goja.FunctionCall) goja.Value {
	o, ok := call.Argument(0).(*goja.Object)
	if !ok {
		vm.throw(&wire.Fault{Name: "TypeError", Message: "api.export needs an object with functions, or an instance of a class, not " + vm.inspect(call.Argument(0))})
	}
	if isClass, err := vm.glue.isClass(goja.Undefined(), o); err == nil && isClass.ToBoolean() {
		name := text(o.Get("name"))
		vm.throw(&wire.Fault{Name: "TypeError", Message: fmt.Sprintf("api.export was given the class %s itself: export an instance, api.export(new %s())", name, name)})
	}
	if _, isFunction := goja.AssertFunction(o); isFunction {
		vm.throw(&wire.Fault{Name: "TypeError", Message: "api.export was given a function: export an object, api.export({run: ...})"})
	}
	vm.exported = o
	if vm.told {
		var names []string
		values := &value.Object{}
		vm.list(o, "", 0, &names, values)
		vm.host.Exported(names, values)
	} else if vm.onExport != nil {
		vm.onExport()
	}
	return vm.settled()
}

// init is the export of a plugin that only wants to be set up.
func (vm *VM) init(goja.FunctionCall) goja.Value {
	o := vm.rt.NewObject()
	_ = o.Set("setup", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	return vm.export(goja.FunctionCall{Arguments: []goja.Value{o}})
}

// maxExportDepth is how deep functions may lie in exported objects.
const maxExportDepth = 4

// Exports lists the exported functions, those of inner objects as "inner.name",
// and returns the other members as values.
func (vm *VM) Exports(ctx context.Context) (names []string, values *value.Object, err error) {
	values = &value.Object{}
	_, err = vm.wait(ctx, "export", func(w *waiter) {
		if thrown := vm.rt.Try(func() { vm.list(vm.exported, "", 0, &names, values) }); thrown != nil {
			w.answer(nil, vm.fault(thrown))
			return
		}
		vm.told = true
		w.answer(nil, nil)
	})
	return names, values, err
}

func (vm *VM) list(o *goja.Object, prefix string, depth int, names *[]string, values *value.Object) {
	for _, name := range vm.memberNames(o) {
		member := o.Get(name)
		if _, ok := goja.AssertFunction(member); ok {
			*names = append(*names, prefix+name)
			continue
		}
		if inner, ok := member.(*goja.Object); ok && inner.ClassName() == "Object" && depth < maxExportDepth && vm.hasFunctions(inner) {
			vm.list(inner, prefix+name+".", depth+1, names, values)
			continue
		}
		if v, err := vm.fromJS(member); err == nil && prefix == "" {
			values.Set(name, v)
		}
	}
}

func (vm *VM) hasFunctions(o *goja.Object) bool {
	for _, name := range vm.memberNames(o) {
		if _, ok := goja.AssertFunction(o.Get(name)); ok {
			return true
		}
	}
	return false
}

// member finds an exported function and the object it belongs to.
func (vm *VM) member(method string) (this goja.Value, f goja.Callable, fault error) {
	o := vm.exported
	if o == nil {
		return nil, nil, ErrNoExport
	}
	missing := &wire.Fault{Name: "ReferenceError", Message: fmt.Sprintf("the plugin does not export a function %q", method)}
	thrown := vm.rt.Try(func() {
		words := strings.Split(method, ".")
		for i, word := range words {
			var member goja.Value
			if vm.shows(o, word) {
				member = o.Get(word)
			}
			if i == len(words)-1 {
				this = o
				f, _ = goja.AssertFunction(member)
				return
			}
			inner, ok := member.(*goja.Object)
			if !ok {
				return
			}
			o = inner
		}
	})
	switch {
	case thrown != nil:
		return nil, nil, vm.fault(thrown)
	case f == nil:
		return nil, nil, missing
	}
	return this, f, nil
}
