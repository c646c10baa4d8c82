package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// interruption is the cause of a context that a signal ended.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "interrupted: " + i.signal.String() }

// Is lets an interruption count as what it is to everybody else.
func (i interruption) Is(target error) bool { return target == context.Canceled }

// interruptible ends the context at the first signal that asks the program to stop.
// The second one finds nobody who listens and ends the process at once.
func interruptible(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(interruption{s})
		case <-ctx.Done():
			signal.Stop(signals)
		}
	}()
	return ctx, func() { cancel(nil) }
}

// interruptCode is the exit code of a command that a signal ended, 0 of others.
func interruptCode(ctx context.Context) int {
	var why interruption
	if !errors.As(context.Cause(ctx), &why) {
		return 0
	}
	if why.signal == syscall.SIGTERM {
		return exitInterrupted - int(syscall.SIGINT) + int(syscall.SIGTERM)
	}
	return exitInterrupted
}
