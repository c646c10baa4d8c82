package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Payload is the arguments or the result of a call, still encoded. It can be given
// to any peer: buffers are handed over, functions get new numbers.
type Payload struct {
	Values    json.RawMessage // a list of arguments, or one result
	Buffers   [][]byte
	Functions []Callee // in the order of their index in Values
	Owned     bool     // see Frame
}

// Callee is a function that can be given to a peer.
type Callee interface {
	// CallPayload runs it. It is safe for concurrent use.
	CallPayload(ctx context.Context, args Payload) (Payload, error)
	// Once reports whether it may be called one time only.
	Once() bool
}

// Encode encodes the arguments of a call.
func Encode(args ...value.Value) (Payload, error) {
	if args == nil {
		args = []value.Value{}
	}
	return EncodeResult([]any(args))
}

// EncodeResult encodes one value.
func EncodeResult(v value.Value) (Payload, error) {
	var p Payload
	take := func(dst, data []byte) ([]byte, error) {
		p.Buffers = append(p.Buffers, data)
		return strconv.AppendInt(dst, int64(len(p.Buffers)-1), 10), nil
	}
	e := value.Encoder{
		Bytes: take,
		Array: func(dst []byte, a *ndarray.Array) ([]byte, error) { return take(dst, a.Data) },
		Function: func(dst []byte, f *value.Function) ([]byte, error) {
			p.Functions = append(p.Functions, calleeOf(f))
			return strconv.AppendInt(dst, int64(len(p.Functions)-1), 10), nil
		},
		Limit: MaxHeader,
	}
	text, err := e.Append(nil, v)
	p.Values = text
	return p, err
}

// Args decodes a list of arguments.
func (p Payload) Args() ([]value.Value, error) {
	v, err := p.Result()
	if err != nil {
		return nil, err
	}
	if args, ok := v.([]any); ok || v == nil {
		return args, nil
	}
	return nil, fmt.Errorf("%w: arguments are not a list", errMalformed)
}

// Result decodes one value. Buffers are not copied: bytes and arrays of the value
// share the memory of the payload.
func (p Payload) Result() (value.Value, error) {
	if len(p.Values) == 0 {
		return nil, nil
	}
	d := value.Decoder{
		Bytes: p.bytes,
		Array: func(v value.Value, _ ndarray.DType, _ int) ([]byte, error) { return p.bytes(v) },
		Function: func(v value.Value) (*value.Function, error) {
			i, ok := index(v, len(p.Functions))
			if !ok {
				return nil, fmt.Errorf("%w: function %v of %d", errMalformed, v, len(p.Functions))
			}
			return functionOf(p.Functions[i]), nil
		},
	}
	return d.Decode(p.Values)
}

func (p Payload) bytes(v value.Value) ([]byte, error) {
	if i, ok := index(v, len(p.Buffers)); ok {
		return p.Buffers[i], nil
	}
	if data, ok := value.Plain(v); ok {
		return data, nil
	}
	if list, ok := v.([]any); ok { // ImJoy splits large arrays into chunks
		var data []byte
		for _, item := range list {
			chunk, err := p.bytes(item)
			if err != nil {
				return nil, err
			}
			data = append(data, chunk...)
		}
		return data, nil
	}
	return nil, fmt.Errorf("%w: buffer %v of %d", errMalformed, v, len(p.Buffers))
}

func index(v value.Value, n int) (int, bool) {
	f, ok := v.(float64)
	if !ok || f != math.Trunc(f) || f < 0 || f >= float64(n) {
		return 0, false
	}
	return int(f), true
}

// goFunction is a function of this program as a Callee.
type goFunction struct{ *value.Function }

func (f goFunction) Once() bool { return f.Function.Once }

func (f goFunction) InOrder() bool { return f.Function.InOrder }

func (f goFunction) CallPayload(ctx context.Context, args Payload) (Payload, error) {
	list, err := args.Args()
	if err != nil {
		return Payload{}, err
	}
	result, err := f.Call(ctx, list...)
	if err != nil {
		return Payload{}, err
	}
	return EncodeResult(result)
}

func calleeOf(f *value.Function) Callee {
	if c, ok := f.Remote.(Callee); ok {
		return c
	}
	return goFunction{f}
}

// functionOf returns a Callee as a value; encoding it again gives the Callee.
func functionOf(c Callee) *value.Function {
	if f, ok := c.(goFunction); ok {
		return f.Function
	}
	return &value.Function{Once: c.Once(), Remote: c, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		payload, err := Encode(args...)
		if err != nil {
			return nil, err
		}
		result, err := c.CallPayload(ctx, payload)
		if err != nil {
			return nil, err
		}
		return result.Result()
	}}
}

// Function returns a function of the given implementation as a value.
func Function(name string, c Callee) *value.Function {
	f := functionOf(c)
	f.Name = name
	return f
}
