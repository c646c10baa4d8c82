package jsvm

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/unistring"

	"github.com/imjoy-tools/imjoy/engine/internal/lower"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// A direct eval is compiled as $direct(eval($lower(text))); environment/core.js has the
// reason and what these are. Every other way to evaluate a text is a function there.
const directName, loweredName = "$direct", "$lower"

// flagged are regular expressions with a flag that goja does not know, and more.
var flagged = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/[gimsuy]*[dv]`) })

// lowered is a text for eval and Function as goja takes it; undefined when it may stay.
// One that is wrong stays too: goja says what is wrong.
func (vm *VM) lowered(call goja.FunctionCall) goja.Value {
	given, ok := call.Argument(0).(goja.String)
	if !ok {
		return goja.Undefined()
	}
	if given.Length() > MaxScript {
		vm.throw(&wire.Fault{Name: "RangeError", Message: fmt.Sprintf("the text to evaluate has %d characters, more than %d", given.Length(), MaxScript)})
	}
	text := given.String()
	if vm.glue != nil {
		vm.glue.before(usesOf(text))
	}
	made, err := lowerText(text)
	if err != nil {
		vm.throw(&wire.Fault{Name: "SyntaxError", Message: err.Error()})
	}
	if made != text {
		if vm.glue != nil {
			vm.glue.before(usesOf(made))
		}
		return vm.rt.ToValue(made)
	}
	return goja.Undefined()
}

func lowerText(text string) (string, error) {
	tree, err := goja.Parse("", text, parser.WithDisableSourceMaps)
	if err == nil && strings.Contains(text, "async") { // goja parses async generators, but compiles none
		_, err = goja.CompileAST(tree, false)
	}
	var chains []replacement
	if err == nil {
		chains, err = amend(tree, text)
	}
	made := text
	if err != nil {
		result, wrong := lower.Script("", text, false)
		if wrong != nil {
			return text, nil
		}
		made = result.Code
		if tree, err = goja.Parse("", made, parser.WithDisableSourceMaps); err != nil {
			return text, nil
		}
		chains, _ = amend(tree, made)
	}
	if len(chains) > 0 {
		made = replaced(made, chains)
		if tree, err = goja.Parse("", made, parser.WithDisableSourceMaps); err == nil {
			chains, _ = amend(tree, made)
		}
		if err != nil || len(chains) > 0 {
			return "", errChained
		}
	}
	if !strings.Contains(made, "eval") && !lower.Peculiar(made) && !flagged().MatchString(made) {
		return made, nil
	}
	made = replaced(made, append(directCalls(tree, made), constructPatterns(tree, made)...))
	if tree, err = goja.Parse("", made, parser.WithDisableSourceMaps); err != nil {
		return "", fmt.Errorf("this text cannot be evaluated here: %w", err)
	}
	return made, untranslated(tree)
}

// errChained is a text whose comparisons in a row nobody could put in order: it is refused,
// never answered wrongly.
var errChained = errors.New("this text cannot be evaluated here: put parentheses around comparisons in a row, such as (a < b) < c")

// untranslated is the net under all rewriting: a regular expression that goja would take
// otherwise than the language says is an error, never a wrong answer.
func untranslated(tree *ast.Program) (err error) {
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		if literal, ok := node.(*ast.RegExpLiteral); ok && constructed(literal) != nil {
			err = fmt.Errorf("the regular expression %s is not available at this place: use new RegExp", literal.Literal)
		}
	})
	return err
}

// replacement is a new text for a span.
type replacement struct {
	from, to int
	text     string
}

// replaced makes all replacements. Those for a direct eval lie around others.
func replaced(text string, list []replacement) string {
	slices.SortStableFunc(list, func(a, b replacement) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	at := 0
	for _, r := range list {
		out.WriteString(text[at:r.from])
		out.WriteString(r.text)
		at = r.to
	}
	out.WriteString(text[at:])
	return out.String()
}

// constructPatterns is rewritePatterns for a text.
func constructPatterns(tree *ast.Program, text string) (list []replacement) {
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		literal, ok := node.(*ast.RegExpLiteral)
		if !ok || constructed(literal) == nil {
			return
		}
		if at := int(literal.Idx) - 1; at >= 0 && strings.HasPrefix(text[at:], literal.Literal) {
			list = append(list, replacement{at, at + len(literal.Literal), "new RegExp(" + quoted(literal.Pattern) + "," + quoted(literal.Flags) + ")"})
		}
	})
	return list
}

// directCalls is wrapEvaluated for a text. What it does not recognise is a call of the
// function that scripts see as eval.
func directCalls(tree *ast.Program, text string) (list []replacement) {
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		call, ok := directEval(node)
		if !ok {
			return
		}
		name, open, end := int(call.Callee.Idx0())-1, int(call.LeftParenthesis)-1, int(call.RightParenthesis)-1
		if name < 0 || open < name || end <= open || end >= len(text) || strings.TrimSpace(text[name:open]) != "eval" || text[open] != '(' || text[end] != ')' {
			return
		}
		list = append(list, replacement{name, name, directName + "("}, replacement{open + 1, open + 1, loweredName + "("}, replacement{end, end, "))"})
	})
	return list
}

// quoted writes a text as a literal of JavaScript.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(text) + `"`
}

// wrapEvaluated compiles direct calls of eval as directName says.
func wrapEvaluated(tree *ast.Program) {
	var calls []*ast.CallExpression
	eachNode(reflect.ValueOf(tree.Body), func(node any) {
		if call, ok := directEval(node); ok {
			calls = append(calls, call)
		}
	})
	for _, call := range calls {
		of := func(callee ast.Expression, args ...ast.Expression) *ast.CallExpression {
			return &ast.CallExpression{Callee: callee, LeftParenthesis: call.LeftParenthesis, ArgumentList: args, RightParenthesis: call.RightParenthesis}
		}
		name := func(name unistring.String) *ast.Identifier {
			return &ast.Identifier{Idx: call.Callee.Idx0(), Name: name}
		}
		inner := of(call.Callee, of(name(loweredName), call.ArgumentList...))
		call.Callee, call.ArgumentList = name(directName), []ast.Expression{inner}
	}
}

// directEval recognises `eval(text)`.
func directEval(node any) (*ast.CallExpression, bool) {
	call, ok := node.(*ast.CallExpression)
	if !ok || len(call.ArgumentList) == 0 {
		return nil, false
	}
	callee, ok := call.Callee.(*ast.Identifier)
	return call, ok && callee.Name == "eval"
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
