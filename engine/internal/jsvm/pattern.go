package jsvm

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"

	"github.com/imjoy-tools/imjoy/engine/internal/lower"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// peculiar tells the constructor of regular expressions which it must have translated.
func (vm *VM) peculiar(call goja.FunctionCall) goja.Value {
	return vm.rt.ToValue(lower.Peculiar(call.Argument(0).String()))
}

func (vm *VM) translate(call goja.FunctionCall) goja.Value {
	pattern, flags, err := lower.Pattern(call.Argument(0).String(), call.Argument(1).String())
	if err != nil {
		vm.throw(&wire.Fault{Name: "SyntaxError", Message: err.Error()})
	}
	return vm.rt.NewArray(pattern, flags)
}

// sourceText writes a pattern as it could stand between slashes.
func (vm *VM) sourceText(call goja.FunctionCall) goja.Value {
	var out strings.Builder
	class, escaped := false, false
	for _, r := range call.Argument(0).String() {
		switch {
		case r == '\n':
			out.WriteString(`\n`)
			escaped = false
			continue
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == '[':
			class = true
		case r == ']':
			class = false
		case r == '/' && !class:
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return vm.rt.ToValue(out.String())
}

// indices says where the groups of a match lie, which goja does not tell: the same
// match is made again, from where it began.
func (vm *VM) indices(call goja.FunctionCall) goja.Value {
	pattern, flags := call.Argument(0).String(), call.Argument(1).String()
	options := regexp2.RegexOptions(regexp2.ECMAScript)
	for flag, option := range map[string]regexp2.RegexOptions{"i": regexp2.IgnoreCase, "m": regexp2.Multiline, "s": regexp2.Singleline, "u": regexp2.Unicode} {
		if strings.Contains(flags, flag) {
			options |= option
		}
	}
	unicode := strings.Contains(flags, "u")
	if !unicode {
		pattern = inUnits(pattern)
	}
	re, err := regexp2.Compile(pattern, options)
	if err != nil {
		vm.throw(&wire.Fault{Name: "SyntaxError", Message: "the flag d is not available for this regular expression: " + err.Error()})
	}
	runes, offsets := units(call.Argument(2), unicode)
	from := 0
	for from < len(offsets)-1 && offsets[from] < int(call.Argument(3).ToInteger()) {
		from++
	}
	match, err := re.FindRunesMatchStartingAt(runes, from)
	if err != nil || match == nil || match.RuneIndex != from {
		vm.throw(&wire.Fault{Name: "NotSupportedError", Message: "the flag d is not available for this regular expression"})
	}
	groups := match.Groups()
	pairs, names := make([]any, 2*len(groups)), make([]any, len(groups))
	for i, g := range groups {
		pairs[2*i], pairs[2*i+1], names[i] = -1, -1, g.Name
		if len(g.Captures) > 0 {
			pairs[2*i], pairs[2*i+1] = offsets[g.RuneIndex], offsets[g.RuneIndex+g.RuneLength]
		}
	}
	o := vm.rt.NewObject()
	_ = o.Set("pairs", vm.rt.NewArray(pairs...)) // a fresh object takes any member
	_ = o.Set("names", vm.rt.NewArray(names...))
	return o
}

// inUnits writes characters beyond U+FFFF as the two units that a pattern without
// the flag u sees.
func inUnits(pattern string) string {
	var out strings.Builder
	for _, r := range pattern {
		if r > 0xffff {
			first, second := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, first, second)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// units are the characters that a pattern sees, and where each begins in the text:
// code points with the flag u, else UTF-16 units.
func units(v goja.Value, unicode bool) (runes []rune, offsets []int) {
	text, ok := v.(goja.String)
	if !ok {
		return nil, []int{0}
	}
	n := text.Length()
	for i := 0; i < n; i++ {
		r, at := rune(text.CharAt(i)), i
		if unicode && utf16.IsSurrogate(r) && i+1 < n {
			if pair := utf16.DecodeRune(r, rune(text.CharAt(i+1))); pair != 0xfffd {
				r = pair
				i++
			}
		}
		runes, offsets = append(runes, r), append(offsets, at)
	}
	return runes, append(offsets, n)
}

// rewritePatterns changes the regular expressions of a parsed script that goja would
// take otherwise than the language says. Wrong ones stay, for goja to refuse.
func rewritePatterns(tree *ast.Program) (changed bool) {
	v := reflect.ValueOf(tree.Body)
	return rewriteIn(v)
}

var literalType = reflect.TypeFor[*ast.RegExpLiteral]()

// rewriteIn walks over the nodes of a tree; goja has no walker of its own.
func rewriteIn(v reflect.Value) (changed bool) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return false
		}
		if literal, ok := v.Interface().(*ast.RegExpLiteral); ok {
			if made := constructed(literal); made != nil && v.CanSet() && reflect.TypeOf(made).AssignableTo(v.Type()) {
				v.Set(reflect.ValueOf(made))
				return true
			}
			return false
		}
		return rewriteIn(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type() == literalType || v.Elem().Kind() != reflect.Struct {
			return false
		}
		return rewriteIn(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			changed = rewriteIn(v.Index(i)) || changed
		}
	case reflect.Struct:
		for _, i := range branches(v.Type()) {
			changed = rewriteIn(v.Field(i)) || changed
		}
	}
	return changed
}

// branchesOf keeps, by type, the fields of a node that lead to other nodes.
var branchesOf sync.Map

func branches(t reflect.Type) []int {
	if known, ok := branchesOf.Load(t); ok {
		return known.([]int)
	}
	var list []int
	for i := range t.NumField() {
		f := t.Field(i)
		// Lists of declarations repeat what the tree holds.
		if !f.IsExported() || f.Name == "DeclarationList" || f.Name == "File" {
			continue
		}
		switch f.Type.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Struct:
			list = append(list, i)
		}
	}
	branchesOf.Store(t, list)
	return list
}

// constructed is `new RegExp("pattern", "flags")` for a literal that must be
// translated, nil for others.
func constructed(literal *ast.RegExpLiteral) ast.Expression {
	if !strings.ContainsAny(literal.Flags, "vd") && !lower.Peculiar(literal.Pattern) {
		return nil
	}
	if pattern, flags, err := lower.Pattern(literal.Pattern, literal.Flags); err != nil || pattern == literal.Pattern && flags == literal.Flags {
		if err == nil {
			return nil
		}
	}
	text := func(s string) ast.Expression {
		return &ast.StringLiteral{Idx: literal.Idx, Literal: "''", Value: unistring.NewFromString(s)}
	}
	return &ast.NewExpression{
		New:          literal.Idx,
		Callee:       &ast.Identifier{Idx: literal.Idx, Name: "RegExp"},
		ArgumentList: []ast.Expression{text(literal.Pattern), text(literal.Flags)},
	}
}
