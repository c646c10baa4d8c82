package main

import (
	"os"
	"time"

	"golang.org/x/term"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// processApp describes this process. Together with main it is the only code that
// touches os.Stdout, os.Getenv and the clock.
func processApp() *app.App {
	dir, _ := os.Getwd()
	columns, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 when it is no terminal
	return &app.App{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdinTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Columns:   columns,
		Env:       os.Getenv,
		Dir:       dir,
		Now:       time.Now,
	}
}
