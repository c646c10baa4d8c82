package jsvm

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// fetch asks the host for an answer of the network: fetch(request, signal, onCancel)
// returns a promise, and gives onCancel a function that gives the request up.
func (vm *VM) fetch(call goja.FunctionCall) goja.Value {
	ctx, cancel := context.WithCancel(vm.ctx)
	if give, ok := goja.AssertFunction(call.Argument(2)); ok {
		stop := func(goja.FunctionCall) goja.Value { cancel(); return goja.Undefined() }
		if _, err := give(goja.Undefined(), vm.rt.ToValue(stop)); err != nil {
			cancel()
			panic(err)
		}
	}
	return vm.async(call.Arguments[:1], func(_ context.Context, args []value.Value) (wait func() (value.Value, error)) {
		answer := vm.host.Begin(ctx, "fetch", args)
		return func() (value.Value, error) {
			defer cancel()
			v, err := answer()
			if o, ok := v.(*value.Object); ok && err == nil {
				if body, _ := o.Get("body").([]byte); len(body) > maxFetched {
					return nil, &wire.Fault{Name: "TypeError", Message: "the answer is too long"}
				}
			}
			return v, err
		}
	})
}

// form takes the body of a multipart form apart: a list of [name, file name or null,
// type, bytes]; null when it is none.
func (vm *VM) form(call goja.FunctionCall) goja.Value {
	_, params, err := mime.ParseMediaType(call.Argument(1).String())
	if err != nil || params["boundary"] == "" {
		return goja.Null()
	}
	r := multipart.NewReader(bytes.NewReader(bytesOf(call.Argument(0))), params["boundary"])
	var fields []any
	for len(fields) < maxFields {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return vm.rt.NewArray(fields...)
		}
		if err != nil {
			return goja.Null()
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return goja.Null()
		}
		var file goja.Value = goja.Null()
		if part.FileName() != "" {
			file = vm.rt.ToValue(part.FileName())
		}
		fields = append(fields, vm.rt.NewArray(part.FormName(), file, part.Header.Get("Content-Type"), vm.buffer(data)))
	}
	return goja.Null()
}
