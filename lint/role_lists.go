package lint

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// What each role asks of a plugin, item by item.

func (r *roleReader) loader() *Checklist {
	files, pattern := fileKeywords(r.plan), namePattern(r.plan)
	switch {
	case len(files) > 0:
		r.begin(Loader, "its inputs take files")
	case pattern != nil:
		r.begin(Loader, "its inputs take names of files")
		r.item(pattern.Get("maxLength") != nil, "names are of a length that can be compared quickly", `add "maxLength": 255 beside the pattern, or take "file" with "ext" in the place of a pattern`, pattern.Place)
	default:
		return nil
	}
	r.item(r.has("run"), "it exports run", "run(ctx) gets the file as ctx.data", r.exportPlace())
	for _, file := range files {
		r.item(file.Get("ext") != nil || file.Get("mime") != nil, "it says which files", "add ext (or mime) to file, or every file is offered to it", file.Place)
	}
	r.sound("endings are lower case with a dot, each once", ruleExt.Code)
	r.sound("sizes and types of files are such that ImJoy takes them", ruleFileSize.Code, ruleMime.Code)
	r.outputs()
	r.item(len(r.own[gives]) > 0 || r.declares("ndarray"), "outputs say what kind of data it is", `give outputs a "type" with an enum, such as ["image/grayscale"], or an ndarray: data finds its viewer by it`, r.outputPlace())
	if run := r.run(); run != nil && run.Yields {
		named := slices.ContainsFunc(run.Returns, func(l analysis.Literal) bool { return l.Text == "name" })
		r.item(named, "each part that it yields has a name", "give the parts a name, or they are told apart by their number only", r.exportPlace())
	}
	return r.list
}

// namePattern returns the schema of a file's name, by which older plugins choose files.
func namePattern(plan *tags.Plan) *conf.Node {
	all := properties(plan.Inputs)
	if name := all.Get("name"); name.Get("pattern") != nil && all.Get("type") == nil {
		return name
	}
	return nil
}

func (r *roleReader) outputs() {
	r.item(properties(r.plan.Outputs) != nil, "outputs are declared", "without outputs nobody knows what to do with its result: add a schema", r.outputPlace())
	r.sound("run returns what outputs says", ruleOutputUndeclared.Code, ruleOutputMissing.Code)
}

// outputPlace is where outputs are, or should be.
func (r *roleReader) outputPlace() source.Place {
	if r.plan.Outputs != nil {
		return r.plan.Outputs.Place
	}
	return r.plan.Inputs.Place
}

// declares reports whether a property of outputs has a keyword.
func (r *roleReader) declares(keyword string) bool {
	all := properties(r.plan.Outputs)
	return all != nil && slices.ContainsFunc(all.Members, func(m conf.Member) bool { return m.Value.Get(keyword) != nil })
}

func (r *roleReader) processor() *Checklist {
	if r.plan.Inputs == nil || len(fileKeywords(r.plan)) > 0 || namePattern(r.plan) != nil || r.window() {
		return nil
	}
	r.begin(Processor, "its inputs take data")
	r.item(r.has("run"), "it exports run", "run(ctx) gets the data as ctx.data", r.exportPlace())
	r.sound("inputs can be compared with data", "schema-invalid", "schema-keyword", "schema-pattern", rulePatternCost.Code)
	r.takesData()
	r.outputs()
	r.item(r.plan.Has("functional"), `it is flagged "functional"`, `add "functional" to flags, if the same input always gives the same output`, r.flagsPlace())
	r.sound("it only computes", rulePurity.Code)
	r.columns()
	return r.list
}

// fileColumns are the columns that a table of files has of itself.
var fileColumns = []string{"path", "name", "folder", "size", "type", "mime", "modified"}

// columns asks whether a table can be made of the outputs.
func (r *roleReader) columns() {
	all := properties(r.plan.Outputs)
	if all == nil {
		return
	}
	each := func(text, hint string, fine func(m conf.Member) bool) {
		i := slices.IndexFunc(all.Members, func(m conf.Member) bool { return !fine(m) })
		if i < 0 {
			r.item(true, text, "", source.Place{})
			return
		}
		r.item(false, text, fmt.Sprintf(hint, all.Members[i].Key), all.Members[i].KeyPlace)
	}
	each("every output has a type", "give %q a type, or ndarray", func(m conf.Member) bool {
		return slices.ContainsFunc([]string{"type", "ndarray", "file", "anyOf", "enum", "const"}, func(key string) bool { return m.Value.Get(key) != nil })
	})
	each("every output has a description", "say what %q is, and its unit", func(m conf.Member) bool {
		text, _ := m.Value.Get("description").Str()
		return text != "" || len(kinds(r.plan.Outputs)) > 0
	})
	each("no output is named like a column of files", "give %q another name: tables of files have a column of that name", func(m conf.Member) bool {
		return !slices.Contains(fileColumns, m.Key) || m.Key == "type" && len(r.own[gives]) > 0
	})
	if r.root.Get("chunk") != nil {
		each("every output says how chunks are joined", `add "aggregate" to %q: "sum", "min", "max", "mean", "first" or "concat", or export aggregate`, func(m conf.Member) bool {
			return m.Value.Get("aggregate") != nil || r.exportsFor("aggregate")
		})
	}
}

// exportsFor reports whether the code shows a function.
func (r *roleReader) exportsFor(name string) bool {
	return slices.ContainsFunc(r.exports, func(e placedExport) bool { has, _ := e.Has(name); return has })
}

func (r *roleReader) window() bool {
	return r.plan.Type == "window" || r.plan.Type == "rpc-window"
}

func (r *roleReader) viewer() *Checklist {
	if !r.window() {
		return nil
	}
	r.begin(Viewer, fmt.Sprintf("its type is %s", r.plan.Type))
	config := r.p.Document.Config.Block.TagPlace()
	r.item(len(r.p.Windows) > 0, "it has a window block", "add <window> with one element", config)
	r.sound("the window has one root", ruleRoots.Code)
	r.item(r.has("run"), "it exports run", "run(ctx) is called with the data to show, also again for new data", r.exportPlace())
	r.item(r.plan.Inputs != nil, "inputs say what it shows", "add inputs, so that data finds its viewer", config)
	if r.plan.Inputs != nil {
		named := len(r.own[takes]) > 0 || len(required(r.plan.Inputs)) > 0 || len(fileKeywords(r.plan)) > 0
		r.item(named, "inputs name the kind of data, or the columns it needs", `add "required" with the columns, or a "type" with an enum: otherwise it is offered data that it cannot show`, r.plan.Inputs.Place)
		r.takesData()
	}
	remote := source.Place{}
	if len(r.plan.Needs.URLs) > 0 {
		remote = r.plan.Needs.URLs[0].Place
	}
	r.item(!remote.Known(), "it needs no scripts from the network", "what it loads is missing offline and in a mailed report: keep it in the file", remote)
	return r.list
}

func (r *roleReader) stage() *Checklist {
	order, slot := r.root.Get("order"), r.root.Get("slot")
	if order == nil && slot == nil {
		return nil
	}
	r.begin(Stage, "it has an order or slot")
	r.item(r.has("run"), "it exports run", "run(ctx) is called in each cycle", r.exportPlace())
	r.item(r.has("exit"), "it exports exit", "exit() gives back what setup took when the stage is replaced", r.exportPlace())
	r.sound("its functions have names that are called", ruleMethodName.Code)
	if order != nil {
		r.sound("order is a number from 0 to 1", ruleOrder.Code)
	}
	if slot != nil {
		text, ok := slot.Str()
		r.item(ok && text != "", "slot is a name", "write the name of the one place it takes", slot.Place)
	}
	r.sound("the settings it reads are in its form", ruleSettingMissing.Code)
	r.takesData()
	r.given(handles, func(a *among) []string { return append(slices.Clone(a[emits]), hostEvents...) }, "a plugin sends the event %q")
	r.given(emits, func(a *among) []string { return a[handles] }, "a plugin waits for the event %q")
	return r.list
}

// hostEvents are events that no plugin sends.
var hostEvents = []string{"close", "connected", "disconnected", "ready", "loaded", "error", "focus", "resize"}

func (r *roleReader) flagsPlace() source.Place {
	if flags := r.root.Get("flags"); flags != nil {
		return flags.Place
	}
	return r.plan.Inputs.Place
}
