package lint

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about the members of api that scripts use.

var apiChecks = []check{
	{ruleAPIUnknown, apiUnknown},
	{ruleAPIRemoved, apiRemoved},
	{ruleAPIDeprecated, apiDeprecated},
}

// uses calls f for every use of api in every script.
func (p *pass) uses(f func(place source.Place, language, path string)) {
	for _, s := range p.Scripts {
		if slices.ContainsFunc(s.Imports, func(l analysis.Literal) bool { return s.Language == tags.Python && hidesExport(l.Text) }) {
			continue // Hypha's api has names of its own
		}
		for _, u := range s.Uses {
			f(s.Place(u.Span), s.Language, u.Path)
		}
	}
}

// asked reports whether a script asks first whether api has a member, as one for several
// hosts does: `if (api.member) ...`.
func (p *pass) asked(path string) bool {
	uses, reads := 0, 0
	for _, s := range p.Scripts {
		for _, u := range s.Uses {
			if u.Path == path {
				uses++
				if !u.Call {
					reads++
				}
			}
		}
	}
	return uses > 1 && reads > 0
}

var ruleAPIUnknown = &source.Rule{
	Code: "api-unknown", Severity: source.Warning,
	Summary: "a member of api that ImJoy does not have",
	Doc:     "Calling it fails with \"is not a function\". Applications may add members of their own; in ImJoy, and here, there is none of that name.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.showMesage(\"done\") }})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.showMessage(\"done\") }})\n</script>",
}

func apiUnknown(p *pass) {
	p.uses(func(place source.Place, _, path string) {
		if slices.Contains(members, path) || gone[path] != "" || old[path] != "" || path == "utils" || path == "config" || universal(path) {
			return
		}
		if _, removed := goneAfter[path]; removed || p.asked(path) {
			return
		}
		hint := "the members are in the api reference, https://imjoy.io/docs/#/api"
		d := p.report(place, fmt.Sprintf("api has no member %s", path), hint)
		if near := source.Nearest(path, append(slices.Collect(maps.Keys(old)), members...)); near != "" {
			d.Hint = fmt.Sprintf("did you mean api.%s?", near)
			if _, last, dotted := strings.Cut(near, "."); !dotted {
				d.Fixes = meant(place, near)
			} else if strings.HasPrefix(path, near[:len(near)-len(last)]) {
				d.Fixes = meant(place, last)
			}
		}
	})
}

// universal reports whether every object has a member of that name.
func universal(path string) bool {
	switch path {
	case "then", "toString", "hasOwnProperty", "constructor", "items", "keys", "values", "get":
		return true
	}
	return strings.HasPrefix(path, "_")
}

var ruleAPIRemoved = &source.Rule{
	Code: "api-removed", Severity: source.Warning,
	Summary: "a member of api that was removed",
	Doc:     "The member was part of an early ImJoy, or of its old Python engine only. Calling it fails.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.updateWindow({}) }})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, async run() { const w = await api.createWindow(\"Viewer\"); await w.run({}) }})\n</script>",
}

func apiRemoved(p *pass) {
	version := p.Document.Config.APIVersion
	p.uses(func(place source.Place, language, path string) {
		if last, ok := goneAfter[path]; ok && (version == "" || pluginfile.CompareVersions(version, last) > 0) {
			p.report(place, fmt.Sprintf("api.%s was removed after api_version %s", path, last), gone[path])
			return
		}
		if hint, ok := gone[path]; ok && goneAfter[path] == "" {
			p.report(place, fmt.Sprintf("api.%s was removed", path), hint)
			return
		}
		if hint, ok := oldPython[path]; ok {
			message := fmt.Sprintf("api.%s existed only in the old Python engine", path)
			if language != tags.Python {
				message += ", never for JavaScript"
			}
			p.report(place, message, hint)
		}
	})
}

var ruleAPIDeprecated = &source.Rule{
	Code: "api-deprecated", Severity: source.Info,
	Summary: "a member of api that has a successor",
	Doc:     "It still works, but the newer one does the same and more.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() { api.onClose(() => {}) }, run() {}})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() { api.on(\"close\", () => {}) }, run() {}})\n</script>",
}

func apiDeprecated(p *pass) {
	p.uses(func(place source.Place, _, path string) {
		if hint, ok := old[path]; ok {
			d := p.report(place, fmt.Sprintf("api.%s is deprecated", path), hint)
			if name, ok := strings.CutPrefix(hint, "use api."); ok && (path == "register" || path == "unregister") {
				d.Fixes = meant(place, name)
			}
			if path == "onClose" {
				d.Fixes = onClose(place)
			}
		}
	})
}

// onClose is the fix that writes the event in the place of a function for it alone.
func onClose(place source.Place) []source.Fix {
	rest := place.Source.Text[place.Span.End:]
	if !bytes.HasPrefix(rest, []byte("(")) {
		return nil
	}
	return fix(`write on("close", ...)`, false, source.Edit{Span: source.Span{Start: place.Span.Start, End: place.Span.End + 1}, New: `on("close", `})
}
