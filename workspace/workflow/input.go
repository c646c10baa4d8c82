package workflow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Input is what a step works on. At most one of its parts is set; with none of them the
// step gets what the person who runs the workflow gives, if anything.
type Input struct {
	From  *Reference // what a step before it answered
	Files []File     // files, given as one gives them to `imjoy run`
	Data  *conf.Node // a value; references and files in it are in its place
	Place source.Place

	inside map[*conf.Node]any // *Reference, []File, or *conf.Node for {literal: ...}
	faulty bool               // one of them could not be read
}

// Reference is the answer of a step, or a part of it.
type Reference struct {
	Step  *Step // nil for [Given]
	Path  []string
	Text  string
	Place source.Place
}

// File is a file by its path, relative to the workflow.
type File struct {
	Path  string
	Place source.Place
}

// otherwise is the data of a step that does not say any: the answer of the one before.
func (p *parser) otherwise(place source.Place) Input {
	if len(p.w.Steps) == 0 {
		return Input{Place: place}
	}
	last := p.w.Steps[len(p.w.Steps)-1]
	return Input{From: &Reference{Step: last, Text: last.ID, Place: place}, Place: place}
}

func (p *parser) input(step *conf.Node) Input {
	given := slices.DeleteFunc(slices.Clone(dataKeys), func(key string) bool { return step.Get(key) == nil })
	if len(given) == 0 {
		return p.otherwise(step.Place)
	}
	if len(given) > 1 {
		d := p.report(ruleShape, step.Member(given[1]).KeyPlace, "to give several things, write `data: {name: {from: ID}, other: {file: PATH}}`",
			"a step has one of `data`, `from` and `file`, not `%s` and `%s`", given[0], given[1])
		d.Related = []source.Note{{Place: step.Member(given[0]).KeyPlace, Message: "the other one"}}
	}
	n := step.Get(given[0])
	in := Input{Place: n.Place}
	switch given[0] {
	case "from":
		in.From = p.reference(n)
	case "file":
		in.Files = p.files(n)
	default:
		in.Data, in.inside = n, map[*conf.Node]any{}
		p.inside(n, &in)
		switch one := in.inside[n].(type) { // {from: x} as a whole is `from: x`
		case *Reference:
			return Input{From: one, Place: n.Place}
		case []File:
			return Input{Files: one, Place: n.Place}
		}
	}
	return in
}

// inside finds the references and files in a value: maps of one key.
func (p *parser) inside(n *conf.Node, in *Input) {
	if n.Map() && len(n.Members) == 1 {
		v := n.Members[0].Value
		switch n.Members[0].Key {
		case "from":
			if r := p.reference(v); r != nil {
				in.inside[n] = r
			} else {
				in.faulty = true
			}
			return
		case "file":
			if list := p.files(v); list != nil {
				in.inside[n] = list
			} else {
				in.faulty = true
			}
			return
		case "literal": // v is data, whatever its key is
			in.inside[n] = v
			n = v
		}
	}
	for _, m := range n.Members {
		p.inside(m.Value, in)
	}
	for _, item := range n.Items {
		p.inside(item, in)
	}
}

const literal = "to give data that has this key, write {literal: {...}}"

func (p *parser) reference(n *conf.Node) *Reference {
	text, ok := n.Scalar()
	if !ok || n.Kind == conf.Bool || text == "" {
		p.report(ruleReference, n.Place, literal, "`from` is the id of a step, not %s", n.Kind)
		return nil
	}
	words := strings.Split(text, ".")
	r := &Reference{Path: words[1:], Text: text, Place: n.Place}
	if slices.Contains(r.Path, "") {
		p.report(ruleReference, n.Place, "write `from: ID.member`", "%s names no part of an answer", conf.Quote(text))
		return nil
	}
	if words[0] == Given {
		if len(p.w.Steps) == 0 {
			p.report(ruleReference, n.Place, "leave `from` out: the first step gets it anyway", "the data of the first step is what `%s` stands for", Given)
			return nil
		}
		return r
	}
	if r.Step = p.w.Step(words[0]); r.Step == nil {
		r.Step = p.numbered(words[0])
	}
	if r.Step != nil {
		return r
	}
	if later := p.ids[words[0]]; later != nil && later.Place.End > n.Place.Start {
		p.notYet(n, words[0], later)
		return nil
	}
	ids := []string{}
	for _, s := range p.w.Steps {
		ids = append(ids, s.ID)
	}
	hint := "there is no step before it"
	if near := source.Nearest(words[0], ids); near != "" {
		hint = "did you mean `from: " + near + "`?"
	} else if len(ids) > 0 {
		hint = "the steps before it are " + strings.Join(ids, ", ")
	}
	p.report(ruleReference, n.Place, hint, "no step before this one is called %s", conf.Quote(words[0]))
	return nil
}

// notYet reports a reference to a step that runs later, or to the step itself.
func (p *parser) notYet(n *conf.Node, id string, step *conf.Node) {
	if span := step.Place.Span; n.Place.Start >= span.Start && n.Place.End <= span.End {
		p.report(ruleReference, n.Place, "name a step before it", "step %s would work on its own answer", conf.Quote(id))
		return
	}
	d := p.report(ruleReference, n.Place, "steps run in the order of the file: write this one behind it", "step %s has not run yet", conf.Quote(id))
	d.Related = []source.Note{{Place: step.Get("id").Place, Message: "it comes later"}}
}

// numbered is a step by its number, also where it has an id.
func (p *parser) numbered(text string) *Step {
	if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= len(p.w.Steps) {
		return p.w.Steps[i-1]
	}
	return nil
}

func (p *parser) files(n *conf.Node) (list []File) {
	items := []*conf.Node{n}
	if n.List() {
		items = n.Items
	}
	for _, item := range items {
		text, ok := item.Str()
		if !ok || text == "" {
			p.report(ruleFile, item.Place, literal, "`file` is a path, or a list of paths, not %s", item.Kind)
			return nil
		}
		list = append(list, File{Path: text, Place: item.Place})
	}
	if len(list) == 0 {
		p.report(ruleFile, n.Place, "name a file", "`file` names none")
	}
	return list
}

// All lists the references and files of the input, in the order of the text.
func (in *Input) All() (references []*Reference, files []File) {
	if in.From != nil {
		references = append(references, in.From)
	}
	files = append(files, in.Files...)
	for _, n := range in.Data.All() {
		switch v := in.inside[n].(type) {
		case *Reference:
			references = append(references, v)
		case []File:
			files = append(files, v...)
		}
	}
	return references, files
}
