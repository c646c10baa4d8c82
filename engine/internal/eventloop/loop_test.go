package eventloop

import (
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, options Options) *Loop {
	t.Helper()
	l := New(options)
	t.Cleanup(func() { l.Close(); <-l.Done() })
	return l
}

func wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(5 * time.Second):
		t.Fatal(what)
	}
}

func TestJobsAndTimersKeepTheirOrder(t *testing.T) {
	idle := make(chan struct{}, 10)
	var got []string
	l := start(t, Options{Idle: func() { idle <- struct{}{} }})
	wait(t, idle, "a loop without work must be idle")
	add := func(s string) func() { return func() { got = append(got, s) } }
	l.Post(func() {
		l.SetTimer(20*time.Millisecond, false, add("late"))
		l.SetTimer(0, false, add("soon"))
		stopped := l.SetTimer(0, false, add("never"))
		l.Post(add("posted"))
		l.StopTimer(stopped)
		add("first")()
	})
	wait(t, idle, "not idle after the timers")
	if want := []string{"first", "posted", "soon", "late"}; !slices.Equal(got, want) && !slices.Equal(got, []string{"first", "soon", "posted", "late"}) {
		t.Errorf("got %v", got)
	}
}

func TestRestComesBehindWhatIsHeld(t *testing.T) {
	l := start(t, Options{})
	var got []string
	rested := make(chan struct{})
	done := l.Hold()
	l.Post(func() {
		l.SetTimer(time.Hour, false, func() {}) // nobody waits for that
		l.Rest(func() { got = append(got, "rest"); close(rested) })
		go func() {
			time.Sleep(20 * time.Millisecond)
			done(func() {
				got = append(got, "answer")
				l.Post(func() { got = append(got, "what follows") })
			})
		}()
	})
	wait(t, rested, "it never rests")
	if want := []string{"answer", "what follows", "rest"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	l.Close()
	if l.Rest(func() {}) {
		t.Error("a closed loop took a job")
	}
}

func TestIntervalRunsUntilStopped(t *testing.T) {
	idle := make(chan struct{}, 10)
	l := start(t, Options{Idle: func() { idle <- struct{}{} }})
	wait(t, idle, "not idle")
	n := 0
	l.Post(func() {
		var id int64
		id = l.SetTimer(0, true, func() {
			if n++; n == 3 {
				l.StopTimer(id)
			}
		})
	})
	wait(t, idle, "the interval did not end")
	if n != 3 {
		t.Errorf("ran %d times", n)
	}
}

func TestHoldKeepsTheLoopFromBeingIdle(t *testing.T) {
	idle := make(chan struct{}, 10)
	l := start(t, Options{Idle: func() { idle <- struct{}{} }})
	wait(t, idle, "not idle")
	done := l.Hold()
	l.Post(func() {})
	select {
	case <-idle:
		t.Fatal("idle while something is held")
	case <-time.After(20 * time.Millisecond):
	}
	ran := false
	done(func() { ran = true })
	done(func() { t.Error("a second call must be ignored") })
	wait(t, idle, "not idle after the hold")
	if !ran {
		t.Error("the job of the hold did not run")
	}
	l.Hold()(nil)
	wait(t, idle, "a hold without a job must wake the loop")
}

func TestCloseEndsTheLoop(t *testing.T) {
	l := New(Options{})
	l.SetTimer(time.Hour, false, func() {})
	l.Post(l.Close)
	wait(t, l.Done(), "the loop did not end")
	if l.Post(func() {}) {
		t.Error("a job was taken after the end")
	}
}
