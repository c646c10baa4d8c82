package analysis

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// pythonCode is what the helper answers about one script. Spans are pairs of byte
// offsets; they are checked, because nothing from another process is trusted.
type pythonCode struct {
	Faults []struct {
		Span    [2]int
		Message string
		Hint    string
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
	}
	Unawaited []struct {
		pythonName
		Path string
	}
	Dated []struct {
		pythonName
		Hint string
	}
	Needs []pythonName
	Uses  []struct {
		Path  string
		Span  [2]int
		Call  bool
		First *pythonName
	}
	Imports, URLs, Settings []pythonName
	Escapes                 bool
	Reason                  string
}

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
		c.Faults = append(c.Faults, Fault{Span: span(f.Span), Message: sentence(f.Message), Hint: f.Hint})
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
		c.Exports = append(c.Exports, export)
	}
	for _, u := range p.Uses {
		use := Use{Path: u.Path, Span: span(u.Span), Call: u.Call}
		if u.First != nil {
			use.First = &Literal{u.First.Text, span(u.First.Span)}
		}
		c.Uses = add(c.Uses, use)
	}
	c.Imports, c.URLs, c.Settings, c.Needs = names(p.Imports), names(p.URLs), names(p.Settings), names(p.Needs)
	for _, u := range p.Unawaited {
		c.Unawaited = add(c.Unawaited, Unawaited{Literal{u.Text, span(u.Span)}, u.Path})
	}
	for _, d := range p.Dated {
		c.Dated = add(c.Dated, Dated{Literal{d.Text, span(d.Span)}, d.Hint})
	}
	c.sort()
	return c
}
