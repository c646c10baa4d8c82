package analysis

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// Names that are read from the config of a run: `ctx.config.sigma`, where ctx is a
// context, also by way of variables and patterns.

// pendingSetting is such a name by way of a variable, judged when it is known what else
// becomes of that: who it is handed to may put something in.
type pendingSetting struct {
	holder   *variable // nil for ctx.config itself
	name     Literal
	optional bool
}

// isEntry reports whether ImJoy calls a function of that name with a context.
func isEntry(name string) bool { return name == "run" || name == "update" }

func isFunction(value ast.Expression) bool {
	switch value.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true
	}
	return false
}

// isContext reports whether an expression is the context of a run.
func (w *walker) isContext(e ast.Expression) bool {
	id, ok := bare(e).(*ast.Identifier)
	if !ok {
		return false
	}
	v := w.scope.find(id.Name.String())
	return v != nil && v.context
}

// configOf reports whether an expression is the config of a run, and the variable that
// holds it.
func (w *walker) configOf(expression ast.Expression) (holder *variable, ok bool) {
	switch e := bare(expression).(type) {
	case *ast.DotExpression:
		return nil, e.Identifier.Name == "config" && w.isContext(e.Left)
	case *ast.Identifier:
		v := w.scope.find(e.Name.String())
		return v, v != nil && v.config
	case *ast.BinaryExpression: // ctx.config || {}
		if e.Operator == token.LOGICAL_OR || e.Operator == token.COALESCE {
			return w.configOf(e.Left)
		}
	}
	return nil, false
}

// setting notes a name that is taken of something, if that is the config.
func (w *walker) setting(of ast.Expression, name Literal) {
	if holder, ok := w.configOf(of); ok {
		w.settings = add(w.settings, pendingSetting{holder, name, false})
	}
}

// keepConfig notes the variables that a binding sets to the config or parts of it.
func (w *walker) keepConfig(target, value ast.Expression) {
	if value == nil {
		return
	}
	_, config := w.configOf(value)
	context := w.isContext(value)
	if !config && !context {
		if id, ok := target.(*ast.Identifier); ok && isEntry(id.Name.String()) && isFunction(value) {
			w.entry = true
		}
		return
	}
	switch t := target.(type) {
	case *ast.Identifier:
		if v := w.scope.find(t.Name.String()); v != nil {
			v.config, v.context = v.config || config, v.context || context
		}
	case *ast.ObjectPattern:
		if config {
			w.settingPattern(t)
		} else {
			w.contextPattern(t)
		}
	}
}

// contextPattern notes what a pattern takes of the config of a context: `{config, data}`.
func (w *walker) contextPattern(target ast.Expression) {
	pattern, ok := target.(*ast.ObjectPattern)
	if !ok {
		return
	}
	for _, property := range pattern.Properties {
		switch p := property.(type) {
		case *ast.PropertyShort:
			if v := w.scope.find(p.Name.Name.String()); v != nil && p.Name.Name == "config" {
				v.config = true
			}
		case *ast.PropertyKeyed:
			if name, ok := keyName(p.Key, p.Computed); ok && name == "config" {
				w.keepPattern(p.Value)
			}
		}
	}
}

// keepPattern notes the variables behind `config:` in a pattern.
func (w *walker) keepPattern(target ast.Expression) {
	if a, ok := target.(*ast.AssignExpression); ok {
		target = a.Left
	}
	switch t := target.(type) {
	case *ast.Identifier:
		if v := w.scope.find(t.Name.String()); v != nil {
			v.config = true
		}
	case *ast.ObjectPattern:
		w.settingPattern(t)
	}
}

// settingPattern notes the names that a pattern takes of the config.
func (w *walker) settingPattern(pattern *ast.ObjectPattern) {
	for _, property := range pattern.Properties {
		switch p := property.(type) {
		case *ast.PropertyShort:
			w.settings = add(w.settings, pendingSetting{nil, Literal{p.Name.Name.String(), w.nameSpan(&p.Name)}, p.Initializer != nil})
		case *ast.PropertyKeyed:
			if name, ok := keyName(p.Key, p.Computed); ok {
				_, optional := p.Value.(*ast.AssignExpression)
				w.settings = add(w.settings, pendingSetting{nil, Literal{name, w.keySpan(p.Key)}, optional})
			}
		}
	}
}

// settleSettings keeps the names that nothing but the form can give.
func (w *walker) settleSettings() {
	for _, s := range w.settings {
		switch {
		case s.holder != nil && (s.holder.handedOn || s.holder.changed || has(s.holder.members, s.name.Text)):
		case s.optional:
			w.code.Optional = add(w.code.Optional, s.name)
		default:
			w.code.Settings = add(w.code.Settings, s.name)
		}
	}
}

func has(list []Literal, name string) bool {
	for _, l := range list {
		if l.Text == name {
			return true
		}
	}
	return false
}
