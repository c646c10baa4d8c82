package jsvm

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
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

// natives are the functions behind the prelude. They take and give primitives and
// buffers only.
func (vm *VM) natives() *goja.Object {
	start := time.Now()
	o := vm.rt.NewObject()
	for name, f := range map[string]native{
		"setTimer": vm.setTimer, "clearTimer": vm.clearTimer, "log": vm.log,
		"now": func(goja.FunctionCall) goja.Value {
			return vm.rt.ToValue(float64(time.Since(start)) / float64(time.Millisecond))
		},
		"date":   func(goja.FunctionCall) goja.Value { return vm.rt.ToValue(time.Now().UnixMilli()) },
		"encode": func(c goja.FunctionCall) goja.Value { return vm.buffer([]byte(c.Argument(0).String())) },
		"decode": vm.decode, "encoding": vm.encoding, "concat": vm.concat, "latin1": vm.latin1, "fromBase64": vm.fromBase64,
		"toBase64": func(c goja.FunctionCall) goja.Value {
			return vm.rt.ToValue(base64.StdEncoding.EncodeToString(bytesOf(c.Argument(0))))
		},
		"escape": func(c goja.FunctionCall) goja.Value { return vm.rt.ToValue(url.QueryEscape(c.Argument(0).String())) },
		"unescape": func(c goja.FunctionCall) goja.Value {
			text := c.Argument(0).String()
			if plain, err := url.QueryUnescape(text); err == nil {
				text = strings.ToValidUTF8(plain, "\ufffd")
			}
			return vm.rt.ToValue(text)
		},
		"parseURL": vm.parseURL, "random": vm.random, "missing": vm.missing, "importScript": vm.importScript,
	} {
		_ = o.Set(name, vm.guard(f)) // a fresh object takes any member
	}
	return o
}

func (vm *VM) buffer(data []byte) goja.Value { return vm.rt.ToValue(vm.rt.NewArrayBuffer(data)) }

// bytesOf returns the memory of an ArrayBuffer that the prelude passes.
func bytesOf(v goja.Value) []byte {
	if b, ok := v.Export().(goja.ArrayBuffer); ok {
		return b.Bytes()
	}
	return nil
}

func (vm *VM) setTimer(call goja.FunctionCall) goja.Value {
	f, _ := goja.AssertFunction(call.Argument(0))
	wait := time.Duration(clampMillis(call.Argument(1).ToFloat()) * float64(time.Millisecond))
	list := call.Argument(3).(*goja.Object)
	args := make([]goja.Value, list.Get("length").ToInteger())
	for i := range args {
		args[i] = vm.glue.at(list, i)
	}
	id := vm.loop.SetTimer(wait, call.Argument(2).ToBoolean(), func() {
		vm.run(nil, func() {
			if _, err := f(goja.Undefined(), args...); err != nil {
				vm.uncaught(err)
			}
		})
	})
	return vm.rt.ToValue(id)
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

func (vm *VM) clearTimer(call goja.FunctionCall) goja.Value {
	vm.loop.StopTimer(call.Argument(0).ToInteger())
	return goja.Undefined()
}

func (vm *VM) log(call goja.FunctionCall) goja.Value {
	list := call.Argument(1).(*goja.Object)
	var line strings.Builder
	for i := range int(list.Get("length").ToInteger()) {
		if i > 0 {
			line.WriteByte(' ')
		}
		if line.WriteString(vm.inspect(vm.glue.at(list, i))); line.Len() > maxLogged {
			break
		}
	}
	vm.host.Log(call.Argument(0).String(), cut(line.String()))
	return goja.Undefined()
}

func cut(s string) string {
	if len(s) <= maxLogged {
		return s
	}
	return strings.ToValidUTF8(s[:maxLogged], "") + "..."
}

// encodings by the labels that scripts use.
var encodings = map[string]string{
	"utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-16le": "utf-16le", "utf-16": "utf-16le",
	"latin1": "latin1", "iso-8859-1": "latin1", "ascii": "latin1", "us-ascii": "latin1",
}

func (vm *VM) encoding(call goja.FunctionCall) goja.Value {
	return vm.rt.ToValue(encodings[strings.ToLower(strings.TrimSpace(call.Argument(0).String()))])
}

func (vm *VM) decode(call goja.FunctionCall) goja.Value {
	data := bytesOf(call.Argument(0))
	switch call.Argument(1).String() {
	case "latin1":
		out := make([]rune, len(data))
		for i, b := range data {
			out[i] = rune(b)
		}
		return vm.rt.ToValue(string(out))
	case "utf-16le":
		units := make([]uint16, len(data)/2)
		for i := range units {
			units[i] = uint16(data[2*i]) | uint16(data[2*i+1])<<8
		}
		return vm.rt.ToValue(string(utf16.Decode(units)))
	}
	if !utf8.Valid(data) {
		if call.Argument(2).ToBoolean() {
			panic(vm.rt.NewTypeError("the bytes are not UTF-8"))
		}
		data = bytes.ToValidUTF8(data, []byte("\ufffd"))
	}
	return vm.rt.ToValue(string(data))
}

func (vm *VM) concat(call goja.FunctionCall) goja.Value {
	list := call.Argument(0).(*goja.Object)
	var all []byte
	for i := range int(list.Get("length").ToInteger()) {
		all = append(all, bytesOf(vm.glue.at(list, i))...)
	}
	return vm.buffer(all)
}

func (vm *VM) latin1(call goja.FunctionCall) goja.Value {
	var out []byte
	for _, r := range call.Argument(0).String() {
		if r > 0xff {
			return goja.Null()
		}
		out = append(out, byte(r))
	}
	return vm.buffer(out)
}

func (vm *VM) fromBase64(call goja.FunctionCall) goja.Value {
	text := strings.TrimRight(strings.Join(strings.Fields(call.Argument(0).String()), ""), "=")
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return goja.Null()
	}
	return vm.buffer(data)
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

func (vm *VM) parseURL(call goja.FunctionCall) goja.Value {
	u, err := url.Parse(strings.TrimSpace(call.Argument(0).String()))
	if base := call.Argument(1).String(); err == nil && base != "" {
		var b *url.URL
		if b, err = url.Parse(base); err == nil {
			u = b.ResolveReference(u)
		}
	}
	if err != nil || u.Scheme == "" || (defaultPorts[u.Scheme] != "" && u.Host == "") {
		return goja.Null()
	}
	path, port := u.EscapedPath(), u.Port()
	if u.Opaque != "" {
		path = u.Opaque
	}
	if defaultPorts[u.Scheme] != "" && path == "" {
		path = "/"
	}
	if port == defaultPorts[u.Scheme] {
		port = ""
	}
	password, _ := u.User.Password()
	o := vm.rt.NewObject()
	for key, v := range map[string]any{
		"protocol": u.Scheme + ":", "username": u.User.Username(), "password": password, "hostname": strings.ToLower(u.Hostname()),
		"port": port, "pathname": path, "search": prefixed("?", u.RawQuery), "hash": prefixed("#", u.EscapedFragment()), "slashes": u.Opaque == "",
	} {
		_ = o.Set(key, v) // a fresh object takes any member
	}
	return o
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func (vm *VM) random(call goja.FunctionCall) goja.Value {
	o := call.Argument(0).(*goja.Object)
	buffer, _ := vm.glue.typedBuffer(o)
	from, _ := vm.glue.typedOffset(o)
	n, _ := vm.glue.typedLength(o)
	_, _ = rand.Read(bytesOf(buffer)[from.ToInteger() : from.ToInteger()+n.ToInteger()]) // never fails
	return goja.Undefined()
}

// missing answers for what a browser's worker has and this one does not.
func (vm *VM) missing(call goja.FunctionCall) goja.Value {
	promise, _, reject := vm.rt.NewPromise()
	vm.mustSettle(reject(vm.errorValue(&wire.Fault{Name: "NotSupportedError", Message: call.Argument(0).String() +
		" is not available here: a plugin has no network of its own; put the data beside the plugin, or pass it in as a file"})))
	return vm.rt.ToValue(promise)
}

// importScript loads a classic script from the host's assets while the calling
// script waits, as in a browser's worker.
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
	var code string
	switch v := v.(type) {
	case string:
		code = v
	case []byte:
		code = string(v)
	default:
		return fmt.Errorf("the host has no text for %s", address)
	}
	compiled, err := compileText(address, code)
	if err != nil {
		return &wire.Fault{Name: "SyntaxError", Message: fmt.Sprintf("%s: %v", address, err)}
	}
	if _, err = vm.rt.RunProgram(compiled); err != nil {
		return vm.fault(err)
	}
	return nil
}
