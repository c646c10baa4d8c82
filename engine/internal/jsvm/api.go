package jsvm

import (
	"context"
	"fmt"
	"slices"
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
	"echo", "on", "off", "emit", "close", "onClose", "focus", "show", "hide", "resize", "refresh", "connectToServer", "disposeObject", "updateWindow",
	"utils.openUrl", "utils.sleep", "utils.$forceUpdate", "utils.showOpenFilePicker", "utils.showSaveFilePicker", "utils.showDirectoryPicker", "utils.ndarray",
}

// members of api and of api.utils, in their order: the host's, and those of this room.
var apiMembers, utilMembers = func() (api, utils []string) {
	for _, name := range hostCalls {
		if short, isUtil := strings.CutPrefix(name, "utils."); isUtil {
			utils = append(utils, short)
		} else {
			api = append(api, name)
		}
	}
	return append(api, "export", "init", "registerCodec", "fs", "utils"), utils
}()

// installAPI defines the global api.
func (vm *VM) installAPI(constants *value.Object) error {
	utils := vm.rt.NewDynamicObject(newLazyObject(utilMembers, func(name string) goja.Value {
		return vm.rt.ToValue(vm.guard(vm.hostCall("utils." + name)))
	}))
	api := newLazyObject(apiMembers, func(name string) goja.Value {
		switch name {
		case "export":
			return vm.rt.ToValue(vm.guard(vm.export))
		case "init":
			return vm.rt.ToValue(vm.guard(vm.init))
		case "registerCodec":
			return vm.rt.ToValue(vm.guard(vm.registerCodec))
		case "fs":
			return vm.removedFiles()
		case "utils":
			return utils
		}
		return vm.rt.ToValue(vm.guard(vm.hostCall(name)))
	})
	for key, v := range constants.All() {
		member, err := vm.toJS(v)
		if err != nil {
			return err
		}
		api.Set(key, member)
	}
	return vm.rt.GlobalObject().DefineDataProperty("api", vm.rt.NewDynamicObject(api), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// lazyObject is an object whose members are made when they are first read: most
// plugins use three functions of api.
type lazyObject struct {
	shared []string // keys that all such objects begin with
	gone   []string // those of them that the plugin deleted
	own    []string // further keys, in the order they came
	make   func(name string) goja.Value
	made   map[string]goja.Value
}

func newLazyObject(shared []string, of func(name string) goja.Value) *lazyObject {
	return &lazyObject{shared: shared, make: of, made: map[string]goja.Value{}}
}

// given reports a member that is there without a script having made it.
func (l *lazyObject) given(name string) bool {
	return slices.Contains(l.shared, name) && !slices.Contains(l.gone, name)
}

// Get returns a member, nil when there is none.
func (l *lazyObject) Get(name string) goja.Value {
	v, ok := l.made[name]
	if !ok && l.given(name) {
		v = l.make(name)
		l.made[name] = v
	}
	return v
}

// Set changes a member or adds one: what a plugin does to api changes only itself.
func (l *lazyObject) Set(name string, v goja.Value) bool {
	if !l.Has(name) {
		l.own = append(l.own, name)
	}
	l.made[name] = v
	return true
}

// Has reports whether there is a member.
func (l *lazyObject) Has(name string) bool {
	_, made := l.made[name]
	return made || l.given(name)
}

// Delete removes a member.
func (l *lazyObject) Delete(name string) bool {
	delete(l.made, name)
	if l.given(name) {
		l.gone = append(l.gone, name)
	}
	l.own = slices.DeleteFunc(l.own, func(k string) bool { return k == name })
	return true
}

// Keys lists the members in the order they came.
func (l *lazyObject) Keys() []string {
	keys := make([]string, 0, len(l.shared)+len(l.own))
	for _, name := range l.shared {
		if !slices.Contains(l.gone, name) {
			keys = append(keys, name)
		}
	}
	return append(keys, l.own...)
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
