package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/internal/lintcache"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// linter is one call of `imjoy lint`; with --watch it judges many times.
type linter struct {
	app      *app.App
	o        lintOptions
	settings *lint.Settings
	base     string       // folder that paths of the settings are relative to
	flags    lint.Options // what flags say, where they say it
	given    func(flag string) bool
	cache    analysis.Cache // texts that were read before
	disk     *lintCache     // what was found by earlier runs
	python   app.ReadingPython
	noPython error    // why there is none
	nearby   []string // files whose names are nearly those of plugins

	seen *lintcache.Witness // notes what the run looks at, nil where it is not kept
}

func runLint(ctx context.Context, a *app.App, o lintOptions, given func(string) bool, paths []string) error {
	again := againFrom(ctx)
	l := &linter{app: a, o: o, given: given, seen: again.witness(a)}
	l.app = witnessed(a, l.seen)
	if err := l.prepare(paths); err != nil {
		return err
	}
	if o.watch {
		return l.watch(ctx, paths)
	}
	err := l.run(ctx, paths)
	again.keep(a, l.seen, err)
	return err
}

// prepare reads the settings and checks the flags.
func (l *linter) prepare(paths []string) error {
	if err := l.checkFlags(paths); err != nil {
		return err
	}
	if err := l.readSettings(); err != nil {
		return err
	}
	if !l.repeatable(paths) {
		l.seen.Refuse()
	}
	return l.checkTools()
}

func (l *linter) checkFlags(paths []string) error {
	o := &l.o
	stdin := slices.Contains(paths, "-")
	switch {
	case !slices.Contains([]string{"auto", "always", "never"}, o.color):
		return usageError("write auto, always or never", "%s is no choice of --color", o.color)
	case stdin && o.watch:
		return usageError("name files or folders", "standard input cannot be watched")
	case stdin && o.fix && !o.diff:
		return usageError("use --diff to see the changes, or name the file", "--fix cannot change standard input")
	case o.roles && o.format != findings.Full && o.format != findings.JSON:
		return usageError("write --format json, or leave it out", "--roles cannot be written as %s", o.format)
	case o.statistics && o.format != findings.Full:
		return usageError("use one of them", "--statistics is a format of its own")
	case o.writeBaseline && (o.fix || o.diff || o.watch):
		return usageError("use one after the other", "--write-baseline only writes the baseline")
	}
	if o.unsafeFixes && !o.diff {
		o.fix = true
	}
	l.flags = lint.Options{Select: o.selected, Ignore: o.ignored, Severity: map[string]source.Severity{}}
	for _, name := range slices.Concat(o.selected, o.ignored) {
		if !lint.Known(name) {
			return unknownCode(name)
		}
	}
	for code, word := range o.severity {
		severity, ok := lint.ParseSeverity(word)
		if rule, _ := lint.Lookup(code); rule == nil && !lint.Known(code) {
			return unknownCode(code)
		} else if !ok {
			return usageError("write error, warning, info or none", "%s is no severity", word)
		}
		l.flags.Severity[code] = severity
	}
	return nil
}

// unknownCode is wrong use: there is no such code.
func unknownCode(name string) error {
	hint := "`imjoy explain` lists all codes"
	if _, meant := lint.Lookup(name); meant != "" {
		hint = fmt.Sprintf("did you mean %s? %s", meant, hint)
	}
	return usageError(hint, "there is no code or family %q", name)
}

// run judges once.
func (l *linter) run(ctx context.Context, paths []string) error {
	var opening sync.WaitGroup
	opening.Go(func() { l.findPython(); l.disk = l.openCache() })
	files, failed := l.findFiles(paths)
	opening.Wait()
	if len(files) == 0 && len(failed) == 0 {
		return usageError("name a file, or a folder that holds *.imjoy.html files", "there are no plugin files in %s", strings.Join(paths, ", "))
	}
	subjects, unread := l.readSubjects(ctx, files)
	if failed = append(failed, unread...); len(failed) > 0 {
		l.seen.Refuse()
	}
	if len(subjects) == 0 {
		return withExit(exitMissing, errors.Join(failed...), "") // there is nothing to judge
	}
	if err := l.readPython(ctx, subjects); err != nil {
		return err
	}
	if l.o.roles {
		return l.roles(subjects)
	}
	if err := l.askOthers(ctx, subjects); err != nil {
		return err
	}
	changed, err := l.fix(ctx, subjects)
	if err != nil || l.o.diff {
		return orFindings(err, changed)
	}
	all := l.judge(subjects)
	defer l.disk.Save()
	found, err := l.withoutKnown(all)
	if err == nil && l.o.writeBaseline {
		return l.newBaseline(found)
	}
	if err == nil {
		err = l.tell(found, len(subjects))
	}
	switch worst := source.Worst(found); {
	case err != nil:
		return err
	case len(failed) > 0:
		return withExit(exitMissing, errors.Join(failed...), "")
	case worst == source.Error, l.strict() && worst == source.Warning:
		return foundSomething()
	}
	return nil
}

func orFindings(err error, found bool) error {
	if err == nil && found {
		return foundSomething()
	}
	return err
}

func (l *linter) strict() bool { return l.o.strict || l.settings.Strict && !l.given("strict") }

// judge runs the rules over all subjects, and those about all of them together.
func (l *linter) judge(subjects []*subject) []source.Diagnostic {
	results := make([][]source.Diagnostic, len(subjects))
	parallel(len(subjects), func(i int) { results[i] = l.judgeOne(subjects[i]) })
	found := append(slices.Concat(results...), l.across(subjects)...)
	source.Sort(found)
	return found
}

func (l *linter) judgeOne(s *subject) []source.Diagnostic {
	if s.answer != nil {
		return s.answer.Findings
	}
	o := l.optionsFor(s.file)
	if s.facts == nil {
		return lint.Filter(slices.Clone(s.found), o)
	}
	o.Extra, o.Violations = s.others, l.violations
	found := lint.Run(s.facts, o)
	l.keep(s, found)
	return found
}

// tell writes findings and, for people, a summary.
func (l *linter) tell(found []source.Diagnostic, files int) error {
	a := l.app
	o := findings.Options{Color: l.colors(), Width: a.Columns, Files: files, Version: versionText()}
	if l.hyperlinks() {
		o.Link = l.link
	}
	if l.o.format == findings.SARIF {
		o.Rules = lint.Rules()
	}
	var err error
	if l.o.statistics {
		err = findings.WriteStatistics(a.Stdout, found, o)
	} else {
		err = findings.Write(a.Stdout, l.o.format, found, o)
	}
	if err == nil && !l.o.format.Document() {
		fmt.Fprintln(a.Stderr, findings.Summary(found, files)+l.fixableWords(found))
	}
	return err
}

// fixableWords tells how many findings --fix would settle.
func (l *linter) fixableWords(found []source.Diagnostic) string {
	safe, all := 0, 0
	for _, d := range found {
		if lint.Fixable(d, false) {
			safe++
		}
		if lint.Fixable(d, true) {
			all++
		}
	}
	switch {
	case safe > 0:
		return fmt.Sprintf("; --fix settles %d", safe)
	case all > 0:
		return fmt.Sprintf("; --unsafe-fixes settles %d", all)
	}
	return ""
}

func (l *linter) colors() bool {
	switch l.o.color {
	case "always":
		return true
	case "never":
		return false
	}
	return colors(l.app, l.app.StdoutTTY)
}

// colors reports whether a stream gets colours.
func colors(a *app.App, terminal bool) bool {
	switch {
	case a.Env("NO_COLOR") != "":
		return false
	case a.Env("CLICOLOR_FORCE") != "" && a.Env("CLICOLOR_FORCE") != "0":
		return true
	}
	return terminal && a.Env("TERM") != "dumb"
}

// hyperlinks reports whether the terminal is one that shows links.
func (l *linter) hyperlinks() bool {
	env := l.app.Env
	switch force := env("FORCE_HYPERLINK"); {
	case force != "":
		return force != "0"
	case !l.app.StdoutTTY || !l.colors():
		return false
	}
	for _, name := range []string{"VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE"} {
		if env(name) != "" {
			return true
		}
	}
	return slices.Contains([]string{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"}, env("TERM_PROGRAM"))
}

// link returns the address of a file for the terminal.
func (l *linter) link(name string) string {
	path := absolute(l.app, name)
	l.seen.Path(path)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return fileURL(filepath.ToSlash(path))
}
