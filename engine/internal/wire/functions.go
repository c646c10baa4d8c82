package wire

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// exports are the functions that this side gave to the other.
type exports struct {
	mu      sync.Mutex
	next    uint64
	entries map[uint64]Callee
}

// add numbers the functions of a payload.
func (e *exports) add(list []Callee) ([]functionRef, error) {
	if len(list) == 0 {
		return nil, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.entries)+len(list) > MaxFunctions {
		return nil, fmt.Errorf("more than %d functions were given away and never released", MaxFunctions)
	}
	if e.entries == nil {
		e.entries = map[uint64]Callee{}
	}
	refs := make([]functionRef, len(list))
	for i, c := range list {
		e.next++
		e.entries[e.next] = c
		refs[i] = functionRef{ID: e.next, Once: c.Once()}
	}
	return refs, nil
}

// take returns a function that the other side calls; one with "once" is gone then.
func (e *exports) take(id uint64) (Callee, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.entries[id]
	if !ok {
		return nil, &Fault{Name: "ReferenceError", Message: fmt.Sprintf("function %d does not exist any more on this side", id)}
	}
	if c.Once() {
		delete(e.entries, id)
	}
	return c, nil
}

func (e *exports) release(refs []functionRef) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ref := range refs {
		delete(e.entries, ref.ID)
	}
}

func (e *exports) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.entries)
}

// clear forgets all functions, so that what they hold on other connections is
// released there.
func (e *exports) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.entries = nil
}

// remote is a function of the other side. When nothing refers to it any more the
// other side is told.
type remote struct {
	peer *Peer
	ref  functionRef
	used atomic.Bool
}

var errUsed = errors.New("this function may be called only once")

func (p *Peer) remotes(refs []functionRef) []Callee {
	list := make([]Callee, len(refs))
	for i, ref := range refs {
		r := &remote{peer: p, ref: ref}
		runtime.AddCleanup(r, p.release, ref)
		list[i] = r
	}
	return list
}

func (r *remote) Once() bool { return r.ref.Once }

// InOrder: the connection keeps the order.
func (*remote) InOrder() bool { return true }

func (r *remote) CallPayload(ctx context.Context, args Payload) (Payload, error) {
	if r.ref.Once && r.used.Swap(true) {
		return Payload{}, errUsed
	}
	defer runtime.KeepAlive(r)
	return r.peer.call(ctx, &message{Kind: kindCall, Target: r.ref.ID}, args)
}
