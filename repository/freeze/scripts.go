package freeze

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/asset"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// evaluated is a classic script as an expression. Indirect eval runs it as a script of
// its own: its variables are global and its this is the global object, wherever the
// expression stands. JSON writes "<" so that no tag can end the block.
func evaluated(text []byte) string {
	quoted, _ := json.Marshal(strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd"))
	return "(0, eval)(" + string(quoted) + ");"
}

// recorder loads modules and remembers them by address.
func (f *freezer) recorder(loaded map[string]*asset.Asset) bundle.Load {
	var mu sync.Mutex
	return func(ctx context.Context, r bundle.Request) (*bundle.Module, error) {
		kind := asset.Import
		if r.Kind == bundle.Require {
			kind = asset.Require
		}
		a, err := f.o.Load(ctx, asset.Request{Specifier: r.Specifier, Importer: r.Importer, Kind: kind})
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if _, known := loaded[a.Address]; !known {
			named := *a
			named.Request = a.Address // several names lead here, and not always in one order
			loaded[a.Address] = &named
		}
		return &bundle.Module{Address: a.Address, ContentType: a.ContentType, Text: a.Text, Pure: a.Pure, Empty: a.Empty}, nil
	}
}

// escapeScript keeps a text from ending the block it is in. Between quotes, in patterns
// and in comments the backslash means nothing; nowhere else can the tag stand.
func escapeScript(text string) string {
	return endOfScript().ReplaceAllString(strings.ToValidUTF8(text, "\ufffd"), `<\/$1`)
}

var endOfScript = pattern(`(?i)</(script)`)

// requirements puts the scripts and styles that a plugin loads before its own into
// blocks, in their order. A list for one tag makes blocks of that tag.
func (f *freezer) requirements() {
	kept := map[string][]any{} // by the pointer to the list: one for all tags, or one each
	changed := map[string]bool{}
	var scripts, styles strings.Builder
	for _, plan := range f.plans {
		pointer, tag := f.listOf(plan)
		if _, known := kept[pointer]; known {
			continue
		}
		list := []any{}
		for _, s := range plan.Needs.URLs {
			if block := f.requirement(plan, s, tag); block != "" {
				if s.Kind == requirement.StyleSheet {
					styles.WriteString(block)
				} else {
					scripts.WriteString(block)
				}
				changed[pointer] = true
				continue
			}
			if f.err != nil {
				return
			}
			if s.Kind == requirement.CacheOnly { // it was only to be there already
				changed[pointer] = true
				continue
			}
			list = append(list, s.Text)
		}
		kept[pointer] = list
	}
	for _, pointer := range slices.Sorted(maps.Keys(changed)) {
		edits, err := f.doc.Config.Root.Set(pointer, kept[pointer])
		if err != nil {
			f.err = fmt.Errorf("freeze %q: %w", f.doc.Config.Name, err)
			return
		}
		f.edits = append(f.edits, edits...)
	}
	if scripts.Len() > 0 {
		f.insert(pluginfile.ScriptBlock, strings.TrimSuffix(scripts.String(), f.eol()))
	}
	if styles.Len() > 0 {
		f.insert(pluginfile.StyleBlock, strings.TrimSuffix(styles.String(), f.eol()))
	}
}

// listOf is where the requirements of a plan are written, and the tag if that is a
// list of its own.
func (f *freezer) listOf(plan *tags.Plan) (pointer, tag string) {
	if n := f.doc.Config.Field("requirements"); n != nil && n.Kind == conf.Map {
		return "/requirements/" + conf.EscapePointer(plan.Tag), plan.Tag
	}
	return "/requirements", ""
}

// requirement makes a block of one requirement, "" where it stays.
func (f *freezer) requirement(plan *tags.Plan, s requirement.Script, tag string) string {
	if plan.Language == tags.Python {
		f.leave(s.URL, "the browser's Python loads it by its address", s.Place)
		return ""
	}
	attrs := ""
	if tag != "" {
		attrs = fmt.Sprintf(" tag=%q", tag)
	}
	switch s.Kind {
	case requirement.ClassicScript:
		if a := f.get(asset.Request{Specifier: s.URL, Kind: asset.Script}, s.Place); a != nil {
			f.put("script", a)
			return fmt.Sprintf("<script lang=\"javascript\"%s>%s%s%s</script>%s", attrs, f.eol(), evaluated(a.Text), f.eol(), f.eol())
		}
	case requirement.ModuleScript:
		result, err := f.bundleOf(bundle.Entry{Name: s.URL, Address: s.URL}, false)
		if err != nil {
			f.failed(s.URL, err, s.Place)
			return ""
		}
		return fmt.Sprintf("<script lang=\"javascript\" type=\"module\"%s>%s%s</script>%s", attrs, f.eol(), escapeScript(result.Code), f.eol())
	case requirement.StyleSheet:
		if a := f.get(asset.Request{Specifier: s.URL, Kind: asset.Style}, s.Place); a != nil {
			f.put("style", a)
			return f.styleBlock(f.sheet(string(a.Text), a.Address, s.Place, 0))
		}
	}
	return ""
}

var (
	importScripts = pattern(`\bimportScripts\s*\(\s*((?:"https?://[^"\n]+"|'https?://[^'\n]+')(?:\s*,\s*(?:"https?://[^"\n]+"|'https?://[^'\n]+'))*)\s*,?\s*\)`)
	importCall    = pattern(`\bimport\s*\(\s*("(?:https?://|npm:)[^"\n]+"|'(?:https?://|npm:)[^'\n]+')\s*\)`)
	quoted        = pattern(`"([^"\n]+)"|'([^'\n]+)'`)
	laterURL      = pattern("[\"'`](https?://[^\"'`\\s\\\\]+)[\"'`]")
)

func unquote(text string) string { return text[1 : len(text)-1] }

// scripts changes what script blocks load themselves.
func (f *freezer) scripts() {
	for _, b := range f.doc.All(pluginfile.ScriptBlock) {
		switch lang := tags.Language(b); {
		case lang == tags.Python:
		case b.Value("src") != "" && f.page():
			f.scriptSource(b)
		case b.Value("type") == "module":
			f.module(b, lang == tags.TypeScript)
		default:
			f.classic(b)
		}
		if f.err != nil {
			return
		}
	}
}

// page reports whether the plugin lives in a page, where scripts can have a src.
func (f *freezer) page() bool {
	return f.plans[0].Type == "window" || f.plans[0].Type == "iframe"
}

// module makes one script of a module and what it imports.
func (f *freezer) module(b *pluginfile.Block, typeScript bool) {
	body := b.Body()
	if !typeScript && !strings.Contains(body.Text, "import") && !strings.Contains(body.Text, "export") {
		f.later(b)
		return
	}
	result, err := f.bundleOf(bundle.Entry{Name: "script", Text: body.Text, TypeScript: typeScript}, false)
	if err != nil {
		place := b.TagPlace()
		var at *bundle.Error
		if errors.As(err, &at) && at.Entry && at.Line > 0 {
			place = body.At(source.Position{Line: at.Line, Column: at.Column}, source.Bytes)
		}
		f.failed("module", err, place)
		return
	}
	if len(result.Loaded) == 0 && !typeScript { // TypeScript becomes what browsers run
		f.later(b)
		return
	}
	f.edit(b.Inner, f.eol()+escapeScript(result.Code))
	if lang, ok := b.Attr("lang"); ok && typeScript {
		f.edit(lang.ValueSpan, tags.JavaScript)
	}
	for _, style := range result.Styles {
		if f.page() {
			f.insert(pluginfile.ScriptBlock, strings.TrimSuffix(f.styleBlock(f.sheet(string(style.Text), style.Address, b.TagPlace(), 0)), f.eol()))
		}
	}
}

// classic puts what a classic script imports by a plain name in its place.
func (f *freezer) classic(b *pluginfile.Block) {
	text := string(b.Source.Text[b.Inner.Start:b.Inner.End])
	at := func(from, to int) source.Span {
		return source.Span{Start: b.Inner.Start + from, End: b.Inner.Start + to}
	}
	for _, m := range importScripts().FindAllStringSubmatchIndex(text, -1) {
		place := b.Source.Place(at(m[0], m[1]))
		var calls []string
		for _, q := range quoted().FindAllString(text[m[2]:m[3]], -1) {
			a := f.get(asset.Request{Specifier: unquote(q), Kind: asset.Script}, place)
			if a == nil {
				calls = nil
				break
			}
			f.put("script", a)
			calls = append(calls, strings.TrimSuffix(evaluated(a.Text), ";"))
		}
		if calls != nil {
			f.edit(at(m[0], m[1]), "("+strings.Join(calls, ", ")+", undefined)")
		}
	}
	for _, m := range importCall().FindAllStringSubmatchIndex(text, -1) {
		address := unquote(text[m[2]:m[3]])
		result, err := f.bundleOf(bundle.Entry{Name: address, Address: address}, true)
		if err != nil {
			f.failed(address, err, b.Source.Place(at(m[0], m[1])))
			continue
		}
		code, _ := json.Marshal(result.Code)
		f.edit(at(m[0], m[1]), "Promise.resolve().then(() => (0, eval)("+string(code)+"))")
	}
	f.later(b)
}

// later tells what a script names and could load when it runs.
func (f *freezer) later(b *pluginfile.Block) {
	text := string(b.Source.Text[b.Inner.Start:b.Inner.End])
	if strings.HasPrefix(strings.TrimSpace(text), "(0, eval)(") {
		return // a library that was put in: what it names is its own affair
	}
	seen := map[string]bool{}
	for _, m := range laterURL().FindAllStringSubmatchIndex(text, -1) {
		span := source.Span{Start: b.Inner.Start + m[2], End: b.Inner.Start + m[3]}
		address := text[m[2]:m[3]]
		taken := slices.ContainsFunc(f.edits, func(e source.Edit) bool { return e.Span.Start <= span.Start && span.End <= e.Span.End })
		if !taken && !seen[address] && !slices.ContainsFunc(f.left, func(l Left) bool { return l.URL == address }) {
			seen[address] = true
			f.left = append(f.left, Left{URL: address, Why: "the script names it and may load it when it runs", Place: b.Source.Place(span), Later: true})
		}
	}
}

// scriptSource puts the text of <script src> into the block.
func (f *freezer) scriptSource(b *pluginfile.Block) {
	src, _ := b.Attr("src")
	place := src.Place(b.Source)
	var text string
	if b.Value("type") == "module" {
		result, err := f.bundleOf(bundle.Entry{Name: src.Value, Address: src.Value}, false)
		if err != nil {
			f.failed(src.Value, err, place)
			return
		}
		text = escapeScript(result.Code)
	} else {
		a := f.get(asset.Request{Specifier: src.Value, Kind: asset.Script}, place)
		if a == nil {
			return
		}
		f.put("script", a)
		text = evaluated(a.Text)
	}
	if b.SelfClosed {
		f.leave(src.Value, "the block closes itself and can hold nothing", place)
		return
	}
	f.edit(src.Span, "")
	f.edit(b.Inner, f.eol()+text+f.eol())
}
