package workflow

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules are the rules this package reports.
var Rules = []*source.Rule{
	ruleShape, ruleVersion, ruleKey, ruleID, ruleReference, rulePlugin, ruleTag, ruleOp, ruleConfig, ruleData, ruleMismatch, ruleFile, ruleChanged, ruleUnpinned,
}

var ruleShape = &source.Rule{
	Code: "workflow-shape", Severity: source.Error,
	Summary: "a workflow, or a part of it, has the wrong form",
	Doc:     "A workflow is an object with `version: 1` and `steps`, a list of objects that each name a `plugin`. The data of a step is one of `data`, `from` and `file`; without any it is what the step before answered.",
	Bad:     "version: 1\nsteps: blur.imjoy.html",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html",
}

var ruleVersion = &source.Rule{
	Code: "workflow-version", Severity: source.Error,
	Summary: "a workflow of no version, or of one that is not known",
	Doc:     "`version: 1` says how the file is meant. A newer number is of a newer imjoy. A file without one is read as version 1, with a warning.",
	Bad:     "version: 7\nsteps:\n  - plugin: blur.imjoy.html",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html",
}

var ruleKey = &source.Rule{
	Code: "workflow-key", Severity: source.Error,
	Summary: "a key that means nothing",
	Doc:     "A key that is written wrong would be left out silently, and the workflow would do something else than it says.",
	Bad:     "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    confg: {sigma: 2}",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    config: {sigma: 2}",
}

var ruleID = &source.Rule{
	Code: "workflow-id", Severity: source.Error,
	Summary: "an id that cannot be used, or is used twice",
	Doc:     "Ids name steps in `from`: letters, digits, `_` and `-`, beginning with a letter, each once. `input` stands for what the workflow works on. Steps without an id are named by their number, counted from 1.",
	Bad:     "version: 1\nsteps:\n  - {id: a, plugin: x.imjoy.html}\n  - {id: a, plugin: y.imjoy.html}",
	Good:    "version: 1\nsteps:\n  - {id: a, plugin: x.imjoy.html}\n  - {id: b, plugin: y.imjoy.html}",
}

var ruleReference = &source.Rule{
	Code: "workflow-reference", Severity: source.Error,
	Summary: "a `from` that names no step before it",
	Doc:     "Steps run in the order of the file, so that a step can use only what those before it answered. `from: ID` is a whole answer, `from: ID.member` a part of it.",
	Bad:     "version: 1\nsteps:\n  - plugin: x.imjoy.html\n    from: mask",
	Good:    "version: 1\nsteps:\n  - {id: mask, plugin: x.imjoy.html}\n  - plugin: y.imjoy.html\n    from: mask",
}

var rulePlugin = &source.Rule{
	Code: "workflow-plugin", Severity: source.Error,
	Summary: "a step without a plugin that can be found",
	Doc:     "`plugin` is a path relative to the workflow, the name of an installed plugin, or an address such as `owner/repo:Name`.",
	Bad:     "version: 1\nsteps:\n  - config: {sigma: 2}",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    config: {sigma: 2}",
}

var ruleTag = &source.Rule{
	Code: "workflow-tag", Severity: source.Error,
	Summary: "a tag that the plugin does not have",
	Doc:     "Without `tag` a step runs the plugin's first.",
	Bad:     "version: 1\nsteps:\n  - {plugin: segment.imjoy.html, tag: GPPU}",
	Good:    "version: 1\nsteps:\n  - {plugin: segment.imjoy.html, tag: GPU}",
}

var ruleOp = &source.Rule{
	Code: "workflow-op", Severity: source.Error,
	Summary: "an op that the plugin does not offer",
	Doc:     "Ops are offered by `api.register` while a plugin is set up; `imjoy run PLUGIN --op list` tells them.",
	Bad:     "version: 1\nsteps:\n  - {plugin: filters.imjoy.html, op: Sharpn}",
	Good:    "version: 1\nsteps:\n  - {plugin: filters.imjoy.html, op: Sharpen}",
}

var ruleConfig = &source.Rule{
	Code: "workflow-config", Severity: source.Error,
	Summary: "a setting that the plugin's form does not have, or a value that does not fit",
	Doc:     "`config` sets fields of the plugin's `ui` by their ids. What is not set has its default.",
	Bad:     "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    config: {sgima: 2}",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    config: {sigma: 2}",
}

var ruleData = &source.Rule{
	Code: "workflow-data", Severity: source.Error,
	Summary: "data that the plugin's `inputs` refuse",
	Doc:     "What is written in `data` is checked before anything runs; results are checked when they are there.",
	Bad:     "version: 1\nsteps:\n  - plugin: sum.imjoy.html\n    data: {values: many}",
	Good:    "version: 1\nsteps:\n  - plugin: sum.imjoy.html\n    data: {values: [1, 2]}",
}

var ruleMismatch = &source.Rule{
	Code: "workflow-mismatch", Severity: source.Warning,
	Summary: "a step answers something else than the next one takes",
	Doc:     "The `outputs` of a plugin and the `inputs` of the one that gets its answer say different things. Choose a part with `from: ID.member`, or build the data with `data: {name: {from: ID}}`.",
	Bad:     "version: 1\nsteps:\n  - {id: count, plugin: count-cells.imjoy.html}\n  - plugin: smooth-series.imjoy.html",
	Good:    "version: 1\nsteps:\n  - {id: count, plugin: count-cells.imjoy.html}\n  - plugin: otsu-threshold.imjoy.html\n    data: {image: {from: count.labels}}",
}

var ruleFile = &source.Rule{
	Code: "workflow-file", Severity: source.Error,
	Summary: "a file that is not there, or lies outside of the workflow's folder",
	Doc:     "Paths are relative to the workflow. A workflow may come from somebody else, so that files elsewhere need a word of the person who runs it: `--allow-read=PATH`, or the file named on the command line.",
	Bad:     "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    file: /home/ada/cells.png",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    file: cells.png",
}

var ruleChanged = &source.Rule{
	Code: "workflow-changed", Severity: source.Warning,
	Summary: "a plugin is not the one that the workflow was saved with",
	Doc:     "`sha256` is the hash of the plugin's text. When the text has changed, a repeated run may answer something else. Take the new hash, or leave `sha256` out; `imjoy run --frozen` refuses to run.",
	Bad:     "version: 1\nsteps:\n  - plugin: blur.imjoy.html # edited since\n    sha256: 3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html",
}

var ruleUnpinned = &source.Rule{
	Code: "workflow-unpinned", Severity: source.Error,
	Summary: "a step of which not everything is pinned, run with --frozen",
	Doc:     "`imjoy run --frozen` runs a workflow only with the very plugins that it was made with: each step has the SHA-256 of its plugin's text. The message has the one of now. Workflows that the workspace page keeps have them. Where a plugin depends on others, loads scripts or needs packages, its text is not all of it: `imjoy lock FILE` pins everything beside the workflow, and then no `sha256` is needed.",
	Bad:     "version: 1\nsteps:\n  - plugin: blur.imjoy.html",
	Good:    "version: 1\nsteps:\n  - plugin: blur.imjoy.html\n    sha256: 3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
}
