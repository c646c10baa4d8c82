package tags

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// The languages of scripts.
const (
	JavaScript = "javascript"
	TypeScript = "typescript"
	Python     = "python"
)

// Language returns the language a script block says it is written in: one of the
// constants for the usual names, "" when it does not say, and else what it says.
func Language(script *pluginfile.Block) string {
	switch lang := strings.ToLower(strings.TrimSpace(script.Lang())); lang {
	case "javascript", "js", "ecmascript", "text/javascript", "application/javascript":
		return JavaScript
	case "typescript", "ts":
		return TypeScript
	case "python", "python3", "py", "text/x-python":
		return Python
	default:
		return lang
	}
}

// scripts chooses the script blocks of the tag, and finds out their language. It
// also settles the type, which decides where the scripts do not.
func (r *resolver) scripts() {
	all := r.doc.All(pluginfile.ScriptBlock)
	for _, b := range all {
		if r.runs(b) {
			r.plan.Scripts = append(r.plan.Scripts, b)
		}
	}
	r.kind()
	r.language()
	r.missing(all)
}

// runs reports whether a script block belongs to the chosen tag: it has its name, or
// none. An empty name is none.
func (r *resolver) runs(b *pluginfile.Block) bool {
	attr, ok := b.Attr("tag")
	if wrong, _ := b.Attr("tags"); wrong.Name != "" {
		r.report(ruleScriptTag, wrong.Place(b.Source), "a script has no attribute `tags`, so this has no effect", "write tag=\"...\", with one tag; a script without runs for all")
	}
	switch {
	case attr.Name == "":
		return true
	case !ok:
		if len(r.tags) > 0 {
			r.report(ruleScriptTag, attr.Place(b.Source), "the tag of this script is empty: ImJoy runs it for no tag, we run it for all", "name a tag, or remove the attribute")
		}
		return true
	case !slices.Contains(r.tags, attr.Value):
		hint := "the plugin has no tags"
		if len(r.tags) > 0 {
			hint = "the tags are " + list(r.tags)
		}
		if near := source.Nearest(attr.Value, r.tags); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.report(ruleScriptTag, attr.Place(b.Source), fmt.Sprintf("the plugin has no tag %q, so this script never runs", attr.Value), hint)
	}
	return attr.Value == r.plan.Tag
}

// language derives the language of the plan from its scripts. Where they do not say,
// or say several things, the type does.
func (r *resolver) language() {
	p := r.plan
	if len(p.Scripts) == 0 {
		return
	}
	expected := kinds[p.Type].language
	if expected == "" {
		expected = JavaScript
	}
	var said []string
	for _, b := range p.Scripts {
		if lang := Language(b); (lang == JavaScript || lang == TypeScript || lang == Python) && !slices.Contains(said, lang) {
			said = append(said, lang)
		}
	}
	switch {
	case slices.Contains(said, expected) || len(said) == 0:
		p.Language = expected
	case expected == JavaScript && slices.Contains(said, TypeScript):
		p.Language = TypeScript
	default:
		p.Language = said[0]
	}
	r.languages(expected)
}

// languages reports scripts that a runtime of the plan's type does not run.
func (r *resolver) languages(expected string) {
	if kinds[r.plan.Type].language == "" {
		return
	}
	for _, b := range r.plan.Scripts {
		attr, ok := b.Attr("lang")
		lang := Language(b)
		switch {
		case !ok:
			r.report(ruleScriptLang, b.TagPlace(), fmt.Sprintf("the script does not say its language; it is read as %s", r.plan.Language), fmt.Sprintf("add lang=%q", expected))
		case lang == TypeScript && expected == JavaScript:
			r.report(ruleScriptLang, attr.Place(b.Source), "ImJoy does not translate TypeScript: the script runs here only", "")
		case lang == expected && attr.Value != expected:
			r.report(ruleScriptLang, attr.Place(b.Source), fmt.Sprintf("ImJoy knows no language %q", attr.Value), fmt.Sprintf("write lang=%q", expected))
		case lang == Python && expected == JavaScript, (lang == JavaScript || lang == TypeScript) && expected == Python:
			r.report(ruleScriptLang, attr.Place(b.Source), fmt.Sprintf("a plugin of type %q cannot run %s", r.plan.Type, lang),
				fmt.Sprintf("change the type, or write the script in %s", expected)).Severity = source.Error
		}
	}
}

// missing reports a plan that has nothing to run.
func (r *resolver) missing(all []*pluginfile.Block) {
	k, known := kinds[r.plan.Type]
	switch {
	case len(r.plan.Scripts) > 0 || !known || k.scriptless || r.plan.BaseFrame != "" || r.plan.BaseWorker != "":
	case len(all) > 0:
		r.report(ruleNoScript, all[0].TagPlace(), fmt.Sprintf("no script is for the tag %q", r.plan.Tag), "leave away the tag of a script that runs for all")
	default:
		r.report(ruleNoScript, r.placeOf("type"), fmt.Sprintf("a plugin of type %q needs a script", r.plan.Type), fmt.Sprintf("add <script lang=%q>", cmp.Or(k.language, JavaScript)))
	}
}
