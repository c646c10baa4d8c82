package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

func newPsCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ps",
		Short: "List the plugins that live on in the background",
		Long: `List the plugins that live on in the background.

A Python plugin with the flag "allow-detach" keeps its process when ` + "`imjoy run`" + ` ends.
The next run attaches to it and calls resume() instead of setup(), so that a model is
loaded once. It ends with ` + "`imjoy stop`" + `, when nobody used it for half an hour (IMJOY_IDLE
says otherwise: 10m, 8h, never), and when its document changes: another text in the same
file, or another version from the same address. Another plugin of that name lives beside it.

One command at a time uses it. Another one that comes meanwhile gets a process of its own,
which ends with it; with the flag "single-instance" as well it waits for the first.

With --json the answer is one object:

  version      1
  plugins      each with name, tag, document (the path of its file, or its address), pid,
               started, attached, ends_in (in seconds, null while a command uses it, or
               when it never ends by itself)`,
		Example: `  imjoy ps
  imjoy stop "Segment Cells"`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return ps(a, asJSON) },
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

func ps(a *app.App, asJSON bool) error {
	b, err := a.Background()
	if err != nil {
		return usageError("", "%w", err)
	}
	list, err := b.List()
	switch {
	case err != nil:
		return err
	case asJSON:
		return writeJSON(a.Stdout, runningReport(list))
	case len(list) == 0:
		fmt.Fprintln(a.Stderr, "No plugin lives in the background.")
		return nil
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTAG\tPID\tSTARTED\tENDS\tDOCUMENT")
	for _, r := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s ago\t%s\t%s\n", findings.Clean(r.Name), dash(r.Tag), r.Pid, rough(a.Now().Sub(r.Started)), endsWhen(r), findings.Clean(r.Document))
	}
	return w.Flush()
}

func endsWhen(r engine.Running) string {
	switch {
	case r.Attached:
		return "in use"
	case r.EndsIn == 0:
		return "never"
	}
	return "in " + rough(r.EndsIn)
}

// rough is a duration as people say it.
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

type runningJSON struct {
	Version int             `json:"version"`
	Plugins []runningPlugin `json:"plugins"`
}

type runningPlugin struct {
	Name     string   `json:"name"`
	Tag      string   `json:"tag"`
	Document string   `json:"document"`
	Pid      int      `json:"pid"`
	Started  string   `json:"started"`
	Attached bool     `json:"attached"`
	EndsIn   *float64 `json:"ends_in"`
}

func runningReport(list []engine.Running) runningJSON {
	report := runningJSON{Version: 1, Plugins: []runningPlugin{}}
	for _, r := range list {
		p := runningPlugin{Name: r.Name, Tag: r.Tag, Document: r.Document, Pid: r.Pid, Started: stamp(r.Started), Attached: r.Attached}
		if !r.Attached && r.EndsIn > 0 {
			seconds := r.EndsIn.Seconds()
			p.EndsIn = &seconds
		}
		report.Plugins = append(report.Plugins, p)
	}
	return report
}
