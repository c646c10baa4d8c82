package lint

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
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

// Roles returns the checklists of the roles that a document's first plan has. Neighbours
// are the plugins it works with, itself among them or not: with at least one other, the
// lists also ask whether somebody gives what the plugin takes.
func Roles(facts *analysis.Facts, neighbours []Summary) (lists []Checklist) {
	if facts.Document.Config.Block == nil {
		return nil
	}
	r := roleReader{
		p: &pass{newSubject(facts), ruleRole, new([]source.Diagnostic)}, plan: facts.Plans[0], root: facts.Document.Config.Root,
		found: Run(facts, Options{}), own: exchangeOf(facts),
	}
	r.exports, r.sure = r.p.exports(r.plan)
	if len(neighbours) > 1 {
		all := amongAll(neighbours)
		r.among = &all
	}
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
	found   []source.Diagnostic // of all rules
	own     Exchange
	among   *among // what the neighbours exchange; nil when there are none
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

// sound is an item that is done when some rules have found nothing. The first finding
// says what to do.
func (r *roleReader) sound(text string, codes ...string) {
	for _, d := range r.found {
		if slices.Contains(codes, d.Code) {
			hint := d.Message
			if d.Hint != "" {
				hint += ": " + d.Hint
			}
			r.item(false, text, hint, d.Place)
			return
		}
	}
	r.item(true, text, "", source.Place{})
}

// given is an item for each name that the plugin takes: that a neighbour gives it.
func (r *roleReader) given(way int, there func(*among) []string, text string) {
	if r.among == nil {
		return
	}
	names := there(r.among)
	for _, l := range r.own[way] {
		hint := "none of the plugins beside it does"
		if near := nearest(l.Name, names); near != "" {
			hint += fmt.Sprintf("; did you mean %q?", near)
		} else if len(names) > 0 {
			hint += "; there is " + someOf(names)
		}
		r.item(slices.Contains(names, l.Name), fmt.Sprintf(text, l.Name), hint, l.Place)
	}
}

// takesData asks whether the neighbours give the kinds and columns that the inputs name.
func (r *roleReader) takesData() {
	r.given(takes, func(a *among) []string { return a[gives] }, "a plugin gives %q")
	r.given(wants, func(a *among) []string { return a[columns] }, "a plugin gives the column %q")
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

// run is what the exported run gives back, nil where the code does not show it.
func (r *roleReader) run() *analysis.Run {
	if len(r.exports) == 1 {
		return r.exports[0].Run
	}
	return nil
}

// properties returns the properties of a schema, written out or in the short form.
func properties(n *conf.Node) *conf.Node {
	if inner := n.Get("properties"); inner.Map() {
		return inner
	}
	if schema.Shorthand(n) {
		return n
	}
	return nil
}
