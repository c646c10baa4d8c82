package lint

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var textChecks = []check{
	{rulePlaceholder, placeholder},
}

var rulePlaceholder = &source.Rule{
	Code: "placeholder-text", Severity: source.Warning,
	Summary: "text of the template was left in place",
	Doc:     "A new plugin comes with a description and docs that begin with `[TODO`. People see them in lists and on the plugin's page.",
	Bad:     `{"description": "[TODO: describe this plugin with one sentence.]"}`,
	Good:    `{"description": "Smooths an image."}`,
}

func placeholder(p *pass) {
	const sign = "[TODO"
	n := p.config().Get("description")
	if text, _ := n.Str(); strings.Contains(text, sign) {
		p.report(n.Place, "the description is still the template's", "say in one sentence what the plugin does")
	}
	if docs := pluginfile.First(p.Document.Recovered, pluginfile.DocsBlock); docs != nil {
		body := docs.Body()
		if at := strings.Index(body.Text, sign); at >= 0 {
			end := at + strings.IndexAny(body.Text[at:]+"\n", "]\n")
			p.report(body.Place(source.Span{Start: at, End: min(end+1, len(body.Text))}), "the docs are still the template's", "say what the plugin does, what it takes and what it gives")
		}
	}
}
