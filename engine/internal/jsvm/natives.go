package jsvm

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// native is a function of ours that scripts call.
type native = func(goja.FunctionCall) goja.Value

// guard keeps a fault of ours from ending the process: a script sees an error.
func (vm *VM) guard(f native) native {
	return func(call goja.FunctionCall) goja.Value {
		defer func() {
			if r := recover(); r != nil {
				if bug, ok := r.(runtime.Error); ok {
					panic(vm.rt.NewTypeError("this is a bug in imjoy: " + bug.Error()))
				}
				panic(r) // JavaScript's own: a thrown value or an interrupt
			}
		}()
		return f(call)
	}
}

// throw raises an error in the script that called.
func (vm *VM) throw(err error) { panic(vm.errorValue(err)) }

// native returns a function behind the environment. They take and give primitives and
// buffers only.
func (vm *VM) native(name string) native {
	switch name {
	case "part":
		return vm.part
	case "setTimer":
		return vm.setTimer
	case "clearTimer":
		return vm.clearTimer
	case "log":
		return vm.log
	case "report":
		return vm.report
	case "stack":
		return vm.stack
	case "startsWithClass":
		return vm.startsWithClass
	case "isProxy":
		return vm.isProxy
	case "isError":
		return vm.isError
	case "decode":
		return vm.decode
	case "whole":
		return vm.whole
	case "encoding":
		return vm.encoding
	case "wellFormed":
		return vm.wellFormed
	case "concat":
		return vm.concat
	case "latin1":
		return vm.latin1
	case "fromBase64":
		return vm.fromBase64
	case "toBase64":
		return vm.toBase64
	case "moved":
		return vm.moved
	case "detach":
		return vm.detach
	case "random":
		return vm.random
	case "digest":
		return vm.digest
	case "escape":
		return vm.escape
	case "unescape":
		return vm.unescape
	case "percent":
		return vm.percent
	case "parseURL":
		return vm.parseURL
	case "peculiar":
		return vm.peculiar
	case "construct":
		return vm.construct
	case "lowered":
		return vm.lowered
	case "translate":
		return vm.translate
	case "indices":
		return vm.indices
	case "sourceText":
		return vm.sourceText
	case "importScript":
		return vm.importScript
	case "fetch":
		return vm.fetch
	case "form":
		return vm.form
	case "parseJSON":
		return vm.parseJSON
	case "contains":
		return func(c goja.FunctionCall) goja.Value {
			return vm.rt.ToValue(strings.Contains(c.Argument(0).String(), c.Argument(1).String()))
		}
	case "now":
		return func(goja.FunctionCall) goja.Value {
			return vm.rt.ToValue(float64(time.Since(vm.born).Microseconds()) / 1000)
		}
	case "date":
		return func(goja.FunctionCall) goja.Value { return vm.rt.ToValue(time.Now().UnixMilli()) }
	case "inspect":
		return func(c goja.FunctionCall) goja.Value { return vm.rt.ToValue(vm.inspect(c.Argument(0))) }
	case "encode":
		return func(c goja.FunctionCall) goja.Value { return vm.buffer([]byte(c.Argument(0).String())) }
	}
	return nil
}

// construct is Reflect.construct(class, arguments, newTarget), taken before anybody.
func (vm *VM) construct(call goja.FunctionCall) goja.Value {
	class, ok := goja.AssertConstructor(call.Argument(0))
	target, isObject := call.Argument(2).(*goja.Object)
	list, isList := call.Argument(1).(*goja.Object)
	if !ok || !isObject || !isList {
		panic(vm.rt.NewTypeError("this is no constructor"))
	}
	args := make([]goja.Value, list.Get("length").ToInteger())
	for i := range args {
		args[i] = list.Get(strconv.Itoa(i))
	}
	made, err := class(target, args...)
	if err != nil {
		panic(err) // JavaScript's own
	}
	return made
}

// lazyNatives is the object that holds them; a function is made when it is first used.
type lazyNatives struct {
	vm   *VM
	made map[string]goja.Value
}

func (l *lazyNatives) Get(name string) goja.Value {
	if f, ok := l.made[name]; ok {
		return f
	}
	f := l.vm.native(name)
	if f == nil {
		return nil
	}
	v := l.vm.rt.ToValue(l.vm.guard(f))
	l.made[name] = v
	return v
}

func (l *lazyNatives) Has(name string) bool        { return l.vm.native(name) != nil }
func (l *lazyNatives) Set(string, goja.Value) bool { return false }
func (l *lazyNatives) Delete(string) bool          { return false }
func (l *lazyNatives) Keys() []string              { return nil }

// items returns the items of an array that the environment made.
func (vm *VM) items(v goja.Value) []goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	items := make([]goja.Value, o.Get("length").ToInteger())
	for i := range items {
		items[i] = vm.glue.at(o, i)
	}
	return items
}

func (vm *VM) setTimer(call goja.FunctionCall) goja.Value {
	f, _ := goja.AssertFunction(call.Argument(0))
	wait := time.Duration(clampMillis(call.Argument(1).ToFloat()) * float64(time.Millisecond))
	args := vm.items(call.Argument(3))
	set := vm.loop.SetTimer
	if call.Argument(4).ToBoolean() {
		set = vm.loop.SetQuietTimer
	}
	return vm.rt.ToValue(set(wait, call.Argument(2).ToBoolean(), func() {
		vm.run(nil, func() {
			if _, err := f(goja.Undefined(), args...); err != nil {
				vm.uncaught(err)
			}
		})
	}))
}

func (vm *VM) clearTimer(call goja.FunctionCall) goja.Value {
	vm.loop.StopTimer(call.Argument(0).ToInteger())
	return goja.Undefined()
}

// uncaught reports an error of a timer: nobody called who could get it.
func (vm *VM) uncaught(err error) {
	fault := vm.fault(err)
	if fault.Name == StackOverflow || fault.Name == "AbortError" || vm.exported == nil {
		for w := range vm.waiting {
			w.answer(nil, fault)
		}
		return
	}
	vm.host.Unhandled(fault)
}

// report is uncaught for an error of a listener or a microtask.
func (vm *VM) report(call goja.FunctionCall) goja.Value {
	fault := vm.faultOf(call.Argument(0), nil)
	if vm.exported == nil {
		for w := range vm.waiting {
			w.answer(nil, fault)
		}
	} else {
		vm.host.Unhandled(fault)
	}
	return goja.Undefined()
}

// log writes a line of the console, indented by the groups around it.
func (vm *VM) log(call goja.FunctionCall) goja.Value {
	indent := call.Argument(1).String()
	var line strings.Builder
	for i, item := range vm.items(call.Argument(2)) {
		if i > 0 {
			line.WriteByte(' ')
		}
		if line.WriteString(vm.inspect(item)); line.Len() > maxLogged {
			break
		}
	}
	text := line.String()
	if indent != "" {
		text = indent + strings.ReplaceAll(text, "\n", "\n"+indent)
	}
	vm.host.Log(call.Argument(0).String(), cut(text))
	return goja.Undefined()
}

func cut(s string) string {
	if len(s) <= maxLogged {
		return s
	}
	return strings.ToValidUTF8(s[:maxLogged], "") + "..."
}

// stack writes where the script is, at lines of the document.
func (vm *VM) stack(goja.FunctionCall) goja.Value {
	var out strings.Builder
	for _, p := range vm.frames(vm.rt.CaptureCallStack(maxFrames, nil)) {
		fmt.Fprintf(&out, "  at %s line %d:%d\n", cmp.Or(p.Function, "the script,"), p.Line, p.Column)
	}
	return vm.rt.ToValue(strings.TrimSuffix(out.String(), "\n"))
}

func (vm *VM) startsWithClass(call goja.FunctionCall) goja.Value {
	rest, ok := strings.CutPrefix(call.Argument(0).String(), "class")
	return vm.rt.ToValue(ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n{/")))
}

var proxyType = reflect.TypeFor[goja.Proxy]()

func (vm *VM) isProxy(call goja.FunctionCall) goja.Value {
	o, ok := call.Argument(0).(*goja.Object)
	return vm.rt.ToValue(ok && o.ExportType() == proxyType)
}

func (vm *VM) isError(call goja.FunctionCall) goja.Value {
	o, ok := call.Argument(0).(*goja.Object)
	return vm.rt.ToValue(ok && o.ClassName() == "Error")
}

// ---- memory

func (vm *VM) buffer(data []byte) goja.Value { return vm.rt.ToValue(vm.rt.NewArrayBuffer(data)) }

// bytesOf returns the memory of an ArrayBuffer that the environment passes.
func bytesOf(v goja.Value) []byte {
	if b, ok := v.Export().(goja.ArrayBuffer); ok {
		return b.Bytes()
	}
	return nil
}

func (vm *VM) concat(call goja.FunctionCall) goja.Value {
	parts := vm.items(call.Argument(0))
	all := make([][]byte, len(parts))
	for i, part := range parts {
		all[i] = bytesOf(part)
	}
	return vm.buffer(bytes.Join(all, nil))
}

// moved is the memory of a buffer in another object; detach takes it from the first.
func (vm *VM) moved(call goja.FunctionCall) goja.Value { return vm.buffer(bytesOf(call.Argument(0))) }

func (vm *VM) detach(call goja.FunctionCall) goja.Value {
	if b, ok := call.Argument(0).Export().(goja.ArrayBuffer); ok {
		b.Detach()
	}
	return goja.Undefined()
}

// random fills a typed array, which the script's own code made sure of.
func (vm *VM) random(call goja.FunctionCall) goja.Value {
	g := vm.glue
	g.views()
	o, ok := call.Argument(0).(*goja.Object)
	if !ok || g.typedBuffer == nil {
		vm.throw(refuse("random bytes need a typed array"))
	}
	data, err := g.memory(o, g.typedBuffer, g.typedOffset, g.typedLength)
	if err != nil {
		vm.throw(err)
	}
	_, _ = rand.Read(data) // never fails
	return goja.Undefined()
}

// digest is the sum of some bytes, null for an algorithm that is not known.
func (vm *VM) digest(call goja.FunctionCall) goja.Value {
	data := bytesOf(call.Argument(1))
	switch call.Argument(0).String() {
	case "SHA-1":
		sum := sha1.Sum(data)
		return vm.buffer(slices.Clone(sum[:]))
	case "SHA-256":
		sum := sha256.Sum256(data)
		return vm.buffer(slices.Clone(sum[:]))
	case "SHA-384":
		sum := sha512.Sum384(data)
		return vm.buffer(slices.Clone(sum[:]))
	case "SHA-512":
		sum := sha512.Sum512(data)
		return vm.buffer(slices.Clone(sum[:]))
	}
	return goja.Null()
}
