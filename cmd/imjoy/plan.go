package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

type planFlags struct {
	tag    string
	all    bool
	asJSON bool
}

func newPlanCommand(a *app.App) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan FILE[@TAG]|WORKFLOW.yaml",
		Short: "Show what a plugin file is and needs, for one of its tags, or the steps of a workflow",
		Long: `Show what a plugin file is and needs with one of its tags chosen: its type, the
scripts that run, the environment and the packages, the plugins it depends on, the
form with ids and defaults, the data it takes and gives, what it asks permission for.
Without a tag it is the first. FILE "-" is standard input. Nothing is executed,
installed or fetched.

Of a workflow each step is shown: its plugin, whether that is the one the workflow was
saved with, what it gets, what it may want; and the settings that ` + "`imjoy run`" + ` takes for it.
Plugins that are not on this machine are only named. With --json: {version, file, name,
description, steps: [{id, line, plugin, name, type, tag, op, runtimes, sha256, sha256_now,
from, files, data, config, permissions}]}.

The plan goes to stdout, what there is to say about the file to stderr. The exit code
is 1 when that holds an error, 2 when the plugin has no such tag, and 5 when reading
the file lost content or could mean two things: then there is no plan.

With --json the answer is one object, with --all {"version": 1, "plans": [...]}:

  version        1
  file, name, plugin_version, api_version, description
  type           canonical; runtimes: what can run it here, best first
  tag, tags      the chosen one, "" when the plugin has none; all
  language       javascript, typescript or python; scripts: [{lang, tag, type, src,
                 line, end_line}]
  env            {python, name, files, channels, variables, gpu, binder, program}
  requirements   [{manager, name, specifier, url, ..., text, line, column}]; manager
                 is pip, conda, git, script, module, style or cache
  commands       [{words, text, line, column}]: what needs a person's consent
  refused        [{text, line, column}]: entries that could not be read
  dependencies   [{address, name, tag, line, column}]
  permissions    {wants: [{permission, declared, detail, reasons}], packages, dialogs}
  ui             [{id, data_id, type, label, after, default, options, min, max, step,
                 line, column}]; ctx.config has a key for each data_id
  inputs         as written, null when absent; outputs likewise
  flags, labels, icon, cover, base_frame, base_worker, passive, runnable, defaults`,
		Example: `  imjoy plan unet.imjoy.html
  imjoy plan unet.imjoy.html --tag GPU
  imjoy plan unet.imjoy.html --all
  imjoy plan count.workflow.yaml
  imjoy plan unet.imjoy.html --json | jq -r '.requirements[] | .manager + " " + .name'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name one plugin file, or - for standard input", "plan takes one FILE")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return plan(a, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.tag, "tag", "t", "", "show the plan of this `TAG`")
	flags.BoolVar(&f.all, "all", false, "show the plans of all tags")
	jsonFlag(flags, &f.asJSON)
	cmd.MarkFlagsMutuallyExclusive("tag", "all")
	return cmd
}

// tagsOfFile lists the tags of the file named on the command line, for completion.
func tagsOfFile(a *app.App, args []string) []string {
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	text, err := readPluginText(a, args[0])
	if err != nil {
		return nil
	}
	doc, _ := pluginfile.Parse(args[0], text)
	return tags.Of(doc)
}

func plan(a *app.App, name string, f planFlags) error {
	if name != "-" && workflow.MayBe(name) {
		return planWorkflow(a, name, f)
	}
	doc, found, err := planFile(a, &name, &f)
	if err != nil {
		return err
	}
	if blocking := pluginfile.Blocking(found); len(blocking) > 0 {
		if err := showFindings(a, a.Stderr, a.StderrTTY, blocking); err != nil {
			return err
		}
		hint := ""
		if doc.Ambiguous() {
			hint = "`imjoy parse --recovered` shows what was probably meant"
		}
		return withExit(exitRefused, fmt.Errorf("%s: no plan is made while the file has such errors", findings.Clean(name)), hint)
	}
	plans, more, err := plansOf(doc, f)
	if err != nil {
		return err
	}
	if err := showPlans(a.Stdout, plans, f); err != nil {
		return err
	}
	found = append(found, more...)
	found = append(found, schemaFindings(doc)...)
	source.Sort(found)
	if err := showFindings(a, a.Stderr, a.StderrTTY, found); err != nil {
		return err
	}
	if source.Worst(found) == source.Error {
		return foundSomething()
	}
	return nil
}

// planFile reads the file. A tag behind its name counts like the flag.
func planFile(a *app.App, name *string, f *planFlags) (*pluginfile.Document, []source.Diagnostic, error) {
	if *name != "-" {
		to, err := a.Address(*name)
		switch {
		case err == nil && to.Kind == address.Path && to.Tag != "":
			*name = to.Path
			if f.tag == "" && !f.all {
				f.tag = to.Tag
			}
		case err == nil && to.Kind != address.Path:
			return nil, nil, withExit(exitMissing, fmt.Errorf("there is no file %s", findings.Clean(*name)),
				fmt.Sprintf("`imjoy info %s` shows plugins that are installed or elsewhere", findings.Clean(*name)))
		}
	}
	text, err := readPluginText(a, *name)
	if err != nil {
		return nil, nil, withExit(exitMissing, err, "")
	}
	doc, found := pluginfile.Parse(*name, text)
	return doc, found, nil
}

// plansOf makes the plans that are asked for. A tag that is not there is wrong use.
func plansOf(doc *pluginfile.Document, f planFlags) ([]*tags.Plan, []source.Diagnostic, error) {
	if f.all {
		plans, found := tags.All(doc)
		return plans, found, nil
	}
	plan, found := tags.Resolve(doc, f.tag)
	if plan == nil {
		return nil, nil, usageError(found[0].Hint, "%s", found[0].Message)
	}
	return []*tags.Plan{plan}, found, nil
}

// schemaFindings is what there is to say about inputs and outputs, which no tag
// changes.
func schemaFindings(doc *pluginfile.Document) []source.Diagnostic {
	_, found := schema.CompileField(doc.Config.Field("inputs"), true)
	_, more := schema.CompileField(doc.Config.Field("outputs"), false)
	return append(found, more...)
}

func showPlans(w io.Writer, plans []*tags.Plan, f planFlags) error {
	switch {
	case f.asJSON && f.all:
		return writeJSON(w, struct {
			Version int          `json:"version"`
			Plans   []*tags.Plan `json:"plans"`
		}{tags.JSONVersion, plans})
	case f.asJSON:
		return writeJSON(w, plans[0])
	}
	for i, plan := range plans {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if _, err := io.WriteString(w, planText(plan)); err != nil {
			return err
		}
	}
	return nil
}
