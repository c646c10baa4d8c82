package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// planWorkflow shows what the steps of a workflow are and get, without the network and
// without running anything.
func planWorkflow(a *app.App, name string, f planFlags) error {
	if f.all || f.tag != "" {
		return usageError("write `tag:` into its step", "a workflow has no tags: each of its steps may have one")
	}
	w, found, err := a.ReadWorkflow(name)
	if err != nil {
		return withExit(exitMissing, err, "")
	}
	opened, more, err := a.LookAtWorkflow(context.Background(), w)
	if err != nil {
		return err
	}
	found = append(found, more...)
	source.Sort(found)
	if len(w.Steps) > 0 {
		if f.asJSON {
			err = writeJSON(a.Stdout, workflowJSON(opened))
		} else {
			_, err = io.WriteString(a.Stdout, workflowText(opened))
		}
		if err != nil {
			return err
		}
	}
	if err := showFindings(a, a.Stderr, a.StderrTTY, found); err != nil {
		return err
	}
	if source.Worst(found) == source.Error {
		return foundSomething()
	}
	return nil
}

// workflowText is a workflow for people: a heading, then what there is to each step.
func workflowText(w *app.Workflow) string {
	var s planSheet
	fmt.Fprintf(&s, "%s\n", findings.Clean(w.Title()))
	if w.Description != "" {
		fmt.Fprintf(&s, "%s\n", shorten(findings.Clean(w.Description), shownField))
	}
	for i, step := range w.Steps {
		plan := w.Plans[i]
		fmt.Fprintf(&s, "\nstep %d", i+1)
		if step.ID != strconv.Itoa(i+1) {
			fmt.Fprintf(&s, ", %s", findings.Clean(step.ID))
		}
		s.WriteByte('\n')
		s.row("plugin", step.Plugin)
		s.row("tag", step.Tag)
		s.row("op", step.Op)
		s.row("text", pinned(step, w.Hash(i)))
		s.row("gets", gets(step, i))
		if step.Config != nil {
			s.row("config", shorten(jsonLine(step.Config.Plain()), shownField))
		}
		if plan == nil {
			continue
		}
		s.row("is", strings.TrimSpace(plan.Name+" "+plan.Version)+", "+cmp.Or(plan.Type, "of no type"))
		s.row("runs in", cmp.Or(strings.Join(plan.Runtimes, ", or "), "nothing here"))
		s.rows("permissions", wants(plan.Sheet))
	}
	if rows := formRows(w.Form); len(rows) > 0 {
		s.WriteString("\nsettings\n")
		s.rows("", rows)
	}
	return s.String()
}

// pinned says whether a step's plugin is the one that the workflow was saved with.
func pinned(step *workflow.Step, now string) string {
	switch {
	case step.SHA256 == "":
		return "any: it has no sha256"
	case now == "":
		return "sha256 " + step.SHA256
	case step.SHA256 == now:
		return "the one it was saved with"
	}
	return "another one than it was saved with"
}

// gets says what a step works on.
func gets(step *workflow.Step, i int) string {
	in := &step.Input
	references, files := in.All()
	var parts []string
	for _, r := range references {
		whose := "what the workflow works on"
		if r.Step != nil {
			whose = "what step " + r.Step.ID + " answers"
		}
		if len(r.Path) > 0 {
			whose = strings.Join(r.Path, ".") + " of " + whose
		}
		parts = append(parts, whose)
	}
	for _, f := range files {
		parts = append(parts, "the file "+f.Path)
	}
	switch {
	case len(parts) > 0 && in.Data != nil:
		return "data made of " + strings.Join(parts, ", ")
	case in.Data != nil:
		return "data " + shorten(jsonLine(in.Data.Plain()), shownField)
	case len(parts) == 0 && i == 0:
		return "what is given when it is run, if anything"
	}
	return strings.Join(parts, ", ")
}

type stepJSON struct {
	ID          string   `json:"id"`
	Line        int      `json:"line"`
	Plugin      string   `json:"plugin"`
	Name        string   `json:"name"` // "" for a plugin that is not on this machine
	Type        string   `json:"type"`
	Tag         string   `json:"tag"`
	Op          string   `json:"op"`
	Runtimes    []string `json:"runtimes"`
	SHA256      string   `json:"sha256"`     // as written
	SHA256Now   string   `json:"sha256_now"` // of the plugin that is here
	From        []string `json:"from"`
	Files       []string `json:"files"`
	Data        any      `json:"data"`
	Config      any      `json:"config"`
	Permissions []string `json:"permissions"`
}

func workflowJSON(w *app.Workflow) any {
	steps := make([]stepJSON, len(w.Steps))
	for i, step := range w.Steps {
		start, _ := step.Place.Range()
		s := stepJSON{
			ID: step.ID, Line: start.Line, Plugin: step.Plugin, Tag: step.Tag, Op: step.Op, SHA256: step.SHA256, SHA256Now: w.Hash(i),
			Runtimes: []string{}, From: []string{}, Files: []string{}, Permissions: []string{},
		}
		references, files := step.Input.All()
		for _, r := range references {
			s.From = append(s.From, r.Text)
		}
		for _, f := range files {
			s.Files = append(s.Files, f.Path)
		}
		if step.Input.Data != nil {
			s.Data = step.Input.Data.Plain()
		}
		if step.Config != nil {
			s.Config = step.Config.Plain()
		}
		if plan := w.Plans[i]; plan != nil {
			s.Name, s.Type, s.Tag, s.Runtimes = plan.Name, plan.Type, plan.Tag, append(s.Runtimes, plan.Runtimes...)
			for _, want := range plan.Sheet.Wants {
				s.Permissions = append(s.Permissions, want.Permission.String())
			}
		}
		steps[i] = s
	}
	return struct {
		Version     int        `json:"version"`
		File        string     `json:"file"`
		Name        string     `json:"name"`
		Description string     `json:"description"`
		Steps       []stepJSON `json:"steps"`
	}{1, w.Source.Name, w.Title(), w.Description, steps}
}
