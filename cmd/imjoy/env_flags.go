package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

// envFlags are the flags of every command that may make Python environments.
type envFlags struct {
	python, backend, asOf string
	names, with           []string
	set                   *pflag.FlagSet
}

func (f *envFlags) add(flags *pflag.FlagSet) {
	f.set = flags
	flags.StringVar(&f.python, "python", "", "`PYTHON` for the plugin: a path, a name or a version (default: what it asks for, else python3)")
	flags.StringVar(&f.backend, "python-env", "", "make its environment with `TOOL`: uv, venv, conda; none uses the Python as it is (default: uv if found, else venv)")
	flags.StringArrayVar(&f.names, "map", nil, "what pip calls a package of conda, `CONDA=PIP`; nothing after = leaves it out")
	flags.StringArrayVar(&f.with, "with", nil, "a `PACKAGE` more than the plugin declares, as pip names it")
	flags.StringVar(&f.asOf, "as-of", "", "only packages published until `DATE` (2024-05-31), which only uv can do")
	if flags.Lookup("allow-build") == nil {
		flags.Bool("allow-build", false, "let Python packages run code while they are installed")
	}
	if flags.Lookup("allow-run") == nil {
		flags.Bool("allow-run", false, "let the commands run that the plugin needs before it starts")
	}
}

// options are the flags as the program's rooms read them.
func (f *envFlags) options(offline bool) (app.EnvironmentOptions, error) {
	o := app.EnvironmentOptions{
		Backend: f.backend, Python: f.python, Offline: offline, With: f.with,
		AllowBuild: f.given("allow-build"), AllowRun: f.given("allow-run"), Frozen: f.given("frozen"),
	}
	switch o.Backend {
	case "", pyenv.UV, pyenv.Venv, pyenv.Conda, app.NoEnvironment:
	default:
		return o, usageError("write uv, venv, conda or none", "--python-env %q is no way to make an environment", o.Backend)
	}
	for _, text := range f.names {
		conda, pip, found := strings.Cut(text, "=")
		if !found || conda == "" {
			return o, usageError("write --map opencv=opencv-python", "--map %q is not CONDA=PIP", text)
		}
		if o.Map == nil {
			o.Map = map[string]string{}
		}
		o.Map[conda] = pip
	}
	if f.asOf == "" {
		return o, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, f.asOf); err == nil {
			if layout == time.DateOnly {
				at = at.AddDate(0, 0, 1) // the whole day counts
			}
			o.AsOf = at
			return o, nil
		}
	}
	return o, usageError("write --as-of 2024-05-31", "--as-of %q is not a date", f.asOf)
}

// given reports whether a flag was set; one with a value counts as set by it.
func (f *envFlags) given(name string) bool {
	flag := f.set.Lookup(name)
	return flag != nil && flag.Changed && flag.Value.String() != "false"
}

// agree asks a person for what an environment needs beyond wheels.
func agree(confirm func(context.Context, engine.Message) (bool, error)) func(context.Context, *pyenv.ConsentError) (bool, error) {
	return func(ctx context.Context, e *pyenv.ConsentError) (bool, error) {
		list := make([]string, len(e.Items))
		for i, item := range e.Items {
			list[i] = "  " + findings.Clean(item.Text)
		}
		return confirm(ctx, engine.Message{Text: fmt.Sprintf("%s:\n%s\nDo it?", e.Why, strings.Join(list, "\n"))})
	}
}
