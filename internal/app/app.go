// Package app joins the rooms of the program: it turns streams, environment, clock
// and folders into the functions and small interfaces that the lower packages ask
// for. It is the only package that knows both repositories and engines.
package app

import (
	"io"
	"time"
)

// App is the outside world as the commands see it. [cmd/imjoy] fills it from the
// process; tests fill it with buffers.
type App struct {
	Stdin  io.Reader
	Stdout io.Writer // data
	Stderr io.Writer // talk

	StdinTTY, StdoutTTY, StderrTTY bool
	Columns                        int // width of the terminal on Stdout; 0 without one

	// Progress says how downloads, and environments in the making, are told: "auto" or ""
	// by a line that changes on a terminal, elsewhere by one now and then; "plain" by a
	// line each; "none" not at all.
	Progress string

	Env func(string) string // like os.Getenv
	Dir string              // the working directory
	Now func() time.Time
}
