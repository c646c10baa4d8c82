package wire

import "sync"

// queue holds the frames that could not be sent at once. The goroutine that writes them
// lives as long as there are any.
type queue struct {
	start func() // begins to pop frames in a goroutine of its own

	mu      sync.Mutex
	change  *sync.Cond
	frames  []outgoing
	writing bool  // somebody pops frames
	err     error // set once when nothing more is written
}

type outgoing struct {
	frame   Frame
	written chan error // nil when nobody waits
}

func newQueue(start func()) *queue {
	q := &queue{start: start}
	q.change = sync.NewCond(&q.mu)
	return q
}

// push adds a frame, unless now, which must not wait, sends it; that is asked where
// nothing else is left to write. A sender that may wait does so while the queue is full.
func (q *queue) push(o outgoing, wait bool, now func(Frame) bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil && !q.writing && now != nil && now(o.frame) {
		if o.written != nil {
			o.written <- nil
		}
		return nil
	}
	for wait && q.err == nil && len(q.frames) >= maxQueue {
		q.change.Wait()
	}
	if q.err != nil {
		return q.err
	}
	q.frames = append(q.frames, o)
	if !q.writing {
		q.writing = true
		q.start()
	}
	return nil
}

// pop takes the next frame; ok is false when there is none, and whoever popped is to end.
// What was pushed before the end is still written.
func (q *queue) pop() (o outgoing, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.frames) == 0 {
		q.writing, q.frames = false, nil
		return outgoing{}, false
	}
	o = q.frames[0]
	q.frames[0] = outgoing{} // or its buffers would live on
	q.frames = q.frames[1:]
	q.change.Broadcast()
	return o, true
}

// close ends the queue; frames that still wait are dropped when drop is true.
func (q *queue) close(err error, drop bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	if drop {
		for _, o := range q.frames {
			if o.written != nil {
				o.written <- q.err
			}
		}
		q.frames = nil
	}
	q.change.Broadcast()
}
