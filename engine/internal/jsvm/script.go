package jsvm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/go-sourcemap/sourcemap"

	"github.com/imjoy-tools/imjoy/engine/internal/lower"
	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Script is one script block.
type Script struct {
	Body       *source.Excerpt
	Module     bool // type="module": strict, top-level await
	TypeScript bool
}

// program is a compiled script that can map goja's positions to the document.
type program struct {
	index   int // among the plugin's scripts
	name    string
	script  Script
	code    *goja.Program
	globals []string // see code
	uses    uses
	lowered *sourcemap.Consumer // nil: goja compiled the text itself
	bundled *sourcemap.Consumer // nil: the text is that of one script
	prefix  int                 // bytes put before the first line
}

// A module without imports is the body of an async function.
const modulePrefix, moduleSuffix = `(async () => {"use strict";`, "\n})()"

// compile prepares a script: goja takes most as they are; what it cannot parse is
// rewritten by esbuild with a source map.
func compile(index int, s Script) (*program, error) {
	p := &program{index: index, name: fmt.Sprintf("script-%d.js", index), script: s}
	text := s.Body.Text
	if len(text) > MaxScript {
		return nil, &wire.Fault{Name: "RangeError", Message: fmt.Sprintf("the script has %d bytes, more than %d", len(text), MaxScript)}
	}
	if s.Module {
		p.prefix = len(modulePrefix)
		text = modulePrefix + text + moduleSuffix
	}
	c, err := compileText(p.name, text, s.TypeScript)
	var wrong *lower.SyntaxError
	switch {
	case errors.As(err, &wrong):
		fault := &wire.Fault{Name: "SyntaxError", Message: wrong.Message, Stack: []wire.Position{p.position(max(wrong.Line, 1), max(wrong.Column, 1), "")}}
		return nil, fault
	case err != nil:
		return nil, err
	}
	p.code, p.globals, p.lowered, p.uses = c.program, c.globals, c.lowered, c.uses
	return p, nil
}

// code is a text that goja compiled, with the way back to its own lines.
type code struct {
	program *goja.Program
	// globals are names of the environment that the script declares with var or assigns
	// to: those must have their values before, as `var URL = URL || ...` expects.
	globals []string
	uses    uses
	lowered *sourcemap.Consumer // nil: goja compiled the text itself
}

// compileText gives a text to goja, and what goja refuses to esbuild. Its errors are
// [*lower.SyntaxError]s.
func compileText(name, text string, typeScript bool) (*code, error) {
	key := cacheKey(name, text, typeScript)
	if known, ok := programs.get(key); ok {
		return known, nil
	}
	c := &code{uses: usesOf(text)}
	var err error
	if !typeScript {
		if err = c.compile(name, text, false); err == nil {
			programs.put(key, c, len(text))
			return c, nil
		}
	}
	result, err := lower.Script(name, text, typeScript)
	if err != nil {
		return nil, err
	}
	c.uses |= usesOf(result.Code)
	if err = c.compile(name, result.Code, true); err != nil {
		return nil, &lower.SyntaxError{Message: fmt.Sprintf("the script uses syntax that this JavaScript engine does not have: %v", err)}
	}
	if c.lowered, err = sourcemap.Parse("", result.Map); err != nil {
		return nil, fmt.Errorf("read the source map of %s: %w", name, err)
	}
	programs.put(key, c, len(text))
	return c, nil
}

// compile gives a text to goja, as it is or rewritten.
func (c *code) compile(name, text string, rewritten bool) error {
	tree, err := goja.Parse(name, text, parser.WithDisableSourceMaps)
	if err != nil {
		return err
	}
	if _, err := amend(tree, text); err != nil && !rewritten {
		return err
	}
	if strings.Contains(text, "eval") {
		wrapEvaluated(tree)
	}
	constructs := false // RegExp, which the text may not name
	if lower.Peculiar(text) {
		constructs = rewritePatterns(tree)
		if err := untranslated(tree); err != nil {
			return err
		}
	}
	c.program, err = goja.CompileAST(tree, false)
	if err != nil && rewritePatterns(tree) { // a flag that goja does not know
		constructs = true
		c.program, err = goja.CompileAST(tree, false)
	}
	if constructs {
		c.uses |= usePatterns
	}
	c.globals = declaredGlobals(tree, text)
	return err
}

// declaredGlobals lists the names of the environment among a script's variables, and
// those that it may assign to: a strict script can only assign to what is there.
func declaredGlobals(tree *ast.Program, text string) (names []string) {
	for name := range globals {
		if strings.Contains(text, name+" = ") || strings.Contains(text, name+"=") {
			names = append(names, name)
		}
	}
	for _, declaration := range tree.DeclarationList {
		for _, binding := range declaration.List {
			if name, ok := binding.Target.(*ast.Identifier); ok && globals[name.Name.String()] != "" {
				names = append(names, name.Name.String())
			}
		}
	}
	return names
}

// declare gives the global object the members of the environment that a script is
// about to declare again. One that a plugin made a getter that throws stays what it is.
func (vm *VM) declare(names []string) {
	for _, name := range names {
		_ = vm.rt.Try(func() { vm.rt.GlobalObject().Get(name) })
	}
}

// position maps a place of the compiled text (columns count bytes from 1) to the
// document.
func (p *program) position(line, column int, function string) wire.Position {
	if p.lowered != nil {
		if _, _, l, c, ok := p.lowered.Source(line, column-1); ok {
			line, column = l, c+1
		}
	}
	if p.bundled != nil {
		file, _, l, c, ok := p.bundled.Source(line, column-1)
		if ok && file != p.name {
			return wire.Position{File: file, Line: l, Column: c + 1, Function: function, Block: -1}
		}
		if ok {
			line, column = l, c+1
		}
	} else if line == 1 {
		column = max(column-p.prefix, 1)
	}
	return p.inDocument(line, column, function)
}

// inDocument maps a place of the script's own text.
func (p *program) inDocument(line, column int, function string) wire.Position {
	place := p.script.Body.At(source.Position{Line: line, Column: column}, source.Bytes)
	at, _ := place.Range()
	return wire.Position{Line: at.Line, Column: at.Column, Function: function, Block: p.index}
}
