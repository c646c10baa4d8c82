package analysis

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What becomes of promises: the results of api, and those of the async functions that the
// text itself has. One that is used as a value before somebody awaited it is a mistake; one
// that is handed on anywhere may be awaited there, and is not judged.

// promises is what the walker knows of them.
type promises struct {
	own         methods              // of `this`
	async       bool                 // the function around is async
	fields      map[string]*variable // of `this`, whichever that is
	thisEscapes bool                 // `this` is handed on, so that its fields may be awaited elsewhere
	unawaited   []pendingResult
}

// methods are the functions of an object by name: whether each is async.
type methods map[string]bool

// promise is a call that answers with one.
type promise struct {
	path   string
	callee *variable // the function of the script, nil for a method and for api
	own    bool
	name   Literal // of the callee
	call   source.Span
	async  bool // the call stands in an async function
}

// pendingResult is the use of a promise, judged when all of the text is known.
type pendingResult struct {
	*promise
	holder *variable // the variable or field that it is used by; nil for the call itself
	used   Literal
	as     PromiseUse
}

// inside begins a function whose `this` has methods; what it returns ends it.
func (w *walker) inside(own methods, async bool) func() {
	outerOwn, outerAsync := w.own, w.async
	w.own, w.async = own, async
	return func() { w.own, w.async = outerOwn, outerAsync }
}

func methodsOfClass(c *ast.ClassLiteral) methods {
	own := methods{}
	if c.SuperClass == nil {
		own[wholeClass] = true
	}
	for _, element := range c.Body {
		switch m := element.(type) {
		case *ast.MethodDefinition:
			if name, ok := keyName(m.Key, m.Computed); ok && !m.Static {
				own.add(name, m.Kind == ast.PropertyKindMethod && isAsync(m.Body))
			}
		case *ast.FieldDefinition:
			if name, ok := keyName(m.Key, m.Computed); ok && !m.Static {
				own.add(name, isAsync(m.Initializer))
			}
		}
	}
	return own
}

func methodsOf(o *ast.ObjectLiteral) methods {
	var own methods
	for _, property := range o.Value {
		p, ok := property.(*ast.PropertyKeyed)
		if !ok {
			continue
		}
		if name, ok := keyName(p.Key, p.Computed); ok && isAsync(p.Value) {
			if own == nil {
				own = methods{}
			}
			own.add(name, p.Kind == ast.PropertyKindMethod || p.Kind == ast.PropertyKindValue)
		}
	}
	return own
}

// add notes a method; of two of one name neither is known.
func (m methods) add(name string, async bool) {
	if _, again := m[name]; again {
		async = false
	}
	m[name] = async
}

// isAsync reports whether a value is a function that answers with a promise.
func isAsync(value ast.Expression) bool {
	switch f := value.(type) {
	case *ast.FunctionLiteral:
		return f != nil && f.Async && !f.Generator
	case *ast.ArrowFunctionLiteral:
		return f.Async
	}
	return false
}

func isThis(e ast.Expression) bool {
	_, this := e.(*ast.ThisExpression)
	return this
}

// promiseOf returns the promise that an expression is, nil if it is none as far as the
// text shows.
func (w *walker) promiseOf(e ast.Expression) *promise {
	call, ok := e.(*ast.CallExpression)
	if !ok {
		return nil
	}
	p := &promise{own: true, async: w.async}
	switch callee := bare(call.Callee).(type) {
	case *ast.Identifier:
		p.callee = w.scope.find(callee.Name.String())
		if p.callee == nil || !isAsync(p.callee.value) {
			return nil
		}
		p.name = Literal{callee.Name.String(), w.nameSpan(callee)}
	case *ast.DotExpression, *ast.BracketExpression:
		path, span, root := w.chain(callee)
		if dot, ok := callee.(*ast.DotExpression); ok && root == nil && isThis(dot.Left) && w.own[dot.Identifier.Name.String()] {
			p.name = Literal{dot.Identifier.Name.String(), w.nameSpan(&dot.Identifier)}
			break
		}
		if root == nil || path == "" || path == "export" || path == "init" {
			return nil
		}
		p.own, p.name = false, Literal{path, span}
	default:
		return nil
	}
	p.path, p.call = p.name.Text, w.span(e.Idx0(), e.Idx1())
	return p
}

// value walks an expression of which the value is needed.
func (w *walker) value(expression ast.Expression) {
	e := bare(expression)
	if p := w.promiseOf(e); p != nil {
		w.pend(pendingResult{promise: p, used: p.name, as: TakesValue})
	} else if v := w.holder(e); v != nil {
		if v.mayHold() {
			w.pend(pendingResult{holder: v, used: w.held(e), as: TakesValue})
		}
		return
	}
	w.expression(expression)
}

// condition walks an expression that is asked whether it is true. Variables may well be
// asked whether they hold a promise yet.
func (w *walker) condition(expression ast.Expression) {
	if p := w.promiseOf(bare(expression)); p != nil {
		w.pend(pendingResult{promise: p, used: p.name, as: TakesTruth})
	}
	w.assignsForCondition(expression)
	w.expression(expression)
}

// operand walks one side of an operator.
func (w *walker) operand(operator token.Token, e ast.Expression, left bool) {
	switch operator {
	case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		if left {
			w.condition(e)
			return
		}
	case token.EQUAL, token.NOT_EQUAL, token.STRICT_EQUAL, token.STRICT_NOT_EQUAL:
		if w.promiseOf(bare(e)) != nil { // two variables may hold the same promise
			w.value(e)
			return
		}
	case token.IN, token.INSTANCEOF, token.ASSIGN:
	default:
		w.value(e)
		return
	}
	w.expression(e)
}

// takenApart walks what a binding is set to: where that takes it apart, its value counts.
func (w *walker) takenApart(target, value ast.Expression) {
	switch target.(type) {
	case *ast.ObjectPattern, *ast.ArrayPattern:
		w.value(value)
	default:
		w.expression(value)
	}
}

// converts reports whether a function wants values, and knows nothing of promises.
func (w *walker) converts(callee ast.Expression) bool {
	switch c := callee.(type) {
	case *ast.Identifier:
		switch c.Name {
		case "String", "Number", "parseInt", "parseFloat", "isNaN", "isFinite", "BigInt":
			return w.scope.find(c.Name.String()) == nil
		}
	case *ast.DotExpression:
		id, ok := c.Left.(*ast.Identifier)
		if !ok || w.scope.find(id.Name.String()) != nil {
			return false
		}
		switch id.Name {
		case "JSON", "Math", "Number":
			return true
		case "Object":
			return c.Identifier.Name == "keys" || c.Identifier.Name == "values" || c.Identifier.Name == "entries"
		}
	}
	return false
}

// asksEach are methods of arrays that ask a function about each element, and take what it
// answers at once for yes or no.
var asksEach = map[string]bool{"filter": true, "some": true, "every": true, "find": true, "findIndex": true, "findLast": true, "findLastIndex": true, "sort": true, "toSorted": true}

// asksAsync notes an async function that is asked about each element of an array.
func (w *walker) asksAsync(e *ast.CallExpression) {
	callee, ok := bare(e.Callee).(*ast.DotExpression)
	if !ok || !asksEach[callee.Identifier.Name.String()] || len(e.ArgumentList) == 0 {
		return
	}
	name := Literal{callee.Identifier.Name.String(), w.nameSpan(&callee.Identifier)}
	given := e.ArgumentList[0]
	if id, ok := given.(*ast.Identifier); ok {
		v := w.scope.find(id.Name.String())
		if v == nil || v.value == nil {
			return
		}
		given = v.value
	}
	if isAsync(given) {
		w.code.Unawaited = add(w.code.Unawaited, Unawaited{Literal: name, As: AsksPromise, Path: name.Text, Own: true, Call: name.Span})
	}
}
