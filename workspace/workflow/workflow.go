// Package workflow reads the small files that chain plugins: each step runs one, and what
// it answers is the data of the next. `imjoy run NAME.workflow.yaml` repeats one.
//
//	version: 1
//	name: Smooth, then count
//	steps:
//	  - id: smooth
//	    plugin: median-filter.imjoy.html # relative to this file; or an address, or a name
//	    config: {radius: 2}
//	    file: cells.npy
//	  - plugin: count-cells.imjoy.html
//	    data: {image: {from: smooth}}
//
// Call [Parse] first: it answers a [Workflow] however faulty the text is, and says what is
// wrong where. [Check] compares the steps with the plans of their plugins, [Form] is what
// a person may set of all of them, [Input.Value] makes the data of a step, and [Write]
// makes such a file. Finding plugins, opening files and running are left to the caller.
package workflow

import (
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Version is the version of the format that this package reads and writes.
const Version = 1

// Given is the id that stands for what a workflow as a whole works on: the data of its
// first step.
const Given = "input"

// Workflow is a chain of plugins. It is immutable.
type Workflow struct {
	Source      *source.Source
	Name        string // "" when it does not say
	Description string
	Steps       []*Step
	// Broken reports that the text could not be read whole: parts may be missing here.
	Broken bool
}

// Step is one run of one plugin.
type Step struct {
	ID     string // as written; else its number, counted from 1
	Plugin string // as written: a path, an address or a name; "" is a fault
	Tag    string // "" for the plugin's first
	Op     string // "" for its run
	SHA256 string // of the plugin's text when the workflow was saved; "" when it does not say
	Config *conf.Node
	Input  Input

	Place       source.Place // all of it
	PluginPlace source.Place
	TagPlace    source.Place
	OpPlace     source.Place
	HashPlace   source.Place
}

// Title is what people call the workflow: its name, else that of its file.
func (w *Workflow) Title() string {
	if w.Name != "" {
		return w.Name
	}
	base := path.Base(strings.ReplaceAll(w.Source.Name, `\`, "/"))
	for _, suffix := range suffixes {
		base = strings.TrimSuffix(base, suffix)
	}
	return base
}

// suffixes of workflow files, the longer ones first.
var suffixes = []string{".workflow.yaml", ".workflow.yml", ".workflow.json", ".yaml", ".yml", ".json"}

// IsFileName reports whether a file of this name is a workflow by its name alone:
// workflow.yaml, or NAME.workflow.yaml. A person may name any .yaml file.
func IsFileName(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	for _, ending := range []string{"yaml", "yml", "json"} {
		if base == "workflow."+ending || strings.HasSuffix(base, ".workflow."+ending) {
			return true
		}
	}
	return false
}

// MayBe reports whether a file that a person names could be a workflow: YAML is, and JSON
// that is called so. Plugins are neither.
func MayBe(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, ".yaml") || strings.HasSuffix(lower, ".yml") || IsFileName(name)
}

// Step returns the step of an id, nil when there is none.
func (w *Workflow) Step(id string) *Step {
	for _, s := range w.Steps {
		if s.ID == id {
			return s
		}
	}
	return nil
}
