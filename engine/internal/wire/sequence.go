package wire

import (
	"context"
	"sync"
)

// Sequence makes calls that set out in the order in which they were made, each waiting
// for its answer by itself: scripts count on that when they call a viewer three times
// and wait for none. Its calls are made by one goroutine.
type Sequence struct {
	last <-chan struct{} // closed when the call before has set out
}

// Go runs a call in a goroutine of its own once the call before has set out: has said so
// with [Underway], or is over.
func (s *Sequence) Go(ctx context.Context, call func(ctx context.Context)) {
	before, underway := s.last, make(chan struct{})
	s.last = underway
	set := sync.OnceFunc(func() { close(underway) })
	go func() {
		defer set()
		if before != nil {
			<-before
		}
		call(context.WithValue(ctx, underwayKey{}, set))
	}()
}

type underwayKey struct{}

// Underway says that the call of a context has set out: what comes behind it may come.
func Underway(ctx context.Context) {
	if set, ok := ctx.Value(underwayKey{}).(func()); ok {
		set()
	}
}

// InOrder reports whether calls of a function reach it in the order in which they are
// made. Its CallPayload then says when it is [Underway], or holds up the next call to its
// end.
func InOrder(c Callee) bool {
	o, ok := c.(interface{ InOrder() bool })
	return ok && o.InOrder()
}
