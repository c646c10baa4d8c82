package lint

import (
	"fmt"
	resyntax "regexp/syntax"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about what JavaScript does where it runs.

var javaScriptChecks = []check{
	{ruleWorkerPage, workerPage},
	{ruleDebugger, debuggers},
	{ruleUnicodeClass, unicodeClass},
	{ruleRegexpCost, regexpCost},
	{ruleExportTwice, exportTwice},
	{ruleConstant, constants},
	{ruleMistake, mistakes},
	{ruleJavaScriptUndefined, javaScriptUndefined},
}

var ruleWorkerPage = &source.Rule{
	Code: "javascript-no-page", Severity: source.Warning,
	Summary: "a worker uses something that only pages have",
	Doc: "A `web-worker` plugin runs without a page: `document`, `window`, `localStorage` and the like do not exist there, and using them throws a ReferenceError. " +
		"Make it a `window` or `iframe` plugin, or ask through the api: `api.alert`, `api.prompt`, `api.setConfig`.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run() { document.title = \"done\" }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.showMessage(\"done\") }})\n</script>",
}

// ofPages are names that exist in pages and not in workers, with what to use instead.
var ofPages = map[string]string{
	"document": "make it a window or iframe plugin", "window": "write self or globalThis, or make it a window plugin",
	"localStorage": "use api.setConfig and api.getConfig", "sessionStorage": "use api.setConfig and api.getConfig",
	"alert": "use api.alert", "prompt": "use api.prompt", "confirm": "use api.confirm",
	"DOMParser": "make it an iframe plugin", "HTMLElement": "make it an iframe plugin", "Image": "use createImageBitmap, or make it an iframe plugin",
}

func workerPage(p *pass) {
	for _, s := range p.Scripts {
		if s.Language != tags.JavaScript && s.Language != tags.TypeScript || !p.onlyIn(s, "web-worker") {
			continue
		}
		global := p.globals()
		for _, name := range s.Free {
			if hint, ok := ofPages[name.Text]; ok && !global[name.Text] && !guarded(s, name) {
				p.report(s.Place(name.Span), fmt.Sprintf("there is no %s in a web-worker", name.Text), hint)
			}
		}
	}
}

// guarded reports whether a script asks first whether a name exists.
func guarded(s *analysis.Script, name analysis.Literal) bool {
	text := s.Block.Body().Text
	return strings.Contains(text, "typeof "+name.Text) || strings.Contains(text, "typeof("+name.Text)
}

// onlyIn reports whether all plans that run a script are of one type, without a page of
// their own.
func (p *pass) onlyIn(s *analysis.Script, kind string) bool {
	runs := false
	for _, plan := range p.Plans {
		if !slices.Contains(plan.Scripts, s.Block) {
			continue
		}
		if plan.Type != kind || plan.BaseWorker != "" {
			return false
		}
		runs = true
	}
	return runs
}

var ruleDebugger = &source.Rule{
	Code: "javascript-debugger", Severity: source.Warning,
	Summary: "a debugger statement was left in",
	Doc:     "Whoever has the developer tools open is stopped there. The fix removes the statement.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() {\n  debugger;\n  return 1\n}})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {\n  return 1\n}})\n</script>",
}

func debuggers(p *pass) {
	for _, s := range p.Scripts {
		for _, span := range s.Debuggers {
			d := p.report(s.Place(span), "a debugger statement stops everybody who has the developer tools open", "remove it")
			if text := s.Block.Body().Text; strings.HasPrefix(text[span.Start:], "debugger") {
				end := span
				if strings.HasPrefix(text[end.End:], ";") {
					end.End++
				}
				d.Fixes = []source.Fix{{Title: "remove it", Edits: []source.Edit{{Span: s.Place(end).Span, New: ";"}}}}
				if bounded(text, end) {
					d.Fixes[0].Safe, d.Fixes[0].Edits[0].New = true, ""
				}
			}
		}
	}
}

// bounded reports whether a statement stands between others, so that it can go without
// leaving an `if` or a loop without a body.
func bounded(text string, at source.Span) bool {
	before := strings.TrimRight(text[:at.Start], " \t\r\n")
	return before == "" || strings.ContainsAny(before[len(before)-1:], ";{}")
}

var ruleUnicodeClass = &source.Rule{
	Code: "javascript-unicode-class", Severity: source.Warning,
	Summary: "a regular expression has \\p{...} without the flag u",
	Doc:     "Without the flag `u` or `v`, `\\p{L}` means the letter p and a brace, so the expression never matches what it should.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return /\\p{L}+/.test(ctx.data) }})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return /\\p{L}+/u.test(ctx.data) }})\n</script>",
}

func unicodeClass(p *pass) {
	for _, s := range p.Scripts {
		for _, r := range s.Regexps {
			body, flags := regexpParts(r.Text)
			if (strings.Contains(body, `\p{`) || strings.Contains(body, `\P{`)) && !strings.ContainsAny(flags, "uv") {
				d := p.report(s.Place(r.Span), `\p{...} means a character class only with the flag u`, "add u behind the expression")
				if end := s.Place(r.Span).Span.End; strings.HasSuffix(r.Text, "/"+flags) {
					d.Fixes = []source.Fix{{Title: "add the flag u", Edits: []source.Edit{{Span: source.Span{Start: end, End: end}, New: "u"}}}}
				}
			}
		}
	}
}

// regexpParts splits a literal into its expression and its flags.
func regexpParts(literal string) (body, flags string) {
	end := strings.LastIndexByte(literal, '/')
	if end < 1 {
		return literal, ""
	}
	return literal[1:end], literal[end+1:]
}

var ruleRegexpCost = &source.Rule{
	Code: "javascript-regexp-cost", Severity: source.Warning,
	Summary: "a regular expression that may take forever",
	Doc: "An expression that repeats something that repeats itself, such as `(a+)+`, tries exponentially many ways before it gives up: thirty characters " +
		"are enough to hang the plugin. Repeat only once.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return /^(\\w+\\s?)*$/.test(ctx.data) }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return /^[\\w\\s]*$/.test(ctx.data) }})\n</script>",
}

func regexpCost(p *pass) {
	for _, s := range p.Scripts {
		for _, r := range s.Regexps {
			if body, _ := regexpParts(r.Text); explosive(body) {
				p.report(s.Place(r.Span), "this expression repeats a repetition, which may take forever on a text that does not match", "repeat only once: [ab]* instead of (a+b?)*")
			}
		}
	}
}

// explosive reports whether an expression repeats, without bound, something that is
// itself an unbounded repetition at its end or beginning: (a+)+, (a*b?)*. Expressions
// that Go cannot read (lookaround) are not judged.
func explosive(pattern string) bool {
	if len(pattern) > maxPattern || !strings.Contains(pattern, ")*") && !strings.Contains(pattern, ")+") && !strings.Contains(pattern, "){") {
		return false // no group is repeated
	}
	parsed, err := resyntax.Parse(strings.NewReplacer(`\/`, `/`, `\-`, `-`, `\p{`, `\pL{`).Replace(pattern), resyntax.Perl)
	return err == nil && repeatsRepeated(parsed, false)
}

// maxPattern is how long an expression may be to be judged.
const maxPattern = 2000

func repeatsRepeated(r *resyntax.Regexp, inside bool) bool {
	unbounded := r.Op == resyntax.OpStar || r.Op == resyntax.OpPlus || r.Op == resyntax.OpRepeat && r.Max < 0
	if unbounded && inside {
		return true
	}
	switch r.Op {
	case resyntax.OpConcat:
		// Only where everything around the inner repetition may be empty can one text be
		// split in many ways.
		for i, sub := range r.Sub {
			alone := inside
			for j, other := range r.Sub {
				alone = alone && (i == j || empty(other))
			}
			if repeatsRepeated(sub, alone) {
				return true
			}
		}
		return false
	case resyntax.OpStar, resyntax.OpPlus, resyntax.OpRepeat:
		return repeatsRepeated(r.Sub[0], inside || unbounded)
	}
	return slices.ContainsFunc(r.Sub, func(sub *resyntax.Regexp) bool { return repeatsRepeated(sub, inside) })
}

// empty reports whether an expression matches the empty text.
func empty(r *resyntax.Regexp) bool {
	switch r.Op {
	case resyntax.OpEmptyMatch, resyntax.OpStar, resyntax.OpQuest:
		return true
	case resyntax.OpRepeat:
		return r.Min == 0 || empty(r.Sub[0])
	case resyntax.OpCapture, resyntax.OpPlus:
		return empty(r.Sub[0])
	case resyntax.OpConcat:
		return !slices.ContainsFunc(r.Sub, func(s *resyntax.Regexp) bool { return !empty(s) })
	case resyntax.OpAlternate:
		return slices.ContainsFunc(r.Sub, empty)
	}
	return false
}

var ruleConstant = &source.Rule{
	Code: "javascript-constant", Severity: source.Error,
	Summary: "an assignment to a constant",
	Doc:     "What is declared with `const` cannot be set again: the line throws a TypeError when it is reached. Declare it with `let`.",
	Bad:     "<script lang=\"javascript\">\nconst count = 0\napi.export({setup() {}, run() { count += 1 }})\n</script>",
	Good:    "<script lang=\"javascript\">\nlet count = 0\napi.export({setup() {}, run() { count += 1 }})\n</script>",
}

func constants(p *pass) {
	for _, s := range p.Scripts {
		for _, c := range s.Constants {
			p.report(s.Place(c.Span), fmt.Sprintf("%s is a constant, so this throws a TypeError", c.Text), "declare it with let")
		}
	}
}

var ruleMistake = &source.Rule{
	Code: "javascript-mistake", Severity: source.Warning,
	Summary: "code that cannot do what it seems to",
	Doc: "Nothing equals NaN, not even itself; `typeof` answers one of eight words; of two keys or cases of one value only one counts; `if (a = null)` sets a; " +
		"and a `return` ends with its line. Such code is valid, and never what somebody meant.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { if (typeof ctx.data === \"strng\") return 1 }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { if (typeof ctx.data === \"string\") return 1 }})\n</script>",
}

func mistakes(p *pass) { p.mistakes(false) }

// mistakes reports what cannot do what it seems to, in Python or in what is not.
func (p *pass) mistakes(python bool) {
	for _, s := range p.Scripts {
		if (s.Language == tags.Python) != python {
			continue
		}
		for _, m := range s.Mistakes {
			d := p.report(s.Place(m.Span), m.What, m.Hint)
			if m.Meant != "" {
				d.Hint = "did you mean " + m.Meant + "?"
				d.Fixes = meant(d.Place, m.Meant)
			}
		}
	}
}

var ruleExportTwice = &source.Rule{
	Code: "export-repeated", Severity: source.Warning,
	Summary: "a plugin exports twice",
	Doc:     "Each `api.export` replaces what was exported before, so only the last one counts, and ImJoy may already have called `setup` of the first. Export one object.",
	Bad:     "<script lang=\"javascript\">\napi.export({setup() {}, run() {}})\napi.export({setup() {}, update() {}})\n</script>",
	Good:    "<script lang=\"javascript\">\napi.export({setup() {}, run() {}, update() {}})\n</script>",
}

func exportTwice(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		exports, all := p.exports(plan)
		if !all || len(exports) < 2 {
			continue
		}
		first := exports[0]
		for _, e := range exports[1:] {
			if told[e.place().Span] || e.Conditional || first.Conditional {
				continue
			}
			told[e.place().Span] = true
			p.report(e.place(), "this export replaces the one before", "export one object with all functions").
				Related = []source.Note{{Place: first.place(), Message: "exported here already"}}
		}
	}
}
