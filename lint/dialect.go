package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Where ImJoy and Hypha, which still runs the format, read a file differently. Hypha
// takes the text for HTML: it finds blocks at any depth and decodes entities. Only files
// that seem to be for Hypha, too, are judged.

var dialectChecks = []check{
	{ruleDialectBlock, dialectBlock},
	{ruleDialectNested, dialectNested},
	{ruleDialectEntity, dialectEntity},
}

// hyphaFile reports whether a file says by its name that it is for Hypha.
func hyphaFile(doc *pluginfile.Document) bool {
	return strings.HasSuffix(strings.ToLower(doc.Source.Name), address.HyphaSuffix)
}

// otherInHypha are codes about what Hypha does differently: its apps are of more types, need
// no run, have fields of their own, categories for tags and packages for dependencies. A
// file that is named as Hypha's is not told these.
var otherInHypha = []string{
	"type-missing", "type-unsupported", "tags-unused", "tags-empty-object", "run-missing", "setup-missing", "config-field-missing", "config-field-unknown", "dependency",
}

// inDialect drops the findings that do not count in the dialect of a file.
func inDialect(doc *pluginfile.Document, found []source.Diagnostic) []source.Diagnostic {
	if !hyphaFile(doc) {
		return found
	}
	manifest := pluginfile.First(doc.Recovered, pluginfile.ManifestBlock) != nil
	return slices.DeleteFunc(found, func(d source.Diagnostic) bool {
		return matches(otherInHypha, d.Code) || manifest && (d.Code == "config-missing" || d.Code == ruleDialectBlock.Code)
	})
}

// forHypha reports whether a file seems to be for Hypha as well.
func (p *pass) forHypha() bool {
	if hyphaFile(p.Document) || p.hyphaBlocks() {
		return true
	}
	for _, s := range p.Scripts {
		for _, l := range s.Imports {
			if hidesExport(l.Text) {
				return true
			}
		}
		for _, l := range s.URLs {
			if strings.Contains(l.Text, "hypha") {
				return true
			}
		}
	}
	return false
}

func (p *pass) hyphaBlocks() bool {
	return pluginfile.First(p.Document.Recovered, pluginfile.FileBlock) != nil || pluginfile.First(p.Document.Recovered, pluginfile.ManifestBlock) != nil
}

var ruleDialectBlock = &source.Rule{
	Code: "dialect-block", Severity: source.Info,
	Summary: "a block that only Hypha reads",
	Doc:     "Hypha reads `<manifest>` and `<file>` blocks beside those of ImJoy. In ImJoy they are unknown and do nothing: what a script needs of them is not there.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<file name=\"data.csv\">1,2</file>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() { return api.getAttachment(\"data.csv\") }})\n</script>\n<attachment name=\"data.csv\">1,2</attachment>",
}

func dialectBlock(p *pass) {
	for _, b := range p.Document.Recovered {
		if b.Kind == pluginfile.FileBlock || b.Kind == pluginfile.ManifestBlock {
			p.report(b.TagPlace(), fmt.Sprintf("only Hypha reads <%s>; for ImJoy it is not there", b.Kind), "for both, use a config and attachments")
		}
	}
}

var ruleDialectNested = &source.Rule{
	Code: "dialect-nested", Severity: source.Warning,
	Summary: "a block inside of a block, which Hypha reads as one of its own",
	Doc:     "Hypha looks for blocks at any depth: a `<script>` in a window or attachment is run as a script of the plugin, a second `<config>` confuses it. ImJoy takes both for content.",
	Bad:     "<manifest lang=\"yaml\">\ntype: window\n</manifest>\n<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}</config>\n<window><div><script>draw()</script></div></window>",
	Good:    "<manifest lang=\"yaml\">\ntype: window\n</manifest>\n<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}</config>\n<window><div></div></window>",
}

var blockTag = lazily(`(?i)<(config|script|window|style|docs|attachment|link|file|manifest)(?:[\s/][^<>]*)?>`)

func dialectNested(p *pass) {
	if !p.forHypha() {
		return
	}
	for _, b := range p.Document.Recovered {
		if b.Kind != pluginfile.WindowBlock && b.Kind != pluginfile.AttachmentBlock && b.Kind != pluginfile.DocsBlock {
			continue
		}
		text := b.Source.Slice(b.Inner)
		for _, at := range blockTag().FindAllSubmatchIndex(text, 20) {
			span := source.Span{Start: b.Inner.Start + at[0], End: b.Inner.Start + at[1]}
			p.report(b.Source.Place(span), fmt.Sprintf("Hypha takes this <%s> for a block of the plugin", strings.ToLower(string(text[at[2]:at[3]]))), "write it differently, or keep it in a file of its own")
		}
	}
}

var ruleDialectEntity = &source.Rule{
	Code: "dialect-entity", Severity: source.Warning,
	Summary: "an entity that Hypha decodes and ImJoy does not",
	Doc:     "Hypha reads the file as HTML, so `&lt;` in a config, docs or attachment block is `<` for it and four characters for ImJoy.",
	Bad:     "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"description\": \"sigma &lt; 3\"}</config>\n<file name=\"a\"></file>",
	Good:    "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"description\": \"sigma below 3\"}</config>\n<file name=\"a\"></file>",
}

var entity = lazily(`&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});`)

func dialectEntity(p *pass) {
	if !p.forHypha() {
		return
	}
	for _, b := range p.Document.Recovered {
		if b.Kind != pluginfile.ConfigBlock && b.Kind != pluginfile.AttachmentBlock {
			continue
		}
		text := b.Source.Slice(b.Inner)
		for _, at := range entity().FindAllIndex(text, 20) {
			span := source.Span{Start: b.Inner.Start + at[0], End: b.Inner.Start + at[1]}
			p.report(b.Source.Place(span), fmt.Sprintf("Hypha decodes %s, ImJoy does not", text[at[0]:at[1]]), "write the character itself, or other words")
		}
	}
}
