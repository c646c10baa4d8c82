package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// settingsName is the file of a project's settings.
const settingsName = "imjoy.yaml"

// maxSettingsBytes is how long it may be.
const maxSettingsBytes = 1 << 20

// readSettings finds and reads the settings of the project.
func (l *linter) readSettings() error {
	l.settings, l.base = new(lint.Settings), l.app.Dir
	path := l.o.config
	if path == "" {
		if path = l.findSettings(); path == "" {
			return nil
		}
	}
	l.seen.Path(absolute(l.app, path))
	text, err := readFileUpTo(absolute(l.app, path), maxSettingsBytes)
	if err != nil {
		return withExit(exitMissing, fmt.Errorf("read settings %s: %w", path, cause(err)), "")
	}
	shown := path
	if relative, err := filepath.Rel(l.app.Dir, path); err == nil && filepath.IsAbs(path) {
		shown = relative
	}
	settings, found := lint.ReadSettings(filepath.ToSlash(shown), text)
	if source.Worst(found) == source.Error {
		if err := showFindings(l.app, l.app.Stderr, l.app.StderrTTY, found); err != nil {
			return err
		}
		return usageError("", "the settings of lint in %s cannot be used", shown)
	}
	l.settings, l.base = settings, filepath.Dir(absolute(l.app, path))
	return nil
}

// findSettings looks in the present folder and those above it, up to the root of the
// repository.
func (l *linter) findSettings() string {
	for dir := l.app.Dir; dir != ""; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, settingsName)
		l.seen.Path(path)
		l.seen.Path(filepath.Join(dir, ".git"))
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || filepath.Dir(dir) == dir {
			return ""
		}
	}
	return ""
}

func readFileUpTo(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return text, err
}

// relative returns the path of a file as settings and baselines write it: from the
// folder of the settings, with slashes.
func (l *linter) relative(name string) string {
	path, err := filepath.Rel(l.base, absolute(l.app, filepath.FromSlash(name)))
	if err != nil || name == "-" {
		return name
	}
	return filepath.ToSlash(path)
}

// optionsFor returns the options for a file: those of the settings, and over them what
// flags say.
func (l *linter) optionsFor(f lintFile) lint.Options {
	o := l.settings.For(l.relative(f.shown))
	if l.given("select") {
		o.Select = l.flags.Select
	}
	if l.given("ignore") {
		o.Ignore = l.flags.Ignore
	}
	if len(l.flags.Severity) > 0 {
		merged := map[string]source.Severity{}
		for _, from := range []map[string]source.Severity{o.Severity, l.flags.Severity} {
			for code, severity := range from {
				merged[code] = severity
			}
		}
		o.Severity = merged
	}
	return o
}

// baselineFile returns where the baseline is, "" when there is none.
func (l *linter) baselineFile() string {
	switch {
	case l.o.baseline != "":
		return absolute(l.app, l.o.baseline)
	case l.settings.Baseline != "":
		return filepath.Join(l.base, filepath.FromSlash(l.settings.Baseline))
	}
	return ""
}

// withoutKnown leaves out what the baseline lists.
func (l *linter) withoutKnown(found []source.Diagnostic) ([]source.Diagnostic, error) {
	path := l.baselineFile()
	if path == "" || l.o.writeBaseline {
		return found, nil
	}
	l.seen.Path(path)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withExit(exitMissing, fmt.Errorf("read baseline %s: %w", path, cause(err)), "write one with --write-baseline")
	}
	var baseline *findings.Baseline
	if err == nil {
		baseline, err = findings.ReadBaseline(text)
	}
	if err != nil {
		return nil, withExit(exitMissing, fmt.Errorf("%s: %w", path, err), "")
	}
	fresh, gone := baseline.New(found, l.relative)
	if gone > 0 && !l.o.format.Document() {
		fmt.Fprintf(l.app.Stderr, "%s of the baseline no longer found; --write-baseline brings it up to date\n", counted(gone, "finding"))
	}
	return fresh, nil
}

// newBaseline writes all findings down as known.
func (l *linter) newBaseline(found []source.Diagnostic) error {
	path := l.baselineFile()
	if path == "" {
		return usageError("add --baseline lint-baseline.json", "there is no file to write the baseline to")
	}
	var text strings.Builder
	if err := findings.NewBaseline(found, l.relative).Write(&text); err != nil {
		return err
	}
	if err := l.app.ReplaceFile(path, []byte(text.String())); err != nil {
		return withExit(exitMissing, fmt.Errorf("write baseline: %w", err), "")
	}
	fmt.Fprintf(l.app.Stderr, "%s written to %s\n", counted(len(found), "finding"), path)
	return nil
}

// fileURL is the address of a file by its absolute path with slashes.
func fileURL(path string) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
