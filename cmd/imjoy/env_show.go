package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags"
)

func newEnvShowCommand(a *app.App) *cobra.Command {
	var f pluginEnv
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show PLUGIN|HASH",
		Short: "Show the environment of a plugin: what it needs, and what it got",
		Long: `Show the environment of a plugin: the Python and the tool it is made with, the packages
asked for, and, if it is there, what they were resolved to. HASH is the beginning of a
name that ` + "`imjoy env list`" + ` shows. Nothing is made.

The exit code is 4 when the environment cannot be made on this machine.

With --json the answer is one object:

  version       1
  plugin, tag   of a PLUGIN
  needed        whether it declares anything
  hash, python, backend   of what is, or would be, made
  asked         the packages, as pip and conda read them
  environment   as in env list; null when it is not there`,
		Example: `  imjoy env show segment.imjoy.html --tag GPU
  imjoy env show 3f2a91`,
		Args:              onePlugin,
		ValidArgsFunction: completePlugin(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			if l := environmentByHash(a, args[0]); l != nil {
				return showEnvironment(a, &app.PluginEnvironment{Needed: true, Made: l}, asJSON)
			}
			return f.with(cmd.Context(), a, args[0], func(s *app.Session, plan *tags.Plan) error {
				e, err := s.EnvironmentOf(cmd.Context(), plan)
				if err != nil {
					return err
				}
				if err := showEnvironment(a, e, asJSON); err != nil {
					return err
				}
				return e.Unfit
			})
		},
	}
	f.add(cmd)
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

// environmentByHash is nil for what is no name of an environment.
func environmentByHash(a *app.App, name string) *pyenv.Listed {
	if len(name) < 4 || strings.Trim(name, "0123456789abcdef") != "" {
		return nil
	}
	all, err := a.Environments(app.EnvironmentOptions{})
	if err != nil {
		return nil
	}
	l, _ := all.Get(name)
	return l
}

type shownJSON struct {
	Version     int              `json:"version"`
	Plugin      string           `json:"plugin,omitempty"`
	Tag         string           `json:"tag,omitempty"`
	Needed      bool             `json:"needed"`
	Hash        string           `json:"hash,omitempty"`
	Python      string           `json:"python,omitempty"`
	Backend     string           `json:"backend,omitempty"`
	Asked       []string         `json:"asked"`
	Problem     string           `json:"problem,omitempty"`
	Environment *environmentJSON `json:"environment"`
}

func showEnvironment(a *app.App, e *app.PluginEnvironment, asJSON bool) error {
	out := shownJSON{Version: 1, Needed: e.Needed, Asked: []string{}, Environment: environmentReport(e.Made)}
	if e.Plan != nil {
		out.Plugin, out.Tag = e.Plan.Name, e.Plan.Tag
	}
	if s := e.Spec; s != nil {
		out.Hash, out.Python, out.Backend = s.Hash, strings.TrimLeft(s.Python.Version, "="), s.Backend
		for _, p := range s.Conda {
			out.Asked = append(out.Asked, "conda: "+p.CondaSpec())
		}
		for _, p := range s.Pip {
			out.Asked = append(out.Asked, p.String())
		}
	}
	if l := e.Made; l != nil {
		out.Hash, out.Python, out.Backend, out.Asked = l.Hash, l.Python, l.Backend, l.Asked
	}
	if e.Unfit != nil {
		out.Problem = e.Unfit.Error()
	}
	if asJSON {
		return writeJSON(a.Stdout, out)
	}
	_, err := fmt.Fprint(a.Stdout, environmentText(e, out))
	return err
}

func environmentText(e *app.PluginEnvironment, out shownJSON) string {
	var s planSheet
	if out.Plugin != "" {
		fmt.Fprintf(&s, "%s\n", findings.Clean(strings.TrimSpace(out.Plugin+" "+out.Tag)))
	}
	if !e.Needed {
		s.row("needs", "no packages: it runs in any Python from "+pyenv.Oldest+" on")
		return s.String()
	}
	s.row("hash", out.Hash)
	s.row("Python", out.Python)
	s.row("made with", out.Backend)
	s.rows("asks for", out.Asked)
	if e.Spec != nil {
		var left []string
		for _, l := range e.Spec.Left {
			left = append(left, l.Why)
		}
		s.rows("left out", left)
		if e.Made == nil {
			s.row("there", "no: the first run makes it, if the Python lacks something")
		}
	}
	if l := e.Made; l != nil {
		s.row("folder", l.Dir)
		s.row("program", l.Interpreter())
		s.row("size", sizeText(l.Size))
		s.row("made", stamp(l.Made))
		var got []string
		for _, p := range l.Resolved.Packages {
			got = append(got, strings.TrimSpace(p.Name+" "+p.Version+p.URL))
		}
		s.rows("packages", append(got, l.Resolved.Conda...))
		for _, c := range l.Resolved.Repos {
			s.row("clone", c.Dir+" at "+c.Commit)
		}
	}
	return s.String()
}
