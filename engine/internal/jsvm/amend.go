package jsvm

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// What goja reads otherwise than the language says. Both are silent, so each script is
// looked through before it is compiled.

// errHoisted is a script that calls a function outside of the block that declares it, as
// scripts that are not strict may. goja keeps such a function in its block; esbuild writes
// the variable that the language makes of it.
var errHoisted = errors.New("a function is used outside of its block")

// amend gives comparisons in a row their order, and reports errHoisted. chains are the
// parentheses that do the same to the text.
func amend(tree *ast.Program, text string) (chains []replacement, err error) {
	s := scopes{bodies: map[*ast.BlockStatement]bool{}}
	if directive(tree.Body) {
		s.strict = append(s.strict, extent{0, len(text) + 1})
	}
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		if b, ok := node.(*ast.BinaryExpression); ok {
			chains = append(chains, leftToRight(b, text)...)
		}
		s.visit(node)
	})
	return chains, s.hoisted(tree)
}

// leftToRight makes `(a < b) < c` of what goja reads as `a < (b < c)`.
func leftToRight(b *ast.BinaryExpression, text string) (made []replacement) {
	for relational(b.Operator) {
		right, ok := b.Right.(*ast.BinaryExpression)
		if !ok || !relational(right.Operator) || enclosed(b.Left, right, text) {
			return made
		}
		begin, end := int(b.Left.Idx0())-1, operatorBetween(right.Left, right.Right, text)
		made = append(made, replacement{begin, begin, "("}, replacement{end, end, ")"})
		first := &ast.BinaryExpression{Operator: b.Operator, Left: b.Left, Right: right.Left, Comparison: b.Comparison}
		b.Operator, b.Left, b.Right, b.Comparison = right.Operator, first, right.Right, right.Comparison
	}
	return made
}

// operatorBetween is where the operator between two operands begins: behind the
// parentheses that close after the first.
func operatorBetween(a, b ast.Expression, text string) int {
	from, to := int(a.Idx1())-1, int(b.Idx0())-1
	if from < 0 || to < from || to > len(text) {
		return 0
	}
	skipped := closing().FindString(text[from:to])
	return from + len(skipped)
}

// closing is all that may stand between an operand and the operator behind it.
var closing = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:/\*[\s\S]*?\*/|//[^\n]*\n|[\s)])*`) })

func relational(t token.Token) bool {
	switch t {
	case token.LESS, token.LESS_OR_EQUAL, token.GREATER, token.GREATER_OR_EQUAL, token.INSTANCEOF, token.IN:
		return true
	}
	return false
}

var comments = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/\*[\s\S]*?\*/|//[^\n]*`) })

// enclosed reports whether the right side stands in parentheses, of which a tree keeps
// nothing: more open before its first operand than close behind it.
func enclosed(left ast.Expression, right *ast.BinaryExpression, text string) bool {
	between := func(a, b ast.Expression) (string, bool) {
		from, to := int(a.Idx1())-1, int(b.Idx0())-1
		if from < 0 || to < from || to > len(text) {
			return "", false
		}
		return comments().ReplaceAllString(text[from:to], ""), true
	}
	before, ok := between(left, right.Left)
	behind, also := between(right.Left, right.Right)
	return !ok || !also || strings.Count(before, "(") > strings.Count(behind, ")")
}

// extent is a part of a text, as goja counts.
type extent struct{ from, to int }

func extentOf(n ast.Node) extent { return extent{int(n.Idx0()), int(n.Idx1())} }

func (e extent) holds(o extent) bool { return e.from <= o.from && o.to <= e.to }

// blockFunction is a function declared in a block.
type blockFunction struct {
	name  unistring.String
	block extent
}

// scopes are the functions of a script, and those that blocks declare.
type scopes struct {
	bodies    map[*ast.BlockStatement]bool // of functions
	functions []extent
	strict    []extent
	declared  []blockFunction
}

func (s *scopes) visit(node any) {
	switch n := node.(type) {
	case *ast.FunctionLiteral:
		s.function(n, n.Body)
	case *ast.ArrowFunctionLiteral:
		body, _ := n.Body.(*ast.BlockStatement)
		s.function(n, body)
	case *ast.ClassLiteral:
		s.strict = append(s.strict, extentOf(n))
	case *ast.BlockStatement:
		if !s.bodies[n] {
			s.block(n.List, extentOf(n))
		}
	case *ast.SwitchStatement:
		for _, c := range n.Body {
			s.block(c.Consequent, extentOf(n))
		}
	case *ast.IfStatement:
		s.block([]ast.Statement{n.Consequent, n.Alternate}, extentOf(n))
	}
}

func (s *scopes) function(n ast.Node, body *ast.BlockStatement) {
	at := extentOf(n)
	s.functions = append(s.functions, at)
	if body == nil {
		return
	}
	s.bodies[body] = true
	if directive(body.List) {
		s.strict = append(s.strict, at)
	}
}

func (s *scopes) block(list []ast.Statement, at extent) {
	for _, statement := range list {
		if f, ok := statement.(*ast.FunctionDeclaration); ok && f.Function.Name != nil && !f.Function.Async && !f.Function.Generator {
			s.declared = append(s.declared, blockFunction{f.Function.Name.Name, at})
		}
	}
}

// directive reports whether statements begin with "use strict".
func directive(list []ast.Statement) bool {
	for _, statement := range list {
		e, ok := statement.(*ast.ExpressionStatement)
		if !ok {
			return false
		}
		text, ok := e.Expression.(*ast.StringLiteral)
		if !ok {
			return false
		}
		if text.Value == "use strict" {
			return true
		}
	}
	return false
}

// hoisted looks for the names of the functions that blocks declare outside of them, in
// the function around.
func (s *scopes) hoisted(tree *ast.Program) (err error) {
	around := map[unistring.String][][2]extent{} // the block, the function
	for _, f := range s.declared {
		if s.isStrict(f.block) {
			continue
		}
		outer := extent{0, int(^uint(0) >> 1)}
		for _, e := range s.functions {
			if e.holds(f.block) && outer.holds(e) {
				outer = e
			}
		}
		around[f.name] = append(around[f.name], [2]extent{f.block, outer})
	}
	if len(around) == 0 {
		return nil
	}
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		name, ok := node.(*ast.Identifier)
		if !ok {
			return
		}
		at := extent{int(name.Idx), int(name.Idx)}
		for _, e := range around[name.Name] {
			if e[1].holds(at) && !e[0].holds(at) {
				err = errHoisted
			}
		}
	})
	return err
}

func (s *scopes) isStrict(at extent) bool {
	for _, e := range s.strict {
		if e.holds(at) {
			return true
		}
	}
	return false
}
