package jsvm

import (
	"context"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// fromJS turns a JavaScript value into one that can cross; bytes are copied, since
// the script goes on while they are sent. Getters and proxies of
// the plugin may run, and throw.
func (vm *VM) fromJS(v goja.Value) (out value.Value, err error) {
	if thrown := vm.rt.Try(func() { out, err = (&reader{vm: vm}).read(v) }); thrown != nil {
		return nil, vm.fault(thrown)
	}
	return out, err
}

func refuse(format string, args ...any) error {
	return &wire.Fault{Name: "DataCloneError", Message: fmt.Sprintf(format, args...)}
}

type reader struct {
	vm   *VM
	path []*goja.Object // the objects around the one being read
}

var (
	promiseType = reflect.TypeFor[*goja.Promise]()
	bufferType  = reflect.TypeFor[goja.ArrayBuffer]()
	mapType     = reflect.TypeFor[[][2]any]()
	listType    = reflect.TypeFor[[]any]()
)

func (r *reader) read(v goja.Value) (value.Value, error) {
	object, ok := v.(*goja.Object)
	if ok {
		return r.object(object)
	}
	switch {
	case v == nil || goja.IsUndefined(v) || goja.IsNull(v):
		return nil, nil
	case goja.IsBigInt(v):
		n, _ := v.Export().(*big.Int)
		return n, nil
	case goja.IsString(v):
		return v.String(), nil
	case goja.IsNumber(v):
		return v.ToFloat(), nil
	}
	if b, ok := v.Export().(bool); ok {
		return b, nil
	}
	return nil, refuse("%s cannot leave the plugin", v.String()) // a symbol
}

func (r *reader) object(o *goja.Object) (value.Value, error) {
	if f, ok := goja.AssertFunction(o); ok {
		return r.vm.function(o, f), nil
	}
	switch o.ExportType() {
	case promiseType:
		return nil, refuse("a promise cannot leave the plugin: await it first")
	case bufferType:
		return r.vm.copied(o.Export().(goja.ArrayBuffer).Bytes()), nil
	}
	if a, ok, err := r.vm.glue.view(o); ok || err != nil {
		return a, err
	}
	if len(r.path) >= value.MaxDepth {
		return nil, refuse("the value is nested deeper than %d levels", value.MaxDepth)
	}
	for _, around := range r.path {
		if around == o {
			return nil, refuse("the value contains itself")
		}
	}
	r.path = append(r.path, o)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	if v, ok, err := r.encoded(o); ok {
		return v, err
	}
	switch o.ClassName() {
	case "Error":
		return &value.Error{Name: text(o.Get("name")), Message: text(o.Get("message")), Stack: ""}, nil
	case "Date":
		return r.read(r.vm.glue.dateText(o))
	case "Array":
		return r.list(o)
	}
	switch o.ExportType() {
	case mapType:
		return r.pairs(o)
	case listType:
		return r.set(o)
	}
	if file := r.vm.glue.blob(o); file != nil {
		return file, nil
	}
	return r.plain(o)
}

// copied copies bytes that leave a script: into memory that the other side can see,
// where the host has such, and once is enough then.
func (vm *VM) copied(data []byte) []byte {
	if a, ok := vm.host.(wire.Allocator); ok {
		if shared := a.Allocate(len(data)); shared != nil {
			copy(shared, data)
			return shared
		}
	}
	return slices.Clone(data)
}

func (r *reader) list(o *goja.Object) (value.Value, error) {
	n := o.Get("length").ToFloat()
	if n > MaxListLength {
		return nil, refuse("a list of %.0f items cannot leave the plugin: at most %d, or a typed array", n, MaxListLength)
	}
	items := make([]any, 0, min(int(n), 1024))
	for i := range int(n) {
		item, err := r.read(r.vm.glue.at(o, i))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (r *reader) pairs(o *goja.Object) (value.Value, error) {
	r.vm.glue.collections()
	m := &value.Map{}
	return m, r.vm.glue.each(r.vm.glue.mapForEach, o, func(item, key goja.Value) error {
		k, err := r.read(key)
		if err != nil {
			return err
		}
		v, err := r.read(item)
		m.Pairs = append(m.Pairs, [2]value.Value{k, v})
		return err
	})
}

func (r *reader) set(o *goja.Object) (value.Value, error) {
	r.vm.glue.collections()
	s := &value.Set{Items: []any{}}
	return s, r.vm.glue.each(r.vm.glue.setForEach, o, func(item, _ goja.Value) error {
		v, err := r.read(item)
		s.Items = append(s.Items, v)
		return err
	})
}

// plain reads an object's own enumerable members; one with `_rintf` is an
// interface and has the methods of its classes too.
func (r *reader) plain(o *goja.Object) (value.Value, error) {
	keys := o.Keys()
	out := &value.Object{}
	id := ""
	alive := o.Get("_rintf")
	isInterface := alive != nil && alive.ToBoolean()
	if !isInterface {
		if it, err := r.vm.glue.iterator(o); it != nil || err != nil {
			return it, err
		}
	}
	if isInterface {
		id, keys = text(alive), r.vm.memberNames(o)
	}
	for _, key := range keys {
		if isInterface && strings.HasPrefix(key, "_") {
			continue
		}
		member := o.Get(key)
		if f, ok := goja.AssertFunction(member); ok && isInterface {
			out.Set(key, r.vm.method(o, key, f))
			continue
		}
		v, err := r.read(member)
		if err != nil {
			return nil, err
		}
		out.Set(key, v)
	}
	if isInterface {
		return &value.Interface{ID: id, Members: out}, nil
	}
	v, err := value.Revive(out)
	if err != nil {
		return nil, refuse("%v", err)
	}
	return v, nil
}

// function is a function of the plugin for others to call.
func (vm *VM) function(o *goja.Object, f goja.Callable) value.Value {
	return vm.method(nil, text(o.Get("name")), f)
}

func (vm *VM) method(this *goja.Object, name string, f goja.Callable) *value.Function {
	if name == "" {
		name = "callback"
	}
	return &value.Function{Name: name, InOrder: true, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		return vm.wait(ctx, name, func(w *waiter) {
			var receiver goja.Value = goja.Undefined()
			if this != nil {
				receiver = this
			}
			vm.invoke(w, receiver, f, args)
		})
	}}
}
