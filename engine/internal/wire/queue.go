package wire

import "sync"

// queue holds the frames that wait for the one goroutine that writes them.
type queue struct {
	mu     sync.Mutex
	change *sync.Cond
	frames []outgoing
	err    error // set once when nothing more is written
}

type outgoing struct {
	frame   Frame
	written chan error // nil when nobody waits
}

func newQueue() *queue {
	q := &queue{}
	q.change = sync.NewCond(&q.mu)
	return q
}

// push adds a frame. A sender that may wait does so while the queue is full.
func (q *queue) push(o outgoing, wait bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for wait && q.err == nil && len(q.frames) >= maxQueue {
		q.change.Wait()
	}
	if q.err != nil {
		return q.err
	}
	q.frames = append(q.frames, o)
	q.change.Broadcast()
	return nil
}

// pop waits for the next frame; ok is false when the queue was closed. What was
// pushed before the end is still written.
func (q *queue) pop() (o outgoing, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.frames) == 0 && q.err == nil {
		q.change.Wait()
	}
	if len(q.frames) == 0 {
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
