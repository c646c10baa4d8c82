package analysis

import (
	"github.com/dop251/goja/ast"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What becomes of the results of api, all of which are promises.

// pendingResult is a member taken of a variable that holds such a result.
type pendingResult struct {
	variable *variable
	member   Literal
}

// resultOf returns the member of api whose call an expression is, or "".
func (w *walker) resultOf(e ast.Expression) string {
	call, ok := e.(*ast.CallExpression)
	if !ok {
		return ""
	}
	path, _, root := w.chain(bare(call.Callee))
	if root == nil || path == "export" || path == "init" {
		return ""
	}
	return path
}

// keepResult notes a variable that is declared with an unawaited result.
func (w *walker) keepResult(b *ast.Binding) {
	id, ok := b.Target.(*ast.Identifier)
	if !ok || b.Initializer == nil {
		return
	}
	if path := w.resultOf(b.Initializer); path != "" {
		if v := w.scope.find(id.Name.String()); v != nil {
			v.result = path
		}
	}
}

// await walks what is awaited: a variable that stands there alone is handed on.
func (w *walker) await(e *ast.AwaitExpression) { w.expression(e.Argument) }

// ofPromise are members that a promise has.
func ofPromise(name string) bool { return name == "then" || name == "catch" || name == "finally" }

// memberOf walks what a member is taken of.
func (w *walker) memberOf(e *ast.DotExpression) {
	name := e.Identifier.Name.String()
	left := bare(e.Left)
	if path := w.resultOf(left); path != "" && !ofPromise(name) {
		w.code.Unawaited = add(w.code.Unawaited, Unawaited{Literal{name, w.nameSpan(&e.Identifier)}, path})
	}
	id, ok := left.(*ast.Identifier)
	if !ok {
		w.expression(e.Left)
		return
	}
	v := w.scope.find(id.Name.String())
	if v == nil {
		w.named(id)
		return
	}
	if v.api {
		w.code.Escapes = true
	}
	if ofPromise(name) {
		v.handedOn = true
	}
	w.unawaited = add(w.unawaited, pendingResult{v, Literal{name, w.nameSpan(&e.Identifier)}})
}

// settleResults keeps the members of results that are awaited nowhere.
func (w *walker) settleResults() {
	for _, p := range w.unawaited {
		if p.variable.result != "" && !p.variable.handedOn {
			w.code.Unawaited = add(w.code.Unawaited, Unawaited{p.member, p.variable.result})
		}
	}
}

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
