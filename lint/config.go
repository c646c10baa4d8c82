package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about the fields of the config that have the same value for all tags. What
// varies by tag is checked where it is resolved, in package tags.

var configChecks = []check{
	{ruleFieldMissing, fieldMissing},
	{ruleFieldUnknown, fieldUnknown},
	{ruleFieldComputed, fieldComputed},
	{ruleFieldRetired, fieldRetired},
	{ruleTooLong, tooLong},
	{ruleName, nameUnusable},
	{ruleFlag, flagUnknown},
}

// config returns the config as far as it can be judged: nil when there is none.
func (p *pass) config() *conf.Node {
	if root := p.Document.Config.Root; root.Map() {
		return root
	}
	return nil
}

// broken reports whether the config has syntax errors, so that a field that seems
// absent may be there.
func (p *pass) broken() bool {
	for _, d := range p.Parsed {
		if d.Severity == source.Error && strings.HasPrefix(d.Code, "config-") && d.Code != "config-duplicate-key" {
			return true
		}
	}
	return false
}

var ruleFieldMissing = &source.Rule{
	Code: "config-field-missing", Severity: source.Error,
	Summary: "a field that every plugin needs is absent",
	Doc: "ImJoy refuses a plugin without `name` or `api_version`. It runs one without `version`, " +
		"but cannot tell afterwards whether there is a newer one. The present api_version is 0.1.8.",
	Bad:  `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "0.1.0"}</config>`,
	Good: `<config lang="json">{"name": "Blur", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>`,
}

func fieldMissing(p *pass) {
	root := p.config()
	if root == nil || p.broken() {
		return
	}
	for _, f := range []struct {
		name, why string
		severity  source.Severity
	}{
		{"name", "ImJoy refuses a plugin without a name", source.Error},
		{"api_version", "ImJoy refuses a plugin that does not say for which api it was written", source.Error},
		{"version", "without a version nobody can tell whether there is a newer one", source.Warning},
	} {
		n := root.Get(f.name)
		if text, ok := n.Scalar(); n != nil && (!ok || text != "" || n.Kind != conf.String) && !n.Null() {
			continue
		}
		place, message := p.Document.Config.Block.TagPlace(), fmt.Sprintf("the config has no %s", f.name)
		if n != nil {
			place, message = n.Place, f.name+" is empty"
		}
		p.report(place, message, fmt.Sprintf("%s: add %q: %s", f.why, f.name, example(f.name))).Severity = f.severity
	}
}

func example(field string) string {
	switch field {
	case "name":
		return `"My Plugin"`
	case "api_version":
		return `"` + newestAPI + `"`
	}
	return `"0.1.0"`
}

var ruleFieldUnknown = &source.Rule{
	Code: "config-field-unknown", Severity: source.Info,
	Summary: "a field that ImJoy does not know",
	Doc: "Unknown fields are kept, and a script may read one with `api.getConfig(\"_field\")`; nothing else looks at them. " +
		"Where the name is nearly that of a known field, it is a warning.",
	Bad:  `{"desciption": "Smooths an image"}`,
	Good: `{"description": "Smooths an image"}`,
}

func fieldUnknown(p *pass) {
	root := p.config()
	if root == nil {
		return
	}
	for _, m := range root.Members {
		if knownField(m.Key) || p.readsField(m.Key) {
			continue
		}
		if near := source.Nearest(m.Key, published()); near != "" && root.Get(near) == nil {
			d := p.report(m.KeyPlace, fmt.Sprintf("there is no field %q, so it has no effect", m.Key), fmt.Sprintf("did you mean %q?", near))
			d.Severity, d.Fixes = source.Warning, renameMember(root, m.Key, near)
			continue
		}
		p.report(m.KeyPlace, fmt.Sprintf("ImJoy knows no field %q", m.Key), fmt.Sprintf("scripts can read it with api.getConfig(%q); otherwise remove it", "_"+m.Key))
	}
}

// readsField reports whether a script reads a field of the config itself.
func (p *pass) readsField(name string) bool {
	for _, s := range p.Scripts {
		for _, u := range s.Uses {
			if u.Path == "getConfig" && u.First != nil && u.First.Text == "_"+name {
				return true
			}
		}
	}
	return false
}

var ruleFieldComputed = &source.Rule{
	Code: "config-field-computed", Severity: source.Warning,
	Summary: "a field that ImJoy sets itself",
	Doc:     "ImJoy computes this field when it loads the plugin and overwrites what the config says, or is confused by it. Remove it.",
	Bad:     `{"id": "blur", "scripts": []}`,
	Good:    `{"name": "Blur"}`,
}

func fieldComputed(p *pass) {
	p.eachField(computed, func(m conf.Member) {
		p.report(m.KeyPlace, fmt.Sprintf("ImJoy computes %s itself and overwrites this value", m.Key), "remove it").
			Fixes = removeMember(p.config(), m.Key, true)
	})
}

var ruleFieldRetired = &source.Rule{
	Code: "config-field-retired", Severity: source.Info,
	Summary: "a field of an earlier ImJoy",
	Doc:     "The field had a meaning in an early version, or has one only in a manifest. Nothing reads it in a plugin.",
	Bad:     `{"show_panel": true}`,
	Good:    `{"defaults": {"w": 10, "h": 10}}`,
}

func fieldRetired(p *pass) {
	p.eachField(retired, func(m conf.Member) {
		message, hint := fmt.Sprintf("nothing reads %s any more", m.Key), "remove it"
		if m.Key == "disabled" {
			message, hint = "disabled counts only in a manifest", "set it there, or remove it"
		}
		p.report(m.KeyPlace, message, hint).Fixes = removeMember(p.config(), m.Key, true)
	})
}

// eachField calls f for every member of a class of fields.
func (p *pass) eachField(class fieldClass, f func(conf.Member)) {
	if root := p.config(); root != nil {
		for _, m := range root.Members {
			if otherFields[m.Key] == class {
				f(m)
			}
		}
	}
}

var ruleTooLong = &source.Rule{
	Code: "config-too-long", Severity: source.Warning,
	Summary: "a field is longer than ImJoy's schema allows",
	Doc: "ImJoy's schema limits name to 48 characters, description to 256, version and api_version to 32, ui to 2048 and cover to 1024. " +
		"It is applied to plugins that run elsewhere and announce themselves, and lists are laid out for it.",
	Bad:  `{"description": "` + strings.Repeat("Smooths an image. ", 15) + `"}`,
	Good: `{"description": "Smooths an image."}`,
}

func tooLong(p *pass) {
	root := p.config()
	for _, f := range []struct {
		name  string
		limit int
	}{{"name", 48}, {"description", 256}, {"version", 32}, {"api_version", 32}, {"ui", 2048}, {"cover", 1024}} {
		n := root.Get(f.name)
		text, ok := n.Str()
		if length := utf8.RuneCountInString(text); ok && length > f.limit && !strings.HasPrefix(text, "data:") {
			p.report(n.Place, fmt.Sprintf("%s has %d characters; ImJoy's schema allows %d", f.name, length, f.limit), longHint(f.name))
		}
	}
}

func longHint(field string) string {
	switch field {
	case "description":
		return "one sentence is enough here; the rest belongs into the docs block"
	case "ui":
		return "a list of elements reads better than one long string"
	}
	return "shorten it"
}

var ruleName = &source.Rule{
	Code: "name-unusable", Severity: source.Warning,
	Summary: "the name of the plugin cannot be written in an address",
	Doc: "A plugin is addressed as `owner/repository:Name@TAG`, so a name with `:` or `@` can only be reached by the URL of its file. " +
		"A name with `/` installs, and then ImJoy refuses to load it. Spaces around a name are part of it for ImJoy, which compares letter by letter.",
	Bad:  `<config lang="json">{"name": "Blur/Sharpen", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>`,
	Good: `<config lang="json">{"name": "Blur and Sharpen", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>`,
}

func nameUnusable(p *pass) {
	n := p.config().Get("name")
	name, _ := n.Str()
	at := strings.IndexAny(name, "/:@")
	switch {
	case at >= 0 && name[at] == '/':
		p.report(n.Within(at, at+1), "a name with / installs, but ImJoy refuses to load it", "write a space or a hyphen").Severity = source.Error
	case at >= 0:
		p.report(n.Within(at, at+1), fmt.Sprintf("a name with %q cannot be written in an address", name[at]), "write a space or a hyphen")
	case strings.TrimSpace(name) != name:
		p.report(n.Place, "the name has spaces around it, which count when it is compared", "remove them").
			Fixes = fix("remove them", false, source.Edit{Span: n.Place.Span, New: conf.Quote(strings.TrimSpace(name))})
	}
}

var ruleFlag = &source.Rule{
	Code: "flag-unknown", Severity: source.Warning,
	Summary: "a flag that means nothing",
	Doc: "The flags are `functional`, `single-instance`, `allow-detach`, `multi-instance`, and for services `engine`, `engine-factory` and `file-manager`. " +
		"Others are ignored without a word.",
	Bad:  `{"flags": ["single-instence"]}`,
	Good: `{"flags": ["single-instance"]}`,
}

var flags = []string{"functional", "single-instance", "allow-detach", "multi-instance", "engine", "engine-factory", "file-manager", "browserfs"}

func flagUnknown(p *pass) {
	for _, n := range p.texts("flags") {
		if slices.Contains(flags, n.Text) || n.Text == "" {
			continue
		}
		hint := "the flags are " + strings.Join(flags[:len(flags)-1], ", ")
		d := p.report(n.Place, fmt.Sprintf("there is no flag %q", n.Text), hint)
		if near := source.Nearest(n.Text, flags); near != "" {
			d.Hint, d.Fixes = fmt.Sprintf("did you mean %q?", near), meant(n.Place, conf.Quote(near))
		}
	}
}

// texts returns the strings of a field, for all tags, in order.
func (p *pass) texts(field string) (list []*conf.Node) {
	n := p.config().Get(field)
	for _, value := range n.All() {
		if value.Kind == conf.String {
			list = append(list, value)
		}
	}
	return list
}
