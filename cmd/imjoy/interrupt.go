package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/imjoy-tools/imjoy/internal/app"
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

// input is standard input until a signal ends the context: what waits there for a person
// or a pipe then ends as well.
type input struct {
	ctx  context.Context
	from io.Reader
}

func (i input) Read(to []byte) (int, error) {
	type answer struct {
		text []byte
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		text := make([]byte, len(to)) // nobody reads it when the signal is first
		n, err := i.from.Read(text)
		read <- answer{text[:n], err}
	}()
	select {
	case a := <-read:
		return copy(to, a.text), a.err
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	}
}

// interruptibleInput makes reads of standard input end with the context.
func interruptibleInput(ctx context.Context, a *app.App) (restore func()) {
	from := a.Stdin
	a.Stdin = input{ctx, from}
	return func() { a.Stdin = from }
}
