package analysis

import (
	"github.com/dop251/goja/ast"
)

// What the exported `run` gives back, as far as its own statements show it.

// answers reads the statements of one function, those of functions inside of it left out.
type answers struct {
	w       *walker
	run     *Run
	objects map[string]*answer // variables that hold an object written out, by name
	given   []ast.Expression   // what is returned, or yielded
}

// answer is an object with the keys that it gets.
type answer struct {
	keys     []Literal
	complete bool
	written  bool // it began as an object that the code shows
}

// runOf returns what a function gives back; nil where the value is no function.
func (w *walker) runOf(value ast.Expression, s *scope) *Run {
	a := &answers{w: w, run: &Run{Complete: true}, objects: map[string]*answer{}}
	switch f := value.(type) {
	case *ast.FunctionLiteral:
		a.run.Yields = f.Generator
		a.statement(f.Body)
	case *ast.ArrowFunctionLiteral:
		switch body := f.Body.(type) {
		case *ast.BlockStatement:
			a.statement(body)
		case *ast.ExpressionBody:
			a.given = append(a.given, body.Expression)
		}
	case *ast.Identifier:
		if known := s.find(f.Name.String()); known != nil && known.value != nil {
			if _, again := known.value.(*ast.Identifier); !again {
				return w.runOf(known.value, s)
			}
		}
		return nil
	default:
		return nil
	}
	for _, e := range a.given {
		a.gives(e)
	}
	a.run.Complete = a.run.Complete && len(a.given) > 0
	return a.run
}

func (a *answers) statements(list []ast.Statement) {
	for _, s := range list {
		a.statement(s)
	}
}

func (a *answers) statement(statement ast.Statement) {
	switch s := statement.(type) {
	case *ast.BlockStatement:
		a.statements(s.List)
	case *ast.IfStatement:
		a.statement(s.Consequent)
		a.statement(s.Alternate)
	case *ast.ForStatement:
		a.statement(s.Body)
	case *ast.ForInStatement:
		a.statement(s.Body)
	case *ast.ForOfStatement:
		a.statement(s.Body)
	case *ast.WhileStatement:
		a.statement(s.Body)
	case *ast.DoWhileStatement:
		a.statement(s.Body)
	case *ast.LabelledStatement:
		a.statement(s.Statement)
	case *ast.SwitchStatement:
		for _, c := range s.Body {
			a.statements(c.Consequent)
		}
	case *ast.TryStatement:
		a.statements(s.Body.List)
		if s.Catch != nil {
			a.statements(s.Catch.Body.List)
		}
		if s.Finally != nil {
			a.statements(s.Finally.List)
		}
	case *ast.VariableStatement:
		a.bindings(s.List)
	case *ast.LexicalDeclaration:
		a.bindings(s.List)
	case *ast.ReturnStatement:
		if s.Argument != nil && !a.run.Yields {
			a.given = append(a.given, s.Argument)
		}
	case *ast.ExpressionStatement:
		a.expression(s.Expression)
	}
}

func (a *answers) bindings(list []*ast.Binding) {
	for _, b := range list {
		id, ok := b.Target.(*ast.Identifier)
		if !ok {
			continue
		}
		if o, ok := b.Initializer.(*ast.ObjectLiteral); ok {
			a.hold(id.Name.String(), a.object(o))
		}
	}
}

func (a *answers) expression(expression ast.Expression) {
	switch e := expression.(type) {
	case *ast.YieldExpression:
		if e.Delegate || e.Argument == nil {
			a.run.Complete = false
			return
		}
		a.given = append(a.given, e.Argument)
	case *ast.AssignExpression:
		a.assign(e)
	}
}

// assign notes what a variable gets, and what run keeps on `this`.
func (a *answers) assign(e *ast.AssignExpression) {
	switch left := e.Left.(type) {
	case *ast.Identifier:
		if o, ok := e.Right.(*ast.ObjectLiteral); ok {
			a.hold(left.Name.String(), a.object(o))
		} else {
			a.hold(left.Name.String(), &answer{})
		}
	case *ast.DotExpression:
		name := Literal{left.Identifier.Name.String(), a.w.nameSpan(&left.Identifier)}
		switch of := left.Left.(type) {
		case *ast.ThisExpression:
			a.run.Keeps = add(a.run.Keeps, name)
		case *ast.Identifier:
			a.hold(of.Name.String(), &answer{keys: []Literal{name}, complete: true})
		}
	case *ast.BracketExpression:
		if of, ok := left.Left.(*ast.Identifier); ok {
			name, known := left.Member.(*ast.StringLiteral)
			if !known {
				a.hold(of.Name.String(), &answer{})
				return
			}
			a.hold(of.Name.String(), &answer{keys: []Literal{{name.Value.String(), a.w.keySpan(name)}}, complete: true})
		}
	}
}

// hold adds to what is known of a variable.
func (a *answers) hold(name string, more *answer) {
	known := a.objects[name]
	if known == nil {
		a.objects[name] = more
		return
	}
	known.keys = append(known.keys, more.keys...)
	known.complete = known.complete && more.complete
	known.written = known.written || more.written
}

func (a *answers) object(o *ast.ObjectLiteral) *answer {
	out := &answer{complete: true, written: true}
	for _, property := range o.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			out.keys = append(out.keys, Literal{p.Name.Name.String(), a.w.nameSpan(&p.Name)})
		case *ast.PropertyKeyed:
			name, ok := keyName(p.Key, p.Computed)
			if !ok {
				out.complete = false
				continue
			}
			out.keys = append(out.keys, Literal{name, a.w.keySpan(p.Key)})
		default:
			out.complete = false
		}
	}
	return out
}

// gives adds the keys of something that is given back.
func (a *answers) gives(expression ast.Expression) {
	var given *answer
	switch e := expression.(type) {
	case *ast.ObjectLiteral:
		given = a.object(e)
	case *ast.Identifier:
		given = a.objects[e.Name.String()]
	}
	if given == nil || !given.written {
		a.run.Complete = false
		return
	}
	a.run.Complete = a.run.Complete && given.complete
	for _, key := range given.keys {
		a.run.add(key)
	}
}

// add notes a key, each once.
func (r *Run) add(key Literal) {
	for _, known := range r.Returns {
		if known.Text == key.Text {
			return
		}
	}
	r.Returns = add(r.Returns, key)
}

// keepRun notes the exported run of an object or class.
func (w *walker) keepRun(e *Export, name string, value ast.Expression, s *scope) {
	if name == "run" && e.Run == nil && value != nil {
		e.Run = w.runOf(value, s)
	}
}
