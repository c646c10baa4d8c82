package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// environmentFailure gives failures of Python environments their exit code and advice,
// and shows the place in the plugin that each is about. The answer is nil for other
// errors.
func environmentFailure(a *app.App, err error) error {
	var (
		unmet   *pyenv.UnmetError
		consent *pyenv.ConsentError
		python  *pyenv.PythonError
		missing *pyenv.MissingError
		build   *pyenv.BuildError
		locked  *pyenv.LockError
		wheel   *pyenv.WheelError
		none    *pyenv.NotFoundError
		with    *app.WithError
	)
	switch {
	case errors.As(err, &unmet):
		for _, u := range unmet.Items {
			showItem(a, u.Item, u.Why)
			if u.Hint != "" {
				fmt.Fprintf(a.Stderr, "  %s\n", cleanLines(u.Hint))
			}
		}
		code := exitMissing
		if unmet.Unreadable {
			code = exitUsage
		}
		return withExit(code, errors.New("the plugin's Python environment cannot be made"), "--python-env none runs it in the Python as it is")
	case errors.As(err, &consent):
		for _, item := range consent.Items {
			showItem(a, item, consent.Why)
		}
		return withExit(exitRefused, errors.New(findings.Clean(consent.Error())), "allow it with "+consent.Flag)
	case errors.As(err, &python):
		if python.Item.Text != "" {
			showItem(a, python.Item, python.Why)
		}
		hint := "install one, or name one with --python PATH"
		if python.Nearest != nil {
			version := strings.Join(strings.Split(python.Nearest.Version, ".")[:2], ".")
			hint = fmt.Sprintf("the nearest is %s: try --python %s", python.Nearest.Version, version)
		}
		return withExit(exitMissing, errors.New(findings.Clean(python.Error())), hint)
	case errors.As(err, &missing):
		return withExit(exitMissing, errors.New(findings.Clean(missing.Error())), missing.Hint)
	case errors.As(err, &build):
		for line := range strings.Lines(build.Tail) {
			fmt.Fprintf(a.Stderr, "  | %s\n", findings.Clean(strings.TrimRight(line, "\n")))
		}
		if build.Item.Text != "" {
			showItem(a, build.Item, fmt.Sprintf("%s: failed at this requirement", build.Step))
		}
		return withExit(exitMissing, errors.New(findings.Clean(build.Error())), buildHint(build))
	case errors.As(err, &locked):
		return withExit(exitRefused, errors.New(findings.Clean(locked.Error())), "leave --frozen away to resolve them again")
	case errors.As(err, &wheel):
		return withExit(exitRefused, errors.New(findings.Clean(wheel.Error())), "`imjoy freeze --vendor` gets it again")
	case errors.As(err, &none):
		return withExit(exitMissing, errors.New(findings.Clean(none.Error())), "`imjoy env list` shows them")
	case errors.As(err, &with):
		return withExit(exitUsage, errors.New(findings.Clean(with.Error())), "write --with requests or --with 'numpy>=1.20'")
	case errors.Is(err, pyenv.ErrInUse):
		return withExit(exitRefused, err, "a plugin runs in it, or it is being made; try again later")
	}
	return nil
}

// buildHint says where the whole log is, and what often helps.
func buildHint(e *pyenv.BuildError) string {
	hint := "all that was said: " + e.Log
	tail := strings.ToLower(e.Tail)
	if strings.Contains(tail, "no-build") || strings.Contains(tail, "only-binary") || strings.Contains(tail, "no usable wheels") || strings.Contains(tail, "no wheels") || strings.Contains(tail, "no matching distribution") {
		hint += "\n  there may be no wheel for this Python: try another (--python 3.10), or --allow-build to build from source"
	}
	return hint
}

// showItem draws the place in the plugin that a failure is about.
func showItem(a *app.App, item requirement.Item, message string) {
	o := findings.Options{Color: useColor(a)}
	fmt.Fprintf(a.Stderr, "error: %s\n", findings.Clean(message))
	if item.Place.Known() {
		fmt.Fprint(a.Stderr, findings.Frame(item.Place, source.Error, nil, o))
	}
}
