package analysis

import "github.com/dop251/goja/ast"

// Promises that variables and fields of `this` hold, and what is asked of them there.

// holder returns the variable, or the field of `this`, that an expression names.
func (w *walker) holder(expression ast.Expression) *variable {
	switch e := expression.(type) {
	case *ast.Identifier:
		if v := w.scope.find(e.Name.String()); v != nil && !v.api {
			return v
		}
	case *ast.DotExpression:
		if isThis(e.Left) {
			w.readsThis(e)
			return w.field(e.Identifier.Name.String())
		}
	}
	return nil
}

// held is the name of a holder where it stands.
func (w *walker) held(expression ast.Expression) Literal {
	switch e := expression.(type) {
	case *ast.Identifier:
		return Literal{e.Name.String(), w.nameSpan(e)}
	case *ast.DotExpression:
		return Literal{e.Identifier.Name.String(), w.nameSpan(&e.Identifier)}
	}
	return Literal{}
}

// mayHold reports whether a variable was declared with a call, or is a field, which may get
// one later.
func (v *variable) mayHold() bool {
	if v.handedOn {
		return false
	}
	_, call := v.value.(*ast.CallExpression)
	return call || v.field
}

func (w *walker) field(name string) *variable {
	v := w.fields[name]
	if v == nil {
		v = &variable{field: true}
		if w.fields == nil {
			w.fields = map[string]*variable{}
		}
		w.fields[name] = v
	}
	return v
}

// keepResult notes a variable that is declared with an unawaited result.
func (w *walker) keepResult(b *ast.Binding) {
	id, ok := b.Target.(*ast.Identifier)
	if !ok || b.Initializer == nil {
		return
	}
	if p := w.promiseOf(b.Initializer); p != nil {
		if v := w.scope.find(id.Name.String()); v != nil {
			v.result = p
		}
	}
}

// keepField notes what a field of `this` is set to.
func (w *walker) keepField(name string, value ast.Expression) {
	w.defines(name)
	v := w.field(name)
	switch e := value.(type) {
	case *ast.NullLiteral:
		return
	case *ast.Identifier:
		if e.Name == "undefined" {
			return
		}
	}
	p := w.promiseOf(value)
	if p == nil || v.result != nil {
		v.handedOn = true
		return
	}
	v.result = p
}

// ofPromise are members that a promise has.
func ofPromise(name string) bool { return name == "then" || name == "catch" || name == "finally" }

// memberOf walks what a member is taken of.
func (w *walker) memberOf(e *ast.DotExpression) {
	if isThis(e.Left) {
		w.readsThis(e)
		w.field(e.Identifier.Name.String()).handedOn = true
		return
	}
	member, left := e.Identifier.Name.String(), bare(e.Left)
	if p := w.promiseOf(left); p != nil && !ofPromise(member) {
		w.pend(pendingResult{promise: p, used: Literal{member, w.nameSpan(&e.Identifier)}})
	}
	id, variable := left.(*ast.Identifier)
	v := w.holder(left)
	switch {
	case v != nil && ofPromise(member):
		v.handedOn = true
	case v != nil:
		if v.mayHold() {
			w.pend(pendingResult{holder: v, used: Literal{member, w.nameSpan(&e.Identifier)}})
		}
	case !variable:
		w.expression(e.Left)
	case w.scope.find(id.Name.String()) == nil:
		w.named(id)
	default: // an alias of api
		w.code.Escapes = true
	}
}

func (w *walker) pend(p pendingResult) { w.unawaited = add(w.unawaited, p) }

// settleResults keeps the uses of promises that are awaited nowhere.
func (w *walker) settleResults() {
	for _, f := range w.fields {
		f.handedOn = f.handedOn || w.thisEscapes
	}
	for _, u := range w.unawaited {
		if u.holder != nil {
			if u.holder.handedOn || u.holder.result == nil {
				continue
			}
			u.promise = u.holder.result
		}
		if u.callee != nil && u.callee.changed {
			continue
		}
		w.code.Unawaited = add(w.code.Unawaited, Unawaited{Literal: u.used, As: u.as, Path: u.path, Own: u.own, Call: u.call, Awaitable: u.async})
	}
}
