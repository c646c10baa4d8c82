package eventloop

import (
	"container/heap"
	"time"
)

// minInterval is the shortest time between two runs of a repeated timer: a
// browser's, so that an interval of 0 leaves room for others.
const minInterval = 4 * time.Millisecond

type timer struct {
	id    int64
	at    time.Time
	every time.Duration // 0: once
	quiet bool          // nobody is told that it was stopped
	job   func()
}

// timers is a heap: the next one first, equal times in the order they were set.
type timers []*timer

func (t timers) Len() int { return len(t) }
func (t timers) Less(i, j int) bool {
	if t[i].at.Equal(t[j].at) {
		return t[i].id < t[j].id
	}
	return t[i].at.Before(t[j].at)
}
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)   { *t = append(*t, x.(*timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	return last
}

// SetTimer runs a job after a time, again and again when repeat is true, and
// returns a number to stop it by.
func (l *Loop) SetTimer(after time.Duration, repeat bool, job func()) int64 {
	return l.setTimer(after, repeat, false, job)
}

// SetQuietTimer sets a timer that [Loop.Timers] does not count: one that ends
// something, such as a time limit, and is no work of its own.
func (l *Loop) SetQuietTimer(after time.Duration, repeat bool, job func()) int64 {
	return l.setTimer(after, repeat, true, job)
}

func (l *Loop) setTimer(after time.Duration, repeat, quiet bool, job func()) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nextID++
	t := &timer{id: l.nextID, at: time.Now().Add(after), quiet: quiet, job: job}
	if repeat {
		t.every = max(after, minInterval)
	}
	l.live[t.id] = t
	heap.Push(&l.timers, t)
	l.poke()
	return t.id
}

// StopTimer stops a timer; an unknown number is ignored.
func (l *Loop) StopTimer(id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, id)
	l.poke()
}

// fire runs on the loop, and only if the timer was not stopped while it waited in
// the queue.
func (l *Loop) fire(t *timer) {
	l.mu.Lock()
	if l.live[t.id] != t {
		l.mu.Unlock()
		return
	}
	if t.every == 0 {
		delete(l.live, t.id)
	} else {
		t.at = time.Now().Add(t.every)
		heap.Push(&l.timers, t)
	}
	l.mu.Unlock()
	t.job()
}
