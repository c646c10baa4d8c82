package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules about promises that are used before they were awaited.

var awaitChecks = []check{
	{ruleAPIUnawaited, apiUnawaited},
	{ruleJavaScriptUnawaited, javaScriptUnawaited},
	{rulePythonUnawaited, pythonUnawaited},
}

var ruleAPIUnawaited = &source.Rule{
	Code: "api-unawaited", Severity: source.Warning,
	Summary: "a result of api is used that was not awaited",
	Doc: "Every function of `api` answers later: what it returns at once is a promise, which has only `then`, `catch` and `finally` (`finally_` in Python), " +
		"counts as true, and is no text or number. Write `await` before the call, in a function that is `async`. A promise that is handed to something else, which may await it, is not judged.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, async run() {\n  if (api.confirm(\"Delete all?\")) return []\n}})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, async run() {\n  if (await api.confirm(\"Delete all?\")) return []\n}})\n</script>",
}

func apiUnawaited(p *pass) {
	p.unawaited(func(_ *analysis.Script, u analysis.Unawaited) bool { return !u.Own }, func(u analysis.Unawaited) string {
		return fmt.Sprintf("api.%s answers later", u.Path)
	})
}

var ruleJavaScriptUnawaited = &source.Rule{
	Code: "javascript-unawaited", Severity: source.Warning,
	Summary: "the answer of an async function is used and was not awaited",
	Doc: "An `async` function answers with a promise, also for whoever calls it in the same script: it has no other members than `then`, `catch` and `finally`, " +
		"cannot be looped over or calculated with, and counts as true. Write `await` before the call. A promise that is handed to something else, which may await it, is not judged.",
	Bad:  "<script lang=\"javascript\">\nasync function rows() { return [1, 2] }\napi.export({setup() {}, async run() {\n  for (const row of rows()) console.log(row)\n}})\n</script>",
	Good: "<script lang=\"javascript\">\nasync function rows() { return [1, 2] }\napi.export({setup() {}, async run() {\n  for (const row of await rows()) console.log(row)\n}})\n</script>",
}

var rulePythonUnawaited = &source.Rule{
	Code: "python-unawaited", Severity: source.Warning,
	Summary: "a coroutine is used as its result, or never runs",
	Doc: "Calling an `async def` runs nothing of it: the answer is a coroutine, which runs when somebody awaits it. Write `await` before the call, or hand it to `asyncio.create_task`. " +
		"A coroutine that is handed to something else, which may await it, is not judged.",
	Bad:  pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nasync def rows():\n    return [1, 2]\nasync def run(ctx):\n    return rows()[0]\napi.export({\"setup\": print, \"run\": run})\n</script>",
	Good: pythonPlugin + "<script lang=\"python\">\nfrom imjoy import api\nasync def rows():\n    return [1, 2]\nasync def run(ctx):\n    return (await rows())[0]\napi.export({\"setup\": print, \"run\": run})\n</script>",
}

func javaScriptUnawaited(p *pass) { p.ownUnawaited(false) }
func pythonUnawaited(p *pass)     { p.ownUnawaited(true) }

func (p *pass) ownUnawaited(python bool) {
	p.unawaited(func(s *analysis.Script, u analysis.Unawaited) bool {
		return u.Own && (s.Language == tags.Python) == python
	},
		func(u analysis.Unawaited) string { return u.Path + " is async" })
}

// unawaited reports the uses of promises that are to be told; what begins a message with
// what answered with the promise.
func (p *pass) unawaited(which func(*analysis.Script, analysis.Unawaited) bool, what func(analysis.Unawaited) string) {
	for _, s := range p.Scripts {
		for _, u := range s.Unawaited {
			if !which(s, u) {
				continue
			}
			hint := "write await before the call, in an async function"
			if s.Language == tags.Python {
				hint = "write await before the call, in an `async def`"
			}
			if u.Awaitable {
				hint = "write await before the call"
			}
			if u.As == analysis.AsksPromise {
				p.report(s.Place(u.Span), fmt.Sprintf("%s does not wait for an async function: what it answers is a promise, which counts as true", u.Path), "await the answers first: await Promise.all(list.map(...))")
				continue
			}
			p.report(s.Place(u.Span), what(u)+": "+consequence(u), hint).Fixes = addAwait(s, u)
		}
	}
}

// consequence tells what comes of the use of a promise.
func consequence(u analysis.Unawaited) string {
	switch u.As {
	case analysis.TakesMember:
		return "this asks a promise for " + u.Text
	case analysis.SetsMember:
		return "this sets " + u.Text + " of a promise, not of what comes of it"
	case analysis.TakesTruth:
		return "a promise counts as true, whatever comes of it"
	case analysis.TakesNothing:
		return "without await nothing of it runs"
	}
	return "this is a promise, not its value"
}

// addAwait is the fix that awaits a call where that is allowed. What is taken of the call
// itself needs brackets around it.
func addAwait(s *analysis.Script, u analysis.Unawaited) []source.Fix {
	text, call := s.Block.Body().Text, u.Call
	if !u.Awaitable || call.Len() < 2 || text[call.End-1] != ')' || !startsCall(text, call) {
		return nil
	}
	before, after := "await ", ""
	rest := strings.TrimLeft(text[call.End:], " \t\r\n")
	if slices.ContainsFunc([]string{".", "[", "?.", "**"}, func(next string) bool { return strings.HasPrefix(rest, next) }) {
		before, after = "(await ", ")"
	}
	edits := []source.Edit{{Span: s.Place(source.Span{Start: call.Start, End: call.Start}).Span, New: before}}
	if after != "" {
		edits = append(edits, source.Edit{Span: s.Place(source.Span{Start: call.End, End: call.End}).Span, New: after})
	}
	return fix("write await", false, edits...)
}

// startsCall reports whether a place begins with a name: that of a script which was lowered
// is not exact.
func startsCall(text string, call source.Span) bool {
	c := text[call.Start]
	before := byte(' ')
	if call.Start > 0 {
		before = text[call.Start-1]
	}
	return isLetter(c) && !isLetter(before) && before != '.'
}

func isLetter(c byte) bool { return c == '_' || c == '$' || 'a' <= c|0x20 && c|0x20 <= 'z' }
