package lint

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Rules that compare what run gives back with what outputs says. They speak only of
// objects that the code writes out.

var outputChecks = []check{
	{ruleOutputUndeclared, outputUndeclared},
	{ruleOutputMissing, outputMissing},
}

var ruleOutputUndeclared = &source.Rule{
	Code: "outputs-undeclared", Severity: source.Warning,
	Summary: "run returns a key that outputs does not have",
	Doc: "`outputs` is what others rely on: columns of tables are made from it, and data finds its viewer by it. What is returned beside it is lost to them. " +
		"Schemas with `patternProperties` or `additionalProperties` are not judged.",
	Bad:  "<config lang=\"json\">{\"outputs\": {\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"number\"}}}}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return {counts: 3} }})\n</script>",
	Good: "<config lang=\"json\">{\"outputs\": {\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"number\"}}}}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return {count: 3} }})\n</script>",
}

var ruleOutputMissing = &source.Rule{
	Code: "outputs-unreturned", Severity: source.Warning,
	Summary: "outputs has a key that run never returns",
	Doc: "Every `return` of `run` is an object written out, and none has this key: whoever relies on `outputs` waits for it in vain. " +
		"ImJoy takes all properties for required where `required` is absent, so it refuses such a result.",
	Bad:  "<config lang=\"json\">{\"outputs\": {\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"number\"}, \"area\": {\"type\": \"number\"}}}}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return {count: 3} }})\n</script>",
	Good: "<config lang=\"json\">{\"outputs\": {\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"number\"}, \"area\": {\"type\": \"number\"}}}}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return {count: 3, area: 12.5} }})\n</script>",
}

// eachResult calls f for every export of a plan whose run gives back objects, with the
// properties that outputs declares.
func (p *pass) eachResult(f func(declared *conf.Node, e placedExport)) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		declared := closedProperties(plan)
		exports, all := p.exports(plan)
		if declared == nil || !all || len(exports) != 1 {
			continue
		}
		if e := exports[0]; e.Run != nil && !told[e.place().Span] {
			told[e.place().Span] = true
			f(declared, e)
		}
	}
}

// closedProperties returns the properties of outputs where these are all it speaks of.
func closedProperties(plan *tags.Plan) *conf.Node {
	o := plan.Outputs
	for _, open := range []string{"patternProperties", "additionalProperties", "anyOf", "oneOf", "allOf", "$ref"} {
		if o.Get(open) != nil {
			return nil
		}
	}
	all := properties(o)
	if all == nil || len(all.Members) == 0 {
		return nil
	}
	return all
}

func outputUndeclared(p *pass) {
	p.eachResult(func(declared *conf.Node, e placedExport) {
		for _, l := range e.Run.Returns {
			if declared.Get(l.Text) != nil || strings.HasPrefix(l.Text, "_") || e.Run.Yields && l.Text == "name" {
				continue
			}
			d := p.report(e.script.Place(l.Span), fmt.Sprintf("outputs does not have %q, which run returns", l.Text), "declare it in outputs, with a type")
			d.Related = []source.Note{{Place: declared.Place, Message: "what is declared"}}
			if near := source.Nearest(l.Text, declared.Keys()); near != "" {
				d.Hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
	})
}

func outputMissing(p *pass) {
	p.eachResult(func(declared *conf.Node, e placedExport) {
		if !e.Run.Complete || len(e.Run.Returns) == 0 {
			return
		}
		text := e.script.Block.Body().Text
		returned := map[string]bool{}
		for _, l := range e.Run.Returns {
			returned[l.Text] = true
		}
		for _, m := range declared.Members {
			if !returned[m.Key] && !strings.Contains(text, m.Key) {
				p.report(m.KeyPlace, fmt.Sprintf("run never returns %q", m.Key), "return it, or take it out of outputs").
					Related = []source.Note{{Place: e.script.Place(e.Run.Returns[0].Span), Message: "what run returns"}}
			}
		}
	})
}
