package lint

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about what scripts hand to api.export. They speak only where the code shows
// everything: a script that could not be read, or that hands api to something else,
// may export there.

var exportChecks = []check{
	{ruleExportMissing, exportMissing},
	{ruleExportValue, exportValue},
	{ruleNoSetup, noSetup},
	{ruleNoRun, noRun},
	{ruleMethodName, methodName},
}

// exports returns the exports of a plan's scripts; all reports that there are no
// others.
func (p *pass) exports(plan *tags.Plan) (list []placedExport, all bool) {
	all = true
	for _, s := range p.ScriptsOf(plan) {
		switch {
		case !s.Read, s.Escapes, s.External():
			all = false
		}
		for _, l := range s.Imports {
			all = all && s.Language == tags.Python && !hidesExport(l.Text) || all && s.Language != tags.Python && !isURL(l.Text)
		}
		for i := range s.Exports {
			list = append(list, placedExport{s, &s.Exports[i]})
		}
		for _, u := range s.Uses {
			if (u.Path == "export" || u.Path == "init") && !u.Call {
				all = false // handed on, called later
			}
		}
	}
	return list, all
}

// hidesExport reports whether a Python module exports by itself when it is imported.
func hidesExport(module string) bool {
	return strings.HasPrefix(module, "imjoy_rpc.hypha") || strings.HasPrefix(module, "hypha_rpc")
}

type placedExport struct {
	script *analysis.Script
	*analysis.Export
}

func (e placedExport) place() source.Place { return e.script.Place(e.Span) }

var ruleExportMissing = &source.Rule{
	Code: "export-missing", Severity: source.Error,
	Summary: "no script calls api.export",
	Doc: "A plugin hands its functions over with `api.export`. Without it ImJoy waits, and says so only after three minutes; imjoy stops with an error. " +
		"A plugin that only shows something calls `api.init()`, or says `\"passive\": true` in its config.",
	Bad:  "<script lang=\"javascript\">\nclass Plugin {\n  run() {}\n}\n</script>",
	Good: "<script lang=\"javascript\">\nclass Plugin {\n  setup() {}\n  run() {}\n}\napi.export(new Plugin())\n</script>",
}

func exportMissing(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		scripts := p.ScriptsOf(plan)
		exports, all := p.exports(plan)
		if len(scripts) == 0 || len(exports) > 0 || !all || plan.Passive || plan.Type == "collection" || plan.Type == "rpc-window" || plan.Type == "rpc-worker" {
			continue
		}
		last := scripts[len(scripts)-1]
		place := last.Block.TagPlace()
		if told[place.Span] {
			continue
		}
		told[place.Span] = true
		message := "no script calls api.export, so the plugin never becomes ready"
		if len(p.Plans) > 1 {
			message = fmt.Sprintf("no script for the tag %q calls api.export, so the plugin never becomes ready", plan.Tag)
		}
		p.report(place, message, "end the script with api.export(...)").Fixes = addExport(last)
	}
}

// addExport is the fix that exports an instance of the only class that looks like a plugin.
func addExport(s *analysis.Script) []source.Fix {
	if len(s.Classes) != 1 || !s.Block.Closed {
		return nil
	}
	text, class := s.Block.Body().Text, s.Classes[0]
	call := "api.export(new " + class.Text + "())"
	if s.Language == tags.Python {
		call = "api.export(" + class.Text + "())"
	}
	// What all lines begin with in the file stands before the line of the class as well.
	line := strings.LastIndexByte(text[:class.Span.Start], '\n') + 1
	src, at := s.Block.Source, s.Place(source.Span{Start: line, End: line}).Span.Start
	indent := string(src.Text[bytes.LastIndexByte(src.Text[:at], '\n')+1 : at])
	if strings.TrimSpace(indent) != "" {
		return nil // it stands beside the tag
	}
	end := s.Place(source.Span{Start: len(strings.TrimRight(text, " \t\r\n"))}).Span.Start
	return fix("export an instance of "+class.Text, false, source.Edit{Span: source.Span{Start: end, End: end}, New: "\n" + indent + call})
}

// eachExport calls f for every export of every script.
func (p *pass) eachExport(f func(placedExport)) {
	for _, s := range p.Scripts {
		for i := range s.Exports {
			f(placedExport{s, &s.Exports[i]})
		}
	}
}

var ruleExportValue = &source.Rule{
	Code: "export-value", Severity: source.Error,
	Summary: "api.export gets a class, or nothing",
	Doc:     "`api.export` takes an object with functions, or an instance of a class. ImJoy refuses a JavaScript class itself: write `new` before it.",
	Bad:     "<script lang=\"javascript\">\nclass Plugin {\n  setup() {}\n  run() {}\n}\napi.export(Plugin)\n</script>",
	Good:    "<script lang=\"javascript\">\nclass Plugin {\n  setup() {}\n  run() {}\n}\napi.export(new Plugin())\n</script>",
}

func exportValue(p *pass) {
	p.eachExport(func(e placedExport) {
		switch {
		case e.What == analysis.ExportsNothing:
			p.report(e.place(), "api.export is called without anything to export", "hand over an object with the plugin's functions")
		case e.What == analysis.ExportsClass && e.script.Language == tags.Python:
			d := p.report(e.place(), "this exports the class itself, not an instance: its functions have no self", "add parentheses: api.export(Plugin())")
			d.Severity = source.Warning
			d.Fixes = exportInstance(e)
		case e.What == analysis.ExportsClass:
			d := p.report(e.place(), "this exports the class itself, which ImJoy refuses", "export an instance: api.export(new Plugin())")
			d.Fixes = exportInstance(e)
		}
	})
}

// exportInstance is the fix that makes an instance of an exported class.
func exportInstance(e placedExport) []source.Fix {
	text := e.script.Block.Body().Text
	rest := strings.TrimLeft(text[e.Span.End:], " \t")
	name, _, ok := strings.Cut(strings.TrimPrefix(rest, "("), ")")
	if !ok || !strings.HasPrefix(rest, "(") || strings.ContainsAny(name, "({[") {
		return nil
	}
	at := len(text) - len(rest) + 1
	end := at + len(name)
	edits := []source.Edit{{Span: e.script.Place(source.Span{Start: end, End: end}).Span, New: "()"}}
	if e.script.Language != tags.Python {
		edits = append([]source.Edit{{Span: e.script.Place(source.Span{Start: at, End: at}).Span, New: "new "}}, edits...)
	}
	return fix("export an instance", false, edits...)
}

// without calls f for the last export of each plan, if the code shows that it lacks
// a function.
func (p *pass) without(method string, f func(*tags.Plan, placedExport)) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		exports, _ := p.exports(plan)
		if len(exports) == 0 || plan.Passive {
			continue
		}
		lacks := true
		for _, e := range exports {
			has, sure := e.Has(method)
			lacks = lacks && !has && sure && e.What == analysis.ExportsObject
		}
		last := exports[len(exports)-1]
		if lacks && !told[last.place().Span] {
			told[last.place().Span] = true
			f(plan, last)
		}
	}
}

var ruleNoSetup = &source.Rule{
	Code: "setup-missing", Severity: source.Warning,
	Summary: "the plugin exports no setup function",
	Doc:     "`setup` runs once when the plugin is loaded. ImJoy warns when there is none, and some versions of it do not get over that. An empty one is enough.",
	Bad:     "<script lang=\"javascript\">\napi.export({run() {}})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

func noSetup(p *pass) {
	p.without("setup", func(_ *tags.Plan, e placedExport) {
		p.report(e.place(), "the plugin exports no setup function", "add an empty one, setup() {}")
	})
}

var ruleNoRun = &source.Rule{
	Code: "run-missing", Severity: source.Warning,
	Summary: "the plugin exports no run function, but does not say that it has none",
	Doc: "`run` is what happens when somebody starts the plugin. A plugin that only helps others needs none and says `\"runnable\": false`; " +
		"otherwise it stands in the menu, and nothing happens. A window opens all the same, without the data it was opened with; that is a note.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, blur() {}})\n</script>",
	Good: "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"runnable\": false}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, blur() {}})\n</script>",
}

func noRun(p *pass) {
	p.without("run", func(plan *tags.Plan, e placedExport) {
		const hint = `add run(ctx), or "runnable": false to the config`
		switch {
		case !plan.Runnable:
		case plan.Type == "window" || plan.Type == "rpc-window":
			d := p.report(e.place(), "the window exports no run function: it opens, but never gets the data it was opened with, and ImJoy warns", hint)
			d.Severity = source.Info
		default:
			p.report(e.place(), "the plugin exports no run function, so starting it does nothing", hint)
		}
	})
}

var ruleMethodName = &source.Rule{
	Code: "method-name", Severity: source.Warning,
	Summary: "a function with nearly the name of one that ImJoy calls",
	Doc:     "ImJoy calls `setup`, `run`, `update`, `resume` and `exit`, written exactly so. A function of another name is exported, but never called by itself.",
	Bad:     "<script lang=\"javascript\">\napi.export({setUp() {}, run() {}})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

var lifecycle = []string{"setup", "run", "update", "exit", "resume"}

// borrowed are names that other hosts of plugins call.
var borrowed = map[string]string{
	"initialize": "setup", "init": "setup", "start": "run", "execute": "run", "main": "run", "teardown": "exit", "dispose": "exit",
	"init_ui": "setup", "deinit_ui": "exit", "init_gui": "setup", "cleanup": "exit", "tear_down": "exit", "tearDown": "exit", "destroy": "exit", "deinit": "exit", "onUpdate": "update", "on_update": "update",
}

// foreign are names that only other hosts of plugins call, with what to do here.
var foreign = map[string]string{
	"recent_events": "do it in run(ctx), which gets the data of each cycle", "gl_display": "open a window with api.createWindow", "get_init_dict": "keep settings with api.setConfig",
	"on_notify": "listen with api.on in setup", "onNotify": "listen with api.on in setup", "update_event": "do it in update(ctx)",
	"init_ui": "do it in setup, or give the config a ui", "deinit_ui": "do it in exit", "init_gui": "do it in setup, or give the config a ui",
}

func methodName(p *pass) {
	p.eachExport(func(e placedExport) {
		for _, m := range e.Members {
			meant := slip(m.Text)
			has, _ := e.Has(meant)
			switch {
			case meant != "" && !has:
				p.report(e.script.Place(m.Span), fmt.Sprintf("ImJoy calls no function named %s", m.Text), fmt.Sprintf("did you mean %s?", meant)).
					Fixes = renameMethod(e, m, meant)
			case foreign[m.Text] != "" && strings.Count(e.script.Block.Body().Text, m.Text) == 1:
				p.report(e.script.Place(m.Span), fmt.Sprintf("ImJoy calls no function named %s", m.Text), foreign[m.Text])
			}
		}
	})
}

// renameMethod is the fix that gives a function another name, where nothing else names it.
func renameMethod(e placedExport, m analysis.Literal, name string) []source.Fix {
	text := e.script.Block.Body().Text
	if strings.Count(text, m.Text) != 1 || text[m.Span.Start:m.Span.End] != m.Text {
		return nil
	}
	return meant(e.script.Place(m.Span), name)
}

// slip returns the lifecycle function that was meant by a name one slip away: other
// letter case, an underscore, one letter.
func slip(name string) string {
	plain := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for _, l := range lifecycle {
		if name == l {
			return ""
		}
	}
	for _, l := range lifecycle {
		if plain == l && !strings.HasPrefix(name, "_") {
			return l
		}
	}
	if meant := borrowed[name]; meant == "setup" || meant == "exit" || meant == "update" {
		return meant
	}
	if near := source.Nearest(name, lifecycle); near != "" && len(name) >= 4 && len(near) >= 4 && source.Nearest(name+"x", []string{near + "x"}) != "" && abs(len(name)-len(near)) <= 1 && name[0] == near[0] {
		return near
	}
	return ""
}

func abs(n int) int { return max(n, -n) }
