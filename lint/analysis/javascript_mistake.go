package analysis

import (
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What is valid JavaScript and cannot do what it seems to.

// mistakes is what the walker knows of members of `this`.
type mistakes struct {
	defined map[string]bool // names of members that anything is given
	ofThis  []thisRead
}

// thisRead is a member that a class reads of `this`.
type thisRead struct {
	Literal
	own methods
}

// wholeClass is the name by which methods say that they are all that a class has.
const wholeClass = ""

func (w *walker) mistake(span source.Span, what, meant string) {
	w.code.Mistakes = add(w.code.Mistakes, Mistake{Span: span, What: what, Meant: meant})
}

// typeofWords are all that typeof answers, and what only old browsers did.
var typeofWords = []string{"undefined", "object", "boolean", "number", "bigint", "string", "symbol", "function", "unknown"}

// comparison notes comparisons that always have the same result.
func (w *walker) comparison(e *ast.BinaryExpression) {
	switch e.Operator {
	case token.EQUAL, token.NOT_EQUAL, token.STRICT_EQUAL, token.STRICT_NOT_EQUAL:
	case token.IN, token.INSTANCEOF:
		if not, ok := e.Left.(*ast.UnaryExpression); ok && not.Operator == token.NOT {
			w.mistake(w.span(not.Idx0(), not.Idx1()), "this asks about true or false, not about what stands behind the !: put brackets around the rest", "")
		}
		return
	default:
		return
	}
	for _, pair := range [2][2]ast.Expression{{e.Left, e.Right}, {e.Right, e.Left}} {
		if w.isNaN(pair[0]) {
			w.mistake(w.span(pair[0].Idx0(), pair[0].Idx1()), "nothing equals NaN, not even itself: ask Number.isNaN(...)", "")
			return
		}
		unary, ok := pair[0].(*ast.UnaryExpression)
		word, literal := pair[1].(*ast.StringLiteral)
		if !ok || !literal || unary.Operator != token.TYPEOF || slices.Contains(typeofWords, word.Value.String()) {
			continue
		}
		what := "typeof never answers \"" + word.Value.String() + "\""
		w.mistake(w.span(word.Idx+1, word.Idx+file.Idx(len(word.Literal))-1), what, source.Nearest(word.Value.String(), typeofWords[:8]))
	}
}

func (w *walker) isNaN(expression ast.Expression) bool {
	switch e := expression.(type) {
	case *ast.Identifier:
		return e.Name == "NaN" && w.scope.find("NaN") == nil
	case *ast.DotExpression:
		id, ok := e.Left.(*ast.Identifier)
		return ok && id.Name == "Number" && e.Identifier.Name == "NaN"
	}
	return false
}

// assignsForCondition notes `if (a = null)`. What is set to something else may well be
// asked at once whether it is there.
func (w *walker) assignsForCondition(e ast.Expression) {
	a, ok := e.(*ast.AssignExpression)
	if !ok || a.Operator != token.ASSIGN {
		return
	}
	switch a.Right.(type) {
	case *ast.NullLiteral, *ast.BooleanLiteral, *ast.NumberLiteral, *ast.StringLiteral:
		w.mistake(w.span(a.Idx0(), a.Idx1()), "this sets the variable and compares nothing: write ===", "")
	}
}

// repeatedCases notes cases of one value, of which the second is never reached.
func (w *walker) repeatedCases(s *ast.SwitchStatement) {
	seen := map[string]bool{}
	for _, c := range s.Body {
		value := ""
		switch t := c.Test.(type) {
		case *ast.StringLiteral:
			value = "'" + t.Value.String()
		case *ast.NumberLiteral:
			value = t.Literal
		default:
			continue
		}
		if seen[value] {
			w.mistake(w.span(c.Test.Idx0(), c.Test.Idx1()), "an earlier case has this value already, so this one is never reached", "")
		}
		seen[value] = true
	}
}

// repeatedKeys notes keys that an object literal has twice, of which the last counts.
func (w *walker) repeatedKeys(o *ast.ObjectLiteral) {
	if len(o.Value) < 2 {
		return
	}
	var some [16]string // most objects have fewer keys, and need no map
	names := some[:0]
	var more map[string]bool
	for _, property := range o.Value {
		name, ok := propertyName(property)
		if _, spread := property.(*ast.SpreadElement); spread {
			names, more = names[:0], nil // what stands before may be there to be replaced
			continue
		}
		if !ok || name == "__proto__" {
			continue
		}
		if more[name] || slices.Contains(names, name) {
			span := w.span(property.Idx0(), property.Idx0()+file.Idx(len(name)))
			if keyed, ok := property.(*ast.PropertyKeyed); ok {
				span = w.keySpan(keyed.Key)
			}
			w.mistake(span, "the object has the key "+name+" twice, and the value before this one is lost", "")
			continue
		}
		if len(names) < cap(names) {
			names = append(names, name)
			continue
		}
		if more == nil {
			more = make(map[string]bool, len(o.Value))
		}
		more[name] = true
	}
}

// propertyName returns the name that a property of an object literal gives a value.
func propertyName(property ast.Property) (name string, ok bool) {
	switch p := property.(type) {
	case *ast.PropertyShort:
		return p.Name.Name.String(), true
	case *ast.PropertyKeyed:
		if p.Kind != ast.PropertyKindGet && p.Kind != ast.PropertyKindSet {
			return keyName(p.Key, p.Computed)
		}
	}
	return "", false
}

// behindReturn notes an expression in the line behind a `return`, which gives nothing back.
func (w *walker) behindReturn(before, statement ast.Statement) {
	r, ok := before.(*ast.ReturnStatement)
	if !ok || r.Argument != nil {
		return
	}
	s, ok := statement.(*ast.ExpressionStatement)
	if !ok {
		return
	}
	switch s.Expression.(type) {
	case *ast.CallExpression, *ast.AssignExpression, *ast.AwaitExpression, *ast.UnaryExpression: // something that was switched off
		return
	}
	w.mistake(w.span(r.Return, r.Return+file.Idx(len("return"))), "this returns nothing: a return ends with its line, and the next one is never reached", "")
}

// misspelt are names that no object has, with the one that was meant.
var misspelt = map[string]string{
	"lenght": "length", "legnth": "length", "lenth": "length", "lengh": "length", "innerHtml": "innerHTML", "innerhtml": "innerHTML", "innertext": "innerText", "textcontent": "textContent",
	"addEventListner": "addEventListener", "addEventlistener": "addEventListener", "getElementByID": "getElementById", "getElementsById": "getElementById",
	"getElementbyId": "getElementById", "appendchild": "appendChild", "classlist": "classList", "preventdefault": "preventDefault", "toUppercase": "toUpperCase",
	"toLowercase": "toLowerCase", "stringfy": "stringify", "protoype": "prototype",
}

// misspeltMember notes a member that no object has, unless the text gives it to one.
func (w *walker) misspeltMember(e *ast.DotExpression) {
	if meant := misspelt[e.Identifier.Name.String()]; meant != "" {
		if id, ok := e.Left.(*ast.Identifier); ok && (builtins[id.Name.String()] != nil || openBuiltins[id.Name.String()] != nil) {
			return // told of that object
		}
		w.ofThis = add(w.ofThis, thisRead{Literal{e.Identifier.Name.String(), w.nameSpan(&e.Identifier)}, nil})
	}
}

// defines notes that something is given a member of that name.
func (w *walker) defines(name string) {
	if w.defined == nil {
		w.defined = map[string]bool{}
	}
	w.defined[name] = true
}

// readsThis notes a member that is taken of `this` in a class that shows all it has.
func (w *walker) readsThis(e *ast.DotExpression) {
	name := e.Identifier.Name.String()
	if _, has := w.own[name]; !has && w.own[wholeClass] && !w.defined[name] {
		w.ofThis = add(w.ofThis, thisRead{Literal{e.Identifier.Name.String(), w.nameSpan(&e.Identifier)}, w.own})
	}
}

// settleThis keeps the members that nothing has, and that are nearly ones that are there.
func (w *walker) settleThis() {
	for _, r := range w.ofThis {
		if _, has := r.own[r.Text]; has || w.defined[r.Text] {
			continue
		}
		m := Member{Object: "this", Literal: r.Literal}
		switch {
		case r.own == nil:
			m.Object, m.Meant = "", misspelt[r.Text]
		case !w.thisEscapes:
			m.Meant = w.nearThis(r)
		}
		if m.Meant != "" {
			w.code.Misnamed = add(w.code.Misnamed, m)
		}
	}
}

// nearThis returns the member of a class that is one letter away from one it does not have.
func (w *walker) nearThis(r thisRead) (near string) {
	if len(r.Text) < minSlip {
		return ""
	}
	closer := func(name string) {
		if len(name) >= minSlip && OneLetter(r.Text, name) && (near == "" || name < near) {
			near = name
		}
	}
	for name := range r.own {
		closer(name)
	}
	for name := range w.defined {
		closer(name)
	}
	return near
}
