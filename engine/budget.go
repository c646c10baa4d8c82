package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errTimeout is the cause of a call's context when its work took too long.
var errTimeout = errors.New("out of time")

// budget is how much work one outermost call may still cost, in whichever plugin.
type budget struct {
	mu   sync.Mutex
	left time.Duration
}

func (b *budget) spend(d time.Duration) (left time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left -= d
	return b.left
}

type budgetKey struct{}

// budgetOf returns the budget that travels with a context, nil without one.
func budgetOf(ctx context.Context) *budget {
	b, _ := ctx.Value(budgetKey{}).(*budget)
	return b
}

// withBudget gives a context a budget where none travels with it.
func withBudget(ctx context.Context, limit time.Duration) context.Context {
	if limit <= 0 || budgetOf(ctx) != nil {
		return ctx
	}
	return context.WithValue(ctx, budgetKey{}, &budget{left: limit})
}

// clock measures when one plugin works: more calls of it run than it waits for people or
// for other plugins.
type clock struct {
	mu      sync.Mutex
	calls   []*running // in the order they began
	waiting int
	since   time.Time // of the current stretch of work
	timer   *time.Timer
}

type running struct {
	budget *budget
	cancel context.CancelCauseFunc
}

// begin starts a call; the context it returns ends with errTimeout when the budget
// of the call is used up. limit makes a new budget where none travels with ctx.
func (c *clock) begin(ctx context.Context, limit time.Duration) (context.Context, func()) {
	ctx = withBudget(ctx, limit)
	b := budgetOf(ctx)
	ctx, cancel := context.WithCancelCause(ctx)
	call := &running{b, cancel}
	c.change(func() { c.calls = append(c.calls, call) })
	return ctx, func() {
		c.change(func() {
			for i, other := range c.calls {
				if other == call {
					c.calls = append(c.calls[:i:i], c.calls[i+1:]...)
					break
				}
			}
		})
		cancel(nil)
	}
}

// wait says that the plugin waits for something that is not its own work.
func (c *clock) wait() (done func()) {
	c.change(func() { c.waiting++ })
	return func() { c.change(func() { c.waiting-- }) }
}

// inherit gives a call that the plugin makes the budget of its oldest own call.
func (c *clock) inherit(ctx context.Context) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, call := range c.calls {
		if call.budget != nil {
			return context.WithValue(ctx, budgetKey{}, call.budget)
		}
	}
	return ctx
}

// change settles the account, changes the state and sets the timer anew.
func (c *clock) change(state func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	state()
	c.arm()
}

// settle subtracts the work since the last change and ends what is out of time.
func (c *clock) settle() {
	now := time.Now()
	if !c.since.IsZero() {
		spent := map[*budget]bool{}
		for _, call := range c.calls {
			if call.budget == nil || spent[call.budget] {
				continue
			}
			spent[call.budget] = true
			call.budget.spend(now.Sub(c.since))
		}
		for _, call := range c.calls {
			if call.budget != nil && call.budget.spend(0) <= 0 {
				call.cancel(errTimeout)
			}
		}
	}
	c.since = time.Time{}
	if c.works() {
		c.since = now
	}
}

// works reports whether some call does not wait: one that waits for a function of the
// plugin itself makes a call of its own.
func (c *clock) works() bool { return len(c.calls) > c.waiting }

func (c *clock) arm() {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	c.since = time.Time{}
	if !c.works() {
		return
	}
	c.since = time.Now()
	next := time.Duration(-1)
	for _, call := range c.calls {
		if call.budget == nil {
			continue
		}
		if left := max(call.budget.spend(0), 0); next < 0 || left < next {
			next = left
		}
	}
	if next > 0 {
		c.timer = time.AfterFunc(next, func() { c.change(func() {}) })
	}
}

// turn is how long a worker may run without a pause: somewhat more than all its work,
// so that the clock is first where it runs.
func (l Limits) turn() time.Duration {
	if l.Timeout <= 0 {
		return 0
	}
	return l.Timeout + turnSlack
}

// tooLong ends a plugin that goes on while it waits for somebody.
func (p *Plugin) tooLong() {
	_ = p.finish(&Ended{Plugin: p.plan.Name, Reason: Timeout, Detail: "it worked without a pause for more than " + p.options.Limits.Timeout.String()})
}
