package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Names of scripts that are spelt wrong.

var ruleJavaScriptUndefined = &source.Rule{
	Code: "javascript-undefined", Severity: source.Warning,
	Summary: "a name that nothing defines and that is one letter away from one that exists",
	Doc: "JavaScript looks a name up when the line is reached, and throws a ReferenceError where nothing gave it a value. Told are slips of the pen only: names one letter " +
		"away (one too many, one missing, another one, two swapped) from a global of browsers such as `console`, or from a name that the script declares around there. " +
		"Where a plugin loads other scripts, which may define anything, only those near to a global are told, and not those that differ by letter case, an ending or a prefix. Names that " +
		"stand behind `typeof` or a dot, in quotes or in another block of the file are not judged.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run() { consle.log(\"done\") }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() { console.log(\"done\") }})\n</script>",
}

func javaScriptUndefined(p *pass) {
	if p.Document.Ambiguous() {
		return
	}
	var global map[string]bool
	for _, s := range p.Scripts {
		if len(s.Slips) == 0 {
			continue
		}
		if global == nil {
			global = p.globals()
		}
		foreign := p.loadsScripts(s)
		for _, slip := range s.Slips {
			if global[slip.Text] || foreign && !surelyMeant(slip) || !writes(s, slip.Literal) || p.mayBeDefined(slip.Text) {
				continue
			}
			d := p.report(s.Place(slip.Span), fmt.Sprintf("nothing defines %s, so this line throws a ReferenceError", slip.Text), fmt.Sprintf("did you mean %s?", slip.Meant))
			d.Fixes = meant(s.Place(slip.Span), slip.Meant)
		}
	}
}

// writes reports whether a name stands in the script where the analysis says, and not
// only in what a newer syntax was lowered to.
func writes(s *analysis.Script, name analysis.Literal) bool {
	text := s.Block.Body().Text
	return name.Span.End <= len(text) && text[name.Span.Start:name.Span.End] == name.Text
}

// loadsScripts reports whether a script runs beside others that are not in the file:
// libraries, which may define names.
func (p *pass) loadsScripts(s *analysis.Script) bool {
	for _, o := range p.Scripts {
		if o.External() || !o.Read && o.Language != tags.Python || len(o.Imports) > 0 && o.Language != tags.Python {
			return true
		}
	}
	for _, w := range p.Windows {
		if len(w.Scripts) > 0 || len(w.Loads) > 0 {
			return true
		}
	}
	for _, plan := range p.Plans {
		plain := plan.Type == "web-worker" || plan.Type == "window" || plan.Type == "iframe"
		if slices.Contains(plan.Scripts, s.Block) && (!plain || len(plan.Needs.URLs) > 0 || plan.BaseFrame != "" || plan.BaseWorker != "") {
			return true
		}
	}
	return scriptLoader().MatchString(s.Block.Body().Text)
}

// scriptLoader finds by what scripts bring in code that is not seen here.
var scriptLoader = lazily(`\b(?:eval|importScripts?|require|import|Function)\s*\(|["'` + "`" + `]script["'` + "`" + `]|<script|\bwith\s*\(|\b(?:loadScript|getScript)`)

// surelyMeant reports whether a name is near to a global in a way that names of libraries
// are not: those differ by letter case, an ending or a prefix.
func surelyMeant(slip analysis.Slip) bool {
	const short = 4
	switch {
	case slip.Declared, strings.EqualFold(slip.Text, slip.Meant), strings.HasPrefix(slip.Text, slip.Meant), strings.HasSuffix(slip.Text, slip.Meant):
		return false
	}
	return len(slip.Meant) > short || analysis.Swapped(slip.Text, slip.Meant)
}

// mayBeDefined reports whether something in the file may define a name in a way that is
// not looked into: it is asked for by typeof, declared, assigned, a member, in quotes, in
// a comment for another linter, or it stands in another block than a script.
func (p *pass) mayBeDefined(name string) bool {
	word := regexp.QuoteMeta(name)
	defines, err := regexp.Compile(`(?:\b(?:typeof|const|let|var|function|class|namespace|enum|declare)\s*\(?\s*|\.\s*|["'` + "`" + `/])` + word + `\b|\b` + word +
		`(?:["'` + "`" + `]|\s*=[^=>])|globals?\b[^\n]*\b` + word + `\b`)
	if err != nil {
		return true
	}
	for _, s := range p.Scripts {
		if defines.MatchString(s.Block.Body().Text) {
			return true
		}
	}
	for _, b := range p.Document.Recovered {
		if !slices.ContainsFunc(p.Scripts, func(s *analysis.Script) bool { return s.Block == b }) && strings.Contains(b.Body().Text, name) {
			return true
		}
	}
	return false
}
