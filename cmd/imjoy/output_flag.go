package main

import "github.com/spf13/pflag"

// outputFlag adds --output, which is the same word in every command, and the shorter
// --out that some began with.
func outputFlag(flags *pflag.FlagSet, to *string, usage string) {
	flags.StringVarP(to, "output", "o", "", usage)
	flags.StringVar(to, "out", "", usage)
	if err := flags.MarkHidden("out"); err != nil {
		panic(err) // it was just added
	}
}
