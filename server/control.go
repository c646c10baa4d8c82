package server

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// message is the header of a frame of channel 0, as between host and workers but
// without functions.
type message struct {
	Version int             `json:"v"`
	ID      uint64          `json:"id,omitempty"`
	Kind    string          `json:"kind"`
	Method  string          `json:"method,omitempty"`
	Args    json.RawMessage `json:"args,omitempty"` // a list of one value
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *fault          `json:"error,omitempty"`
}

// encoded is a value with the bytes it refers to.
type encoded struct {
	text    json.RawMessage
	buffers [][]byte
}

// plain encodes something that JSON can hold.
func plain(v any) encoded {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // types of this package
	}
	return encoded{text: text}
}

// encode encodes any value; functions are only named.
func encode(v value.Value) (encoded, error) {
	var out encoded
	take := func(dst, data []byte) ([]byte, error) {
		out.buffers = append(out.buffers, data)
		return fmt.Append(dst, len(out.buffers)-1), nil
	}
	e := value.Encoder{
		Bytes:    take,
		Array:    func(dst []byte, a *ndarray.Array) ([]byte, error) { return take(dst, a.Data) },
		Function: func(dst []byte, f *value.Function) ([]byte, error) { return value.AppendString(dst, f.Name), nil },
		Limit:    maxHeader,
	}
	text, err := e.Append(nil, v)
	out.text = text
	return out, err
}

// decode reads a value of the page.
func (e encoded) decode(text json.RawMessage) (value.Value, error) {
	if len(text) == 0 {
		return nil, nil
	}
	bytes := func(v value.Value) ([]byte, error) {
		i, ok := v.(float64)
		if !ok || i < 0 || int(i) >= len(e.buffers) || i != float64(int(i)) {
			return nil, fmt.Errorf("%w: buffer %v of %d", errFrame, v, len(e.buffers))
		}
		return e.buffers[int(i)], nil
	}
	d := value.Decoder{Bytes: bytes, Array: func(v value.Value, _ ndarray.DType, _ int) ([]byte, error) { return bytes(v) }}
	return d.Decode(text)
}

// control is channel 0 of a page: calls both ways.
type control struct {
	client *client

	mu      sync.Mutex
	next    uint64
	pending map[uint64]chan *message
	answers map[uint64][][]byte
	serving map[uint64]context.CancelFunc
	ended   error
}

func newControl(c *client) *control {
	return &control{client: c, pending: map[uint64]chan *message{}, answers: map[uint64][][]byte{}, serving: map[uint64]context.CancelFunc{}}
}

// notify says something to the page.
func (c *control) notify(method string, what any) {
	c.say(method, plain(what))
}

func (c *control) say(method string, what encoded) {
	_ = c.post(&message{Kind: "notify", Method: method, Args: list(what.text)}, what.buffers) // a page that is gone hears nothing
}

func list(text json.RawMessage) json.RawMessage {
	return append(append([]byte("["), text...), ']')
}

func (c *control) post(m *message, buffers [][]byte) error {
	m.Version = 1
	header, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.client.write(0, engine.Frame{Header: header, Buffers: buffers})
}

// call asks the page and waits for its answer. When ctx ends the page is told.
func (c *control) call(ctx context.Context, method string, what encoded) (encoded, error) {
	c.mu.Lock()
	if c.ended != nil {
		c.mu.Unlock()
		return encoded{}, c.ended
	}
	c.next++
	id := c.next
	answer := make(chan *message, 1)
	c.pending[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.pending, id)
		delete(c.answers, id)
		c.mu.Unlock()
	}()
	if err := c.post(&message{Kind: "call", ID: id, Method: method, Args: list(what.text)}, what.buffers); err != nil {
		return encoded{}, err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return encoded{}, m.Error
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		return encoded{m.Result, c.answers[id]}, nil
	case <-c.client.ctx.Done():
		return encoded{}, errPageClosed
	case <-ctx.Done():
		_ = c.post(&message{Kind: "cancel", ID: id}, nil)
		return encoded{}, context.Cause(ctx)
	}
}

// receive takes a frame of the page.
func (c *control) receive(f engine.Frame) error {
	m := new(message)
	if err := json.Unmarshal(f.Header, m); err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	switch m.Kind {
	case "result", "error":
		c.mu.Lock()
		defer c.mu.Unlock()
		if answer := c.pending[m.ID]; answer != nil {
			if m.Kind == "error" && m.Error == nil {
				m.Error = &fault{Name: "Error", Message: "the page failed without saying why"}
			}
			c.answers[m.ID] = f.Buffers
			delete(c.pending, m.ID)
			answer <- m
		}
	case "cancel":
		c.mu.Lock()
		defer c.mu.Unlock()
		if stop := c.serving[m.ID]; stop != nil {
			stop()
		}
	case "call":
		c.serve(m, f.Buffers)
	case "notify":
		c.hear(m, f.Buffers)
	}
	return nil
}

// serve answers a call of the page in a goroutine of its own.
func (c *control) serve(m *message, buffers [][]byte) {
	c.client.server.use(c.client)
	ctx, stop := context.WithCancel(c.client.ctx)
	c.mu.Lock()
	busy := len(c.serving) >= maxCalls
	if !busy {
		c.serving[m.ID] = stop
	}
	c.mu.Unlock()
	if busy {
		stop()
		_ = c.post(&message{Kind: "error", ID: m.ID, Error: &fault{Name: "RangeError", Message: "too much is asked at once"}}, nil)
		return
	}
	go func() {
		defer stop()
		result, err := c.answer(ctx, m, buffers)
		c.mu.Lock()
		delete(c.serving, m.ID)
		c.mu.Unlock()
		if err != nil {
			_ = c.post(&message{Kind: "error", ID: m.ID, Error: faultOf(err)}, nil)
			return
		}
		if len(result.text) == 0 {
			result.text = json.RawMessage("null")
		}
		_ = c.post(&message{Kind: "result", ID: m.ID, Result: result.text}, result.buffers)
	}()
}

// first is the one argument of a call.
func (m *message) first() json.RawMessage {
	var args []json.RawMessage
	if json.Unmarshal(m.Args, &args) != nil || len(args) == 0 {
		return json.RawMessage("null")
	}
	return args[0]
}

func (c *control) end(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = reason
	for _, stop := range c.serving {
		stop()
	}
}
