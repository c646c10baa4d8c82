package wire

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"
)

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
		if cause := ended(ctx); cause != nil && errors.As(a.err, &fault) {
			return Payload{}, &Canceled{Cause: cause, Where: fault} // its deadline passed over there
		}
		return a.payload, a.err
	case <-ctx.Done():
		return p.cancel(id, context.Cause(ctx), answers)
	}
}

// ended returns why a context ended, also when its deadline has passed and a busy
// machine has not come to ending it.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return nil
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
	if err := cmp.Or(o.frame.check(), o.frame.within(p.limit)); err != nil {
		p.exports.release(m.Functions)
		return err
	}
	if len(payload.Buffers) > 0 {
		o.written = make(chan error, 1)
	}
	err = p.out.push(o, true, p.now)
	Underway(ctx)
	if err != nil || o.written == nil {
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
	return p.out.push(outgoing{frame: Frame{Header: m.append(nil)}}, false, p.now)
}

func (p *Peer) release(ref functionRef) {
	_ = p.post(&message{Kind: kindRelease, Functions: []functionRef{ref}})
}

// write sends what could not be sent at once.
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
