package manifest

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules are the rules this package reports.
var Rules = []*source.Rule{
	ruleShape, ruleConfig, ruleName, ruleMissingURI, ruleURI, ruleBackslash, ruleDuplicate, ruleMember,
	ruleDrift, ruleMissingFile, ruleUnlisted, ruleMisspelled, ruleNoConfig,
}

var ruleShape = &source.Rule{
	Code: "manifest-shape", Severity: source.Error,
	Summary: "a manifest, or a part of it, has the wrong form",
	Doc:     "A manifest is an object with a `name`, a `description` and `plugins`, a list of objects: each the config of a plugin with a `uri`.",
	Bad:     `{"name": "Lab", "plugins": {"a": {}}}`,
	Good:    `{"name": "Lab", "plugins": [{"name": "a", "uri": "a.imjoy.html"}]}`,
}

var ruleConfig = &source.Rule{
	Code: "manifest-config", Severity: source.Warning,
	Summary: "the config of a plugin, saved as a manifest",
	Doc:     "ImJoy finds no plugin in it. Here it is read as a manifest with one entry.",
	Bad:     `{"name": "a", "type": "window", "uri": "a.imjoy.html"}`,
	Good:    `{"name": "Lab", "plugins": [{"name": "a", "type": "window", "uri": "a.imjoy.html"}]}`,
}

var ruleName = &source.Rule{
	Code: "manifest-name", Severity: source.Error,
	Summary: "an entry without a usable name",
	Doc:     "Plugins are found by name. A name is a label without `/`, control characters and characters that cannot be seen.",
	Bad:     `{"plugins": [{"uri": "a.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}]}`,
}

var ruleMissingURI = &source.Rule{
	Code: "manifest-uri-missing", Severity: source.Info,
	Summary: "an entry that does not say where its file is",
	Doc:     "ImJoy then takes `NAME.imjoy.html` beside the manifest.",
	Bad:     `{"plugins": [{"name": "a"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}]}`,
}

var ruleURI = &source.Rule{
	Code: "manifest-uri", Severity: source.Error,
	Summary: "an entry that leads out of the repository",
	Doc:     "A `uri` is a path below the manifest's folder, or an https URL. Paths that lead up, other schemes and paths of one machine are refused.",
	Bad:     `{"plugins": [{"name": "a", "uri": "../../a.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "src/a.imjoy.html"}]}`,
}

var ruleBackslash = &source.Rule{
	Code: "manifest-backslash", Severity: source.Warning,
	Summary: "a uri with the separators of Windows",
	Doc:     "The builder writes backslashes when it runs on Windows, and no host finds such a file. Here they are read as slashes.",
	Bad:     `{"plugins": [{"name": "a", "uri": "src\\a.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "src/a.imjoy.html"}]}`,
}

var ruleDuplicate = &source.Rule{
	Code: "manifest-duplicate", Severity: source.Error,
	Summary: "two entries for one name or one file",
	Doc:     "Names are unique in a repository: of two entries only the first can be installed. Names that only letter case tells apart are a warning.",
	Bad:     `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}, {"name": "a", "uri": "b.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}, {"name": "b", "uri": "b.imjoy.html"}]}`,
}

var ruleMember = &source.Rule{
	Code: "manifest-collection", Severity: source.Warning,
	Summary: "a collection names a plugin that is not listed",
	Doc:     "The plugins of a collection are names of this manifest, or addresses of other repositories.",
	Bad:     `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}], "collections": [{"name": "All", "plugins": ["b"]}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}], "collections": [{"name": "All", "plugins": ["a"]}]}`,
}

var ruleDrift = &source.Rule{
	Code: "manifest-drift", Severity: source.Error,
	Summary: "an entry differs from the config in its file",
	Doc:     "A manifest repeats the configs of its plugins. People who search see the copy; what they install is the file. `imjoy manifest build` brings them together.",
	Bad:     `{"plugins": [{"name": "a", "version": "0.1.0", "uri": "a.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "version": "0.2.0", "uri": "a.imjoy.html"}]}`,
}

var ruleMissingFile = &source.Rule{
	Code: "manifest-missing-file", Severity: source.Error,
	Summary: "an entry whose file does not exist",
	Doc:     "Whoever installs the plugin gets an error. Letter case counts in paths.",
	Bad:     `{"plugins": [{"name": "a", "uri": "old/a.imjoy.html"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "src/a.imjoy.html"}]}`,
}

var ruleUnlisted = &source.Rule{
	Code: "manifest-unlisted", Severity: source.Warning,
	Summary: "a plugin file that no entry names",
	Doc:     "Nobody can find it through the repository. Run `imjoy manifest build`, or give it another suffix if that is intended.",
	Bad:     `{"plugins": []}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}]}`,
}

var ruleMisspelled = &source.Rule{
	Code: "manifest-misspelled-file", Severity: source.Warning,
	Summary: "a file whose name is almost that of a plugin",
	Doc:     "Plugins end with `.imjoy.html`, in lower case; other files are not found.",
	Bad:     `{"plugins": [{"name": "a", "uri": "a.imjoy.htm"}]}`,
	Good:    `{"plugins": [{"name": "a", "uri": "a.imjoy.html"}]}`,
}

var ruleNoConfig = &source.Rule{
	Code: "manifest-no-config", Severity: source.Warning,
	Summary: "a plugin file without a usable config",
	Doc:     "Without a config that says a name, a file cannot be listed. `imjoy lint` tells what is wrong with it.",
	Bad:     `<config lang="json">{}</config>`,
	Good:    `<config lang="json">{"name": "a"}</config>`,
}
