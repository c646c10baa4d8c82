package lint

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

var windowChecks = []check{
	{ruleRoots, windowRoots},
	{ruleInertScript, inertScript},
	{ruleBlockUnused, blockUnused},
}

// windowPlugin is the config that the examples of windows begin with.
const windowPlugin = "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}</config>\n"

var ruleRoots = &source.Rule{
	Code: "window-roots", Severity: source.Error,
	Summary: "a window with more than one root",
	Doc: "ImJoy appends only the first node of a window block to the page; the others vanish without a word. " +
		"When the first node is text or a comment, nothing else is shown at all. Wrap everything in one element.",
	Bad:  windowPlugin + "<window>\n  <h1>Blur</h1>\n  <div id=\"view\"></div>\n</window>",
	Good: windowPlugin + "<window>\n  <div>\n    <h1>Blur</h1>\n    <div id=\"view\"></div>\n  </div>\n</window>",
}

func windowRoots(p *pass) {
	for _, w := range p.Windows {
		if len(w.Roots) == 0 {
			continue
		}
		first, lost := w.Roots[0], significant(w.Roots[1:])
		const hint = "wrap everything in one element, such as a <div>"
		switch {
		case len(lost) == 0:
		case first.Kind == analysis.CommentRoot:
			p.report(w.Place(first.Span), "the window begins with a comment, and ImJoy shows only the first node: nothing", "move the comment into the element").
				Related = []source.Note{{Place: w.Place(lost[0].Span), Message: "this is never shown"}}
		default:
			d := p.report(w.Place(lost[0].Span), fmt.Sprintf("the window has %d roots, and ImJoy shows only the first: this %s vanishes", 1+len(lost), rootName(lost[0])), hint)
			d.Related = []source.Note{{Place: head(w, first), Message: "the first root"}}
		}
	}
}

// head is the beginning of a root, enough to recognise it.
func head(w *analysis.Window, r analysis.Root) source.Place {
	if r.Kind == analysis.ElementRoot {
		r.Span.End = min(r.Span.End, r.Span.Start+1+len(r.Name))
	}
	return w.Place(r.Span)
}

// significant returns the roots that somebody would miss.
func significant(roots []analysis.Root) (list []analysis.Root) {
	for _, r := range roots {
		if r.Kind != analysis.CommentRoot {
			list = append(list, r)
		}
	}
	return list
}

func rootName(r analysis.Root) string {
	if r.Kind == analysis.TextRoot {
		return "text"
	}
	return "<" + r.Name + ">"
}

var ruleInertScript = &source.Rule{
	Code: "window-script", Severity: source.Warning,
	Summary: "a script inside a window block never runs",
	Doc:     "The HTML of a window is set as innerHTML, and scripts that come in this way do not run. Put the code into a script block, and files into `requirements`.",
	Bad:     windowPlugin + "<window>\n  <div><script>draw()</script></div>\n</window>",
	Good:    windowPlugin + "<window>\n  <div></div>\n</window>\n<script lang=\"javascript\">\napi.export({setup() { draw() }, run() {}})\nfunction draw() {}\n</script>",
}

func inertScript(p *pass) {
	for _, w := range p.Windows {
		for _, s := range w.Scripts {
			hint := "move the code into a script block"
			if s.Attrs["src"] != "" {
				hint = "list the file in requirements"
			}
			p.report(w.Place(s.Span), "a script inside a window block never runs", hint)
		}
	}
}

var ruleBlockUnused = &source.Rule{
	Code: "block-unused", Severity: source.Warning,
	Summary: "a block that this type of plugin does not use",
	Doc:     "Only windows and iframes have a page for window, style and link blocks. In a worker or a Python plugin nobody ever sees them. A collection runs nothing at all: it installs what it lists.",
	Bad:     "<window><div>Blur</div></window>",
	Good:    windowPlugin + "<window><div>Blur</div></window>",
}

func blockUnused(p *pass) {
	if !slices.ContainsFunc(p.Plans, func(plan *tags.Plan) bool { return plan.Type != "collection" }) {
		for _, b := range p.Document.Recovered {
			if slices.Contains([]pluginfile.Kind{pluginfile.ScriptBlock, pluginfile.WindowBlock, pluginfile.StyleBlock, pluginfile.LinkBlock}, b.Kind) && !blank(b) {
				p.report(b.TagPlace(), fmt.Sprintf("a collection runs nothing, so this %s block is never used", b.Kind), "remove it, or give the plugin another type")
			}
		}
		return
	}
	for _, plan := range p.Plans {
		if plan.Type != "web-worker" && plan.Type != "native-python" && plan.Type != "web-python" || plan.BaseWorker != "" {
			return
		}
	}
	for _, b := range p.Document.Recovered {
		if slices.Contains([]pluginfile.Kind{pluginfile.WindowBlock, pluginfile.StyleBlock, pluginfile.LinkBlock}, b.Kind) && !blank(b) {
			p.report(b.TagPlace(), fmt.Sprintf("a plugin of type %q has no page, so this %s block is never used", p.Plans[0].Type, b.Kind), "")
		}
	}
}

// blank reports whether a block has neither text nor attributes that matter.
func blank(b *pluginfile.Block) bool {
	for _, c := range b.Source.Slice(b.Inner) {
		if c > ' ' {
			return false
		}
	}
	return b.Kind != pluginfile.LinkBlock
}
