package main

import (
	"errors"
	"slices"

	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// addProgress gives a command that fetches the flag --progress.
func addProgress(a *app.App, flags *pflag.FlagSet) {
	flags.Var(progressFlag{a}, "progress", "tell of downloads: auto (a line that changes on a terminal, else one now and then), plain (a line each) or none")
}

// progressFlag is the value of --progress.
type progressFlag struct{ app *app.App }

func (f progressFlag) String() string {
	if f.app == nil || f.app.Progress == "" {
		return "auto"
	}
	return f.app.Progress
}

func (f progressFlag) Set(text string) error {
	if !slices.Contains([]string{"auto", "plain", "none"}, text) {
		return errors.New("write auto, plain or none")
	}
	f.app.Progress = text
	return nil
}

func (progressFlag) Type() string { return "HOW" }
