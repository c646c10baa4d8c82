package docsrender

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// sourcePage shows the text of a plugin, highlighted, with a link for each line.
func (b *builder) sourcePage(ctx context.Context, p *plugin, plugin *pluginView) error {
	v := sourceView{
		pageView: pageView{Site: b.site, Title: "Source of " + p.name, Root: "../"},
		Name:     p.name, Path: p.shown, PluginHref: "../plugins/" + p.slug + ".html",
		Diagnostics: plugin.Diagnostics, Trouble: plugin.Trouble,
	}
	return b.source(ctx, p.Document, p, "source/"+p.slug+".html", v)
}

// oldSource is such a page of an earlier version.
func (b *builder) oldSource(ctx context.Context, p *plugin, doc *pluginfile.Document, file string, version versionView) error {
	return b.source(ctx, doc, nil, file, sourceView{
		pageView: pageView{Site: b.site, Title: "Source of " + p.name + " " + version.Version, Root: "../"},
		Name:     p.name, Path: p.shown, PluginHref: "../plugins/" + p.slug + ".html",
		Note: "This is an earlier version: " + strings.Join(slices.DeleteFunc([]string{version.Version, version.Commit, version.Date},
			func(part string) bool { return part == "" }), ", ") + ".",
	})
}

// source writes a page with the text of a document; of is the plugin whose findings
// stand in it, or nil.
func (b *builder) source(ctx context.Context, doc *pluginfile.Document, of *plugin, file string, v sourceView) error {
	text := doc.Text()
	if len(text) > MaxSourceBytes {
		v.Note = fmt.Sprintf("The file has %s; its first %s are shown.", size(len(text)), size(MaxSourceBytes))
	}
	code, err := cached(b.options.Cache, "source", text, func() (template.HTML, error) {
		code := sourceHTML(documentWords(ctx, doc))
		return template.HTML(code), ctx.Err()
	})
	if err != nil {
		return context.Cause(ctx)
	}
	if v.Code = code; of != nil {
		v.Code = b.withFindings(code, of)
	}
	for _, block := range doc.Recovered[:min(len(doc.Recovered), MaxRows)] {
		first, last := tags.Lines(block)
		v.Blocks = append(v.Blocks, blockView{Kind: string(block.Kind), Name: block.Name(), Lines: lineRange(first, last), Line: first})
	}
	return b.write(file, "source.html", v)
}

// documentWords highlights each block in its language and what is around it as tags.
func documentWords(ctx context.Context, doc *pluginfile.Document) (words []word) {
	text := string(doc.Text())
	text = text[:min(len(text), MaxSourceBytes)]
	at := 0
	to := func(end int, language string) {
		end = min(end, len(text))
		if end > at {
			words = append(words, highlight(ctx, language, text[at:end])...)
			at = end
		}
	}
	for _, block := range doc.Recovered {
		if block.Span.Start < at {
			continue
		}
		to(block.Tag.Start, "html")
		to(block.Tag.End, "html")
		if !block.SelfClosed {
			to(block.Inner.End, blockLanguage(block))
		}
		to(block.Span.End, "html")
	}
	to(len(text), "html")
	return words
}

// blockLanguage is how the text of a block is highlighted.
func blockLanguage(block *pluginfile.Block) string {
	switch block.Kind {
	case pluginfile.ConfigBlock, pluginfile.ManifestBlock:
		if lang := block.Lang(); lang != "" {
			return lang
		}
		return "json"
	case pluginfile.ScriptBlock:
		if lang := tags.Language(block); lang != "" {
			return lang
		}
		return "javascript"
	case pluginfile.WindowBlock:
		return "html"
	case pluginfile.StyleBlock:
		return "css"
	case pluginfile.AttachmentBlock, pluginfile.FileBlock:
		if json.Valid([]byte(block.Body().Text)) {
			return "json"
		}
	}
	return ""
}

// sourceHTML writes words line by line.
func sourceHTML(words []word) string {
	w := &lineWriter{}
	w.begin()
	for _, part := range words {
		for i, piece := range strings.Split(part.text, "\n") {
			if i > 0 {
				w.end()
				w.begin()
			}
			w.add(word{part.class, strings.TrimSuffix(piece, "\r")})
		}
	}
	w.end()
	if w.line > MaxSourceLines {
		fmt.Fprintf(&w.out, "<span class=\"row more\">… %d more lines</span>\n", w.line-MaxSourceLines)
	}
	return w.out.String()
}

type lineWriter struct {
	out          strings.Builder
	line, length int
	left         int // bytes of the line that are not shown
}

func (w *lineWriter) begin() {
	w.line++
	w.length, w.left = 0, 0
	if w.line <= MaxSourceLines {
		fmt.Fprintf(&w.out, `<span class="row" id="L%d"><a href="#L%d" data-line="%d" aria-label="Line %d"></a><span>`, w.line, w.line, w.line, w.line)
	}
}

func (w *lineWriter) add(part word) {
	if w.line > MaxSourceLines || part.text == "" {
		return
	}
	if room := MaxLineLength - w.length; len(part.text) > room {
		shown, _ := cut(part.text, max(room, 0))
		w.left += len(part.text) - len(shown)
		part.text = shown
	}
	w.length += len(part.text)
	writeWord(&w.out, part)
}

func (w *lineWriter) end() {
	if w.line > MaxSourceLines {
		return
	}
	if w.left > 0 {
		w.out.WriteString(`<span class="more">` + html.EscapeString(fmt.Sprintf(" … %s more", size(w.left))) + `</span>`)
	}
	w.out.WriteString("</span></span>\n")
}
