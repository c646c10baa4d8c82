package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func newExplainCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Tell what a code of a finding means, with a bad and a good example",
		Long: `Tell what a code of a finding means: why it matters, what to do, and an example
with the fault and without it. Without a CODE, list all codes; with the beginning of
codes ("javascript"), list these.`,
		Example: `  imjoy explain window-roots
  imjoy explain javascript
  imjoy explain | grep python
  imjoy explain --json`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeCodes(cmd, args, text)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			rules := lint.Catalogue()
			if len(args) > 0 {
				rules = rulesNamed(args[0])
				if len(rules) == 0 {
					return unknownCode(args[0])
				}
			}
			switch {
			case asJSON:
				return explainJSON(a, rules)
			case len(args) > 0 && len(rules) == 1:
				_, err := fmt.Fprint(a.Stdout, explanation(rules[0]))
				return err
			}
			return listRules(a, rules)
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

// rulesNamed returns the rule of a code, or those of a family.
func rulesNamed(name string) (rules []lint.Entry) {
	for _, r := range lint.Catalogue() {
		if r.Code == name {
			return []lint.Entry{r}
		}
		if strings.HasPrefix(r.Code, name+"-") || r.Family == name {
			rules = append(rules, r)
		}
	}
	return rules
}

func explanation(r lint.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n%s\n", r.Code, r.Severity, r.Summary, wrap(r.Doc, 88))
	if r.Fixable {
		b.WriteString("\nThere is a fix: `imjoy lint --fix`, or --unsafe-fixes where it may change what the\nplugin means.\n")
	}
	fmt.Fprintf(&b, "\nBad:\n\n%s\n\nGood:\n\n%s\n", indent(r.Bad), indent(r.Good))
	return b.String()
}

// wrap breaks text between words; lines that are broken already stay so.
func wrap(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		column := 0
		for i, word := range strings.Fields(line) {
			size := len([]rune(word))
			if i > 0 {
				if column+1+size > width {
					b.WriteByte('\n')
					column = 0
				} else {
					b.WriteByte(' ')
					column++
				}
			}
			b.WriteString(word)
			column += size
		}
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// indent shifts an example to the right. Long ones are shortened: they are long to
// show that something is too long.
func indent(text string) string {
	const longest = 400
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		line = strings.TrimRight(line, "\n")
		if runes := []rune(line); len(runes) > longest {
			line = string(runes[:longest]) + " ..."
		}
		b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func listRules(a *app.App, rules []lint.Entry) error {
	table := tabwriter.NewWriter(a.Stdout, 0, 4, 2, ' ', 0)
	for _, r := range rules {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Code, r.Severity, r.Summary)
	}
	return table.Flush()
}

func explainJSON(a *app.App, rules []lint.Entry) error {
	type rule struct {
		Code     string          `json:"code"`
		Family   string          `json:"family"`
		Fixable  bool            `json:"fixable"`
		Severity source.Severity `json:"severity"`
		Summary  string          `json:"summary"`
		Doc      string          `json:"doc"`
		Bad      string          `json:"bad"`
		Good     string          `json:"good"`
	}
	out := struct {
		Version int    `json:"version"`
		Rules   []rule `json:"rules"`
	}{Version: 1, Rules: []rule{}}
	for _, r := range rules {
		out.Rules = append(out.Rules, rule{r.Code, r.Family, r.Fixable, r.Severity, r.Summary, r.Doc, r.Bad, r.Good})
	}
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
