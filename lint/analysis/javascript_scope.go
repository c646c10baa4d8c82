package analysis

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// scope holds the names that one function, block or class declares. All of them
// are known when the scope is opened, as JavaScript hoists them.
type scope struct {
	outer    *scope
	function bool // names of `var` live here
	strict   bool
	names    map[string]*variable
}

// variable is a declared name with what it was set to first, if that is simple.
type variable struct {
	value   ast.Expression // nil when unknown
	context bool           // the context of a run
	field   bool           // of `this`
	api     bool           // an alias of api
	config  bool           // the config of a run
	fixed   bool           // declared with const
	members []Literal

	result   *promise // the unawaited result that it was declared with
	handedOn bool     // it stands somewhere alone: awaited, given to something, set again
	changed  bool     // it is set again, or declared twice
}

func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.outer {
		if v, ok := s.names[name]; ok {
			return v
		}
	}
	return nil
}

func (s *scope) declare(name string, v *variable) *variable {
	if s.names == nil {
		s.names = map[string]*variable{}
	}
	if known := s.names[name]; known != nil {
		if known.value == nil {
			known.value = v.value
		} else if v.value != known.value {
			known.changed = true
		}
		return known
	}
	s.names[name] = v
	return v
}

// open begins a scope.
func (w *walker) open(function bool) *scope {
	w.scope = &scope{outer: w.scope, function: function, strict: w.scope != nil && w.scope.strict}
	return w.scope
}

func (w *walker) close() { w.scope = w.scope.outer }

// hoist declares the names of a function's or the program's `var` statements.
func (w *walker) hoist(list []*ast.VariableDeclaration) {
	for _, d := range list {
		for _, b := range d.List {
			w.declareTarget(b.Target, b.Initializer, false)
		}
	}
}

// lexical declares what let, const, class and function statements of a block
// declare. A name declared twice makes the script suspicious: goja's parser leaves
// that question to its compiler.
func (w *walker) lexical(list []ast.Statement) {
	for _, statement := range list {
		switch s := unlabelled(statement).(type) {
		case *ast.LexicalDeclaration:
			for _, b := range s.List {
				w.declareTarget(b.Target, b.Initializer, true)
				if id, ok := b.Target.(*ast.Identifier); ok && s.Token == token.CONST {
					w.scope.names[id.Name.String()].fixed = true
				}
			}
		case *ast.ClassDeclaration:
			if s.Class.Name != nil {
				w.declareOnce(s.Class.Name.Name.String(), s.Class)
			}
		case *ast.FunctionDeclaration:
			if s.Function.Name != nil {
				w.scope.declare(s.Function.Name.Name.String(), &variable{value: s.Function})
			}
		}
	}
}

func unlabelled(s ast.Statement) ast.Statement {
	for {
		labelled, ok := s.(*ast.LabelledStatement)
		if !ok {
			return s
		}
		s = labelled.Statement
	}
}

func (w *walker) declareOnce(name string, value ast.Expression) {
	if w.scope.names[name] != nil {
		w.suspicious++
	}
	w.scope.declare(name, &variable{value: value})
}

// declareTarget declares the names of a binding, plain or taken apart.
func (w *walker) declareTarget(target ast.Expression, value ast.Expression, once bool) {
	switch t := target.(type) {
	case *ast.Identifier:
		if once {
			w.declareOnce(t.Name.String(), value)
		} else {
			w.scope.declare(t.Name.String(), &variable{value: value})
		}
	case *ast.ObjectPattern:
		for _, p := range t.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				w.declareTarget(&p.Name, nil, once)
			case *ast.PropertyKeyed:
				w.declareTarget(p.Value, nil, once)
			}
		}
		w.declareTarget(t.Rest, nil, once)
	case *ast.ArrayPattern:
		for _, e := range t.Elements {
			w.declareTarget(e, nil, once)
		}
		w.declareTarget(t.Rest, nil, once)
	case *ast.AssignExpression: // a default value
		if t.Operator == token.ASSIGN {
			w.declareTarget(t.Left, nil, once)
		}
	case *ast.Binding:
		w.declareTarget(t.Target, nil, once)
	case *ast.SpreadElement:
		w.declareTarget(t.Expression, nil, once)
	}
}

// parameters declares the parameters of a function. The first one of an entry is a context,
// and so are those of other functions that are called as one.
func (w *walker) parameters(list *ast.ParameterList, entry bool) {
	if list == nil {
		return
	}
	for i, b := range list.List {
		if id, ok := b.Target.(*ast.Identifier); ok {
			name := id.Name.String()
			w.scope.declare(name, &variable{context: entry && i == 0 || name == "ctx" || name == "context" || name == "my"})
			continue
		}
		w.declareTarget(b.Target, nil, false)
	}
	w.declareTarget(list.Rest, nil, false)
}

// useStrict reports whether a body begins with the directive.
func useStrict(list []ast.Statement) bool {
	for _, s := range list {
		e, ok := s.(*ast.ExpressionStatement)
		if !ok {
			return false
		}
		text, ok := e.Expression.(*ast.StringLiteral)
		if !ok {
			return false
		}
		if text.Value.String() == "use strict" {
			return true
		}
	}
	return false
}
