package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpColumns is how wide help is, as wide as its texts are written.
const helpColumns = 96

// valueName is the annotation of a flag that says what its value is called.
const valueName = "value"

// nameValues takes the names of values out of the texts of flags, where they stand in back
// quotes: completion shows the texts as they are.
func nameValues(cmd *cobra.Command) {
	for _, inner := range cmd.Commands() {
		nameValues(inner)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name, text := pflag.UnquoteUsage(f)
		f.Usage = text
		if f.Annotations == nil {
			f.Annotations = map[string][]string{}
		}
		f.Annotations[valueName] = []string{name} // beside those that say which flags exclude each other
	})
}

// flagUsages lists the flags of a command. Pflag's own list breaks no lines, and shows a
// value that may be left out as if it could stand behind a space.
func flagUsages(flags *pflag.FlagSet) string {
	type row struct{ flag, text string }
	var rows []row
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		r := row{flagWithValue(f), f.Usage + flagDefault(f)}
		rows, width = append(rows, r), max(width, len(r.flag))
	})
	var out strings.Builder
	for _, r := range rows {
		indent := strings.Repeat(" ", width+3)
		out.WriteString(r.flag + indent[len(r.flag):])
		out.WriteString(strings.Join(brokenLines(r.text, helpColumns-len(indent)), "\n"+indent) + "\n")
	}
	return out.String()
}

// flagWithValue is how a flag is typed: -o, --output FILE, or --allow-net[=HOST].
func flagWithValue(f *pflag.Flag) string {
	value := ""
	if name := f.Annotations[valueName]; name != nil { // --help itself has none
		value = name[0]
	}
	text := "      --" + f.Name
	if f.Shorthand != "" {
		text = "  -" + f.Shorthand + ", --" + f.Name
	}
	switch {
	case value == "":
		return text
	case f.NoOptDefVal != "":
		return text + "[=" + value + "]"
	}
	return text + " " + value
}

// flagDefault is what counts without the flag, where its text does not say so.
func flagDefault(f *pflag.Flag) string {
	if slices.Contains([]string{"", "false", "0", "[]"}, f.DefValue) || strings.Contains(f.Usage, "default") {
		return ""
	}
	return " (default " + f.DefValue + ")"
}

// brokenLines breaks a text between words; a word that is longer has a line of its own.
func brokenLines(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
