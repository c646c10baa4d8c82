// Package eventloop runs jobs one after another on one goroutine, as a browser's
// event loop does, and knows when there is nothing left that could ever run.
//
// Start one with [New]. The way in is the queue only: [Loop.Post] from any
// goroutine. Who waits for something outside takes a [Loop.Hold] first and posts
// the outcome with it:
//
//	done := loop.Hold()
//	go func() {
//		result := wait()
//		done(func() { use(result) }) // on the loop
//	}()
//
// While something is held or a timer runs, the loop is not idle. When it becomes
// idle, Options.Idle is called on the loop. The package knows nothing of JavaScript.
package eventloop

import (
	"container/heap"
	"sync"
	"time"
)

// Options say what a loop tells its owner. Both functions run on the loop.
type Options struct {
	// After is called after every job.
	After func()
	// Idle is called when the queue is empty, nothing is held and no timer runs.
	Idle func()
}

// Loop is a running event loop. Methods are safe for concurrent use unless they
// say otherwise.
type Loop struct {
	options Options

	mu     sync.Mutex
	queue  []func()
	held   int
	rest   []func()
	timers timers
	nextID int64
	live   map[int64]*timer
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

// New starts a loop.
func New(options Options) *Loop {
	l := &Loop{options: options, live: map[int64]*timer{}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// Post queues a job; false means the loop has ended and the job will not run.
func (l *Loop) Post(job func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.post(job)
}

func (l *Loop) post(job func()) bool {
	if l.closed {
		return false
	}
	l.queue = append(l.queue, job)
	l.poke()
	return true
}

func (l *Loop) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Hold keeps the loop from being idle until the returned function is called, which
// queues a job (nil for none). Calls after the first are ignored.
func (l *Loop) Hold() (done func(job func())) {
	l.mu.Lock()
	l.held++
	l.mu.Unlock()
	var once sync.Once
	return func(job func()) {
		once.Do(func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.held--
			if job != nil {
				l.post(job)
			} else {
				l.poke()
			}
		})
	}
}

// Rest runs a job once nothing else is queued and nothing is held; timers may run.
func (l *Loop) Rest(job func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.rest = append(l.rest, job)
	l.poke()
	return true
}

// Timers returns how many timers are running, quiet ones not counted.
func (l *Loop) Timers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, t := range l.live {
		if !t.quiet {
			n++
		}
	}
	return n
}

// Close ends the loop after the running job; queued jobs are dropped.
func (l *Loop) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed, l.queue, l.rest = true, nil, nil
	l.poke()
}

// Done is closed when no job runs any more.
func (l *Loop) Done() <-chan struct{} { return l.done }

func (l *Loop) run() {
	defer close(l.done)
	idle := false
	for {
		job, wait, closed := l.next()
		switch {
		case closed:
			return
		case job != nil:
			idle = false
			job()
			if l.options.After != nil {
				l.options.After()
			}
		case wait >= 0:
			l.sleep(wait)
		case !idle && l.quiet():
			idle = true
			if l.options.Idle != nil {
				l.options.Idle()
			}
		default:
			<-l.wake
			idle = false
		}
	}
}

// next returns the next job, or how long until there is one: negative for "only
// when something is posted".
func (l *Loop) next() (job func(), wait time.Duration, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, 0, true
	}
	due := l.due()
	if len(l.queue) > 0 {
		job = l.queue[0]
		l.queue[0] = nil
		l.queue = l.queue[1:]
		return job, 0, false
	}
	if l.held == 0 && len(l.rest) > 0 {
		job, l.rest = l.rest[0], l.rest[1:]
		return job, 0, false
	}
	return nil, due, false
}

// quiet reports whether nothing could ever run by itself again.
func (l *Loop) quiet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue) == 0 && l.held == 0 && len(l.live) == 0
}

func (l *Loop) sleep(wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.wake:
	}
}

// due queues the jobs of all timers whose time has come and returns how long the
// next one takes, -1 without timers.
func (l *Loop) due() time.Duration {
	now := time.Now()
	for len(l.timers) > 0 {
		t := l.timers[0]
		if l.live[t.id] != t {
			heap.Pop(&l.timers) // stopped
			continue
		}
		if wait := t.at.Sub(now); wait > 0 {
			return wait
		}
		heap.Pop(&l.timers)
		l.queue = append(l.queue, func() { l.fire(t) })
	}
	return -1
}
