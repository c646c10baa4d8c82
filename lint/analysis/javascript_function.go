package analysis

import "github.com/dop251/goja/ast"

func (w *walker) function(f *ast.FunctionLiteral) { w.method(f, nil) }

// method walks a function whose `this` has those methods, nil where that is not known.
func (w *walker) method(f *ast.FunctionLiteral, own methods) {
	s := w.open(true)
	defer w.close()
	defer w.inside(own, f.Async)()
	w.depth++
	defer func() { w.depth-- }()
	if f.Name != nil {
		s.declare(f.Name.Name.String(), &variable{value: f})
		w.entry = w.entry || isEntry(f.Name.Name.String())
	}
	w.body(f.ParameterList, f.DeclarationList, f.Body)
}

func (w *walker) arrow(f *ast.ArrowFunctionLiteral) {
	w.open(true)
	defer w.close()
	defer w.inside(w.own, f.Async)()
	w.depth++
	defer func() { w.depth-- }()
	switch body := f.Body.(type) {
	case *ast.BlockStatement:
		w.body(f.ParameterList, f.DeclarationList, body)
	case *ast.ExpressionBody:
		w.body(f.ParameterList, f.DeclarationList, nil)
		w.expression(body.Expression)
	}
}

// body walks parameters and body of a function in the scope that is open.
func (w *walker) body(list *ast.ParameterList, declarations []*ast.VariableDeclaration, body *ast.BlockStatement) {
	entry := w.entry
	w.entry = false
	w.parameters(list, entry)
	if entry && list != nil && len(list.List) > 0 {
		w.contextPattern(list.List[0].Target)
	}
	w.hoist(declarations)
	if body != nil {
		if useStrict(body.List) {
			w.scope.strict = true
		}
		w.lexical(body.List)
	}
	if list != nil {
		for _, b := range list.List {
			w.pattern(b)
		}
	}
	if body != nil {
		w.statements(body.List)
	}
}

// class walks a class, whose code is always strict.
func (w *walker) class(c *ast.ClassLiteral) {
	s := w.open(false)
	defer w.close()
	s.strict = true
	if c.Name != nil {
		s.declare(c.Name.Name.String(), &variable{value: c})
	}
	w.expression(c.SuperClass)
	own := methodsOfClass(c)
	for _, element := range c.Body {
		switch e := element.(type) {
		case *ast.FieldDefinition:
			w.key(e.Key, e.Computed)
			done := w.inside(own, false)
			if name, ok := keyName(e.Key, e.Computed); ok && !e.Static && e.Initializer != nil {
				w.keepField(name, e.Initializer)
				w.entry = isEntry(name) && isFunction(e.Initializer)
			}
			w.expression(e.Initializer)
			done()
		case *ast.MethodDefinition:
			w.key(e.Key, e.Computed)
			if e.Static {
				w.function(e.Body)
				continue
			}
			name, _ := keyName(e.Key, e.Computed)
			w.entry = isEntry(name)
			w.method(e.Body, own)
		case *ast.ClassStaticBlock:
			w.open(true)
			w.hoist(e.DeclarationList)
			w.lexical(e.Block.List)
			w.statements(e.Block.List)
			w.close()
		}
	}
}

func (w *walker) key(key ast.Expression, computed bool) {
	if computed {
		w.expression(key)
	}
}
