package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about windows and styles together with the scripts that use them.

var pageChecks = []check{
	{ruleWindowStray, windowStray},
	{ruleWindowUnclosed, windowUnclosed},
	{ruleWindowIDMissing, windowIDMissing},
	{ruleWindowLink, windowLink},
	{ruleWindowIDRepeated, windowIDRepeated},
	{ruleStyleBraces, styleBraces},
	{ruleStyleImport, styleImport},
	{ruleStyleLang, styleLang},
	{ruleStyleTag, styleTag},
}

var ruleWindowStray = &source.Rule{
	Code: "window-stray-end", Severity: source.Warning,
	Summary: "an end tag in a window ends nothing",
	Doc:     "Browsers drop such a tag. Mostly an element before it was closed twice, or its name is misspelt, and what follows stands elsewhere than it seems.",
	Bad:     windowPlugin + "<window>\n  <div><p>Blur</p></span></div>\n</window>",
	Good:    windowPlugin + "<window>\n  <div><p>Blur</p></div>\n</window>",
}

func windowStray(p *pass) {
	for _, w := range p.Windows {
		for _, l := range w.Strays {
			d := p.report(w.Place(l.Span), fmt.Sprintf("</%s> ends nothing", l.Text), "remove it, or open the element before")
			d.Fixes = []source.Fix{{Title: "remove it", Safe: true, Edits: []source.Edit{{Span: w.Place(l.Span).Span}}}}
		}
	}
}

var ruleWindowUnclosed = &source.Rule{
	Code: "window-unclosed", Severity: source.Warning,
	Summary: "an element of a window is never closed",
	Doc:     "The browser closes it with the element around it, so everything up to there lies inside of it. HTML has no elements that close themselves but `<br>`, `<img>` and the like: `<div/>` is an open div.",
	Bad:     windowPlugin + "<window>\n  <div><span id=\"sigma\"/> <b>2</div>\n</window>",
	Good:    windowPlugin + "<window>\n  <div><span id=\"sigma\"></span> <b>2</b></div>\n</window>",
}

func windowUnclosed(p *pass) {
	for _, w := range p.Windows {
		for _, l := range w.Open {
			message := fmt.Sprintf("<%s> is never closed", l.Text)
			if tag := w.Place(l.Span); strings.HasSuffix(string(tag.Source.Slice(tag.Span)), "/>") {
				message = fmt.Sprintf("the slash does not close <%s/>: HTML ignores it", l.Text)
			}
			p.report(w.Place(l.Span), message, fmt.Sprintf("add </%s>", l.Text))
		}
	}
}

var ruleWindowIDMissing = &source.Rule{
	Code: "window-id-missing", Severity: source.Warning,
	Summary: "a script looks for an element that the window does not have",
	Doc:     "`getElementById` and `querySelector(\"#...\")` answer null for an id that no element has. Elements that scripts make themselves are known by their ids in the text of a script.",
	Bad:     windowPlugin + "<window>\n  <div id=\"viewer\"></div>\n</window>\n<script lang=\"javascript\">\napi.export({setup() { document.getElementById(\"viewr\").textContent = \"\" }, run() {}})\n</script>",
	Good:    windowPlugin + "<window>\n  <div id=\"viewer\"></div>\n</window>\n<script lang=\"javascript\">\napi.export({setup() { document.getElementById(\"viewer\").textContent = \"\" }, run() {}})\n</script>",
}

func windowIDMissing(p *pass) {
	if len(p.Windows) == 0 {
		return // the page is somebody else's
	}
	ids := p.ids()
	names := slices.Sorted(maps.Keys(ids))
	asked := map[string]bool{}
	for _, w := range p.Windows {
		for _, l := range w.Labels {
			if !ids[l.Text] && !strings.ContainsAny(l.Text, "{}$") && !p.mentionedElsewhere(l.Text) {
				hint := "give the element that it labels this id"
				if near := source.Nearest(l.Text, names); near != "" {
					hint = fmt.Sprintf("did you mean %q?", near)
				}
				p.report(w.Place(l.Span), fmt.Sprintf("the label is for %q, and no element of the window has that id", l.Text), hint).Severity = source.Info
			}
		}
	}
	for _, s := range p.Scripts {
		for _, e := range s.Elements {
			if ids[e.Text] || asked[e.Text] || len(asked) >= maxMissing {
				continue
			}
			asked[e.Text] = true
			if p.mentionedElsewhere(e.Text) {
				continue
			}
			hint := "give an element of the window this id"
			if near := source.Nearest(e.Text, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			p.report(s.Place(e.Span), fmt.Sprintf("no element of the window has the id %q", e.Text), hint)
		}
	}
}

var ruleWindowLink = &source.Rule{
	Code: "window-link", Severity: source.Warning,
	Summary: "a window asks for a file beside it",
	Doc:     "A plugin is one file, and its window is a page of the app: a relative address leads to a file of the app, which is not there. Write the whole address, or put the data into it (`data:`).",
	Bad:     windowPlugin + "<window>\n  <img src=\"images/logo.png\" alt=\"\">\n</window>",
	Good:    windowPlugin + "<window>\n  <img src=\"https://example.org/images/logo.png\" alt=\"\">\n</window>",
}

func windowLink(p *pass) {
	for _, w := range p.Windows {
		for _, l := range w.Near {
			p.report(w.Place(l.Span), fmt.Sprintf("%s is relative to the app that shows the window, not to this file", l.Text), "write the whole address, https://...")
		}
	}
}

// maxMissing is about how many missing elements is asked: a script that looks for more
// makes them itself.
const maxMissing = 10

// ids returns the elements of all windows by id.
func (p *pass) ids() map[string]bool {
	ids := map[string]bool{}
	for _, w := range p.Windows {
		for _, id := range w.IDs {
			ids[id.Text] = true
		}
	}
	return ids
}

// mentionedElsewhere reports whether a script makes an element of that id: its text
// stands there in another way than as what is looked for.
func (p *pass) mentionedElsewhere(id string) bool {
	for _, s := range p.Scripts {
		looked := 0
		for _, e := range s.Elements {
			if e.Text == id {
				looked++
			}
		}
		if strings.Count(s.Block.Body().Text, id) > looked {
			return true
		}
	}
	return false
}

var ruleWindowIDRepeated = &source.Rule{
	Code: "window-id-repeated", Severity: source.Warning,
	Summary: "two elements of a window have one id",
	Doc:     "`getElementById` answers the first one only, and labels point at the first.",
	Bad:     windowPlugin + "<window>\n  <div><p id=\"out\"></p><p id=\"out\"></p></div>\n</window>",
	Good:    windowPlugin + "<window>\n  <div><p id=\"out\"></p><p id=\"more\"></p></div>\n</window>",
}

func windowIDRepeated(p *pass) {
	first := map[string]source.Place{}
	for _, w := range p.Windows {
		for _, id := range w.IDs {
			place := w.Place(id.Span)
			if tag := string(place.Slice(place.Span)); strings.Contains(tag, "v-if") || strings.Contains(tag, "v-else") {
				continue // one of several that stand in for each other
			}
			if earlier, ok := first[id.Text]; ok {
				p.report(place, fmt.Sprintf("another element has the id %q already", id.Text), "give it another id").
					Related = []source.Note{{Place: earlier, Message: "the first one"}}
				continue
			}
			first[id.Text] = place
		}
	}
}

// styles calls f for every style block with its text, without comments and strings.
func (p *pass) styles(f func(b *pluginfile.Block, text string)) {
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.StyleBlock) {
		f(b, withoutComments(b.Body().Text))
	}
}

// withoutComments blanks comments and strings of CSS; offsets stay.
func withoutComments(text string) string {
	out := []byte(text)
	for i := 0; i < len(out); i++ {
		end := i
		switch {
		case strings.HasPrefix(text[i:], "/*"):
			close := strings.Index(text[i+2:], "*/")
			if close < 0 {
				end = len(out) - 1
			} else {
				end = i + close + 3
			}
		case out[i] == '"' || out[i] == '\'':
			for end++; end < len(out) && out[end] != out[i] && out[end] != '\n'; end++ {
				if out[end] == '\\' {
					end++
				}
			}
			end = min(end, len(out)-1)
		default:
			continue
		}
		for ; i <= end; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
		i--
	}
	return string(out)
}

var ruleStyleBraces = &source.Rule{
	Code: "style-braces", Severity: source.Warning,
	Summary: "the braces of a style block do not match",
	Doc:     "After a brace that is missing or too many, browsers drop the rules up to where they find themselves again.",
	Bad:     windowPlugin + "<style>\n#view { color: red;\n</style>\n<window><div id=\"view\"></div></window>",
	Good:    windowPlugin + "<style>\n#view { color: red; }\n</style>\n<window><div id=\"view\"></div></window>",
}

func styleBraces(p *pass) {
	p.styles(func(b *pluginfile.Block, text string) {
		var open []int
		for i := range len(text) {
			switch {
			case text[i] == '{':
				open = append(open, i)
			case text[i] == '}' && len(open) == 0:
				p.report(b.Body().Place(source.Span{Start: i, End: i + 1}), "this brace closes nothing", "remove it")
				return
			case text[i] == '}':
				open = open[:len(open)-1]
			}
		}
		if n := len(open); n > 0 {
			p.report(b.Body().Place(source.Span{Start: open[n-1], End: open[n-1] + 1}), "this brace is never closed", "add }")
		}
	})
}

var ruleStyleImport = &source.Rule{
	Code: "style-import", Severity: source.Info,
	Summary: "a style block imports a style sheet",
	Doc:     "`@import` is followed one file after the other while the window is drawn, and must stand before all rules. A link block, `<link rel=\"stylesheet\" href=\"...\"/>`, loads it at once.",
	Bad:     windowPlugin + "<style>\n@import url(https://example.org/a.css);\n</style>\n<window><div></div></window>",
	Good:    windowPlugin + "<link rel=\"stylesheet\" href=\"https://example.org/a.css\"/>\n<window><div></div></window>",
}

func styleImport(p *pass) {
	p.styles(func(b *pluginfile.Block, text string) {
		for at := 0; ; {
			i := strings.Index(text[at:], "@import")
			if i < 0 {
				return
			}
			at += i
			message, hint := "this style sheet is loaded while the window is drawn", `write <link rel="stylesheet" href="..."/>`
			d := p.report(b.Body().Place(source.Span{Start: at, End: at + len("@import")}), message, hint)
			if strings.Contains(text[:at], "{") {
				d.Message, d.Severity = "an @import behind a rule is ignored", source.Warning
			}
			at += len("@import")
		}
	})
}

var ruleStyleLang = &source.Rule{
	Code: "style-lang", Severity: source.Warning,
	Summary: "a style block in a language that nobody translates",
	Doc:     "Nothing reads the `lang` of a style block: the text goes to the browser, which knows only CSS.",
	Bad:     windowPlugin + "<style lang=\"scss\">\n#view { p { color: red; } }\n</style>\n<window><div id=\"view\"></div></window>",
	Good:    windowPlugin + "<style>\n#view p { color: red; }\n</style>\n<window><div id=\"view\"></div></window>",
}

func styleLang(p *pass) {
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.StyleBlock) {
		if attr, ok := b.Attr("lang"); ok && attr.Value != "css" {
			p.report(attr.Place(b.Source), fmt.Sprintf("nobody translates %s: the browser gets it as CSS", attr.Value), "write CSS")
		}
	}
}

var ruleStyleTag = &source.Rule{
	Code: "style-html", Severity: source.Warning,
	Summary: "a style block holds HTML",
	Doc:     "The text of a style block is CSS from its first character. A tag in it makes the browser drop the rule that follows.",
	Bad:     windowPlugin + "<style>\n<div>\n#view { color: red; }\n</style>\n<window><div id=\"view\"></div></window>",
	Good:    windowPlugin + "<style>\n#view { color: red; }\n</style>\n<window><div id=\"view\"></div></window>",
}

func styleTag(p *pass) {
	p.styles(func(b *pluginfile.Block, text string) {
		for at := 0; at < len(text); at++ {
			i := strings.IndexByte(text[at:], '<')
			if i < 0 {
				return
			}
			at += i
			if rest := text[at+1:]; rest != "" && (rest[0] == '/' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z') {
				end := at + 1 + max(strings.IndexAny(rest, ">\n"), 0)
				p.report(b.Body().Place(source.Span{Start: at, End: min(end+1, len(text))}), "a tag in a style block is no CSS", "remove it")
			}
		}
	})
}
