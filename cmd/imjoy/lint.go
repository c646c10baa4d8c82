package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/delegate"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
)

// lintOptions are the flags of `imjoy lint`.
type lintOptions struct {
	format     findings.Format
	json       bool
	color      string
	statistics bool

	selected []string
	ignored  []string
	severity map[string]string
	strict   bool
	config   string
	all      bool

	baseline      string
	writeBaseline bool

	fix, unsafeFixes, diff bool

	with      []string
	noPython  bool
	noCache   bool
	python    string
	stdinName string
	watch     bool
	roles     bool
}

func newLintCommand(a *app.App) *cobra.Command {
	o := lintOptions{format: findings.Full}
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Find faults in plugin files, say what to do about them, and fix some",
		Long: `Find faults in plugin files: lost blocks, broken configs, holes between tags and
fields, scripts that do not parse or never export, names of the api that do not
exist, windows that show only a part, and more. Each finding has a place, a code
and advice; ` + "`imjoy explain CODE`" + ` tells more.

PATH is a file, a folder (every *.imjoy.html, *.hypha.html and manifest.imjoy.json
below it, but for hidden folders, node_modules and what .gitignore leaves out), or
- for standard input. Without one it is the present folder.

Nothing is executed or fetched. Python scripts are parsed by python3, all by one
process; without it they are left out, which is said once. --with asks other
linters about the scripts, if they are installed. What was found in a text is
remembered (` + "`imjoy cache`" + `) until the text, the settings, the interpreter or imjoy
change.

--fix makes the fixes that leave the meaning of a plugin as it is, --unsafe-fixes
all of them, --diff shows what they would change and changes nothing.

A comment suppresses findings: // imjoy-ignore CODE, # imjoy-ignore CODE or
<!-- imjoy-ignore CODE --> on the same line, alone on the line before, or before a
block for all of it; imjoy-ignore-file for the file. A baseline (--write-baseline)
suppresses all findings of today, so that an old repository gets no worse.

imjoy.yaml, here or in a folder above, holds the same for a project:

  lint:
    ignore: [docs-missing]
    severity: {url-unversioned: error}
    strict: true
    exclude: ["old/**"]
    baseline: lint-baseline.json
    with: [ruff]
    files:
      "examples/**": {ignore: [dependency-unpinned]}

The exit code is 1 when a finding is an error (with --strict: or a warning), and
with --diff when something would change.

With --format json the answer is one document (` + "`imjoy schema lint`" + `):

  version      1
  files        how many files were looked at
  diagnostics  [{file, code, severity, message, hint, line, column, end_line,
               end_column, related, fixes}]; lines and columns count from 1,
               columns in Unicode characters, ends are exclusive`,
		Example: `  imjoy lint blur.imjoy.html
  imjoy lint --fix plugins/
  imjoy lint --diff --unsafe-fixes blur.imjoy.html
  imjoy lint --select javascript,python --with ruff,biome plugins/
  imjoy lint --ignore placeholder-text --strict .
  imjoy lint --write-baseline --baseline lint-baseline.json .
  imjoy lint --format sarif . > lint.sarif
  imjoy lint --statistics plugins/
  imjoy lint --roles blur.imjoy.html
  cat blur.imjoy.html | imjoy lint --stdin-filename blur.imjoy.html -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.json {
				o.format = findings.JSON
			}
			return runLint(cmd.Context(), a, o, cmd.Flags().Changed, args)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *lintOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&o.format, "format", "`FORMAT` of the findings: "+strings.Join(findings.Formats(), ", "))
	flags.BoolVar(&o.json, "json", false, "the same as --format json")
	flags.StringVar(&o.color, "color", "auto", "colours, `WHEN`: auto, always or never")
	flags.BoolVar(&o.statistics, "statistics", false, "write how often each code is found instead of the findings")
	flags.StringSliceVar(&o.selected, "select", nil, "tell only these `CODES` or families (javascript, config, ...)")
	flags.StringSliceVar(&o.ignored, "ignore", nil, "leave out these `CODES` or families")
	flags.StringToStringVar(&o.severity, "severity", nil, "give codes another severity: `CODE=SEVERITY`, which is error, warning, info or none")
	flags.BoolVar(&o.strict, "strict", false, "fail on warnings, too")
	flags.StringVar(&o.config, "config", "", "`FILE` with the settings of the project (default: imjoy.yaml here or above)")
	flags.BoolVar(&o.all, "no-gitignore", false, "look at files that .gitignore leaves out, too")
	flags.StringVar(&o.baseline, "baseline", "", "leave out the findings that this `FILE` lists")
	flags.BoolVar(&o.writeBaseline, "write-baseline", false, "write all findings into the baseline file instead of telling them")
	flags.BoolVar(&o.fix, "fix", false, "make the safe fixes, then tell what is left")
	flags.BoolVar(&o.unsafeFixes, "unsafe-fixes", false, "make fixes that may change what the plugin means, too")
	flags.BoolVar(&o.diff, "diff", false, "show what the fixes would change")
	flags.StringSliceVar(&o.with, "with", nil, "ask other `LINTERS` about the scripts: "+strings.Join(delegate.Names(), ", "))
	flags.BoolVar(&o.noPython, "no-python", false, "do not look into Python scripts")
	flags.BoolVar(&o.noCache, "no-cache", false, "look at every file anew, and remember nothing")
	flags.StringVar(&o.python, "python", "", "`PYTHON` that parses Python scripts (default: python3)")
	flags.StringVar(&o.stdinName, "stdin-filename", "-", "`NAME` of standard input in findings")
	flags.BoolVarP(&o.watch, "watch", "w", false, "lint again whenever a file changes")
	flags.BoolVar(&o.roles, "roles", false, "tell instead what each plugin is (loader, processor, viewer, stage) and what it lacks for that")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(findings.Formats(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("with", cobra.FixedCompletions(delegate.Names(), cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"select", "ignore"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCodes)
	}
}

func completeCodes(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var codes []string
	for _, r := range lint.Rules() {
		codes = append(codes, r.Code+"\t"+r.Summary)
	}
	return codes, cobra.ShellCompDirectiveNoFileComp
}
