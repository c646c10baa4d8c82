package docsrender

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"html/template"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// pluginPage makes the page of a plugin and the one of its source.
func (b *builder) pluginPage(ctx context.Context, p *plugin) (pluginView, error) {
	if err := ctx.Err(); err != nil {
		return pluginView{}, context.Cause(ctx)
	}
	config := p.Document.Config
	inputs, wrongInputs := properties(p, "inputs")
	outputs, wrongOutputs := properties(p, "outputs")
	if p.found = slices.Concat(p.Diagnostics, p.found, wrongInputs, wrongOutputs); p.Linted {
		p.found = slices.Clone(p.Diagnostics)
	}
	source.Sort(p.found)
	v := pluginView{
		pageView: pageView{Site: b.site, Title: p.name, Root: "../"},
		Name:     p.name, Slug: p.slug, Path: p.shown,
		Type: typeOf(p), Description: config.Description,
		Initials: initials(p), Hue: hue(p.name),
		Badges: badges(p), Tags: tags.Of(p.Document), Labels: labelsOf(p),
		Commands:    b.commands(p),
		Diagnostics: b.diagnosticViews(p), Readings: readings(p),
		Forms: forms(p), Inputs: inputs, Outputs: outputs,
		Matrix: matrix(p), Needs: needs(p), Permissions: permissions(p),
		Attachments: attachments(p), Config: configRows(p), Facts: facts(p),
		SourceHref: "../source/" + p.slug + ".html",
		Repository: b.titles[p.in], hidden: p.hidden, Twin: len(b.byName[p.name]) > 1,
		Before: neighbouring(p.before), After: neighbouring(p.after),
	}
	v.Trouble = trouble(p.found)
	v.Marks, v.MoreMarks = marks(v.Tags, v.Labels)
	v.Covers = b.covers(ctx, p)
	v.Dependencies, v.UsedBy = b.dependencies(p), b.usedBy(p)
	if err := b.docs(ctx, p, &v); err != nil {
		return v, err
	}
	versions, err := b.versions(ctx, p)
	if err != nil {
		return v, err
	}
	v.Versions = versions
	v.Sections = sections(&v)
	if err := b.write("plugins/"+p.slug+".html", "plugin.html", v); err != nil {
		return v, err
	}
	return v, b.sourcePage(ctx, p, &v)
}

// docs renders the docs block that a careful reader sees.
func (b *builder) docs(ctx context.Context, p *plugin, v *pluginView) error {
	text, ok := docsText(p)
	if !ok {
		return nil
	}
	clean, err := cached(b.options.Cache, "docs", []byte(text), func() (string, error) { return b.options.Render(ctx, text) })
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		b.note("%s: %v", p.shown, err)
		v.DocsNote = fmt.Sprintf("These docs are shown as they are written, because %v.", err)
		shown, _ := cut(text, MaxDocsBytes)
		v.Docs = template.HTML(plainText(shown))
		v.search = text[:min(len(text), MaxSearchText)]
		return nil
	}
	packed := 0
	f := finisher{
		image: func(src string) string {
			if packed++; packed > MaxImages {
				return ""
			}
			if file := b.image(ctx, p, src); file != "" {
				return v.Root + file
			}
			return ""
		},
		link: func(href string) string { return b.neighbour(p, href) },
	}
	a := f.finish(clean, p.name)
	v.Typeset = b.typesetting(a.HTML)
	v.Docs, v.TOC, v.search = template.HTML(a.HTML), a.Headings, a.Text
	return nil
}

// docsText is the text of the first docs block, or that of the config field.
func docsText(p *plugin) (string, bool) {
	if block := pluginfile.First(p.Document.Recovered, pluginfile.DocsBlock); block != nil {
		text := block.Body().Text
		return text, strings.TrimSpace(text) != ""
	}
	text, ok := p.Document.Config.Field("docs").Str()
	return text, ok && strings.TrimSpace(text) != ""
}

// neighbour is the page of a plugin file that an author links to.
func (b *builder) neighbour(p *plugin, href string) string {
	file, _, _ := strings.Cut(href, "#")
	if other := b.byPath[path.Join(path.Dir(p.shown), file)]; other != nil {
		return other.slug + ".html"
	}
	return ""
}

// write fills a template.
func (b *builder) write(file, name string, view any) error {
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, name, view); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	b.add(file, "text/html; charset=utf-8", out.Bytes())
	return nil
}

func sections(v *pluginView) (list []section) {
	add := func(when bool, id, title string) {
		if when {
			list = append(list, section{id, title})
		}
	}
	add(len(v.Commands) > 0, "start", "Get started")
	add(v.Docs != "", "documentation", "Documentation")
	add(len(v.Forms) > 0, "settings", "Settings")
	add(v.Inputs != nil, "inputs", "Inputs")
	add(v.Outputs != nil, "outputs", "Outputs")
	add(v.Matrix != nil, "tags", "Tags")
	add(len(v.Needs) > 0, "requirements", "Requirements")
	add(len(v.Permissions) > 0, "permissions", "Permissions")
	add(len(v.Dependencies)+len(v.UsedBy) > 0, "dependencies", "Dependencies")
	add(len(v.Attachments) > 0, "attachments", "Attachments")
	add(len(v.Config) > 0, "config", "Configuration")
	add(len(v.Versions) > 0, "versions", "Earlier versions")
	add(len(v.Diagnostics) > 0, "findings", "Findings")
	return list
}

func typeOf(p *plugin) string {
	for _, plan := range p.plans {
		if plan.Type != "" {
			return plan.Type
		}
	}
	return p.Document.Config.Type
}

// labelsOf joins the labels of all tags.
func labelsOf(p *plugin) (list []string) {
	for _, plan := range p.plans {
		for _, label := range plan.Labels {
			if !slices.Contains(list, label) && strings.TrimSpace(label) != "" {
				list = append(list, label)
			}
		}
	}
	return list
}

func badges(p *plugin) (list []badge) {
	config := p.Document.Config
	add := func(kind, label, text string) {
		if text != "" {
			list = append(list, badge{kind, label, text})
		}
	}
	add("type", "type", typeOf(p))
	add("version", "version", config.Version)
	add("api", "api_version", config.APIVersion)
	if plan := p.plans; len(plan) > 0 {
		add("language", "language", plan[0].Language)
	}
	for _, tag := range tags.Of(p.Document) {
		add("tag", "tag", tag)
	}
	return list
}

// initials is what stands for a plugin where it has no picture: its icon when that is
// an emoji, else the first letters of its name.
func initials(p *plugin) string {
	for _, plan := range p.plans {
		if icon := []rune(plan.Icon); len(icon) > 0 && len(icon) <= 8 && icon[0] >= 0x2190 {
			return plan.Icon
		}
	}
	var letters []rune
	before := ' '
	for _, c := range p.name {
		if (unicode.IsLetter(c) || unicode.IsDigit(c)) && (!unicode.IsLetter(before) && !unicode.IsDigit(before) || unicode.IsUpper(c) && unicode.IsLower(before)) {
			letters = append(letters, unicode.ToUpper(c))
		}
		before = c
	}
	if len(letters) == 0 {
		return "·"
	}
	return string(letters[:min(2, len(letters))])
}

// hue gives a name one of the colours of the style sheet.
func hue(name string) int {
	h := fnv.New32a()
	h.Write([]byte(name))
	return int(h.Sum32() % 8)
}

// covers lists the pictures of all tags.
func (b *builder) covers(ctx context.Context, p *plugin) (list []coverView) {
	var seen []string
	for _, plan := range p.plans {
		for _, src := range plan.Cover {
			src = strings.TrimSpace(src)
			if src == "" || slices.Contains(seen, src) || len(seen) == MaxImages {
				continue
			}
			seen = append(seen, src)
			c := coverView{Src: b.image(ctx, p, src), Name: imageName("", src)}
			if outside(src) && !strings.HasPrefix(strings.ToLower(src), "mailto:") {
				c.Href = src
			}
			if c.Src != "" || c.Href != "" {
				list = append(list, c)
			}
		}
	}
	if src := b.pack(p.Cover); src != "" && len(seen) == 0 {
		list = append(list, coverView{Src: src, Name: "window of " + p.name})
	}
	return list
}

// facts are the fields that only people read.
func facts(p *plugin) (list []linkView) {
	for _, key := range []string{"authors", "author", "license", "website", "repository", "url"} {
		values, _ := p.Document.Config.Field(key).Strings()
		for _, value := range values {
			value, _ = cut(strings.TrimSpace(value), 200)
			if value == "" {
				continue
			}
			link := linkView{Text: key + ": " + value}
			if outside(value) {
				link.Href = value
			}
			list = append(list, link)
		}
	}
	return list
}

func ref(p *plugin, place source.Place) *sourceRef {
	if !place.Known() || place.Source != p.Document.Source {
		return nil
	}
	start, _ := place.Range()
	return &sourceRef{start.Line, "../source/" + p.slug + ".html#L" + itoa(start.Line)}
}

func neighbouring(p *plugin) *linkView {
	if p == nil {
		return nil
	}
	return &linkView{p.name, p.slug + ".html"}
}

// marks joins tags and labels for the front page, which shows so many of them.
func marks(tags, labels []string) (list []markView, more int) {
	for i, text := range slices.Concat(tags, labels) {
		list = append(list, markView{Text: text, Tag: i < len(tags), Rest: i >= shownMarks})
	}
	return list, max(0, len(list)-shownMarks)
}

// readings shows both views of a document in which ImJoy loses content.
func readings(p *plugin) *readingView {
	if !p.Document.Ambiguous() {
		return nil
	}
	return &readingView{blockViews(p, p.Document.Blocks), blockViews(p, p.Document.Recovered)}
}

func blockViews(p *plugin, blocks []*pluginfile.Block) (list []blockView) {
	for _, block := range blocks[:min(len(blocks), MaxRows)] {
		first, last := tags.Lines(block)
		list = append(list, blockView{string(block.Kind), block.Name(), lineRange(first, last), first, ref(p, block.TagPlace())})
	}
	return list
}

func lineRange(first, last int) string {
	if first == last {
		return "line " + itoa(first)
	}
	return fmt.Sprintf("lines %d–%d", first, last)
}

// cut shortens text to a number of bytes, at the border of a character.
func cut(text string, limit int) (string, bool) {
	if len(text) <= limit {
		return text, false
	}
	return strings.ToValidUTF8(text[:limit], ""), true
}
