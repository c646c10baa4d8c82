package lint

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// What of the roles is told without being asked for.

var roleChecks = []check{
	{ruleRole, roleUnfinished},
	{ruleOrder, stageOrder},
	{rulePurity, impure},
}

var ruleRole = &source.Rule{
	Code: "role-unfinished", Severity: source.Info,
	Summary: "a loader or processor does not say what it gives",
	Doc: "A plugin whose `inputs` take files is a loader, one whose `inputs` take data is a processor: programs call it with data and want to know what comes back. " +
		"`imjoy lint --roles` prints the whole checklist of what a plugin is and what it still lacks.",
	Bad:  `{"inputs": {"type": "object", "properties": {"image": {"ndarray": {"ndim": 2}}}}}`,
	Good: `{"inputs": {"type": "object", "properties": {"image": {"ndarray": {"ndim": 2}}}}, "outputs": {"type": "object", "properties": {"count": {"type": "number"}}}}`,
}

func roleUnfinished(p *pass) {
	plan := p.Plans[0]
	if plan.Inputs == nil || plan.Outputs != nil || !plan.Runnable || plan.Type == "window" || plan.Type == "rpc-window" || plan.Type == "collection" || p.Document.Config.Root.Get("outputs") != nil {
		return
	}
	p.report(plan.Inputs.Place, "the plugin takes data and does not say what it gives", "add outputs, a schema of what run returns; null if it returns nothing")
}

var ruleOrder = &source.Rule{
	Code: "role-order", Severity: source.Warning,
	Summary: "the order of a stage is no number from 0 to 1",
	Doc: "Stages of one cycle are called by their `order`, lowest first; a stage without one is at 0.5. What produces stands before that, what shows and saves behind it. " +
		"A stage that needs what another one makes comes after it in any case.",
	Bad:  `{"order": 10}`,
	Good: `{"order": 0.9}`,
}

func stageOrder(p *pass) {
	if order := p.config().Get("order"); order != nil && !order.Null() && !inOrder(order) {
		p.report(order.Place, "order is not a number from 0 to 1", "write 0.1 for what produces, 0.9 for what shows or saves")
	}
}

func inOrder(n *conf.Node) bool {
	value, ok := n.Float()
	return ok && value >= 0 && value <= 1
}

var rulePurity = &source.Rule{
	Code: "role-impure", Severity: source.Info,
	Summary: "a functional plugin does more than compute",
	Doc: "The flag `functional` says that the same data and settings always give the same result: programs may run such a plugin on many data at once, in any order, and keep its results. " +
		"One that asks a person, shows something, touches files or the network, or keeps something in `run` for the next time breaks that promise. Progress and status may be shown.",
	Bad:  "<config lang=\"json\">{\"flags\": [\"functional\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run(ctx) { return {sigma: await api.prompt(\"sigma?\")} }})\n</script>",
	Good: "<config lang=\"json\">{\"flags\": [\"functional\"]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return {sigma: ctx.config.sigma} }})\n</script>",
}

// effects are members of api that do something besides computing.
var effects = map[string]string{
	"alert": "shows something", "prompt": "asks a person", "confirm": "asks a person", "showDialog": "asks a person", "showFileDialog": "asks a person",
	"createWindow": "opens a window", "setConfig": "keeps something", "exportFile": "writes a file", "utils.openUrl": "opens a page",
	"utils.showOpenFilePicker": "asks a person", "utils.showSaveFilePicker": "writes a file", "getFileManager": "touches files",
}

// freeEffects are names of the host that do something besides computing, by language.
var freeEffects = map[string]map[string]string{
	tags.JavaScript: {"document": "changes the page", "localStorage": "keeps something", "sessionStorage": "keeps something", "indexedDB": "keeps something", "fetch": "uses the network", "XMLHttpRequest": "uses the network", "WebSocket": "uses the network"},
	tags.Python:     {"open": "touches files", "input": "asks a person"},
}

func impure(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		if !plan.Has("functional") {
			continue
		}
		for _, s := range p.ScriptsOf(plan) {
			tell := func(l source.Span, name, does string) {
				if place := s.Place(l); !told[place.Span] {
					told[place.Span] = true
					p.report(place, fmt.Sprintf("%s %s, and the plugin is flagged functional", name, does), `do it in another plugin, or take "functional" out of flags`)
				}
			}
			for _, u := range s.Uses {
				if does := effects[u.Path]; does != "" {
					tell(u.Span, "api."+u.Path, does)
				}
			}
			for _, l := range s.Free {
				if does := freeEffects[s.Language][l.Text]; does != "" {
					tell(l.Span, l.Text, does)
				}
			}
			for _, e := range s.Exports {
				if e.Run == nil {
					continue
				}
				for _, l := range e.Run.Keeps {
					tell(l.Span, "run sets "+l.Text+", which", "stays until the next run")
				}
			}
		}
	}
}
