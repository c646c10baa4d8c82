package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Schema is a compiled schema. A nil Schema accepts everything. It is safe for
// concurrent use.
type Schema struct {
	node  *conf.Node // as written
	whole bool       // node is the schema; otherwise it is a map of its properties

	library *jsonschema.Schema
	rules   map[string]*conf.Node // what is written at each pointer of the compiled document
	steps   *steps

	mu sync.Mutex // held where steps are counted
}

// Invalid is the error of a schema that cannot be compiled.
type Invalid struct{ Diagnostics []source.Diagnostic }

func (e *Invalid) Error() string {
	d := e.Diagnostics[0]
	start, _ := d.Place.Range()
	if !d.Place.Known() {
		return "compile schema: " + d.Message
	}
	return fmt.Sprintf("compile schema: %s:%d:%d: %s", d.Place.Source.Name, start.Line, start.Column, d.Message)
}

// Compile compiles a JSON Schema as it stands. The error is an [*Invalid] that holds
// every fault. An absent or null schema is a nil Schema.
func Compile(n *conf.Node) (*Schema, error) {
	s, diagnostics := compile(n, true, false, nil)
	if source.Worst(diagnostics) == source.Error {
		return nil, &Invalid{Diagnostics: diagnostics}
	}
	return s, nil
}

// CompileField compiles the value of a plugin's `inputs`, or `outputs`, with ImJoy's
// shorthand. What is wrong comes back as diagnostics, and the schema checks what is
// left; it is nil when the field is absent, null or useless.
func CompileField(n *conf.Node, inputs bool) (*Schema, []source.Diagnostic) {
	if n == nil || n.Kind == conf.Null || n.Kind == conf.String && n.Text == "" {
		return nil, nil
	}
	whole, notes := readShorthand(n, inputs)
	return compile(n, whole, true, notes)
}

// compile builds the document that the library compiles, and compiles it.
func compile(n *conf.Node, whole, field bool, notes []source.Diagnostic) (*Schema, []source.Diagnostic) {
	if n == nil || n.Kind == conf.Null {
		return nil, nil
	}
	b := newBuilder(n)
	b.diagnostics, b.field = notes, field
	var document any
	if whole {
		document = b.schema(n, "")
	} else {
		document = b.properties(n)
	}
	b.finish(document)
	s := &Schema{node: n, whole: whole, rules: b.rules}
	if b.multiplies {
		s.steps = &steps{}
	}
	library, err := compileDocument(document, &keywords{checks: b.checks, steps: s.steps})
	if err != nil {
		b.libraryFault(n, err)
		return nil, b.sorted()
	}
	s.library = library
	return s, b.sorted()
}

// address is the name of the document for the library; it leads nowhere.
const address = "imjoy:///schema"

func compileDocument(document any, k *keywords) (*jsonschema.Schema, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	compiler.LoadURL = refuse
	compiler.Formats = formats
	compiler.RegisterExtension("imjoy", nil, k)
	if err := compiler.AddResource(address, bytes.NewReader(text)); err != nil {
		return nil, err
	}
	return compiler.Compile(address)
}

// libraryFault reports what the library found and the builder did not.
func (b *builder) libraryFault(n *conf.Node, err error) {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		b.report(ruleInvalid, n, strings.TrimPrefix(err.Error(), "jsonschema "+address+" compilation failed: "), "")
		return
	}
	leaf := invalid
	for len(leaf.Causes) > 0 {
		leaf = leaf.Causes[0]
	}
	at := b.rules[unescape(leaf.InstanceLocation)]
	if at == nil {
		at = n
	}
	b.report(ruleInvalid, at, leaf.Message, "")
}

// Accepts reports whether a value has no violations; it is quicker than [Schema.Validate]
// because it does not say why.
func (s *Schema) Accepts(v any) bool {
	if s == nil {
		return true
	}
	plain, fault := normal(v)
	return fault == nil && s.apply(plain) == nil
}

// apply lets the library check a value.
func (s *Schema) apply(v any) (err error) {
	if s.steps != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.steps.left = MaxSteps
		defer func() {
			if p := recover(); p != nil {
				if p != errSteps {
					panic(p)
				}
				err = errSteps
			}
		}()
	}
	return s.library.Validate(v)
}
