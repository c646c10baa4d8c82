package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules that compare permissions with what scripts and windows use.

var permissionChecks = []check{
	{rulePermissionMissing, permissionMissing},
	{rulePermissionIdle, permissionIdle},
	{rulePermissionHost, permissionHost},
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
