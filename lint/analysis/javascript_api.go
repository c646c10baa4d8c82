package analysis

import (
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// identifier notes a name that stands alone: api itself, handed to something else.
func (w *walker) identifier(id *ast.Identifier) {
	if w.isAPI(id) {
		w.code.Escapes = true
	}
	w.named(id)
}

// named notes the use of a name: a global one, or a result that goes somewhere else.
func (w *walker) named(id *ast.Identifier) {
	name := id.Name.String()
	if v := w.scope.find(name); v != nil {
		v.handedOn = true
		return
	}
	if w.free == nil {
		w.free = map[string]bool{}
	}
	if !w.free[name] {
		w.free[name] = true
		literal := Literal{name, w.nameSpan(id)}
		w.code.Free = add(w.code.Free, literal)
		w.slip(literal)
	}
}

// isAPI reports whether an expression is the global api object or an alias of it.
func (w *walker) isAPI(expression ast.Expression) bool {
	switch e := bare(expression).(type) {
	case *ast.Identifier:
		if v := w.scope.find(e.Name.String()); v != nil {
			return v.api
		}
		return e.Name == "api"
	case *ast.DotExpression:
		return e.Identifier.Name == "api" && w.isGlobalObject(e.Left)
	}
	return false
}

// isGlobalObject reports whether an expression is a name of the global object.
func (w *walker) isGlobalObject(expression ast.Expression) bool {
	id, ok := expression.(*ast.Identifier)
	if !ok {
		return false
	}
	switch id.Name {
	case "window", "self", "globalThis", "imjoy", "imjoyRPC":
		return w.scope.find(id.Name.String()) == nil
	}
	return false
}

// bare takes away what optional chaining puts around an expression.
func bare(e ast.Expression) ast.Expression {
	for {
		switch wrapped := e.(type) {
		case *ast.OptionalChain:
			e = wrapped.Expression
		case *ast.Optional:
			e = wrapped.Expression
		default:
			return e
		}
	}
}

// alias notes `const x = api` and `const {alert} = api`; it reports whether the
// declaration was one of these.
func (w *walker) alias(target, value ast.Expression) bool {
	if !w.isAPI(value) {
		return false
	}
	switch t := target.(type) {
	case *ast.Identifier:
		if v := w.scope.find(t.Name.String()); v != nil {
			v.api = true
		}
		return true
	case *ast.ObjectPattern:
		for _, property := range t.Properties {
			switch p := property.(type) {
			case *ast.PropertyShort:
				w.use(Use{Path: p.Name.Name.String(), Span: w.nameSpan(&p.Name)})
			case *ast.PropertyKeyed:
				if name, ok := keyName(p.Key, p.Computed); ok {
					w.use(Use{Path: name, Span: w.keySpan(p.Key)})
				}
			}
		}
		w.code.Escapes = w.code.Escapes || t.Rest != nil
		return true
	}
	return false
}

// member notes the use of a member, of api or of something else. arguments are those
// of the call if it is one.
func (w *walker) member(expression ast.Expression, call bool, arguments []ast.Expression) {
	path, span, rest := w.chain(expression)
	switch {
	case path != "":
		w.use(Use{Path: path, Span: span, Call: call, First: w.first(arguments), Arguments: w.argumentsOf(arguments)})
		if call && (path == "export" || path == "init") {
			w.exports = add(w.exports, pendingExport{w.span(rest.Idx0(), expression.Idx1()), path == "init", arguments, w.scope, w.depth > 0})
		}
		return
	case rest != nil: // api[computed]
		w.code.Escapes = true
		w.expression(expression.(*ast.BracketExpression).Member)
		return
	}
	switch e := expression.(type) {
	case *ast.DotExpression:
		if !call { // values are no functions
			w.setting(e.Left, Literal{e.Identifier.Name.String(), w.nameSpan(&e.Identifier)})
		}
		w.builtin(e)
		w.misspeltMember(e)
		w.foreignExport(e, call, arguments)
		w.element(e, call, arguments)
		w.memberOf(e)
	case *ast.BracketExpression:
		if text, ok := e.Member.(*ast.StringLiteral); ok {
			w.setting(e.Left, Literal{text.Value.String(), w.keySpan(text)})
		}
		w.value(e.Left)
		w.expression(e.Member)
	}
}

// chain reads `api.utils.sleep`: the path after api, the place of its last name and
// the expression that is api. An empty path with an expression means a computed name.
func (w *walker) chain(expression ast.Expression) (path string, span source.Span, root ast.Expression) {
	var left ast.Expression
	switch e := expression.(type) {
	case *ast.DotExpression:
		left, path, span = bare(e.Left), e.Identifier.Name.String(), source.Span{}
		if w.isAPI(left) {
			return path, w.nameSpan(&e.Identifier), left
		}
		span = w.nameSpan(&e.Identifier)
	case *ast.BracketExpression:
		left = bare(e.Left)
		text, ok := e.Member.(*ast.StringLiteral)
		if !ok {
			if w.isAPI(left) {
				return "", source.Span{}, left
			}
			return "", source.Span{}, nil
		}
		path, span = text.Value.String(), w.span(text.Idx+1, text.Idx+file.Idx(len(text.Literal))-1)
		if w.isAPI(left) {
			return path, span, left
		}
	}
	// Only api.utils and api.config have members that are part of the api.
	if inner, ok := left.(*ast.DotExpression); ok && (inner.Identifier.Name == "utils" || inner.Identifier.Name == "config") {
		if root := bare(inner.Left); w.isAPI(root) {
			return inner.Identifier.Name.String() + "." + path, span, root
		}
	}
	return "", source.Span{}, nil
}

func (w *walker) use(u Use) { w.code.Uses = add(w.code.Uses, u) }

// first returns the first argument of a call where it is a literal text.
func (w *walker) first(arguments []ast.Expression) *Literal {
	if len(arguments) == 0 {
		return nil
	}
	switch a := arguments[0].(type) {
	case *ast.StringLiteral:
		return &Literal{a.Value.String(), w.span(a.Idx, a.Idx+file.Idx(len(a.Literal)))}
	case *ast.TemplateLiteral:
		if len(a.Expressions) == 0 && len(a.Elements) == 1 && a.Tag == nil {
			return &Literal{a.Elements[0].Parsed.String(), w.span(a.OpenQuote, a.CloseQuote+1)}
		}
	}
	return nil
}

func (w *walker) call(e *ast.CallExpression) {
	switch callee := bare(e.Callee).(type) {
	case *ast.DotExpression, *ast.BracketExpression:
		w.member(callee, true, e.ArgumentList)
	case *ast.Identifier:
		w.identifier(callee)
		w.loader(callee, e.ArgumentList)
	default:
		w.expression(callee)
	}
	w.asksAsync(e)
	if w.selects(e.Callee) {
		if l := w.first(e.ArgumentList); l != nil {
			w.selector(l)
		}
	}
	if w.converts(e.Callee) {
		for _, argument := range e.ArgumentList {
			w.value(argument)
		}
		return
	}
	w.expressions(e.ArgumentList)
}

// loader notes scripts that are loaded by URL: importScripts(...), and require(...),
// into which import statements are lowered.
func (w *walker) loader(callee *ast.Identifier, arguments []ast.Expression) {
	if callee.Name != "importScripts" && callee.Name != "require" || w.scope.find(callee.Name.String()) != nil {
		return
	}
	for i := range arguments {
		if l := w.first(arguments[i:]); l != nil && (callee.Name == "importScripts" || looksLikeURL(l.Text)) {
			w.code.Imports = add(w.code.Imports, *l)
		}
	}
}

// builtin notes properties that a built-in object does not have.
func (w *walker) builtin(e *ast.DotExpression) {
	id, ok := e.Left.(*ast.Identifier)
	if !ok {
		return
	}
	object, name := id.Name.String(), e.Identifier.Name.String()
	known, whole := builtins[object]
	often := openBuiltins[object]
	if !whole && often == nil || w.scope.find(object) != nil || slices.Contains(known, name) || slices.Contains(objectMembers, name) {
		return
	}
	m := Member{Object: object, Literal: Literal{name, w.nameSpan(&e.Identifier)}}
	if whole {
		m.Meant = source.Nearest(name, known)
	} else if m.Meant = nearMember(name, often); m.Meant == "" {
		return
	}
	w.misnamed = add(w.misnamed, m)
}

// settleMembers keeps the properties that the text itself does not add.
func (w *walker) settleMembers() {
	for _, m := range w.misnamed {
		if !w.added[m.Object+"."+m.Text] {
			w.code.Misnamed = append(w.code.Misnamed, m)
		}
	}
}

// foreignExport notes `something.api.export(...)`: an api that a library returned.
func (w *walker) foreignExport(e *ast.DotExpression, call bool, arguments []ast.Expression) {
	left, ok := bare(e.Left).(*ast.DotExpression)
	if call && ok && left.Identifier.Name == "api" && e.Identifier.Name == "export" {
		w.exports = add(w.exports, pendingExport{w.nameSpan(&e.Identifier), false, arguments, w.scope, true})
	}
}

func (w *walker) keySpan(key ast.Expression) source.Span { return w.span(key.Idx0(), key.Idx1()) }

// keyName returns the name of a property or method, if it is written there.
func keyName(key ast.Expression, computed bool) (name string, ok bool) {
	switch k := key.(type) {
	case *ast.Identifier:
		return k.Name.String(), !computed
	case *ast.StringLiteral:
		return k.Value.String(), true
	case *ast.NumberLiteral:
		return strings.TrimSpace(k.Literal), !computed
	}
	return "", false
}
