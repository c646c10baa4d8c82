package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about the values of single fields, and about tags that mean nothing.

var valueChecks = []check{
	{ruleIcon, iconForm},
	{ruleCover, coverForm},
	{ruleDefaults, defaultsUnknown},
	{ruleLicense, licenseForm},
	{ruleDescriptionMissing, descriptionMissing},
	{ruleTagsUnused, tagsUnused},
}

var ruleIcon = &source.Rule{
	Code: "config-icon", Severity: source.Warning,
	Summary: "an icon that is not shown",
	Doc:     "An icon is the name of a Material icon (lower case, with underscores: `image_search`), an emoji, or the address of a picture. Anything else is shown as its own text.",
	Bad:     `{"icon": "Image Search"}`,
	Good:    `{"icon": "image_search"}`,
}

var iconName = lazily(`^[a-z0-9_]+$`)

func iconForm(p *pass) {
	for _, n := range p.texts("icon") {
		text := strings.TrimSpace(n.Text)
		ascii := !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
		if text == "" || !ascii || iconName().MatchString(text) || isURL(text) || strings.HasPrefix(text, "data:") || strings.HasPrefix(text, "<svg") {
			continue
		}
		name := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(text))
		d := p.report(n.Place, fmt.Sprintf("there is no icon %q", text), "write the name of a Material icon, an emoji, or an address")
		if iconName().MatchString(name) {
			d.Hint = fmt.Sprintf("write %q, if you mean the Material icon", name)
			d.Fixes = []source.Fix{{Title: "write " + name, Edits: []source.Edit{{Span: n.Place.Span, New: conf.Quote(name)}}}}
		}
	}
}

var ruleCover = &source.Rule{
	Code: "config-cover", Severity: source.Warning,
	Summary: "a cover that cannot be loaded",
	Doc:     "A cover is the address of a picture. A path is relative to the app that shows it, not to the plugin's file.",
	Bad:     `{"cover": "images/cover.png"}`,
	Good:    `{"cover": "https://raw.githubusercontent.com/owner/repo/v1.0.0/images/cover.png"}`,
}

func coverForm(p *pass) {
	for _, n := range p.texts("cover") {
		if text := strings.TrimSpace(n.Text); text != "" && !isURL(text) && !schemed().MatchString(text) {
			p.report(n.Place, fmt.Sprintf("%s is relative to the app, not to this file", text), "write the whole address, https://...")
		}
	}
}

var ruleDefaults = &source.Rule{
	Code: "config-defaults", Severity: source.Warning,
	Summary: "a window default that means nothing",
	Doc:     "`defaults` holds the geometry of a window: `w` and `h` in units of 30 pixels, of which 20 fit beside each other, and `fullscreen`, `standalone`, `as_dialog`. Scripts find others through `createWindow` only.",
	Bad:     "<config lang=\"json\">{\"type\": \"window\", \"defaults\": {\"width\": 20, \"h\": 10}}</config>\n<window><div></div></window>",
	Good:    "<config lang=\"json\">{\"type\": \"window\", \"defaults\": {\"w\": 20, \"h\": 10}}</config>\n<window><div></div></window>",
}

var windowDefaults = []string{"w", "h", "x", "y", "i", "fullscreen", "standalone", "as_dialog", "dialog", "name", "show_menu", "hide_default_header", "window_id", "window_style", "loading"}

var longNames = map[string]string{"width": "w", "height": "h", "size": "w and h", "full_screen": "fullscreen", "asDialog": "as_dialog"}

func defaultsUnknown(p *pass) {
	n := p.config().Get("defaults")
	if !n.Map() {
		return
	}
	for _, m := range n.Members {
		meant := longNames[m.Key]
		if meant == "" && !slices.Contains(windowDefaults, m.Key) && len(m.Key) > 2 {
			if meant = source.Nearest(m.Key, windowDefaults[5:]); meant == "" {
				meant = longNames[source.Nearest(m.Key, slices.Sorted(maps.Keys(longNames)))]
			}
		}
		if meant == "" || n.Get(meant) != nil {
			continue
		}
		d := p.report(m.KeyPlace, fmt.Sprintf("a window has no default %q", m.Key), fmt.Sprintf("did you mean %s?", meant))
		if edits, err := n.Rename("/"+conf.EscapePointer(m.Key), meant); err == nil && !strings.Contains(meant, " ") {
			d.Fixes = []source.Fix{{Title: "write " + meant, Edits: edits}}
		}
	}
}

var ruleLicense = &source.Rule{
	Code: "config-license", Severity: source.Info,
	Summary: "a licence that programs cannot recognise",
	Doc:     "The names of SPDX, such as `MIT`, `Apache-2.0` or `GPL-3.0-or-later`, say exactly which text is meant.",
	Bad:     `{"license": "Apache 2"}`,
	Good:    `{"license": "Apache-2.0"}`,
}

// spdx are the licences that plugins have, by what people write.
var spdx = map[string]string{
	"apache 2": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache": "Apache-2.0", "apache2": "Apache-2.0", "apache license 2.0": "Apache-2.0", "mit license": "MIT", "the mit license": "MIT",
	"bsd": "BSD-3-Clause", "bsd 3": "BSD-3-Clause", "bsd-3": "BSD-3-Clause", "bsd 2": "BSD-2-Clause", "gpl": "GPL-3.0-or-later", "gplv3": "GPL-3.0-only", "gpl v3": "GPL-3.0-only", "gpl-3": "GPL-3.0-only",
	"gpl 3": "GPL-3.0-only", "gpl3": "GPL-3.0-only", "gplv2": "GPL-2.0-only", "gpl v2": "GPL-2.0-only", "gpl2": "GPL-2.0-only", "lgpl": "LGPL-3.0-or-later", "lgplv3": "LGPL-3.0-only", "agpl": "AGPL-3.0-or-later", "agplv3": "AGPL-3.0-only",
	"cc-by": "CC-BY-4.0", "cc by 4.0": "CC-BY-4.0", "cc by": "CC-BY-4.0", "cc0": "CC0-1.0", "public domain": "CC0-1.0", "mpl": "MPL-2.0", "mpl 2.0": "MPL-2.0",
}

func licenseForm(p *pass) {
	n := p.config().Get("license")
	text, _ := n.Str()
	name := spdx[strings.ToLower(strings.TrimSpace(text))]
	if name == "" {
		return
	}
	d := p.report(n.Place, fmt.Sprintf("%q is no name of a licence that programs know", text), fmt.Sprintf("write %q, if that is meant", name))
	d.Fixes = []source.Fix{{Title: "write " + name, Edits: []source.Edit{{Span: n.Place.Span, New: conf.Quote(name)}}}}
}

var ruleDescriptionMissing = &source.Rule{
	Code: "config-description", Severity: source.Info,
	Summary: "the config does not say what the plugin does",
	Doc:     "The description is the line that people read in lists and searches, and in the menu of a plugin without a form.",
	Bad:     `{"description": ""}`,
	Good:    `{"description": "Smooths an image."}`,
}

func descriptionMissing(p *pass) {
	root := p.config()
	n := root.Get("description")
	if text, ok := n.Str(); root != nil && ok && strings.TrimSpace(text) == "" {
		p.report(n.Place, "the description is empty", "say in one sentence what the plugin does")
	}
}

var ruleTagsUnused = &source.Rule{
	Code: "tags-unused", Severity: source.Info,
	Summary: "tags that differ in nothing",
	Doc:     "Tags are variants of a plugin: a field or a script differs between them. Words for searching are `labels`.",
	Bad:     `{"tags": ["image", "segmentation"]}`,
	Good:    `{"labels": ["image", "segmentation"]}`,
}

func tagsUnused(p *pass) {
	n := p.config().Get("tags")
	all := tags.Of(p.Document)
	if len(all) < 2 || p.readsTag() {
		return
	}
	for _, field := range tags.Configurable {
		if p.config().Get(field).Map() {
			return
		}
	}
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.ScriptBlock) {
		if _, ok := b.Attr("tag"); ok {
			return
		}
	}
	p.report(n.Place, fmt.Sprintf("the tags %s differ in nothing", strings.Join(all[:min(len(all), 5)], ", ")), "for searching write labels; for variants give a field or a script a value by tag")
}

// readsTag reports whether a script asks which tag it runs with.
func (p *pass) readsTag() bool {
	for _, s := range p.Scripts {
		if !s.Read || s.Escapes || s.Used("TAG") || s.Used("config.tag") || s.Used("config") || s.External() {
			return true
		}
	}
	return false
}
