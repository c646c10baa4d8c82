package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Rules about the docs block, which is Markdown.

var docsChecks = []check{
	{ruleDocsMissing, docsMissing},
	{ruleDocsAnchor, docsAnchors},
	{ruleDocsLink, docsLinks},
	{ruleDocsAlt, docsAlt},
	{ruleDocsScript, docsScripts},
}

var ruleDocsMissing = &source.Rule{
	Code: "docs-missing", Severity: source.Info,
	Summary: "the plugin has no docs",
	Doc: "A docs block in Markdown is what people see before and after they install a plugin: what it does, what it takes and gives, an example. " +
		"A `docs` field of the config does, too.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<docs>\n</docs>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<docs>\n# Blur\n\nSmooths an image.\n</docs>",
}

func docsMissing(p *pass) {
	if p.config() == nil || p.config().Get("docs") != nil {
		return
	}
	docs := pluginfile.First(p.Document.Recovered, pluginfile.DocsBlock)
	switch {
	case docs == nil && len(p.Scripts) > 0 && !p.Document.Ambiguous():
		p.report(p.Document.Config.Block.TagPlace(), "the plugin has no docs", "add a <docs> block that says what it does, what it takes and what it gives")
	case docs != nil && docs.Closed && blank(docs):
		p.report(docs.TagPlace(), "the docs are empty", "say what the plugin does, what it takes and what it gives")
	}
}

// docs calls f with the docs block that counts, code blanked out.
func (p *pass) docs(f func(b *pluginfile.Block, text string)) {
	if b := pluginfile.First(p.Document.Recovered, pluginfile.DocsBlock); b != nil {
		f(b, p.docsText())
	}
}

var (
	fencedCode = lazily("(?m)^[ ]{0,3}(?:```|~~~)[^\n]*\n(?s:.*?)(?:^[ ]{0,3}(?:```|~~~)[ \t]*$|\\z)")
	inlineCode = lazily("`[^`\n]+`")
)

// withoutCode blanks the code of a Markdown text; offsets stay.
func withoutCode(text string) string {
	if !strings.ContainsAny(text, "`~") {
		return text
	}
	out := []byte(text)
	for _, code := range []*regexp.Regexp{fencedCode(), inlineCode()} {
		for _, at := range code.FindAllIndex(out, maxMarks) {
			for i := at[0]; i < at[1]; i++ {
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
		}
	}
	return string(out)
}

// maxMarks is how many links and the like of one docs block are looked at.
const maxMarks = 2000

var (
	markdownLink = lazily(`(!?)\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+["'(][^\n)]*)?\)`)
	heading      = lazily(`(?m)^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$`)
	underlined   = lazily(`(?m)^ {0,3}([^\n#>\-=][^\n]*)\n {0,3}(?:=+|-+)[ \t]*$`)
	htmlAnchor   = lazily(`(?i)\b(?:id|name)\s*=\s*["']([^"']+)["']`)
)

var ruleDocsAnchor = &source.Rule{
	Code: "docs-anchor", Severity: source.Warning,
	Summary: "a link to a heading that the docs do not have",
	Doc:     "`#name` leads to the heading whose text, in lower case with hyphens, is that name, or to an element with that id.",
	Bad:     "<docs>\n# Blur\n\nSee [usage](#usages).\n\n## Usage\n\nChoose an image.\n</docs>",
	Good:    "<docs>\n# Blur\n\nSee [usage](#usage).\n\n## Usage\n\nChoose an image.\n</docs>",
}

func docsAnchors(p *pass) {
	p.docs(func(b *pluginfile.Block, text string) {
		if !strings.Contains(text, "](#") && !strings.Contains(text, "]( #") && !strings.Contains(text, "](<#") {
			return
		}
		anchors := anchorsOf(b.Body().Text)
		for _, at := range markdownLink().FindAllStringSubmatchIndex(text, maxMarks) {
			target := text[at[6]:at[7]]
			name, ok := strings.CutPrefix(target, "#")
			if !ok || name == "" || strings.HasPrefix(name, "/") || slices.Contains(anchors, strings.ToLower(name)) {
				continue
			}
			hint := "the headings are " + someOf(anchors)
			if near := source.Nearest(name, anchors); near != "" {
				hint = fmt.Sprintf("did you mean #%s?", near)
			}
			p.report(b.Body().Place(source.Span{Start: at[6], End: at[7]}), fmt.Sprintf("the docs have no heading %q", target), hint)
		}
	})
}

// anchorsOf returns the names that links can lead to.
func anchorsOf(text string) (anchors []string) {
	for _, pattern := range []*regexp.Regexp{heading(), underlined()} {
		for _, at := range pattern.FindAllStringSubmatch(text, maxMarks) {
			anchors = append(anchors, anchorOf(at[1]))
		}
	}
	for _, at := range htmlAnchor().FindAllStringSubmatch(text, maxMarks) {
		anchors = append(anchors, strings.ToLower(at[1]))
	}
	return anchors
}

var linkText = lazily(`!?\[([^\]]*)\]\([^)]*\)`)

// anchorOf makes the name of a heading as GitHub does.
func anchorOf(title string) string {
	title = linkText().ReplaceAllString(title, "$1")
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r == ' ', r == '-':
			b.WriteByte('-')
		case r == '_', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var ruleDocsLink = &source.Rule{
	Code: "docs-link", Severity: source.Warning,
	Summary: "a relative link in the docs leads nowhere",
	Doc:     "The docs of a plugin are shown in the app, where a path is relative to the app and not to the plugin's file. Write whole addresses, or put a picture into the docs as a `data:` URL.",
	Bad:     "<docs>\n# Blur\n\n![before and after](images/blur.png)\n</docs>",
	Good:    "<docs>\n# Blur\n\n![before and after](https://raw.githubusercontent.com/owner/repo/v1.0.0/images/blur.png)\n</docs>",
}

func docsLinks(p *pass) {
	p.docs(func(b *pluginfile.Block, text string) {
		if !strings.Contains(text, "](") {
			return
		}
		for _, at := range markdownLink().FindAllStringSubmatchIndex(text, maxMarks) {
			target := text[at[6]:at[7]]
			place := b.Body().Place(source.Span{Start: at[6], End: at[7]})
			switch {
			case target == "":
				p.report(b.Body().Place(source.Span{Start: at[0], End: at[1]}), "this link leads nowhere", "write the address between the parentheses")
			case strings.HasPrefix(target, "#"), strings.HasPrefix(target, "//"), schemed().MatchString(target), strings.HasPrefix(target, "www."), strings.HasSuffix(strings.TrimPrefix(target, "./"), address.PluginSuffix): // another plugin has a page of its own
			default:
				p.report(place, fmt.Sprintf("%s is relative to the app that shows the docs, not to this file", target), "write the whole address, https://...")
			}
		}
	})
}

var schemed = lazily(`^[A-Za-z][A-Za-z0-9+.\-]*:`)

var ruleDocsAlt = &source.Rule{
	Code: "docs-image-alt", Severity: source.Info,
	Summary: "a picture in the docs without words for those who do not see it",
	Doc:     "The text between the brackets of `![...](...)` is read aloud, shown while the picture loads and where it does not, and found by searches.",
	Bad:     "<docs>\n# Blur\n\n![](https://example.org/blur.png)\n</docs>",
	Good:    "<docs>\n# Blur\n\n![cells before and after smoothing](https://example.org/blur.png)\n</docs>",
}

var imageTag = lazily(`(?i)<img\b[^>]*>`)

func docsAlt(p *pass) {
	p.docs(func(b *pluginfile.Block, text string) {
		if !strings.Contains(text, "![") && !strings.Contains(text, "<") {
			return
		}
		for _, at := range markdownLink().FindAllStringSubmatchIndex(text, maxMarks) {
			if text[at[2]:at[3]] == "!" && strings.TrimSpace(text[at[4]:at[5]]) == "" {
				p.report(b.Body().Place(source.Span{Start: at[0], End: at[1]}), "this picture has no words", "say between the brackets what it shows")
			}
		}
		for _, at := range imageTag().FindAllStringIndex(text, maxMarks) {
			if !strings.Contains(strings.ToLower(text[at[0]:at[1]]), "alt=") {
				p.report(b.Body().Place(source.Span{Start: at[0], End: at[1]}), "this picture has no words", `add alt="..."`)
			}
		}
	})
}

var ruleDocsScript = &source.Rule{
	Code: "docs-script", Severity: source.Warning,
	Summary: "the docs hold HTML that is taken out before they are shown",
	Doc:     "Docs are cleaned before they are shown: scripts, frames, forms, style sheets and event handlers are taken out. What needs them belongs into a window.",
	Bad:     "<docs>\n# Blur\n\n<iframe src=\"https://example.org/video\"></iframe>\n</docs>",
	Good:    "<docs>\n# Blur\n\n[A video](https://example.org/video)\n</docs>",
}

var (
	activeTag = lazily(`(?i)<(script|iframe|object|embed|form|style|link|meta|base)\b[^>]*>`)
	handler   = lazily(`(?i)<[a-z][^>]*\s(on[a-z]+)\s*=`)
)

func docsScripts(p *pass) {
	p.docs(func(b *pluginfile.Block, text string) {
		if !strings.Contains(text, "<") {
			return
		}
		for _, at := range activeTag().FindAllStringSubmatchIndex(text, maxMarks) {
			p.report(b.Body().Place(source.Span{Start: at[0], End: at[1]}), fmt.Sprintf("<%s> is taken out before the docs are shown", strings.ToLower(text[at[2]:at[3]])), "write a link, or show it in a window")
		}
		for _, at := range handler().FindAllStringSubmatchIndex(text, maxMarks) {
			p.report(b.Body().Place(source.Span{Start: at[2], End: at[3]}), fmt.Sprintf("%s is taken out before the docs are shown", text[at[2]:at[3]]), "remove it")
		}
	})
}
