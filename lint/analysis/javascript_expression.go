package analysis

import (
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

func (w *walker) expressions(list []ast.Expression) {
	for _, e := range list {
		w.expression(e)
	}
}

func (w *walker) expression(expression ast.Expression) {
	switch e := expression.(type) {
	case nil:
	case *ast.Identifier:
		w.identifier(e)
	case *ast.RegExpLiteral:
		w.code.Regexps = add(w.code.Regexps, Literal{e.Literal, w.span(e.Idx, e.Idx+file.Idx(len(e.Literal)))})
	case *ast.StringLiteral:
		w.literal(e)
	case *ast.TemplateLiteral:
		w.template(e)
	case *ast.DotExpression, *ast.BracketExpression:
		w.member(e, false, nil)
	case *ast.PrivateDotExpression:
		if !isThis(e.Left) {
			w.expression(e.Left)
		}
	case *ast.OptionalChain:
		w.expression(e.Expression)
	case *ast.Optional:
		w.expression(e.Expression)
	case *ast.CallExpression:
		w.call(e)
	case *ast.NewExpression:
		w.expression(e.Callee)
		w.expressions(e.ArgumentList)
	case *ast.AssignExpression:
		w.assign(e)
	case *ast.UnaryExpression:
		w.unary(e)
	case *ast.BinaryExpression:
		w.binary(e)
	case *ast.ConditionalExpression:
		w.condition(e.Test)
		w.expression(e.Consequent)
		w.expression(e.Alternate)
	case *ast.SequenceExpression:
		w.expressions(e.Sequence)
	case *ast.ArrayLiteral:
		w.expressions(e.Value)
	case *ast.ObjectLiteral:
		w.object(e)
	case *ast.FunctionLiteral:
		w.function(e)
	case *ast.ArrowFunctionLiteral:
		w.arrow(e)
	case *ast.ClassLiteral:
		w.class(e)
	case *ast.AwaitExpression:
		w.expression(e.Argument)
	case *ast.YieldExpression:
		w.expression(e.Argument)
	case *ast.SpreadElement:
		w.value(e.Expression)
	case *ast.ThisExpression:
		w.thisEscapes = true
	case *ast.ObjectPattern, *ast.ArrayPattern:
		w.assigned(e)
	}
}

// binary walks a chain of operators, which leans to the left and may be very long,
// without one call for each link.
func (w *walker) binary(e *ast.BinaryExpression) {
	for {
		w.comparison(e)
		w.operand(e.Operator, e.Right, false)
		left, ok := e.Left.(*ast.BinaryExpression)
		if !ok {
			w.operand(e.Operator, e.Left, true)
			return
		}
		e = left
	}
}

func (w *walker) object(o *ast.ObjectLiteral) {
	own := methodsOf(o)
	w.repeatedKeys(o)
	for _, property := range o.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			w.identifier(&p.Name)
			w.expression(p.Initializer)
		case *ast.PropertyKeyed:
			w.key(p.Key, p.Computed)
			name, _ := keyName(p.Key, p.Computed)
			w.entry = isEntry(name) && isFunction(p.Value)
			if f, ok := p.Value.(*ast.FunctionLiteral); ok {
				w.method(f, own)
			} else {
				w.expression(p.Value)
			}
		case *ast.SpreadElement:
			w.expression(p.Expression)
		}
	}
}

func (w *walker) literal(e *ast.StringLiteral) {
	switch text := e.Value.String(); {
	case looksLikeURL(text):
		w.code.URLs = add(w.code.URLs, Literal{text, w.span(e.Idx, e.Idx+file.Idx(len(e.Literal)))})
	case looksPrivate(text):
		w.code.Paths = add(w.code.Paths, Literal{text, w.span(e.Idx, e.Idx+file.Idx(len(e.Literal)))})
	}
}

func (w *walker) template(e *ast.TemplateLiteral) {
	w.expression(e.Tag)
	for _, inner := range e.Expressions {
		if e.Tag == nil {
			w.value(inner)
		} else {
			w.expression(inner)
		}
	}
	if len(e.Elements) > 0 && looksLikeURL(e.Elements[0].Literal) {
		first := e.Elements[0]
		w.code.URLs = add(w.code.URLs, Literal{first.Literal, w.span(e.OpenQuote+1, e.OpenQuote+1+file.Idx(len(first.Literal)))})
	}
}

// looksLikeURL reports whether a text begins as the address of another host does.
func looksLikeURL(text string) bool {
	for _, scheme := range [...]string{"http://", "https://", "ws://", "wss://", "//"} {
		if strings.HasPrefix(text, scheme) && len(text) > len(scheme) && text[len(scheme)] > ' ' {
			return true
		}
	}
	return false
}

// looksPrivate reports whether a text is a path in the folder of one person.
func looksPrivate(text string) bool {
	plain := strings.ReplaceAll(text, `\`, "/")
	if len(plain) > 2 && plain[1] == ':' && (plain[0]|0x20 >= 'c' && plain[0]|0x20 <= 'e') {
		plain = plain[2:]
		if !strings.HasPrefix(plain, "/Users/") {
			return false
		}
	}
	for _, home := range [...]string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(plain, home); ok {
			person, _, folder := strings.Cut(rest, "/")
			return folder && person != "" && !strings.ContainsAny(plain, "\n*${}<>:")
		}
	}
	return false
}

// add appends a fact, up to the limit of facts.
func add[T any](list []T, fact T) []T {
	if len(list) >= maxFacts {
		return list
	}
	return append(list, fact)
}
