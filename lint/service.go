package lint

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about what a plugin offers to others while it runs, and what it keeps.

var serviceChecks = []check{
	{ruleService, serviceFaults},
	{ruleSettingUnread, settingUnread},
	{ruleSettingUnset, settingUnset},
}

var ruleService = &source.Rule{
	Code: "api-service", Severity: source.Warning,
	Summary: "a service or op lacks what others need of it",
	Doc: "`api.registerService` with the type `operator`, or without one, adds an op to the menu of the plugin: it needs a `run`, unless the plugin exports one, which is used then. " +
		"With another `type` it adds a service, which others find by its type and call by its functions. One without any function, or without a name to tell it from others of its type, is of no use to them.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() { api.registerService({name: \"Blur more\", ui: \"sigma\"}) }, blur() {}})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() { api.registerService({name: \"Blur more\", ui: \"sigma\", run: blur}) }, blur})\nfunction blur() {}\n</script>",
}

// describing are the members of a service that are there to be read.
var describing = []string{"type", "name", "id", "description", "config", "docs", "icon", "ui", "tags", "version", "visibility", "_rintf", "inputs", "outputs"}

func serviceFaults(p *pass) {
	p.eachRegistration(func(s *analysis.Script, u analysis.Use, a analysis.Argument) {
		kind, typed := a.Values["type"]
		if hasKey(a, "type") && !typed {
			return // the code makes it
		}
		place := s.Place(u.Span)
		if !typed || kind.Text == "operator" || u.Path == "register" {
			if !hasKey(a, "run") && !hasKey(a, "callback") && p.exportsNo("run", s) {
				p.report(place, "this op has no run, and the plugin exports none: choosing it does nothing", "add run: a function that gets the context")
			}
			return
		}
		if !slices.ContainsFunc(a.Keys, func(k analysis.Literal) bool { return !slices.Contains(describing, k.Text) }) {
			p.report(place, fmt.Sprintf("this service of the type %q has no function that others could call", kind.Text), "add its functions beside its type and name")
		}
		if !hasKey(a, "name", "id") {
			p.report(place, fmt.Sprintf("this service has no name, so it cannot be told from others of the type %q", kind.Text), "add name").Severity = source.Info
		}
	})
}

// eachRegistration calls f for every service that is registered with an object whose
// keys the code shows.
func (p *pass) eachRegistration(f func(*analysis.Script, analysis.Use, analysis.Argument)) {
	for _, s := range p.Scripts {
		for _, u := range s.Uses {
			if u.Call && (u.Path == "registerService" || u.Path == "register") && len(u.Arguments) > 0 && u.Arguments[0].Kind == analysis.ObjectArgument {
				f(s, u, u.Arguments[0])
			}
		}
	}
}

// exportsNo reports whether the code shows that the plans which run a script export no
// function of that name.
func (p *pass) exportsNo(method string, s *analysis.Script) bool {
	ran := false
	for _, plan := range p.Plans {
		if !slices.Contains(p.ScriptsOf(plan), s) {
			continue
		}
		ran = true
		exports, all := p.exports(plan)
		if !all || len(exports) == 0 {
			return false
		}
		for _, e := range exports {
			if has, sure := e.Has(method); has || !sure || e.What != analysis.ExportsObject {
				return false
			}
		}
	}
	return ran
}

var ruleSettingUnread = &source.Rule{
	Code: "api-setting-unread", Severity: source.Info,
	Summary: "a setting is written and never read",
	Doc: "`api.setConfig` keeps a text for the plugin until its next start, and `api.getConfig` of the same name reads it. Where nothing reads a name, nothing is gained by keeping it; " +
		"mostly one of the two is misspelt. Scripts that make names of settings are not judged.",
	Bad:  "<script lang=\"javascript\">\napi.export({async setup() { this.token = await api.getConfig(\"tokn\") || \"\" }, async run() { await api.setConfig(\"token\", \"a\"); await api.setConfig(\"tokn\", \"b\") }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({async setup() { this.token = await api.getConfig(\"token\") || \"\" }, async run() { await api.setConfig(\"token\", \"a\") }})\n</script>",
}

var ruleSettingUnset = &source.Rule{
	Code: "api-setting-unset", Severity: source.Info,
	Summary: "a setting is read and never written",
	Doc: "`api.getConfig` answers null for a name that `api.setConfig` never wrote, unless a person or another program has set it. Names that begin with `_` read the config block; " +
		"scripts that make names of settings, and plugins without any `api.setConfig`, are not judged.",
	Bad:  "<script lang=\"javascript\">\napi.export({async setup() { this.token = await api.getConfig(\"tokn\") || \"\" }, async run() { await api.setConfig(\"token\", \"a\"); await api.getConfig(\"token\") }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({async setup() { this.token = await api.getConfig(\"token\") || \"\" }, async run() { await api.setConfig(\"token\", \"a\") }})\n</script>",
}

// settingName is the name of a setting at one place of a script.
type settingName struct {
	text  string
	place source.Place
	write bool
}

// settingNames returns the settings that scripts read and write by name; all reports that
// there are no others.
func (p *pass) settingNames() (list []settingName, all bool) {
	for _, s := range p.Scripts {
		if !s.Read || s.Escapes || s.External() {
			return nil, false
		}
		for _, u := range s.Uses {
			if u.Path != "getConfig" && u.Path != "setConfig" {
				continue
			}
			if !u.Call || u.First == nil {
				return nil, false
			}
			list = append(list, settingName{u.First.Text, s.Place(u.First.Span), u.Path == "setConfig"})
		}
	}
	return list, true
}

func settingUnread(p *pass) { p.lonelySettings(true) }
func settingUnset(p *pass)  { p.lonelySettings(false) }

// lonelySettings tells the settings that are only written, or only read.
func (p *pass) lonelySettings(write bool) {
	list, all := p.settingNames()
	if !all {
		return
	}
	var others, known []string
	for _, n := range list {
		if n.write != write {
			others = append(others, n.text)
		}
		known = append(known, n.text)
	}
	if !write && len(others) == 0 {
		return // somebody else writes all of them
	}
	for _, plan := range p.Plans {
		others = append(others, plan.UI.Keys()...)
	}
	told := map[string]bool{}
	for _, n := range list {
		if n.write != write || n.text == "" || n.text[0] == '_' || told[n.text] || slices.Contains(others, n.text) {
			continue
		}
		told[n.text] = true
		message, hint := fmt.Sprintf("nothing reads the setting %q", n.text), "read it with api.getConfig, or do not keep it"
		if !write {
			message, hint = fmt.Sprintf("nothing writes the setting %q, so this is null", n.text), "write it with api.setConfig"
		}
		d := p.report(n.place, message, hint)
		if near := source.Nearest(n.text, slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == n.text })); near != "" {
			d.Hint, d.Severity = fmt.Sprintf("did you mean %q?", near), source.Warning
		}
	}
}
