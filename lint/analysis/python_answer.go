package analysis

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// pythonCode is what the helper answers about one script. Spans are pairs of byte
// offsets; they are checked, because nothing from another process is trusted.
type pythonCode struct {
	Faults []struct {
		Span    [2]int
		Message string
		Hint    string

		Since, Reader string
	}
	Exports []struct {
		Span     [2]int
		Init     bool
		What     string
		Members  []pythonName
		Complete bool

		Conditional bool
		Arity       map[string]struct {
			Least, Most int
			Span        [2]int
		}
		Made *struct {
			Class              string
			Given, Least, Most int
			Span               [2]int
		}
		Run *struct {
			Returns, Keeps   []pythonName
			Complete, Yields bool
		}
	}
	Unawaited []struct {
		pythonName
		Path, As       string
		Own, Awaitable bool
		Call           [2]int
	}
	Dated, Undefined, Newer, Misnamed, Mistakes []struct {
		pythonName
		Hint string
	}
	Needs, Bare, Paths []pythonName
	Uses               []struct {
		Path  string
		Span  [2]int
		Call  bool
		First *pythonName

		Arguments []pythonArgument
	}
	Imports, URLs, Settings, Optional, Free, Classes []pythonName
	Escapes                                          bool
	Reason                                           string
}

type pythonArgument struct {
	Kind, Text string
	Keys       []pythonName
	Values     map[string]pythonName
	Span       [2]int
}

// pythonArguments are the kinds of arguments by the helper's words.
var pythonArguments = map[string]ArgumentKind{
	"text": TextArgument, "number": NumberArgument, "object": ObjectArgument, "function": FunctionArgument, "list": ListArgument, "constant": ConstantArgument,
}

// pythonUses are the uses of promises by the helper's words.
var pythonUses = map[string]PromiseUse{"value": TakesValue, "truth": TakesTruth, "nothing": TakesNothing}

type pythonName struct {
	Text string
	Span [2]int
}

func (p *pythonCode) code(size int) *Code {
	if p == nil {
		return &Code{Reason: NoPython}
	}
	span := func(pair [2]int) source.Span {
		start := min(max(pair[0], 0), size)
		return source.Span{Start: start, End: min(max(pair[1], start), size)}
	}
	names := func(list []pythonName) (out []Literal) {
		for _, n := range list {
			out = add(out, Literal{n.Text, span(n.Span)})
		}
		return out
	}
	c := &Code{Read: len(p.Faults) == 0 && p.Reason == "", Reason: p.Reason, Escapes: p.Escapes}
	for _, f := range p.Faults {
		c.Faults = append(c.Faults, Fault{Span: span(f.Span), Message: sentence(f.Message), Hint: f.Hint, Since: f.Since, Reader: f.Reader})
	}
	for _, e := range p.Exports {
		export := Export{Span: span(e.Span), Init: e.Init, Members: names(e.Members), Complete: e.Complete, Conditional: e.Conditional}
		for name, a := range e.Arity {
			if export.Arity == nil {
				export.Arity = map[string]Arity{}
			}
			export.Arity[name] = Arity{a.Least, a.Most, span(a.Span)}
		}
		switch e.What {
		case "object":
			export.What = ExportsObject
		case "class":
			export.What = ExportsClass
		case "nothing":
			export.What = ExportsNothing
		}
		if m := e.Made; m != nil {
			export.Made = &Made{m.Class, m.Given, Arity{m.Least, m.Most, span(m.Span)}}
		}
		if e.Run != nil {
			export.Run = &Run{Returns: names(e.Run.Returns), Complete: e.Run.Complete, Yields: e.Run.Yields, Keeps: names(e.Run.Keeps)}
		}
		c.Exports = append(c.Exports, export)
	}
	for _, u := range p.Uses {
		use := Use{Path: u.Path, Span: span(u.Span), Call: u.Call}
		if u.First != nil {
			use.First = &Literal{u.First.Text, span(u.First.Span)}
		}
		if u.Arguments != nil {
			use.Arguments = []Argument{} // a call without arguments
		}
		for _, given := range u.Arguments {
			a := Argument{Kind: pythonArguments[given.Kind], Text: given.Text, Keys: names(given.Keys), Span: span(given.Span)}
			for key, value := range given.Values {
				if a.Values == nil {
					a.Values = map[string]Literal{}
				}
				a.Values[key] = Literal{value.Text, span(value.Span)}
			}
			use.Arguments = append(use.Arguments, a)
		}
		c.Uses = add(c.Uses, use)
	}
	c.Imports, c.URLs, c.Needs, c.Free, c.Classes = names(p.Imports), names(p.URLs), names(p.Needs), names(p.Free), names(p.Classes)
	c.Bare, c.Paths = names(p.Bare), names(p.Paths)
	c.Settings, c.Optional = names(p.Settings), names(p.Optional)
	for _, u := range p.Unawaited {
		c.Unawaited = add(c.Unawaited, Unawaited{Literal{u.Text, span(u.Span)}, pythonUses[u.As], u.Path, u.Own, span(u.Call), u.Awaitable})
	}
	for _, d := range p.Dated {
		c.Dated = add(c.Dated, Dated{Literal{d.Text, span(d.Span)}, d.Hint})
	}
	for _, m := range p.Misnamed {
		c.Misnamed = add(c.Misnamed, Member{"self", Literal{m.Text, span(m.Span)}, m.Hint})
	}
	for _, m := range p.Mistakes {
		c.Mistakes = add(c.Mistakes, Mistake{Span: span(m.Span), What: m.Text, Hint: m.Hint})
	}
	for _, n := range p.Newer {
		c.Newer = add(c.Newer, Newer{Literal{n.Text, span(n.Span)}, n.Hint})
	}
	for _, u := range p.Undefined {
		c.Undefined = add(c.Undefined, Undefined{Literal{u.Text, span(u.Span)}, u.Hint})
	}
	c.sort()
	return c
}
