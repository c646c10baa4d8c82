package analysis

import (
	"maps"
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/go-sourcemap/sourcemap"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// walker goes once through a program and notes its facts.
type walker struct {
	code       *Code
	place      func(start, end int) source.Span
	scope      *scope
	suspicious int // names that may be declared twice
	exports    []pendingExport
	undeclared []pendingAssignment
	promises
	mistakes
	settings []pendingSetting
	entry    bool            // the function that is walked next gets a context: it is run or update
	free     map[string]bool // global names that were noted
	misnamed []Member
	added    map[string]bool // properties that the text gives to global objects: "Math.clamp"
	depth    int             // of statements inside of others
}

// walkProgram returns the facts of a program. place maps offsets of the parsed text
// to those of the text the facts are about.
func walkProgram(program *ast.Program, place func(start, end int) source.Span, module bool) (code *Code, suspicious int) {
	w := &walker{code: &Code{Read: true}, place: place}
	w.open(true).strict = module || useStrict(program.Body)
	w.hoist(program.DeclarationList)
	w.lexical(program.Body)
	w.statements(program.Body)
	for _, e := range w.exports {
		w.code.Exports = append(w.code.Exports, w.resolveExport(e))
	}
	w.code.Globals = append(w.code.Globals, slices.Sorted(maps.Keys(w.scope.names))...)
	w.code.Classes = w.pluginClasses(program.Body)
	w.settleAssignments()
	w.settleResults()
	w.settleSettings()
	w.settleMembers()
	w.settleThis()
	w.code.sort()
	return w.code, w.suspicious
}

// identity is the mapping of a text that was parsed as it is.
func identity(text string) func(start, end int) source.Span {
	return func(start, end int) source.Span {
		start = min(max(start, 0), len(text))
		return source.Span{Start: start, End: min(max(start, end), len(text))}
	}
}

// mapped is the mapping of a lowered text through its source map. Ends are not in
// the map; a span is as long as it is in the lowered text.
func mapped(original, lowered string, places *sourcemap.Consumer) func(start, end int) source.Span {
	before, after := source.New("", []byte(original)), source.New("", []byte(lowered))
	return func(start, end int) source.Span {
		at := after.Position(start, source.UTF16)
		_, _, line, column, _ := places.Source(at.Line, at.Column-1)
		from, _ := before.Offset(source.Position{Line: line, Column: column + 1}, source.UTF16)
		return source.Span{Start: from, End: min(from+max(end-start, 0), len(original))}
	}
}

// span returns the place of the parsed text between two indexes of goja.
func (w *walker) span(start, end file.Idx) source.Span { return w.place(int(start)-1, int(end)-1) }

func (w *walker) nameSpan(id *ast.Identifier) source.Span {
	return w.span(id.Idx, id.Idx+file.Idx(len(id.Name.String())))
}

func (w *walker) statements(list []ast.Statement) {
	for i, s := range list {
		w.statement(s)
		if i > 0 {
			w.behindReturn(list[i-1], s)
		}
	}
}

// block walks statements in a scope of their own, if they declare anything.
func (w *walker) block(list []ast.Statement) {
	w.open(false)
	w.lexical(list)
	w.statements(list)
	w.close()
}

func (w *walker) statement(statement ast.Statement) {
	if _, plain := statement.(*ast.ExpressionStatement); !plain {
		w.depth++
		defer func() { w.depth-- }()
	}
	switch s := statement.(type) {
	case nil:
	case *ast.DebuggerStatement:
		w.code.Debuggers = add(w.code.Debuggers, w.span(s.Debugger, s.Debugger+file.Idx(len("debugger"))))
	case *ast.BlockStatement:
		w.block(s.List)
	case *ast.ExpressionStatement:
		w.expression(s.Expression)
	case *ast.VariableStatement:
		w.bindings(s.List)
	case *ast.LexicalDeclaration:
		w.bindings(s.List)
	case *ast.FunctionDeclaration:
		w.function(s.Function)
	case *ast.ClassDeclaration:
		w.class(s.Class)
	case *ast.ReturnStatement:
		w.expression(s.Argument)
	case *ast.ThrowStatement:
		w.expression(s.Argument)
	case *ast.IfStatement:
		w.condition(s.Test)
		w.statement(s.Consequent)
		w.statement(s.Alternate)
	case *ast.WhileStatement:
		w.condition(s.Test)
		w.statement(s.Body)
	case *ast.DoWhileStatement:
		w.statement(s.Body)
		w.condition(s.Test)
	case *ast.LabelledStatement:
		w.statement(s.Statement)
	case *ast.WithStatement:
		w.expression(s.Object)
		w.statement(s.Body)
	case *ast.ForStatement:
		w.forLoop(s)
	case *ast.ForInStatement:
		w.forEach(s.Into, s.Source, s.Body)
	case *ast.ForOfStatement:
		w.forEach(s.Into, s.Source, s.Body)
	case *ast.SwitchStatement:
		w.switchCases(s)
	case *ast.TryStatement:
		w.try(s)
	}
}

func (w *walker) forLoop(s *ast.ForStatement) {
	w.open(false)
	defer w.close()
	switch init := s.Initializer.(type) {
	case *ast.ForLoopInitializerExpression:
		w.expression(init.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		w.bindings(init.List)
	case *ast.ForLoopInitializerLexicalDecl:
		w.lexical([]ast.Statement{&init.LexicalDeclaration})
		w.bindings(init.LexicalDeclaration.List)
	}
	w.expression(s.Test)
	w.expression(s.Update)
	w.statement(s.Body)
}

func (w *walker) forEach(into ast.ForInto, from ast.Expression, body ast.Statement) {
	w.open(false)
	defer w.close()
	switch into := into.(type) {
	case *ast.ForIntoVar:
		w.pattern(into.Binding.Target)
	case *ast.ForDeclaration:
		w.declareTarget(into.Target, nil, true)
		w.pattern(into.Target)
	case *ast.ForIntoExpression:
		w.assigned(into.Expression)
	}
	w.value(from)
	w.statement(body)
}

func (w *walker) switchCases(s *ast.SwitchStatement) {
	w.expression(s.Discriminant)
	w.open(false)
	defer w.close()
	for _, c := range s.Body {
		w.lexical(c.Consequent)
	}
	w.repeatedCases(s)
	for _, c := range s.Body {
		w.expression(c.Test)
		w.statements(c.Consequent)
	}
}

func (w *walker) try(s *ast.TryStatement) {
	w.block(s.Body.List)
	if s.Catch != nil {
		w.open(false)
		if s.Catch.Parameter != nil {
			w.declareTarget(s.Catch.Parameter, nil, false)
			w.pattern(s.Catch.Parameter)
		}
		w.block(s.Catch.Body.List)
		w.close()
	}
	if s.Finally != nil {
		w.block(s.Finally.List)
	}
}

// bindings walks declarations: patterns and first values. Their names are declared.
func (w *walker) bindings(list []*ast.Binding) {
	for _, b := range list {
		if b.Initializer != nil && w.alias(b.Target, b.Initializer) {
			continue
		}
		w.keepResult(b)
		w.keepConfig(b.Target, b.Initializer)
		w.pattern(b.Target)
		w.takenApart(b.Target, b.Initializer)
	}
}

// pattern walks the default values and computed keys of a binding.
func (w *walker) pattern(target ast.Expression) {
	switch t := target.(type) {
	case *ast.ObjectPattern:
		for _, p := range t.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				w.expression(p.Initializer)
			case *ast.PropertyKeyed:
				if p.Computed {
					w.expression(p.Key)
				}
				w.pattern(p.Value)
			}
		}
	case *ast.ArrayPattern:
		for _, e := range t.Elements {
			w.pattern(e)
		}
	case *ast.AssignExpression:
		w.pattern(t.Left)
		w.expression(t.Right)
	case *ast.Binding:
		w.pattern(t.Target)
		w.expression(t.Initializer)
	}
}
