package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// Handler serves the calls and notifications of the other side. Each call runs in
// a goroutine of its own. Notifications are taken in the order of all frames, so
// that what was said before an answer is known before it: Notify must not wait for
// this connection. A Handler may also have
//
//	Ordered(method string) bool  // true: calls of it are taken like notifications
type Handler interface {
	// Call answers one call. ctx ends when the caller gives up, when its deadline
	// passes, and when the connection ends.
	Call(ctx context.Context, method string, args Payload) (Payload, error)
	// Notify takes a message that has no answer.
	Notify(method string, args Payload)
}

// Peer is one side of a connection. All methods are safe for concurrent use.
type Peer struct {
	conn    Conn
	handler Handler
	out     *queue
	exports exports

	mu      sync.Mutex
	next    uint64
	pending map[uint64]chan answer
	serving map[uint64]context.CancelCauseFunc
	err     error
	done    chan struct{}
	ended   context.Context
	end     context.CancelCauseFunc
}

type incoming struct {
	*message
	buffers [][]byte
}

type answer struct {
	payload Payload
	err     error
}

// ErrClosed is why a peer ended that was closed by its own side without a reason.
var ErrClosed = errors.New("the connection was closed")

// Canceled is the error of a call that ended because its context did. Where is
// what the other side said about it, nil when it did not answer in time.
type Canceled struct {
	Cause error
	Where *Fault
}

func (c *Canceled) Error() string { return c.Cause.Error() }
func (c *Canceled) Unwrap() error { return c.Cause }

// NewPeer starts serving a connection; handler may be nil.
func NewPeer(conn Conn, handler Handler) *Peer {
	p := &Peer{
		conn: conn, handler: handler, out: newQueue(),
		pending: map[uint64]chan answer{}, serving: map[uint64]context.CancelCauseFunc{}, done: make(chan struct{}),
	}
	p.ended, p.end = context.WithCancelCause(context.Background())
	go p.write()
	go p.read()
	return p
}

// Done is closed when the connection has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Err returns why the connection ended, nil while it lives.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Given returns how many functions of this side the other side still has.
func (p *Peer) Given() int { return p.exports.count() }

// Close ends the connection; calls that wait on it fail with the reason.
func (p *Peer) Close(reason error) {
	if reason == nil {
		reason = ErrClosed
	}
	p.mu.Lock()
	if p.err != nil {
		p.mu.Unlock()
		return
	}
	p.err = reason
	pending := p.pending
	p.pending = map[uint64]chan answer{}
	p.mu.Unlock()

	p.out.close(reason, true)
	_ = p.conn.Close() // the reason counts, not how the closing went
	p.end(reason)
	for _, c := range pending {
		c <- answer{err: reason}
	}
	p.exports.clear()
	close(p.done)
}

// Call calls a method of the other side and waits for its answer. When ctx ends
// first the other side is told, and gets [CancelGrace] to say where it was: the
// error is then a [Canceled].
func (p *Peer) Call(ctx context.Context, method string, args Payload) (Payload, error) {
	return p.Begin(ctx, method, args)()
}

// Begin sends a call and returns what waits for its answer, as Call does. Calls
// arrive in the order in which they were begun. wait must be called, once.
func (p *Peer) Begin(ctx context.Context, method string, args Payload) (wait func() (Payload, error)) {
	return p.begin(ctx, &message{Kind: kindCall, Method: method}, args)
}

// Notify sends a message that has no answer.
func (p *Peer) Notify(method string, args Payload) error {
	m := &message{Kind: kindNotify, Method: method, Args: args.Values}
	return p.send(context.Background(), m, args)
}

func (p *Peer) call(ctx context.Context, m *message, args Payload) (Payload, error) {
	return p.begin(ctx, m, args)()
}

func (p *Peer) begin(ctx context.Context, m *message, args Payload) (wait func() (Payload, error)) {
	failed := func(err error) func() (Payload, error) {
		return func() (Payload, error) { return Payload{}, err }
	}
	if err := context.Cause(ctx); err != nil {
		return failed(err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := math.Ceil(float64(time.Until(deadline)+deadlineSlack) / float64(time.Millisecond))
		m.Deadline = &left
	}
	answers := make(chan answer, 1)
	if err := p.expect(m, answers); err != nil {
		return failed(err)
	}
	m.Args = args.Values
	if err := p.send(ctx, m, args); err != nil {
		p.forget(m.ID)
		return failed(err)
	}
	return func() (Payload, error) { return p.await(ctx, m.ID, answers) }
}

func (p *Peer) await(ctx context.Context, id uint64, answers chan answer) (Payload, error) {
	select {
	case a := <-answers:
		var fault *Fault
		if cause := context.Cause(ctx); cause != nil && errors.As(a.err, &fault) {
			return Payload{}, &Canceled{Cause: cause, Where: fault} // its deadline passed over there
		}
		return a.payload, a.err
	case <-ctx.Done():
		return p.cancel(id, context.Cause(ctx), answers)
	}
}

// expect gives the call a number.
func (p *Peer) expect(m *message, answers chan answer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.next++
	m.ID = p.next
	p.pending[m.ID] = answers
	return nil
}

// forget returns the channel of a call that is not waited for any more.
func (p *Peer) forget(id uint64) chan answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	answers := p.pending[id]
	delete(p.pending, id)
	return answers
}

func (p *Peer) cancel(id uint64, cause error, answers chan answer) (Payload, error) {
	defer p.forget(id)
	_ = p.post(&message{Kind: kindCancel, ID: id})
	canceled := &Canceled{Cause: cause}
	select {
	case a := <-answers:
		if a.err == nil {
			return a.payload, nil // it was faster
		}
		if errors.As(a.err, &canceled.Where) {
			return Payload{}, canceled
		}
		return Payload{}, a.err // the connection ended
	case <-time.After(CancelGrace):
		return Payload{}, canceled
	}
}

// send writes a message with a payload. It returns when the buffers are the
// caller's again. When ctx ends and the other side still takes nothing, that is the
// end of the connection: a plugin must not keep the host waiting by not reading.
func (p *Peer) send(ctx context.Context, m *message, payload Payload) (err error) {
	if m.Functions, err = p.exports.add(payload.Functions); err != nil {
		return err
	}
	o := outgoing{frame: Frame{Header: m.append(nil), Buffers: payload.Buffers, Owned: payload.Owned}}
	if err := o.frame.check(); err != nil {
		p.exports.release(m.Functions)
		return err
	}
	if len(payload.Buffers) > 0 {
		o.written = make(chan error, 1)
	}
	if err := p.out.push(o, true); err != nil || o.written == nil {
		return err
	}
	select {
	case err := <-o.written:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-o.written:
		return err
	case <-time.After(CancelGrace):
	}
	p.Close(errDeaf)
	<-o.written
	return &Canceled{Cause: context.Cause(ctx)}
}

var errDeaf = errors.New("the other side does not read what it is sent")

// post writes a message without ever waiting.
func (p *Peer) post(m *message) error {
	return p.out.push(outgoing{frame: Frame{Header: m.append(nil)}}, false)
}

func (p *Peer) release(ref functionRef) {
	_ = p.post(&message{Kind: kindRelease, Functions: []functionRef{ref}})
}

func (p *Peer) write() {
	for {
		o, ok := p.out.pop()
		if !ok {
			return
		}
		err := p.conn.Send(o.frame)
		if o.written != nil {
			o.written <- err
		}
		if err != nil {
			p.Close(lost(err))
			return
		}
	}
}

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
		return Lost
	}
	return fmt.Errorf("%w: %w", Lost, err)
}

// Lost is wrapped by the reason of a peer whose other side went away.
var Lost = errors.New("the other side ended the connection")

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
	work := func() {
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
		work() // the other side may call again before it hears: order is all it has
		return
	}
	go work()
}

type orderer interface{ Ordered(method string) bool }

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
		return &Fault{Name: thrown.Name, Message: thrown.Message}
	case errors.Is(err, context.Canceled):
		return &Fault{Name: "AbortError", Message: "the call was canceled"}
	case errors.Is(err, context.DeadlineExceeded):
		return &Fault{Name: "TimeoutError", Message: "the call ran out of time"}
	}
	return &Fault{Name: "Error", Message: err.Error()}
}
