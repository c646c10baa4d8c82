package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// What a plugin is for others, derived from what it says, and what it lacks for that.
// Nothing here is a fault by itself: an unfinished plugin can be run.

// Role is what a plugin can be in a workspace.
type Role string

// The roles. A loader turns files into data, a processor turns data into other data, a
// viewer shows data, a stage is called again and again in a cycle.
const (
	Loader    Role = "loader"
	Processor Role = "processor"
	Viewer    Role = "viewer"
	Stage     Role = "stage"
)

// Checklist is what a role asks of a plugin, each with whether it is there.
type Checklist struct {
	Role  Role
	Why   string // what of the plugin says so
	Items []ChecklistItem
}

// ChecklistItem is one thing a role asks for.
type ChecklistItem struct {
	Done  bool
	Text  string       // what it is: "run is exported"
	Hint  string       // what to do about it, where it is not done
	Place source.Place // where to do it
}

// Missing returns how many items are not done.
func (c Checklist) Missing() (n int) {
	for _, item := range c.Items {
		if !item.Done {
			n++
		}
	}
	return n
}

// Roles returns the checklists of the roles that a document's first plan has.
func Roles(facts *analysis.Facts) (lists []Checklist) {
	if facts.Document.Config.Block == nil {
		return nil
	}
	found := []source.Diagnostic{}
	p := &pass{newSubject(facts), ruleRole, &found}
	r := roleReader{p: p, plan: facts.Plans[0], root: facts.Document.Config.Root}
	r.exports, r.sure = p.exports(r.plan)
	for _, derive := range []func() *Checklist{r.loader, r.processor, r.viewer, r.stage} {
		if list := derive(); list != nil {
			lists = append(lists, *list)
		}
	}
	return lists
}

type roleReader struct {
	p       *pass
	plan    *tags.Plan
	root    *conf.Node
	exports []placedExport
	sure    bool
	list    *Checklist
}

func (r *roleReader) begin(role Role, why string) { r.list = &Checklist{Role: role, Why: why} }

func (r *roleReader) item(done bool, text, hint string, place source.Place) {
	if done {
		hint = ""
	}
	if !place.Known() {
		place = r.p.Document.Config.Block.TagPlace()
	}
	r.list.Items = append(r.list.Items, ChecklistItem{done, text, hint, place})
}

// has reports whether a function is exported, or may be.
func (r *roleReader) has(name string) bool {
	if !r.sure {
		return true
	}
	return slices.ContainsFunc(r.exports, func(e placedExport) bool { has, sure := e.Has(name); return has || !sure })
}

func (r *roleReader) exportPlace() source.Place {
	if len(r.exports) > 0 {
		return r.exports[len(r.exports)-1].place()
	}
	return source.Place{}
}

// properties returns the properties of a schema, written out or in the short form.
func properties(n *conf.Node) *conf.Node {
	if inner := n.Get("properties"); inner.Map() {
		return inner
	}
	if n.Map() && n.Get("type") == nil {
		return n
	}
	return nil
}

// files returns the file keywords of the inputs.
func (r *roleReader) files() (list []*conf.Node) {
	for pointer, n := range r.plan.Inputs.All() {
		if strings.HasSuffix(pointer, "/file") && !strings.HasSuffix(pointer, "/properties/file") {
			list = append(list, n)
		}
	}
	return list
}

func (r *roleReader) loader() *Checklist {
	files := r.files()
	if len(files) == 0 {
		return nil
	}
	r.begin(Loader, "its inputs take files")
	r.item(r.has("run"), "it exports run", "run(ctx) gets the file as ctx.data", r.exportPlace())
	good := true
	for _, file := range files {
		for _, ext := range textsOf(file.Get("ext")) {
			good = good && ext.Text == "."+strings.TrimPrefix(strings.ToLower(strings.TrimSpace(ext.Text)), ".")
		}
		r.item(file.Get("ext") != nil || file.Get("mime") != nil, "it says which files", "add ext (or mime) to file, or every file is offered to it", file.Place)
	}
	r.item(good, "endings are lower case with a dot", `write ".tif"`, files[0].Place)
	r.outputs()
	return r.list
}

func (r *roleReader) outputs() {
	place := r.plan.Inputs.Place
	if r.plan.Outputs != nil {
		place = r.plan.Outputs.Place
	}
	r.item(properties(r.plan.Outputs) != nil, "outputs are declared", "without outputs nobody knows what to do with its result: add a schema", place)
}

func (r *roleReader) processor() *Checklist {
	if r.plan.Inputs == nil || len(r.files()) > 0 || r.window() {
		return nil
	}
	r.begin(Processor, "its inputs take data")
	r.item(r.has("run"), "it exports run", "run(ctx) gets the data as ctx.data", r.exportPlace())
	r.outputs()
	r.item(r.plan.Has("functional"), `it is flagged "functional"`, `add "functional" to flags, if the same input always gives the same output`, r.flagsPlace())
	described := true
	if all := properties(r.plan.Outputs); all != nil {
		for _, m := range all.Members {
			described = described && (m.Value.Get("type") != nil || m.Value.Get("ndarray") != nil || m.Value.Get("file") != nil || m.Value.Get("anyOf") != nil)
		}
		r.item(described, "every output has a type", "add type or ndarray to each property of outputs", r.plan.Outputs.Place)
	}
	return r.list
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
	r.item(r.has("run"), "it exports run", "run(ctx) is called with the data to show, also again for new data", r.exportPlace())
	r.item(r.plan.Inputs != nil, "inputs say what it shows", "add inputs, so that data finds its viewer", config)
	remote := source.Place{}
	if len(r.plan.Needs.URLs) > 0 {
		remote = r.plan.Needs.URLs[0].Place
	}
	r.item(!remote.Known(), "it needs no scripts from the network", "what it loads is missing offline and in a mailed report: keep it in the file", remote)
	return r.list
}

func (r *roleReader) stage() *Checklist {
	order, chunk := r.root.Get("order"), r.root.Get("chunk")
	slot := r.root.Get("slot")
	if order == nil && chunk == nil && slot == nil {
		return nil
	}
	r.begin(Stage, "it has an order, slot or chunk")
	place := r.root.Place
	r.item(r.has("run"), "it exports run", "run(ctx) is called in each cycle", r.exportPlace())
	if order != nil {
		r.item(inOrder(order), "order is a number from 0 to 1", "producers come before 0.5, what shows and saves after it", order.Place)
	}
	if slot != nil {
		text, ok := slot.Str()
		r.item(ok && text != "", "slot is a name", "write the name of the one place it takes", slot.Place)
	}
	r.item(r.has("exit"), "it exports exit", "exit() gives back what setup took when the stage is replaced", r.exportPlace())
	if chunk != nil {
		aggregated := false
		for pointer := range r.plan.Outputs.All() {
			aggregated = aggregated || strings.HasSuffix(pointer, "/aggregate")
		}
		r.item(aggregated || r.has("aggregate"), "outputs say how chunks are joined", "add aggregate to each property of outputs, or export it", place)
	}
	return r.list
}

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
	if plan.Inputs == nil || plan.Outputs != nil || !plan.Runnable || plan.Type == "window" || plan.Type == "rpc-window" || p.Document.Config.Root.Get("outputs") != nil {
		return
	}
	p.report(plan.Inputs.Place, "the plugin takes data and does not say what it gives", "add outputs, a schema of what run returns; null if it returns nothing")
}

func (r *roleReader) flagsPlace() source.Place {
	if flags := r.root.Get("flags"); flags != nil {
		return flags.Place
	}
	return r.plan.Inputs.Place
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
