package tags

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules are the codes of the diagnostics of this package.
var Rules = []*source.Rule{
	ruleUnknownTag, ruleTagsShape, ruleMapWithoutTags, ruleEmptyMap, ruleHole, ruleUnusedKey,
	ruleScriptTag, ruleScriptLang, ruleNoScript, ruleNoType, ruleType, ruleDependency, ruleFieldShape,
}

var (
	ruleUnknownTag = &source.Rule{
		Code: "tag-unknown", Severity: source.Error,
		Summary: "the plugin has no such tag",
		Doc: "The tag behind `@` in an address, or given with `--tag`, must be one of the config's `tags`, letter by letter. ImJoy does not check: " +
			"it runs the plugin with every field by tag absent.",
		Bad:  `imjoy run "owner/repo:Unet@gpu"`,
		Good: `imjoy run "owner/repo:Unet@GPU"`,
	}
	ruleTagsShape = &source.Rule{
		Code: "tags-shape", Severity: source.Warning,
		Summary: "`tags` is not a list of different names",
		Doc:     "`tags` lists the variants of a plugin; the first is the default. Names are compared letter by letter, so spaces around them count.",
		Bad:     `{"tags": ["CPU", "GPU ", "CPU"]}`,
		Good:    `{"tags": ["CPU", "GPU"]}`,
	}
	ruleMapWithoutTags = &source.Rule{
		Code: "tags-missing", Severity: source.Error,
		Summary: "a field has values by tag, but the plugin has no tags",
		Doc: "An object as the value of env, requirements, dependencies, icon, ui, type, flags, labels, cover, base_frame, base_worker or passive is a choice by tag. " +
			"ImJoy refuses to load a plugin that has one without `tags`; here the field is absent.",
		Bad:  `{"env": {"CPU": "conda create -n x python=3.9"}}`,
		Good: `{"tags": ["CPU"], "env": {"CPU": "conda create -n x python=3.9"}}`,
	}
	ruleEmptyMap = &source.Rule{
		Code: "tags-empty-object", Severity: source.Warning,
		Summary: "`{}` makes ImJoy refuse the plugin",
		Doc:     "An empty object is taken as absent here and in Hypha. ImJoy takes it for a choice by tag and refuses a plugin without tags.",
		Bad:     `{"env": {}}`,
		Good:    `{"env": []}`,
	}
	ruleHole = &source.Rule{
		Code: "tag-without-value", Severity: source.Warning,
		Summary: "a field by tag has no value for a tag",
		Doc: "When a field is an object of values by tag, each tag should have one: ImJoy takes a missing value for an absent field and says so only in the browser's console, so " +
			"a plugin may start without its packages. Write `[]` where nothing is needed.",
		Bad:  `{"tags": ["CPU", "GPU"], "requirements": {"CPU": ["numpy"]}}`,
		Good: `{"tags": ["CPU", "GPU"], "requirements": {"CPU": ["numpy"], "GPU": ["numpy", "cupy"]}}`,
	}
	ruleUnusedKey = &source.Rule{
		Code: "tag-key-unused", Severity: source.Warning,
		Summary: "a value is for a tag that the plugin does not have",
		Doc:     "Only the names in `tags` can be chosen; a value under another key is never used. Often one of the two is misspelt.",
		Bad:     `{"tags": ["Window-GPU"], "env": {"Windows-GPU": "conda create -n x"}}`,
		Good:    `{"tags": ["Windows-GPU"], "env": {"Windows-GPU": "conda create -n x"}}`,
	}
	ruleScriptTag = &source.Rule{
		Code: "script-tag", Severity: source.Warning,
		Summary: "the tag of a script is empty or unknown",
		Doc: "A script with `tag=\"GPU\"` runs for that tag only, one without for all. An empty tag matches none in ImJoy, although it looks like \"all\"; " +
			"a tag that the config does not list is never chosen; the attribute is `tag`, not `tags`.",
		Bad:  "<config lang=\"json\">{\"tags\": [\"GPU\"]}</config>\n<script lang=\"javascript\" tags=\"GPU\">\napi.export({})\n</script>",
		Good: "<config lang=\"json\">{\"tags\": [\"GPU\"]}</config>\n<script lang=\"javascript\" tag=\"GPU\">\napi.export({})\n</script>",
	}
	ruleScriptLang = &source.Rule{
		Code: "script-lang", Severity: source.Warning,
		Summary: "the language of a script does not fit the plugin's type",
		Doc: "web-worker, window and iframe plugins run `lang=\"javascript\"`, native-python and web-python `lang=\"python\"`, written exactly so. " +
			"A window leaves a script without a language, or with another, unevaluated.",
		Bad:  `<script lang="js">`,
		Good: `<script lang="javascript">`,
	}
	ruleNoScript = &source.Rule{
		Code: "script-missing", Severity: source.Error,
		Summary: "the plugin has no script to run",
		Doc:     "Every plugin needs a script that calls `api.export`, for each of its tags; only collections and pages of other servers need none.",
		Bad:     `<config lang="json">{"type": "web-worker"}</config>`,
		Good:    "<config lang=\"json\">{\"type\": \"web-worker\"}</config>\n<script lang=\"javascript\">api.export({run() {}})</script>",
	}
	ruleNoType = &source.Rule{
		Code: "type-missing", Severity: source.Error,
		Summary: "the plugin has no type",
		Doc:     "`type` says where a plugin runs. Up to api_version 0.1.1 the field was called `mode`, and that name is still read there.",
		Bad:     `{"name": "Blur", "mode": "web-worker", "api_version": "0.1.8"}`,
		Good:    `{"name": "Blur", "type": "web-worker", "api_version": "0.1.8"}`,
	}
	ruleType = &source.Rule{
		Code: "type-unsupported", Severity: source.Warning,
		Summary: "plugins of this type cannot run",
		Doc: "The types are web-worker, window, iframe, native-python, web-python, collection, rpc-window and rpc-worker. web-python-window was removed in api 0.1.8, " +
			"evil runs code in the page of the application itself, jupyter-notebook was a template. A plugin of another type can be read and installed, not run.",
		Bad:  `{"type": "webworker", "api_version": "0.1.8"}`,
		Good: `{"type": "web-worker", "api_version": "0.1.8"}`,
	}
	ruleDependency = &source.Rule{
		Code: "dependency-address", Severity: source.Error,
		Summary: "a dependency is not the address of a plugin",
		Doc: "`dependencies` is a list of addresses: a name, `owner/repository:Name`, `owner/repository@commit:Name@TAG`, or the URL of an `.imjoy.html` file. " +
			"ImJoy stops the installation at one that it cannot read.",
		Bad:  `{"dependencies": ["ftp://example.org/x.imjoy.html"]}`,
		Good: `{"dependencies": ["imjoy-team/imjoy-plugins:Image Window"]}`,
	}
	ruleFieldShape = &source.Rule{
		Code: "field-shape", Severity: source.Warning,
		Summary: "a field has a value of another type than it should",
		Doc:     "flags, labels and cover are lists of strings, icon, base_frame and base_worker are strings, passive is true or false. The field is taken as absent.",
		Bad:     `{"flags": 5}`,
		Good:    `{"flags": ["functional"]}`,
	}
)
