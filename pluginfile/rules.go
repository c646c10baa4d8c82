package pluginfile

import (
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules documents every diagnostic of this package; those of the config's syntax
// are in [conf.Rules].
func Rules() []*source.Rule {
	return []*source.Rule{
		ruleUnclosed, ruleSwallowed, ruleClosedEarly, ruleLetterCase, ruleWrapped, ruleVoidOpen,
		ruleMalformedTag, ruleOpenQuote, ruleOpenComment,
		ruleUnknownBlock, ruleStrayText, ruleDuplicateAttribute, ruleTwoDocs,
		ruleLargeFile, ruleTooManyBlocks, ruleTooManyAttributes, ruleLongValue,
		ruleEncoding, ruleNotUTF8, ruleNUL, ruleNameCharacters,
		ruleNoConfig, ruleTwoConfigs, ruleConfigNotObject, ruleConfigLang, ruleVersionNumber, ruleDefault, ruleLegacyName,
	}
}

// readingCodes are the codes that [Blocking] looks for.
var readingCodes = func() map[string]bool {
	codes := make(map[string]bool)
	for _, list := range [][]*source.Rule{Rules(), conf.Rules()} {
		for _, rule := range list {
			codes[rule.Code] = true
		}
	}
	return codes
}()

// The config of the examples below.
const exampleConfig = "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n"

var ruleUnclosed = &source.Rule{
	Code: "block-unclosed", Severity: source.Error,
	Summary: "a block is never closed",
	Doc: "ImJoy ends an unclosed block at the last tag inside it, so that a script is empty and a window is cut, and it takes blocks that follow for a part of it. " +
		"It says nothing. Close the block. `imjoy parse --recovered` shows what was probably meant.",
	Bad:  exampleConfig + "<script lang=\"javascript\">\napi.export({})\n",
	Good: exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleSwallowed = &source.Rule{
	Code: "block-swallowed", Severity: source.Error,
	Summary: "a mentioned <script>, <style> or <textarea> swallows the end of its block",
	Doc: "Inside a `<script>`, `<style>` or `<textarea>` nothing is a tag until its own end tag. That also holds where docs only mention one: " +
		"everything up to the next `</script>` of the file becomes its text, the blocks in between included. Write `&lt;script>` in docs. " +
		"Mentioning other blocks, such as `<config>`, is safe.",
	Bad:  "<docs>\nUse the `<script>` block.\n</docs>\n" + exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
	Good: "<docs>\nUse the `&lt;script>` block.\n</docs>\n" + exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleClosedEarly = &source.Rule{
	Code: "block-closed-early", Severity: source.Error,
	Summary: "a block is closed twice, and what stands in between is lost",
	Doc: "A script ends at the first `</script>`, even inside a string or a comment of its language; the rest is ignored. " +
		"Write `<\\/script>` in JavaScript strings, `\"<\" + \"/script>\"` elsewhere, `&lt;/docs>` in docs.",
	Bad:  exampleConfig + "<script lang=\"javascript\">\nconst page = \"<p></script>\";\napi.export({})\n</script>\n",
	Good: exampleConfig + "<script lang=\"javascript\">\nconst page = \"<p><\\/script>\";\napi.export({})\n</script>\n",
}

var ruleLetterCase = &source.Rule{
	Code: "block-letter-case", Severity: source.Error,
	Summary: "the name of a block is not in lower case",
	Doc:     "Block names are case-sensitive: to ImJoy `<SCRIPT>` and `<Config>` are unknown elements, which it ignores. Write them in lower case.",
	Bad:     exampleConfig + "<SCRIPT lang=\"javascript\">\napi.export({})\n</SCRIPT>\n",
	Good:    exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleWrapped = &source.Rule{
	Code: "block-wrapped", Severity: source.Error,
	Summary: "an element around the blocks hides them",
	Doc: "Only the outermost elements of a file are blocks. In a complete HTML page that is `<html>` alone, and ImJoy finds no config. " +
		"Remove the wrapper; a doctype may stay.",
	Bad:  "<html><body>\n" + exampleConfig + "</body></html>\n",
	Good: exampleConfig,
}

var ruleVoidOpen = &source.Rule{
	Code: "block-void-open", Severity: source.Error,
	Summary: "a tag such as <link> lacks its slash",
	Doc: "ImJoy knows no elements that close themselves: `<link ...>` opens one that takes in the rest of the file. Write `<link ... />`. " +
		"Inside a window the slash is not needed.",
	Bad:  "<link rel=\"stylesheet\" href=\"https://example.com/a.css\">\n" + exampleConfig,
	Good: "<link rel=\"stylesheet\" href=\"https://example.com/a.css\"/>\n" + exampleConfig,
}

var ruleMalformedTag = &source.Rule{
	Code: "tag-malformed", Severity: source.Error,
	Summary: "a start tag whose attributes cannot be read",
	Doc:     "A start tag with an attribute list in disorder is text to ImJoy: the block vanishes without a word. Write each attribute as `name=\"value\"`.",
	Bad:     exampleConfig + "<script lang=>\napi.export({})\n</script>\n",
	Good:    exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleOpenQuote = &source.Rule{
	Code: "attribute-unclosed", Severity: source.Error,
	Summary: "the value of an attribute has no closing quote",
	Doc: "A value goes on to the next quote, over any number of lines. When that quote belongs to another tag, the lines between are lost. " +
		"Often the tag then cannot be read at all (`tag-malformed`).",
	Bad:  "<script lang=\"javascript>\napi.export({})\n</script>\n<attachment name=\">\n</attachment>\n" + exampleConfig,
	Good: "<script lang=\"javascript\">\napi.export({})\n</script>\n" + exampleConfig,
}

var ruleOpenComment = &source.Rule{
	Code: "comment-unclosed", Severity: source.Error,
	Summary: "a comment is never closed",
	Doc:     "A `<!--` without `-->`, or a `<![` without `]>`, ends the file for ImJoy: all that follows is lost, and an open block is cut. Close the comment.",
	Bad:     "<!-- my plugin\n" + exampleConfig,
	Good:    "<!-- my plugin -->\n" + exampleConfig,
}

var ruleUnknownBlock = &source.Rule{
	Code: "block-unknown", Severity: source.Warning,
	Summary: "a block that ImJoy does not know",
	Doc: "ImJoy reads `config`, `script`, `window`, `style`, `docs`, `attachment` and `link`, and ignores any other element silently; " +
		"Hypha also reads `file` and `manifest`. The text is kept when the file is edited.",
	Bad:  exampleConfig + "<doc lang=\"markdown\">\n# Blur\n</doc>\n",
	Good: exampleConfig + "<docs lang=\"markdown\">\n# Blur\n</docs>\n",
}

var ruleStrayText = &source.Rule{
	Code: "text-ignored", Severity: source.Warning,
	Summary: "text outside of blocks",
	Doc:     "ImJoy ignores text between blocks silently. Put notes into comments, `<!-- ... -->`, and everything else into a block.",
	Bad:     "Blur, by me\n" + exampleConfig,
	Good:    "<!-- Blur, by me -->\n" + exampleConfig,
}

var ruleDuplicateAttribute = &source.Rule{
	Code: "attribute-duplicate", Severity: source.Warning,
	Summary: "an attribute is written twice in a tag",
	Doc:     "ImJoy takes the last value, browsers the first. Keep one.",
	Bad:     exampleConfig + "<script lang=\"python\" lang=\"javascript\">\napi.export({})\n</script>\n",
	Good:    exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleTwoDocs = &source.Rule{
	Code: "docs-repeated", Severity: source.Warning,
	Summary: "more than one docs block",
	Doc:     "ImJoy shows the first docs block and ignores the others. Join them.",
	Bad:     exampleConfig + "<docs>\n# Blur\n</docs>\n<docs>\n# Usage\n</docs>\n",
	Good:    exampleConfig + "<docs>\n# Blur\n# Usage\n</docs>\n",
}

var ruleLargeFile = &source.Rule{
	Code: "file-too-large", Severity: source.Error,
	Summary: "the file is larger than 16 MiB",
	Doc:     "A plugin is text that people read; a file above 16 MiB is not read at all. Put data on a server, or beside the plugin.",
	Bad:     "a file of 17 MiB",
	Good:    exampleConfig,
}

var ruleTooManyBlocks = &source.Rule{
	Code: "too-many-blocks", Severity: source.Error,
	Summary: "the file has more than 1000 blocks",
	Doc:     "Reading stops at the thousandth block. Real plugins have fewer than ten.",
	Bad:     "<docs></docs><docs></docs>... 1001 times",
	Good:    exampleConfig,
}

var ruleTooManyAttributes = &source.Rule{
	Code: "too-many-attributes", Severity: source.Error,
	Summary: "a tag has more than 256 attributes",
	Doc:     "Attributes beyond the 256th of a block's start tag are not read. ImJoy knows about ten.",
	Bad:     "<script a1 a2 a3 ... a257></script>",
	Good:    "<script lang=\"javascript\"></script>\n" + exampleConfig,
}

var ruleLongValue = &source.Rule{
	Code: "attribute-too-long", Severity: source.Error,
	Summary: "the value of an attribute is longer than 64 KiB",
	Doc:     "The rest of the value is not read. A value this long is mostly a missing quote, or data that belongs into an attachment.",
	Bad:     "<link href=\"data:text/css,... 100 KiB\"/>",
	Good:    "<style>\n...\n</style>\n" + exampleConfig,
}

var ruleEncoding = &source.Rule{
	Code: "text-encoding", Severity: source.Error,
	Summary: "the file is in UTF-16 or UTF-32",
	Doc:     "Plugins are UTF-8, with or without a byte order mark. The file begins with the mark of another encoding, which different programs would read differently.",
	Bad:     "\xFF\xFE<\x00c\x00o\x00n\x00f\x00i\x00g\x00>\x00",
	Good:    exampleConfig,
}

var ruleNotUTF8 = &source.Rule{
	Code: "text-not-utf8", Severity: source.Error,
	Summary: "the file holds bytes that are not UTF-8",
	Doc:     "ImJoy reads such bytes as U+FFFD, Python refuses the file, others keep them: the plugin that runs is not the one that was reviewed. Save the file as UTF-8.",
	Bad:     exampleConfig + "<docs>\nM\xFCnchen\n</docs>\n",
	Good:    exampleConfig + "<docs>\nMünchen\n</docs>\n",
}

var ruleNUL = &source.Rule{
	Code: "text-nul", Severity: source.Error,
	Summary: "the file holds a NUL byte",
	Doc:     "Text has no NUL bytes; programs cut the text there, skip it or fail. Encode binary data as Base64.",
	Bad:     exampleConfig + "<docs>\n\x00\n</docs>\n",
	Good:    exampleConfig + "<docs>\n\n</docs>\n",
}

var ruleNameCharacters = &source.Rule{
	Code: "name-characters", Severity: source.Error,
	Summary: "a name holds control or bidirectional characters",
	Doc: "Names of plugins and attachments are shown, compared and typed. Characters that cannot be seen, that turn the direction of the text, or that a terminal obeys " +
		"make one name look like another, and are refused.",
	Bad:  "<config lang=\"json\">\n{\"name\": \"Blur\\u202Egnp\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n",
	Good: exampleConfig,
}

var ruleNoConfig = &source.Rule{
	Code: "config-missing", Severity: source.Error,
	Summary: "the file has no config block",
	Doc:     "The config names the plugin and says what runs it; without one ImJoy fails with a TypeError.",
	Bad:     "<script lang=\"javascript\">\napi.export({})\n</script>\n",
	Good:    exampleConfig + "<script lang=\"javascript\">\napi.export({})\n</script>\n",
}

var ruleTwoConfigs = &source.Rule{
	Code: "config-repeated", Severity: source.Error,
	Summary: "more than one config block",
	Doc: "ImJoy reads the first config and ignores the others; other readers take the last. Since a reviewer cannot know which one counts, " +
		"such a plugin is not run.",
	Bad:  exampleConfig + exampleConfig,
	Good: exampleConfig,
}

var ruleConfigNotObject = &source.Rule{
	Code: "config-not-object", Severity: source.Error,
	Summary: "the config is not an object",
	Doc:     "A config is one JSON object or YAML mapping of fields.",
	Bad:     "<config lang=\"json\">\n[\"Blur\"]\n</config>\n",
	Good:    exampleConfig,
}

var ruleConfigLang = &source.Rule{
	Code: "config-lang", Severity: source.Warning,
	Summary: "the config block does not say json or yaml",
	Doc: "Since api_version 0.1.6 ImJoy refuses a config whose `lang` is missing, empty or unknown. " +
		"Here it is read as JSON, as ImJoy does for older versions.",
	Bad:  "<config>\n{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n",
	Good: exampleConfig,
}

var ruleVersionNumber = &source.Rule{
	Code: "config-version-number", Severity: source.Warning,
	Summary: "a version is a number instead of text",
	Doc: "In YAML `version: 0.10` is the number 0.1, and ImJoy fails on an `api_version` that is a number. Here the digits are kept as they are written. " +
		"Put versions in quotes.",
	Bad:  "<config lang=\"yaml\">\nname: Blur\ntype: web-worker\nversion: 0.10\napi_version: \"0.1.8\"\n</config>\n",
	Good: "<config lang=\"yaml\">\nname: Blur\ntype: web-worker\nversion: \"0.10\"\napi_version: \"0.1.8\"\n</config>\n",
}

var ruleDefault = &source.Rule{
	Code: "config-default", Severity: source.Warning,
	Summary: "`default` instead of `defaults`",
	Doc:     "The size of a window is read from `defaults`. ImJoy ignores `default`; here it stands in while there is no `defaults`.",
	Bad:     "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"default\": {\"w\": 20}}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"defaults\": {\"w\": 20}}\n</config>\n",
}

var ruleLegacyName = &source.Rule{
	Code: "config-legacy-name", Severity: source.Info,
	Summary: "a field or type by the name it had up to api_version 0.1.1",
	Doc: "Up to api_version 0.1.1 ImJoy still reads `mode` as `type`, and `pyworker`, `webworker`, `webpython` as `native-python`, `web-worker`, `web-python`. " +
		"With a newer api_version the plugin would have no valid type.",
	Bad:  "<config lang=\"json\">\n{\"name\": \"Blur\", \"mode\": \"pyworker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.1\"}\n</config>\n",
	Good: "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n",
}
