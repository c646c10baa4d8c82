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
// The second one finds nobody who listens and ends the process at once; where a shell
// has put the program into the background, such a signal would be ignored instead.
func interruptible(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	ignored := signal.Ignored(os.Interrupt)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			if !ignored {
				signal.Stop(signals)
			}
			cancel(interruption{s})
			if ignored {
				<-signals
				os.Exit(interruptCode(ctx))
			}
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
