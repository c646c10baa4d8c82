package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
)

func (p *Peer) read() {
	for {
		f, err := p.conn.Receive()
		if err != nil {
			p.Close(lost(err))
			return
		}
		m, err := parseMessage(f.Header)
		if err != nil {
			p.Close(err)
			return
		}
		p.receive(&incoming{m, f.Buffers})
	}
}

// lost names the end of a stream, which io.EOF alone would not explain.
func lost(err error) error {
	if errors.Is(err, errMalformed) {
		return err
	}
	if errors.Is(err, io.EOF) {
		return ErrLost
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// ErrLost is wrapped by the reason of a peer whose other side went away.
var ErrLost = errors.New("the other side ended the connection")

func (p *Peer) receive(in *incoming) {
	switch in.Kind {
	case kindCall:
		p.serve(in)
	case kindResult, kindError:
		answers := p.forget(in.ID)
		if answers == nil {
			return // given up, or never asked
		}
		if in.Kind == kindResult {
			answers <- answer{payload: p.payload(in, in.Result)}
			return
		}
		if in.Error == nil {
			in.Error = &Fault{Name: "Error", Message: "the other side failed without saying why"}
		}
		answers <- answer{err: in.Error}
	case kindCancel:
		p.mu.Lock()
		stop := p.serving[in.ID]
		p.mu.Unlock()
		if stop != nil {
			stop(context.Canceled)
		}
	case kindRelease:
		p.exports.release(in.Functions)
	case kindNotify:
		if p.handler != nil {
			p.handler.Notify(in.Method, p.payload(in, in.Args))
		}
	}
}

func (p *Peer) payload(in *incoming, values []byte) Payload {
	return Payload{Values: values, Buffers: in.buffers, Functions: p.remotes(in.Functions), Owned: true}
}

// serve runs one call of the other side. The function it names is looked up now, in
// the order of all frames: a release may follow right behind the call.
func (p *Peer) serve(in *incoming) {
	var target Callee
	if in.Target != 0 {
		var err error
		if target, err = p.exports.take(in.Target); err != nil {
			_ = p.post(&message{Kind: kindError, ID: in.ID, Error: faultOf(err)})
			return
		}
	}
	ctx, stop := context.WithCancelCause(p.ended)
	p.mu.Lock()
	busy := len(p.serving) >= MaxCalls
	if !busy {
		p.serving[in.ID] = stop
	}
	p.mu.Unlock()
	if busy {
		stop(nil)
		_ = p.post(&message{Kind: kindError, ID: in.ID, Error: &Fault{Name: "RangeError", Message: fmt.Sprintf("more than %d calls are running at once", MaxCalls)}})
		return
	}
	work := func(ctx context.Context) {
		defer stop(nil)
		if in.Deadline != nil {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(max(*in.Deadline, 0)*float64(time.Millisecond)))
			defer cancel()
		}
		result, err := p.run(ctx, in, target)
		p.mu.Lock()
		delete(p.serving, in.ID)
		p.mu.Unlock()
		p.reply(in.ID, result, err)
	}
	if h, ok := p.handler.(orderer); ok && in.Target == 0 && h.Ordered(in.Method) {
		work(ctx) // the other side may call again before it hears: order is all it has
		return
	}
	if p.inOrder(in, target) {
		p.calls.Go(ctx, work)
		return
	}
	go work(ctx)
}

func (p *Peer) inOrder(in *incoming, target Callee) bool {
	if target != nil {
		return InOrder(target)
	}
	h, ok := p.handler.(sequencer)
	return ok && h.InOrder(in.Method)
}

type orderer interface{ Ordered(method string) bool }
type sequencer interface{ InOrder(method string) bool }

func (p *Peer) run(ctx context.Context, in *incoming, target Callee) (result Payload, err error) {
	defer func() {
		if r := recover(); r != nil { // a fault of this program must not end it
			err = &Fault{Name: "InternalError", Message: fmt.Sprintf("this is a bug in imjoy: %v", r)}
		}
	}()
	args := p.payload(in, in.Args)
	if target != nil {
		return target.CallPayload(ctx, args)
	}
	if p.handler == nil {
		return Payload{}, fmt.Errorf("there is nothing here to call %q on", in.Method)
	}
	return p.handler.Call(ctx, in.Method, args)
}

func (p *Peer) reply(id uint64, result Payload, err error) {
	if err == nil {
		if len(result.Values) == 0 {
			result.Values = []byte("null")
		}
		if err = p.send(context.Background(), &message{Kind: kindResult, ID: id, Result: result.Values}, result); err == nil || p.Err() != nil {
			return
		}
	}
	_ = p.send(context.Background(), &message{Kind: kindError, ID: id, Error: faultOf(err)}, Payload{})
}

// faultOf returns an error as the other side shall see it.
func faultOf(err error) *Fault {
	var fault *Fault
	var thrown *value.Error
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &thrown):
		return &Fault{Name: thrown.Name, Message: thrown.Message, Trace: thrown.Stack}
	case errors.Is(err, context.Canceled):
		return &Fault{Name: "AbortError", Message: "the call was canceled"}
	case errors.Is(err, context.DeadlineExceeded):
		return &Fault{Name: "TimeoutError", Message: "the call ran out of time"}
	}
	return &Fault{Name: "Error", Message: err.Error()}
}
