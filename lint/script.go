package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about the text of scripts: do they parse, and will they run as written.

var scriptChecks = []check{
	{ruleJavaScriptSyntax, syntax(tags.JavaScript, tags.TypeScript)},
	{rulePythonSyntax, syntax(tags.Python)},
	{ruleModuleOnly, moduleOnly},
	{ruleUndeclared, undeclared},
	{ruleMisnamed, misnamed},
	{ruleUnread, unread},
	{ruleSource, sourceIgnored},
	{ruleSourceType, sourceType},
	{ruleScriptPath, scriptPath},
}

// pythonPlugin is the config that the examples of Python begin with.
const pythonPlugin = "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}</config>\n"

var ruleJavaScriptSyntax = &source.Rule{
	Code: "javascript-syntax", Severity: source.Error,
	Summary: "a script that no browser parses",
	Doc:     "One syntax error keeps the whole script from running, so nothing is exported and the plugin does not load.",
	Bad:     "<script lang=\"javascript\">\napi.export({run() { return [1, 2 }})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() { return [1, 2] }})\n</script>",
}

var rulePythonSyntax = &source.Rule{
	Code: "python-syntax", Severity: source.Error,
	Summary: "a script that Python does not parse",
	Doc: "One syntax error keeps the whole script from running. Scripts are read as Python 3; where a line looks like Python 2 the finding says what to write instead. " +
		"Needs `python3`, which only parses the script.",
	Bad:  pythonPlugin + "<script lang=\"python\">\nprint \"hello\"\n</script>",
	Good: pythonPlugin + "<script lang=\"python\">\nprint(\"hello\")\napi.export({\"setup\": print, \"run\": print})\n</script>",
}

// syntax returns a check that tells the syntax errors of scripts in some languages.
func syntax(languages ...string) func(*pass) {
	return func(p *pass) {
		for _, s := range p.Scripts {
			if !slices.Contains(languages, s.Language) {
				continue
			}
			for _, f := range s.Faults {
				if f.Since != "" && p.readsNewer(s, f.Since) {
					continue // told as a script that was not looked into
				}
				d := p.report(s.Place(f.Span), f.Message, f.Hint)
				for _, n := range f.Notes {
					d.Related = append(d.Related, source.Note{Place: s.Place(n.Span), Message: n.Message})
				}
				if f.Since != "" {
					d.Message = fmt.Sprintf("Python %s cannot read this, perhaps %s can", f.Reader, f.Since)
					d.Hint = fmt.Sprintf("say which Python the plugin needs: \"env\": \"conda create -n NAME python=%s\"", f.Since)
					if known := p.pythonFor(s); known != "" {
						d.Hint = fmt.Sprintf("the plugin wants Python %s", known)
					}
				}
			}
		}
	}
}

var ruleModuleOnly = &source.Rule{
	Code: "javascript-module", Severity: source.Error,
	Summary: "an import or export statement in a script that is not a module",
	Doc: "`import` and `export` statements are syntax errors in a classic script. Say `type=\"module\"` on the script block. " +
		"`import(...)` with parentheses works everywhere, and `api.export` is something else.",
	Bad:  "<script lang=\"javascript\">\nimport dayjs from \"https://esm.sh/dayjs@1.11.13\"\napi.export({setup() {}, run() {}})\n</script>",
	Good: "<script lang=\"javascript\" type=\"module\">\nimport dayjs from \"https://esm.sh/dayjs@1.11.13\"\napi.export({setup() {}, run() {}})\n</script>",
}

func moduleOnly(p *pass) {
	for _, s := range p.Scripts {
		if s.ModuleOnly == nil {
			continue
		}
		word, _, _ := strings.Cut(strings.TrimSpace(s.ModuleOnly.Text), " ")
		p.report(s.Place(s.ModuleOnly.Span), fmt.Sprintf("%s statements are allowed in modules only, so this script does not run", word), `add type="module" to the script block`).
			Related = []source.Note{{Place: s.Block.TagPlace(), Message: "a classic script"}}
		if _, typed := s.Block.Attr("type"); !typed {
			(*p.found)[len(*p.found)-1].Fixes = fix(`add type="module"`, false, setAttribute(s.Block, pluginfile.Attr{}, "type", "module"))
		}
	}
}

var ruleUndeclared = &source.Rule{
	Code: "javascript-undeclared", Severity: source.Error,
	Summary: "an assignment to a variable that is declared nowhere",
	Doc: "In strict code, which includes the bodies of classes and all modules, this throws a ReferenceError when it runs. Elsewhere it makes a global variable " +
		"that all functions share, mostly by mistake, and is a warning. Declare it with `let` or `const`.",
	Bad:  "<script lang=\"javascript\">\nclass Plugin {\n  setup() {}\n  run() { total = 0 }\n}\napi.export(new Plugin())\n</script>",
	Good: "<script lang=\"javascript\">\nclass Plugin {\n  setup() {}\n  run() { let total = 0 }\n}\napi.export(new Plugin())\n</script>",
}

func undeclared(p *pass) {
	global := p.globals()
	for _, s := range p.Scripts {
		told := map[string]bool{}
		for _, a := range s.Undeclared {
			if global[a.Text] || told[a.Text] {
				continue
			}
			told[a.Text] = true
			const hint = "declare it where it is first set, with let or const"
			switch {
			case a.Throws && !made(s.Code, a.Text):
				p.report(s.Place(a.Span), fmt.Sprintf("%s is declared nowhere, so this assignment throws a ReferenceError", a.Text), hint)
			case a.Throws:
				p.report(s.Place(a.Span), fmt.Sprintf("%s is declared nowhere; this throws a ReferenceError unless other code has set it before", a.Text), hint).Severity = source.Warning
			default:
				p.report(s.Place(a.Span), fmt.Sprintf("%s is declared nowhere, so this makes a global variable", a.Text), hint).Severity = source.Warning
			}
		}
	}
}

// made reports whether the script makes a global variable of that name elsewhere,
// by an assignment in sloppy code.
func made(c *analysis.Code, name string) bool {
	return slices.ContainsFunc(c.Undeclared, func(a analysis.Assignment) bool { return a.Text == name && !a.Throws })
}

// globals returns the names that any script of the document declares for all, and
// the elements of windows, which are global variables by their ids.
func (p *pass) globals() map[string]bool {
	global := map[string]bool{}
	for _, s := range p.Scripts {
		if s.Module {
			continue
		}
		for _, name := range s.Globals {
			global[name] = true
		}
	}
	for _, w := range p.Windows {
		for _, id := range w.IDs {
			global[id.Text] = true
		}
	}
	return global
}

var ruleMisnamed = &source.Rule{
	Code: "javascript-unknown-property", Severity: source.Warning,
	Summary: "a property that an object does not have",
	Doc: "`Number`, `Math`, `JSON`, `Object`, `Array`, `Promise`, `Date` and `String` have a fixed set of properties. Another name is `undefined`: no error, but a wrong result. " +
		"`console`, `document`, `localStorage`, `sessionStorage` and `performance` may have more than is known here; a name is told that is one letter away from one they have. " +
		"So is a name of `this` in a class without a base class, and what no object has, such as `lenght`.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run() { return Math.flor(1.5) }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() { return Math.floor(1.5) }})\n</script>",
}

func misnamed(p *pass) {
	for _, s := range p.Scripts {
		for _, m := range s.Misnamed {
			what, of := m.Object+" has no property "+m.Text, m.Object+"."
			switch m.Object {
			case "self":
				continue // see pythonAttribute
			case "this":
				what = "this class has no member " + m.Text
			case "":
				what, of = "no object has a property "+m.Text, ""
			}
			d := p.report(s.Place(m.Span), what+", so this is undefined", "")
			if m.Meant != "" {
				d.Hint, d.Fixes = fmt.Sprintf("did you mean %s%s?", of, m.Meant), meant(s.Place(m.Span), m.Meant)
			}
		}
	}
}

var ruleUnread = &source.Rule{
	Code: "script-unread", Severity: source.Info,
	Summary: "a script could not be looked into",
	Doc: "The script is too long, nested too deeply, in a language that is not known, or uses syntax that is newer than this version of imjoy. " +
		"Rules about exports and the api do not apply to it.",
	Bad:  "<script lang=\"coffeescript\">\napi.export {}\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\n</script>",
}

func unread(p *pass) {
	for _, s := range p.Scripts {
		if len(s.Faults) > 0 && s.Faults[0].Since != "" && p.readsNewer(s, s.Faults[0].Since) {
			f := s.Faults[0]
			p.report(s.Place(f.Span), fmt.Sprintf("this script was not looked into: python3 here is %s, and this seems to be of %s, which the plugin has", f.Reader, f.Since),
				"--python names another interpreter")
		}
		if !s.Read && len(s.Faults) == 0 && s.Reason != "" && s.Reason != analysis.NoPython {
			p.report(s.Block.TagPlace(), "this script was not looked into: "+s.Reason, "")
		}
	}
}

var ruleSource = &source.Rule{
	Code: "source-ignored", Severity: source.Warning,
	Summary: "a block with a src attribute that nothing reads",
	Doc: "`src` counts only on script blocks of window and iframe plugins. On a style, docs, attachment, config or window block, and on the script of a worker or of Python, " +
		"it is ignored: the text must stand in the block. A style sheet is loaded with `<link rel=\"stylesheet\" href=\"...\"/>`.",
	Bad:  windowPlugin + "<style src=\"https://example.org/a.css\"></style>\n<window><div></div></window>",
	Good: windowPlugin + "<link rel=\"stylesheet\" href=\"https://example.org/a.css\"/>\n<window><div></div></window>",
}

func sourceIgnored(p *pass) {
	for _, b := range p.Document.Recovered {
		attr, ok := b.Attr("src")
		if !ok {
			continue
		}
		switch b.Kind {
		case pluginfile.StyleBlock:
			p.report(attr.Place(b.Source), "a style block does not load its src", fmt.Sprintf(`write <link rel="stylesheet" href=%q/>`, attr.Value))
		case pluginfile.DocsBlock, pluginfile.AttachmentBlock, pluginfile.ConfigBlock, pluginfile.WindowBlock:
			p.report(attr.Place(b.Source), fmt.Sprintf("src has no effect on a %s block", b.Kind), "put the text into the block")
		case pluginfile.ScriptBlock:
			if !p.inPage(b) {
				p.report(attr.Place(b.Source), "src has no effect on this script: only windows load scripts in this way", "put the code into the block, or list the address in requirements")
			}
		}
	}
}

// inPage reports whether a script may run in a page: in any plan of it, or because
// nothing is known of its type.
func (p *pass) inPage(b *pluginfile.Block) bool {
	for _, plan := range p.Plans {
		switch plan.Type {
		case "window", "iframe", "rpc-window", "":
			return true
		}
		if !slices.Contains(tags.Types(), plan.Type) {
			return true
		}
	}
	return false
}

var ruleSourceType = &source.Rule{
	Code: "script-source-type", Severity: source.Warning,
	Summary: "a script with src and without type does not run in ImJoy",
	Doc:     "ImJoy gives such a script element the type \"undefined\", so the browser ignores it. imjoy itself runs it. Write `type=\"text/javascript\"`.",
	Bad:     windowPlugin + "<script lang=\"javascript\" src=\"https://example.org/a.js\"></script>\n<window><div></div></window>",
	Good:    windowPlugin + "<script lang=\"javascript\" type=\"text/javascript\" src=\"https://example.org/a.js\"></script>\n<window><div></div></window>",
}

func sourceType(p *pass) {
	for _, s := range p.Scripts {
		attr, ok := s.Block.Attr("src")
		if _, typed := s.Block.Attr("type"); ok && !typed && p.inPage(s.Block) {
			p.report(attr.Place(s.Block.Source), "ImJoy does not run a script with src and without type", `add type="text/javascript"`).
				Fixes = fix(`add type="text/javascript"`, true, source.Edit{Span: source.Span{Start: attr.Span.Start, End: attr.Span.Start}, New: `type="text/javascript" `})
		}
	}
}

var ruleScriptPath = &source.Rule{
	Code: "script-private-path", Severity: source.Warning,
	Summary: "a path in the folder of one person",
	Doc:     "A path such as `/home/ana/data.csv` exists on one machine, and tells its owner's name to everybody. Ask for the file (`api.showFileDialog`), take it as input, or keep it as an attachment.",
	Bad:     pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\ndef run(ctx):\n    return open(\"/home/ana/data.csv\").read()\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good:    pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nasync def run(ctx):\n    return await api.getAttachment(\"data\")\napi.export({\"setup\": print, \"run\": run})\n</script>\n<attachment name=\"data\">\n1,2\n</attachment>",
}

func scriptPath(p *pass) {
	for _, s := range p.Scripts {
		for _, l := range s.Paths {
			p.report(s.Place(l.Span), fmt.Sprintf("%s exists on one machine only", l.Text), "ask for the file, or take it as input")
		}
	}
}
