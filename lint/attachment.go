package lint

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var attachmentChecks = []check{
	{ruleAttachmentMissing, attachmentMissing},
	{ruleAttachmentDuplicate, attachmentDuplicate},
	{ruleAttachmentUnnamed, attachmentUnnamed},
	{ruleAttachmentUnused, attachmentUnused},
}

var ruleAttachmentMissing = &source.Rule{
	Code: "attachment-missing", Severity: source.Error,
	Summary: "a script asks for an attachment that is not there",
	Doc:     "`api.getAttachment(\"name\")` returns the text of the attachment block of that name, letter by letter, and nothing when there is none.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() { return api.getAttachment(\"table\") }})\n</script>\n<attachment name=\"tables\">\n1,2\n</attachment>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() { return api.getAttachment(\"table\") }})\n</script>\n<attachment name=\"table\">\n1,2\n</attachment>",
}

func attachmentMissing(p *pass) {
	var names []string
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.AttachmentBlock) {
		names = append(names, b.Name())
	}
	for _, s := range p.Scripts {
		for _, u := range s.Uses {
			if u.Path != "getAttachment" || !u.Call || u.First == nil || contains(names, u.First.Text) {
				continue
			}
			hint := fmt.Sprintf("add <attachment name=%q>", u.First.Text)
			d := p.report(s.Place(u.First.Span), fmt.Sprintf("there is no attachment named %q", u.First.Text), hint)
			if near := source.Nearest(u.First.Text, names); near != "" {
				d.Hint, d.Fixes = fmt.Sprintf("did you mean %q?", near), replaceInside(s, *u.First, near)
			}
		}
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

var ruleAttachmentDuplicate = &source.Rule{
	Code: "attachment-duplicate", Severity: source.Warning,
	Summary: "two attachments of one name",
	Doc:     "`api.getAttachment` answers the first one; the others cannot be reached.",
	Bad:     "<attachment name=\"table\">1</attachment>\n<attachment name=\"table\">2</attachment>",
	Good:    "<attachment name=\"table\">1</attachment>\n<attachment name=\"more\">2</attachment>",
}

func attachmentDuplicate(p *pass) {
	first := map[string]*pluginfile.Block{}
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.AttachmentBlock) {
		name := b.Name()
		if earlier := first[name]; earlier != nil && name != "" {
			p.report(b.TagPlace(), fmt.Sprintf("there is another attachment named %q, and only the first can be read", name), "give it another name").
				Related = []source.Note{{Place: earlier.TagPlace(), Message: "the first one"}}
			continue
		}
		first[name] = b
	}
}

var ruleAttachmentUnnamed = &source.Rule{
	Code: "attachment-unnamed", Severity: source.Warning,
	Summary: "an attachment without a name",
	Doc:     "Attachments are asked for by name, so one without cannot be read.",
	Bad:     "<attachment>1,2</attachment>",
	Good:    "<attachment name=\"table\">1,2</attachment>",
}

func attachmentUnnamed(p *pass) {
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.AttachmentBlock) {
		if b.Name() == "" {
			p.report(b.TagPlace(), "this attachment has no name, so no script can read it", `add name="..."`)
		}
	}
}

var ruleAttachmentUnused = &source.Rule{
	Code: "attachment-unused", Severity: source.Info,
	Summary: "an attachment that nothing names",
	Doc: "Its name stands in no script or window, so nothing reads it; it only makes the file longer. Attachments whose names scripts put together are found by part of the name, " +
		"and those that `imjoy freeze` makes are read by imjoy itself.",
	Bad:  "<attachment name=\"table\">\n1,2\n</attachment>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() { return api.getAttachment(\"table\") }})\n</script>\n<attachment name=\"table\">\n1,2\n</attachment>",
}

func attachmentUnused(p *pass) {
	for _, s := range p.Scripts {
		if s.External() || s.Escapes {
			return
		}
		for _, u := range s.Uses {
			if u.Path == "getAttachment" && u.First == nil {
				return // asked for by a name that the code makes
			}
		}
	}
	for _, b := range pluginfile.All(p.Document.Recovered, pluginfile.AttachmentBlock) {
		if name := b.Name(); name != "" && !ofFreeze(name) && !p.says([]string{name}) {
			p.report(b.TagPlace(), fmt.Sprintf("nothing names the attachment %q", name), "remove it, or read it with api.getAttachment")
		}
	}
}

// ofFreeze reports whether an attachment is one that `imjoy freeze` makes, for imjoy.
func ofFreeze(name string) bool {
	return name == "imjoy-freeze.json" || strings.HasPrefix(name, "imjoy-freeze/")
}
