package analysis

import (
	"github.com/dop251/goja/ast"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What calls are given.

// argumentsOf describes the arguments of a call, nil when not all can be seen.
func (w *walker) argumentsOf(list []ast.Expression) []Argument {
	out := make([]Argument, 0, len(list))
	for _, e := range list {
		a := Argument{Span: w.span(e.Idx0(), e.Idx1())}
		switch e := e.(type) {
		case *ast.SpreadElement:
			return nil
		case *ast.StringLiteral:
			a.Kind, a.Text = TextArgument, e.Value.String()
		case *ast.TemplateLiteral:
			a.Kind = TextArgument
		case *ast.NumberLiteral:
			a.Kind, a.Text = NumberArgument, e.Literal
		case *ast.BooleanLiteral:
			a.Kind, a.Text = ConstantArgument, e.Literal
		case *ast.ArrowFunctionLiteral, *ast.FunctionLiteral:
			a.Kind = FunctionArgument
		case *ast.ArrayLiteral:
			a.Kind = ListArgument
		case *ast.ObjectLiteral:
			w.objectArgument(&a, e)
		}
		out = append(out, a)
	}
	return out
}

func (w *walker) objectArgument(a *Argument, o *ast.ObjectLiteral) {
	a.Kind = ObjectArgument
	for _, property := range o.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			a.Keys = add(a.Keys, Literal{p.Name.Name.String(), w.nameSpan(&p.Name)})
		case *ast.PropertyKeyed:
			name, ok := keyName(p.Key, p.Computed)
			if !ok {
				a.Kind = OtherArgument
				continue
			}
			a.Keys = add(a.Keys, Literal{name, w.keySpan(p.Key)})
			if l := w.first([]ast.Expression{p.Value}); l != nil {
				if a.Values == nil {
					a.Values = map[string]Literal{}
				}
				a.Values[name] = *l
			}
		default:
			a.Kind = OtherArgument
		}
	}
}

// element notes the id of an element that is looked for: getElementById("x") and
// querySelector("#x").
func (w *walker) element(e *ast.DotExpression, call bool, arguments []ast.Expression) {
	if !call {
		return
	}
	l := w.first(arguments)
	if l == nil {
		return
	}
	switch e.Identifier.Name.String() {
	case "getElementById":
		w.code.Elements = add(w.code.Elements, *l)
	case "querySelector", "querySelectorAll":
		w.selector(l)
	}
}

// selects reports whether a function of a library looks for the elements of a selector:
// $("#x") and d3.select("#x").
func (w *walker) selects(callee ast.Expression) bool {
	switch c := callee.(type) {
	case *ast.Identifier:
		return (c.Name == "$" || c.Name == "jQuery") && w.scope.find(c.Name.String()) == nil
	case *ast.DotExpression:
		id, ok := c.Left.(*ast.Identifier)
		return ok && id.Name == "d3" && (c.Identifier.Name == "select" || c.Identifier.Name == "selectAll")
	}
	return false
}

// selector notes a selector that is nothing but an id.
func (w *walker) selector(l *Literal) {
	if len(l.Text) < 2 || l.Text[0] != '#' {
		return
	}
	for _, c := range l.Text[1:] {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return
		}
	}
	w.code.Elements = add(w.code.Elements, Literal{l.Text[1:], source.Span{Start: l.Span.Start, End: l.Span.End}})
}
