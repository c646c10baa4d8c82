package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about the values of single fields, and about tags and permissions that mean
// nothing.

var valueChecks = []check{
	{ruleIcon, iconForm},
	{ruleCover, coverForm},
	{ruleDefaults, defaultsUnknown},
	{ruleLicense, licenseForm},
	{ruleDescriptionMissing, descriptionMissing},
	{ruleTagsUnused, tagsUnused},
	{rulePermissionMissing, permissionMissing},
	{rulePermissionIdle, permissionIdle},
	{rulePermissionHost, permissionHost},
	{ruleBlockEmpty, blockEmpty},
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

var rulePermissionIdle = &source.Rule{
	Code: "permission-idle", Severity: source.Info,
	Summary: "a permission that nothing seems to use",
	Doc:     "Whoever installs the plugin is asked for it, and wonders why. ImJoy's permissions are for windows; they mean nothing elsewhere.",
	Bad:     "<config lang=\"json\">{\"type\": \"window\", \"permissions\": [\"camera\"]}</config>\n<window><div></div></window>",
	Good:    "<config lang=\"json\">{\"type\": \"window\", \"permissions\": [\"camera\"]}</config>\n<window><video></video></window>\n<script lang=\"javascript\">\napi.export({async setup() { await navigator.mediaDevices.getUserMedia({video: true}) }, run() {}})\n</script>",
}

// signsOfUse are texts of which one stands in a script that uses a permission.
var signsOfUse = map[string][]string{
	"camera": {"getUserMedia", "mediaDevices"}, "microphone": {"getUserMedia", "mediaDevices", "SpeechRecognition"}, "midi": {"requestMIDIAccess"},
	"geolocation": {"geolocation"}, "encrypted-media": {"requestMediaKeySystemAccess", "MediaKeys"},
	"payment-request": {"PaymentRequest"}, "full-screen": {"equestFullscreen", "equestFullScreen"},
}

func permissionIdle(p *pass) {
	for _, s := range p.Scripts {
		if s.External() || len(s.Imports) > 0 {
			return
		}
	}
	for _, plan := range p.Plans {
		if len(plan.Needs.URLs) > 0 || plan.BaseFrame != "" {
			return // a library may use it
		}
	}
	for _, n := range p.texts("permissions") {
		signs := signsOfUse[n.Text]
		if signs == nil || p.says(signs) {
			continue
		}
		p.report(n.Place, fmt.Sprintf("no script seems to use %s", n.Text), "remove it, if nothing needs it")
	}
}

var rulePermissionMissing = &source.Rule{
	Code: "permission-missing", Severity: source.Warning,
	Summary: "a script uses something that the window's permissions do not name",
	Doc:     "A window runs in a frame that gets the camera, the microphone and the like only when `permissions` name them: otherwise the browser refuses, and asks nobody.",
	Bad:     "<config lang=\"json\">{\"type\": \"window\"}</config>\n<window><video></video></window>\n<script lang=\"javascript\">\napi.export({async setup() { await navigator.mediaDevices.getUserMedia({video: true}) }, run() {}})\n</script>",
	Good:    "<config lang=\"json\">{\"type\": \"window\", \"permissions\": [\"camera\"]}</config>\n<window><video></video></window>\n<script lang=\"javascript\">\napi.export({async setup() { await navigator.mediaDevices.getUserMedia({video: true}) }, run() {}})\n</script>",
}

// certainUse are expressions of scripts that need a permission. What a full screen needs is
// left out: a window may be shown on all of it by its defaults.
var certainUse = []struct {
	sign       string
	given      func() *regexp.Regexp // what stands behind it, nil for anything
	permission string
}{
	{".getUserMedia(", lazily(`^\s*\{[^{}]*\bvideo\s*:\s*(?:true|\{)`), "camera"}, {".getUserMedia(", lazily(`^\s*\{[^{}]*\baudio\s*:\s*(?:true|\{)`), "microphone"},
	{"navigator.geolocation.getCurrentPosition(", nil, "geolocation"}, {"navigator.geolocation.watchPosition(", nil, "geolocation"},
	{"navigator.requestMIDIAccess(", nil, "midi"}, {"navigator.requestMediaKeySystemAccess(", nil, "encrypted-media"},
}

func permissionMissing(p *pass) {
	granted := map[string]bool{}
	for _, n := range p.texts("permissions") {
		granted[n.Text] = true
	}
	for _, s := range p.Scripts {
		if s.Language == tags.Python || !s.Read || !p.onlyIn(s, "window") {
			continue
		}
		text := s.Block.Body().Text
		for _, use := range certainUse {
			at := strings.Index(text, use.sign)
			if at < 0 || granted[use.permission] {
				continue
			}
			end := at + len(use.sign)
			if use.given == nil || use.given().MatchString(text[end:min(end+maxPattern, len(text))]) {
				p.report(s.Place(source.Span{Start: at, End: end}), fmt.Sprintf("the permissions do not name %s, so the browser refuses this", use.permission), fmt.Sprintf("add %q to permissions", use.permission))
			}
		}
	}
}

// says reports whether one of some texts stands in a script or window.
func (p *pass) says(signs []string) bool {
	for _, b := range p.Document.Recovered {
		if b.Kind == pluginfile.ScriptBlock || b.Kind == pluginfile.WindowBlock {
			if text := b.Body().Text; slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) }) {
				return true
			}
		}
	}
	return false
}

var rulePermissionHost = &source.Rule{
	Code: "permission-host", Severity: source.Warning,
	Summary: "a host that the plugin's permissions leave out",
	Doc:     "A plugin that says which hosts it needs (`net:example.org`) is granted those. A request to another one fails. Plugins that say nothing of hosts are not judged, and modules that the text imports need no permission.",
	Bad:     "<config lang=\"json\">{\"permissions\": [\"net:data.exmaple.com\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run() { await fetch(\"https://data.example.com/a.json\") }})\n</script>",
	Good:    "<config lang=\"json\">{\"permissions\": [\"net:data.example.com\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run() { await fetch(\"https://data.example.com/a.json\") }})\n</script>",
}

func permissionHost(p *pass) {
	var granted []string
	for _, n := range p.texts("permissions") {
		if host, ok := strings.CutPrefix(n.Text, "net:"); ok {
			granted = append(granted, strings.ToLower(host))
		} else if n.Text == "net" {
			return
		}
	}
	if len(granted) == 0 {
		return
	}
	for _, s := range p.Scripts {
		for _, l := range s.URLs {
			host := strings.ToLower(parseURL(l.Text).Host)
			if host == "" || host == "www.w3.org" || slices.ContainsFunc(granted, func(g string) bool { return covers(g, host) }) {
				continue
			}
			if slices.ContainsFunc(s.Imports, func(i analysis.Literal) bool { return i.Text == l.Text }) {
				continue // what the text of a plugin imports is loaded without asking
			}
			d := p.report(s.Place(l.Span), fmt.Sprintf("the permissions do not name %s", host), fmt.Sprintf("add %q to permissions", "net:"+host))
			if near := source.Nearest(host, granted); near != "" && analysis.OneLetter(host, near) {
				d.Hint = fmt.Sprintf("did you mean %s?", near)
				d.Fixes = replaceOnce(d.Place, parseURL(l.Text).Host, near)
			}
		}
	}
}

// replaceOnce is the fix that writes another text in the place of one that stands once in a
// place.
func replaceOnce(place source.Place, old, now string) []source.Fix {
	written := string(place.Slice(place.Span))
	if old == "" || strings.Count(written, old) != 1 {
		return nil
	}
	start := place.Span.Start + strings.Index(written, old)
	return meant(source.Place{Source: place.Source, Span: source.Span{Start: start, End: start + len(old)}}, now)
}

// covers reports whether a granted host, perhaps with a port or `*.`, is another one.
func covers(granted, host string) bool {
	name, _, _ := strings.Cut(host, ":")
	if domain, ok := strings.CutPrefix(granted, "*."); ok {
		return strings.HasSuffix(name, "."+domain)
	}
	return granted == host || granted == name
}

var ruleBlockEmpty = &source.Rule{
	Code: "block-empty", Severity: source.Info,
	Summary: "a block without content",
	Doc:     "An empty script, style or window block does nothing: in a window it is even an error of the page when the block is expected to have an element. Remove it.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>\n<script lang=\"javascript\">\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

func blockEmpty(p *pass) {
	for _, b := range p.Document.Recovered {
		switch b.Kind {
		case pluginfile.ScriptBlock, pluginfile.StyleBlock, pluginfile.WindowBlock:
		default:
			continue
		}
		if _, external := b.Attr("src"); external || !b.Closed || !blank(b) || p.only(b) {
			continue
		}
		d := p.report(b.TagPlace(), fmt.Sprintf("this %s block is empty", b.Kind), "remove it")
		d.Fixes = []source.Fix{{Title: "remove the block", Edits: []source.Edit{{Span: lineSpan(b.Source, b.Span)}}}}
	}
}

// only reports whether a block is the only script of the plugin, which cannot go.
func (p *pass) only(b *pluginfile.Block) bool {
	return b.Kind == pluginfile.ScriptBlock && len(pluginfile.All(p.Document.Recovered, pluginfile.ScriptBlock)) == 1
}

// lineSpan widens a span to whole lines where nothing else stands on them.
func lineSpan(src *source.Source, span source.Span) source.Span {
	start, end := span.Start, span.End
	for start > 0 && (src.Text[start-1] == ' ' || src.Text[start-1] == '\t') {
		start--
	}
	for end < len(src.Text) && (src.Text[end] == ' ' || src.Text[end] == '\t' || src.Text[end] == '\r') {
		end++
	}
	if (start == 0 || src.Text[start-1] == '\n') && end < len(src.Text) && src.Text[end] == '\n' {
		return source.Span{Start: start, End: end + 1}
	}
	return span
}
