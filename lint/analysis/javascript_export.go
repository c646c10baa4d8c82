package analysis

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// pendingExport is a call of api.export, looked into when all variables are known.
type pendingExport struct {
	span      source.Span
	init      bool
	arguments []ast.Expression
	scope     *scope
	branch    bool
}

// resolveExport finds out what is exported.
func (w *walker) resolveExport(p pendingExport) Export {
	e := Export{Span: p.span, Init: p.init, Conditional: p.branch, Complete: true}
	switch {
	case p.init:
		e.What, e.Members = ExportsObject, []Literal{{Text: "setup", Span: p.span}}
	case len(p.arguments) == 0:
		e.What = ExportsNothing
	default:
		w.exported(&e, p.arguments[0], p.scope, 0)
	}
	return e
}

// maxIndirections is how many variables and base classes are followed.
const maxIndirections = 16

func (w *walker) exported(e *Export, value ast.Expression, s *scope, depth int) {
	if depth > maxIndirections {
		e.Complete = false
		return
	}
	switch v := value.(type) {
	case *ast.ObjectLiteral:
		e.What = ExportsObject
		w.objectMembers(e, v, s)
	case *ast.ClassLiteral:
		if depth > 0 && e.What == ExportsObject { // reached through `new`
			w.classMembers(e, v, s, depth)
			return
		}
		e.What = ExportsClass
	case *ast.FunctionLiteral:
		if e.What == ExportsObject {
			w.thisMembers(e, v.Body)
		}
		e.Complete = false
	case *ast.NewExpression:
		e.What = ExportsObject
		w.exported(e, v.Callee, s, depth+1)
	case *ast.AssignExpression:
		w.exported(e, v.Right, s, depth+1)
	case *ast.AwaitExpression:
		e.Complete = false
	case *ast.Identifier:
		known := s.find(v.Name.String())
		if known == nil || known.value == nil {
			e.Complete = false
			return
		}
		e.Members = append(e.Members, known.members...)
		w.exported(e, known.value, s, depth+1)
	default:
		e.Complete = false
	}
}

func (w *walker) objectMembers(e *Export, o *ast.ObjectLiteral, s *scope) {
	for _, property := range o.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			e.Members = append(e.Members, Literal{p.Name.Name.String(), w.nameSpan(&p.Name)})
			w.keepRun(e, p.Name.Name.String(), &p.Name, s)
		case *ast.PropertyKeyed:
			if name, ok := keyName(p.Key, p.Computed); ok {
				e.Members = append(e.Members, Literal{name, w.keySpan(p.Key)})
				w.keepRun(e, name, p.Value, s)
			} else {
				e.Complete = false
			}
		default:
			e.Complete = false
		}
	}
}

func (w *walker) classMembers(e *Export, c *ast.ClassLiteral, s *scope, depth int) {
	for _, element := range c.Body {
		switch m := element.(type) {
		case *ast.MethodDefinition:
			name, ok := keyName(m.Key, m.Computed)
			if ok && name != "constructor" && !m.Static {
				e.Members = append(e.Members, Literal{name, w.keySpan(m.Key)})
				w.keepRun(e, name, m.Body, s)
			}
			e.Complete = e.Complete && ok
			w.thisMembers(e, m.Body.Body)
		case *ast.FieldDefinition:
			if name, ok := keyName(m.Key, m.Computed); ok && !m.Static {
				e.Members = append(e.Members, Literal{name, w.keySpan(m.Key)})
			}
		}
	}
	if c.SuperClass != nil {
		w.exported(e, c.SuperClass, s, depth+1)
	}
}

// pluginClasses returns the classes of a program that have a setup or run, as plugins do.
func (w *walker) pluginClasses(body []ast.Statement) (names []Literal) {
	for _, statement := range body {
		s, ok := statement.(*ast.ClassDeclaration)
		if !ok || s.Class.Name == nil {
			continue
		}
		for _, element := range s.Class.Body {
			m, ok := element.(*ast.MethodDefinition)
			if !ok || m.Static {
				continue
			}
			if name, ok := keyName(m.Key, m.Computed); ok && (name == "setup" || name == "run") {
				names = append(names, Literal{s.Class.Name.Name.String(), w.nameSpan(s.Class.Name)})
				break
			}
		}
	}
	return names
}

// thisMembers adds the names that the statements of a body set on `this`.
func (w *walker) thisMembers(e *Export, body *ast.BlockStatement) {
	for _, statement := range body.List {
		expression, ok := statement.(*ast.ExpressionStatement)
		if !ok {
			continue
		}
		assign, ok := expression.Expression.(*ast.AssignExpression)
		if !ok {
			continue
		}
		if dot, ok := assign.Left.(*ast.DotExpression); ok {
			if _, this := dot.Left.(*ast.ThisExpression); this {
				e.Members = append(e.Members, Literal{dot.Identifier.Name.String(), w.nameSpan(&dot.Identifier)})
			}
		}
	}
}

// pendingAssignment sets a name that the scopes around it do not declare.
type pendingAssignment struct {
	id     *ast.Identifier
	throws bool
}

func (w *walker) assign(e *ast.AssignExpression) {
	if id, ok := e.Left.(*ast.Identifier); ok && e.Operator == token.ASSIGN && w.isAPI(e.Right) {
		if v := w.scope.find(id.Name.String()); v != nil {
			v.api = true
			return
		}
	}
	if id, ok := e.Left.(*ast.Identifier); ok && e.Operator != token.ASSIGN {
		w.changed(id)
	} else {
		if dot, ok := e.Left.(*ast.DotExpression); ok && isThis(dot.Left) {
			w.keepField(dot.Identifier.Name.String(), e.Right)
			w.entry = isEntry(dot.Identifier.Name.String()) && isFunction(e.Right)
		} else {
			w.assigned(e.Left)
		}
	}
	if e.Operator == token.ASSIGN {
		w.takenApart(e.Left, e.Right)
	} else {
		w.operand(e.Operator, e.Right, false)
	}
}

// changed walks a name whose old value is read and replaced: `n += 1`, `n++`.
func (w *walker) changed(id *ast.Identifier) {
	v := w.scope.find(id.Name.String())
	if v == nil {
		w.undeclared = add(w.undeclared, pendingAssignment{id, true})
		return
	}
	w.constant(v, id)
}

// constant notes an assignment to a variable that may not change.
func (w *walker) constant(v *variable, id *ast.Identifier) {
	if v.fixed {
		w.code.Constants = add(w.code.Constants, Literal{id.Name.String(), w.nameSpan(id)})
	}
}

func (w *walker) unary(e *ast.UnaryExpression) {
	if e.Operator == token.INCREMENT || e.Operator == token.DECREMENT {
		if id, ok := e.Operand.(*ast.Identifier); ok {
			w.changed(id)
			return
		}
	}
	if _, name := e.Operand.(*ast.Identifier); name && e.Operator == token.TYPEOF {
		return // `typeof api` asks, and hands nothing on
	}
	switch e.Operator {
	case token.NOT:
		w.condition(e.Operand)
	case token.MINUS, token.PLUS, token.BITWISE_NOT:
		w.value(e.Operand)
	default:
		w.expression(e.Operand)
	}
}

// assigned walks the left side of an assignment.
func (w *walker) assigned(target ast.Expression) {
	switch t := target.(type) {
	case *ast.Identifier:
		if v := w.scope.find(t.Name.String()); v == nil {
			w.undeclared = add(w.undeclared, pendingAssignment{t, w.scope.strict})
		} else {
			v.handedOn, v.changed = true, true
			w.constant(v, t)
		}
	case *ast.DotExpression:
		w.assignedMember(t)
	case *ast.ObjectPattern:
		for _, property := range t.Properties {
			switch p := property.(type) {
			case *ast.PropertyShort:
				w.assigned(&p.Name)
				w.expression(p.Initializer)
			case *ast.PropertyKeyed:
				w.key(p.Key, p.Computed)
				w.assigned(p.Value)
			}
		}
		if t.Rest != nil {
			w.assigned(t.Rest)
		}
	case *ast.ArrayPattern:
		for _, e := range t.Elements {
			w.assigned(e)
		}
		if t.Rest != nil {
			w.assigned(t.Rest)
		}
	case *ast.AssignExpression:
		w.assigned(t.Left)
		w.expression(t.Right)
	case *ast.Binding:
		w.assigned(t.Target)
		w.expression(t.Initializer)
	default:
		w.expression(target)
	}
}

// assignedMember notes what `window.name = ...` declares for all scripts, and the
// members that a variable gets after its first value.
func (w *walker) assignedMember(dot *ast.DotExpression) {
	name := dot.Identifier.Name.String()
	w.defines(name)
	if w.isGlobalObject(dot.Left) {
		w.code.Globals = add(w.code.Globals, name)
		return
	}
	if id, ok := dot.Left.(*ast.Identifier); ok {
		if v := w.scope.find(id.Name.String()); v != nil {
			v.members = add(v.members, Literal{name, w.nameSpan(&dot.Identifier)})
			if v.mayHold() && !ofPromise(name) {
				w.pend(pendingResult{holder: v, used: Literal{name, w.nameSpan(&dot.Identifier)}, as: SetsMember})
			}
			return
		}
		if !w.isAPI(id) {
			if w.added == nil {
				w.added = map[string]bool{}
			}
			w.added[id.Name.String()+"."+name] = true
			w.named(id)
			return
		}
	}
	w.member(dot, false, nil)
}

// settleAssignments keeps the assignments to names that are nobody's.
func (w *walker) settleAssignments() {
	for _, p := range w.undeclared {
		name := p.id.Name.String()
		if hostVariable(name) {
			continue
		}
		w.code.Undeclared = append(w.code.Undeclared, Assignment{Literal{name, w.nameSpan(p.id)}, p.throws})
	}
}
