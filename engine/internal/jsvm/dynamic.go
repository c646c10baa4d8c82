package jsvm

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/unistring"

	"github.com/imjoy-tools/imjoy/engine/internal/lower"
)

// loweredName is a function of the global object through which the texts go that a
// script evaluates. goja tells a direct eval, which sees the variables around it, by its
// callee: so the argument is wrapped, and eval stays goja's own.
const loweredName = "$lower"

// flagged are regular expressions with a flag that goja does not know, and more.
var flagged = regexp.MustCompile(`/[gimsuy]*[dv]`)

// lowered is a text for eval and Function as goja takes it; undefined when it may stay.
// One that is wrong stays too: goja says what is wrong.
func (vm *VM) lowered(call goja.FunctionCall) goja.Value {
	given, ok := call.Argument(0).(goja.String)
	if !ok || given.Length() > MaxScript {
		return goja.Undefined()
	}
	text := given.String()
	if made := lowerText(text); made != text {
		return vm.rt.ToValue(made)
	}
	return goja.Undefined()
}

func lowerText(text string) string {
	tree, err := goja.Parse("", text, parser.WithDisableSourceMaps)
	if err == nil && strings.Contains(text, "async") { // goja parses async generators, but compiles none
		_, err = goja.CompileAST(tree, false)
	}
	made := text
	if err != nil {
		result, wrong := lower.Script("", text, false)
		if wrong != nil {
			return text
		}
		made = result.Code
		if tree, err = goja.Parse("", made, parser.WithDisableSourceMaps); err != nil {
			return text
		}
	}
	if lower.Peculiar(made) || flagged.MatchString(made) {
		made = constructPatterns(tree, made)
	}
	return made
}

// constructPatterns is rewritePatterns for a text.
func constructPatterns(tree *ast.Program, text string) string {
	var found []*ast.RegExpLiteral
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		if literal, ok := node.(*ast.RegExpLiteral); ok && constructed(literal) != nil {
			found = append(found, literal)
		}
	})
	slices.SortFunc(found, func(a, b *ast.RegExpLiteral) int { return int(b.Idx) - int(a.Idx) })
	for _, literal := range found {
		at := int(literal.Idx) - 1
		if at < 0 || !strings.HasPrefix(text[at:], literal.Literal) {
			continue
		}
		text = text[:at] + "new RegExp(" + quoted(literal.Pattern) + "," + quoted(literal.Flags) + ")" + text[at+len(literal.Literal):]
	}
	return text
}

// quoted writes a text as a literal of JavaScript.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(text) + `"`
}

// wrapEvaluated sends the arguments of eval through loweredName.
func wrapEvaluated(tree *ast.Program) {
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		call, ok := node.(*ast.CallExpression)
		if !ok || len(call.ArgumentList) == 0 || !isEval(call.Callee) {
			return
		}
		first := call.ArgumentList[0]
		if _, spread := first.(*ast.SpreadElement); spread {
			return
		}
		call.ArgumentList[0] = &ast.CallExpression{
			Callee:          &ast.Identifier{Idx: first.Idx0(), Name: loweredName},
			LeftParenthesis: first.Idx0(), ArgumentList: []ast.Expression{first}, RightParenthesis: first.Idx1(),
		}
	})
}

// isEval recognises `eval`, `(0, eval)` and `globalThis.eval`.
func isEval(callee ast.Expression) bool {
	is := func(name unistring.String, names ...string) bool { return slices.Contains(names, name.String()) }
	switch c := callee.(type) {
	case *ast.Identifier:
		return is(c.Name, "eval")
	case *ast.SequenceExpression:
		return len(c.Sequence) > 0 && isEval(c.Sequence[len(c.Sequence)-1])
	case *ast.DotExpression:
		owner, ok := c.Left.(*ast.Identifier)
		return ok && is(c.Identifier.Name, "eval") && is(owner.Name, "self", "globalThis", "window", "global")
	}
	return false
}

// eachNode walks over the nodes of a tree, outer ones first.
func eachNode(v reflect.Value, visit func(node any)) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			eachNode(v.Elem(), visit)
		}
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return
		}
		visit(v.Interface())
		eachNode(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			eachNode(v.Index(i), visit)
		}
	case reflect.Struct:
		for _, i := range branches(v.Type()) {
			eachNode(v.Field(i), visit)
		}
	}
}
