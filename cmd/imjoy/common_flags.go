package main

import "github.com/spf13/pflag"

// Flags that are the same word with the same meaning in every command.

// outputFlag adds --output, and the shorter --out that some commands began with.
func outputFlag(flags *pflag.FlagSet, to *string, usage string) {
	flags.StringVarP(to, "output", "o", "", usage)
	flags.StringVar(to, "out", "", usage)
	if err := flags.MarkHidden("out"); err != nil {
		panic(err) // it was just added
	}
}

func jsonFlag(flags *pflag.FlagSet, to *bool) {
	flags.BoolVar(to, "json", false, "write the answer as JSON")
}

func offlineFlag(flags *pflag.FlagSet, to *bool) {
	flags.BoolVar(to, "offline", false, "do not use the network, only what was fetched before")
}

func allowNetFlag(flags *pflag.FlagSet, to *[]string) {
	flags.StringSliceVar(to, "allow-net", nil, "`HOST[:PORT]` that may be private or speak http")
}
