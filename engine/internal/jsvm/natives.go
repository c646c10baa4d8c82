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

// natives are the functions behind the environment. They take and give primitives
// and buffers only.
func (vm *VM) natives() *goja.Object {
	start := time.Now()
	o := vm.rt.NewObject()
	for name, f := range map[string]native{
		"part": vm.part, "setTimer": vm.setTimer, "clearTimer": vm.clearTimer, "log": vm.log, "report": vm.report,
		"now": func(goja.FunctionCall) goja.Value {
			return vm.rt.ToValue(float64(time.Since(start).Microseconds()) / 1000)
		},
		"date":    func(goja.FunctionCall) goja.Value { return vm.rt.ToValue(time.Now().UnixMilli()) },
		"inspect": func(c goja.FunctionCall) goja.Value { return vm.rt.ToValue(vm.inspect(c.Argument(0))) },
		"stack":   vm.stack, "startsWithClass": vm.startsWithClass, "isProxy": vm.isProxy, "isError": vm.isError,
		"encode": func(c goja.FunctionCall) goja.Value { return vm.buffer([]byte(c.Argument(0).String())) },
		"decode": vm.decode, "whole": vm.whole, "encoding": vm.encoding, "wellFormed": vm.wellFormed,
		"concat": vm.concat, "latin1": vm.latin1, "fromBase64": vm.fromBase64, "toBase64": vm.toBase64,
		"moved": vm.moved, "detach": vm.detach, "random": vm.random, "digest": vm.digest,
		"escape": vm.escape, "unescape": vm.unescape, "percent": vm.percent, "parseURL": vm.parseURL,
		"peculiar": vm.peculiar, "translate": vm.translate, "indices": vm.indices, "sourceText": vm.sourceText,
		"importScript": vm.importScript, "fetch": vm.fetch, "form": vm.form,
	} {
		_ = o.Set(name, vm.guard(f)) // a fresh object takes any member
	}
	return o
}

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

func (vm *VM) random(call goja.FunctionCall) goja.Value {
	o := call.Argument(0).(*goja.Object)
	buffer, _ := vm.glue.typedBuffer(o)
	from, _ := vm.glue.typedOffset(o)
	n, _ := vm.glue.typedLength(o)
	_, _ = rand.Read(bytesOf(buffer)[from.ToInteger() : from.ToInteger()+n.ToInteger()]) // never fails
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
