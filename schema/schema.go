package schema

import (
	"fmt"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Schema is a compiled schema. A nil Schema accepts everything. It is safe for
// concurrent use.
type Schema struct {
	node  *conf.Node // as written
	whole bool       // node is the schema; otherwise it is a map of its properties

	top   *rule
	rules map[string]*conf.Node // what is written at each pointer of the compiled document
	steps *steps

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

// compile builds the document that says what is meant, and compiles it.
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
	top, err := compileDocument(document, b.checks, s.steps)
	if err != nil {
		b.report(ruleInvalid, n, err.Error(), "")
		return nil, b.sorted()
	}
	s.top = top
	return s, b.sorted()
}

// Accepts reports whether a value has no violations; it is quicker than [Schema.Validate]
// because it does not say why.
func (s *Schema) Accepts(v any) bool {
	if s == nil {
		return true
	}
	plain, fault := normal(v)
	if fault != nil {
		return false
	}
	f, err := s.apply(plain)
	return f == nil && err == nil
}

// apply returns how a value breaks the schema. The error is that of a check that takes
// too long.
func (s *Schema) apply(v any) (f *failed, err error) {
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
	return s.top.apply(v, "", false), nil
}
