package lint

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// newestAPI is the last api_version that ImJoy had.
const newestAPI = "0.1.8"

var versionChecks = []check{
	{ruleAPIVersion, apiVersion},
	{ruleVersionForm, versionForm},
}

var ruleAPIVersion = &source.Rule{
	Code: "api-version-unknown", Severity: source.Warning,
	Summary: "an api_version that never was",
	Doc: "The api of plugins went from 0.1.0 to 0.1.8; ImJoy compares it to decide how old names and dialogs behave. " +
		"It has nothing to do with the version of the plugin, nor with that of imjoy-rpc (0.2, 0.3).",
	Bad:  `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.19"}</config>`,
	Good: `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>`,
}

func apiVersion(p *pass) {
	n := p.config().Get("api_version")
	if text, ok := n.Scalar(); ok && text != "" && pluginfile.CompareVersions(text, newestAPI) > 0 {
		p.report(n.Place, fmt.Sprintf("there is no api_version %s; the newest is %s", text, newestAPI), fmt.Sprintf("write %q", newestAPI)).
			Fixes = meant(n.Place, `"`+newestAPI+`"`)
	}
}

var ruleVersionForm = &source.Rule{
	Code: "version-form", Severity: source.Warning,
	Summary: "a version that is not made of numbers and dots",
	Doc:     "ImJoy splits a version at its dots and reads the number each part begins with: `1.0-beta` is the same as `1.0` to it, and `v2` is 0.",
	Bad:     `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "v1", "api_version": "0.1.8"}</config>`,
	Good:    `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "1.0.0", "api_version": "0.1.8"}</config>`,
}

var dotted = lazily(`^\d+(\.\d+)*$`)

func versionForm(p *pass) {
	for _, field := range []string{"version", "api_version"} {
		n := p.config().Get(field)
		if text, ok := n.Str(); ok && text != "" && !dotted().MatchString(text) {
			p.report(n.Place, fmt.Sprintf("ImJoy cannot compare the %s %q", field, text), "write numbers with dots between them, such as 1.0.2")
		}
	}
}
