package wire

import (
	"context"
	"errors"
	"sync"
)

// Handler serves the calls and notifications of the other side. Each call runs in
// a goroutine of its own. Notifications are taken in the order of all frames, so
// that what was said before an answer is known before it: Notify must not wait for
// this connection. A Handler may also have
//
//	Ordered(method string) bool  // true: calls of it are taken like notifications
//	InOrder(method string) bool  // true: calls of it begin in their order; Call says
//	                             // when it is [Underway]
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
	now     func(Frame) bool // nil: the connection sends nothing without waiting
	limit   int64            // of the buffers of a frame, in bytes
	exports exports
	calls   Sequence // of the other side

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
		conn: conn, handler: handler, limit: limitOf(conn),
		pending: map[uint64]chan answer{}, serving: map[uint64]context.CancelCauseFunc{}, done: make(chan struct{}),
	}
	p.ended, p.end = context.WithCancelCause(context.Background())
	p.out = newQueue(func() { go p.write() })
	if c, ok := conn.(immediate); ok {
		p.now = c.SendNow
	}
	go p.read()
	return p
}

// StartAt sets the numbers of calls and functions from which on this side counts. A
// host that takes over a connection from another one has numbers of its own, so that
// answers to that one's calls are not taken for answers to its.
func (p *Peer) StartAt(n uint64) {
	p.mu.Lock()
	p.next = n
	p.mu.Unlock()
	p.exports.mu.Lock()
	p.exports.next = n
	p.exports.mu.Unlock()
}

// Done is closed when the connection has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// AfterEnd calls f, in a goroutine of its own, when the connection has ended and Err says
// why.
func (p *Peer) AfterEnd(f func()) { context.AfterFunc(p.ended, f) }

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
