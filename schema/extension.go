package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// check is a rule that the library does not know.
type check interface {
	// test returns what is wrong with a value, nil when nothing is.
	test(v any) []fault
}

// fault is what a check finds wrong.
type fault struct {
	keyword string // pointer from the schema to the rule: "file/ext"
	message string
	hint    string
}

// keywords is the library's extension that runs the checks.
type keywords struct {
	checks []check
	steps  *steps
}

// steps counts how often schemas are applied in one validation.
type steps struct{ left int }

var errSteps = errors.New("checking takes too many steps")

func (s *steps) take() {
	if s.left--; s.left < 0 {
		panic(errSteps)
	}
}

// refuse is the library's loader: there is nothing to load.
func refuse(url string) (io.ReadCloser, error) {
	return nil, fmt.Errorf("a schema may not refer to %s", url)
}

func (k *keywords) Compile(ctx jsonschema.CompilerContext, m map[string]any) (jsonschema.ExtSchema, error) {
	a := &applied{}
	if m[stepKey] != nil {
		a.steps = k.steps
	}
	numbers, _ := m[checkKey].([]any)
	for _, n := range numbers {
		a.checks = append(a.checks, k.checks[number(n)])
	}
	if inside, ok := m[patternKey].(map[string]any); ok {
		found := *k.checks[number(inside["check"])].(*members)
		for _, key := range found.keys {
			s, err := ctx.Compile(patternKey+"/"+key, false)
			if err != nil {
				return nil, err
			}
			found.schemas = append(found.schemas, s)
		}
		if found.additional {
			s, err := ctx.Compile(patternKey+"/additional", false)
			if err != nil {
				return nil, err
			}
			found.rest = s
		}
		a.members = &found
	}
	if a.steps == nil && a.checks == nil && a.members == nil {
		return nil, nil
	}
	return a, nil
}

func number(v any) int {
	n, _ := v.(json.Number).Int64()
	return int(n)
}

// applied is what the extension does for one schema.
type applied struct {
	steps   *steps
	checks  []check
	members *members
}

func (a *applied) Validate(ctx jsonschema.ValidationContext, v any) error {
	if a.steps != nil {
		a.steps.take()
	}
	var causes []error
	for _, c := range a.checks {
		for _, f := range c.test(v) {
			causes = append(causes, ctx.Error(f.keyword, "%s\x00%s", f.message, f.hint))
		}
	}
	if object, ok := v.(map[string]any); ok && a.members != nil {
		causes = append(causes, a.members.validate(ctx, object)...)
	}
	switch len(causes) {
	case 0:
		return nil
	case 1:
		return causes[0]
	}
	return jsonschema.ValidationError{}.Group(ctx.Error("", ""), causes...)
}

// members is patternProperties with the additionalProperties that belong to it.
type members struct {
	patterns   []*pattern
	keys       []string // of the schemas in the document
	known      map[string]bool
	additional bool

	schemas []*jsonschema.Schema
	rest    *jsonschema.Schema
}

func (m *members) test(any) []fault { return nil }

func (m *members) validate(ctx jsonschema.ValidationContext, object map[string]any) (causes []error) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		matched := m.known[name]
		for i, p := range m.patterns {
			found, err := p.match(name)
			if err != nil {
				causes = append(causes, ctx.Error(patternKey+"/"+m.keys[i], "the name %s cannot be checked against the pattern %s: %v\x00", conf.Quote(cut(name, 40)), conf.Quote(cut(p.text, 60)), err))
			}
			if found {
				matched = true
				if err := ctx.Validate(m.schemas[i], patternKey+"/"+m.keys[i], object[name], escape(name)); err != nil {
					causes = append(causes, err)
				}
			}
		}
		if !matched && m.rest != nil {
			if err := ctx.Validate(m.rest, patternKey+"/additional", object[name], escape(name)); err != nil {
				causes = append(causes, err)
			}
		}
	}
	return causes
}

// oneOfTypes is a list of types with some of ours among them.
type oneOfTypes struct {
	types []any
	own   []check
}

func (c oneOfTypes) test(v any) []fault {
	for _, name := range c.types {
		if isType(v, name.(string)) {
			return nil
		}
	}
	var faults []fault
	for _, own := range c.own {
		faults = own.test(v)
		if len(faults) == 0 {
			return nil
		}
	}
	if len(c.own) == 1 && looksLike(v) {
		return faults
	}
	var names []string
	for _, name := range c.types {
		names = append(names, name.(string))
	}
	for _, own := range c.own {
		names = append(names, own.(interface{ name() string }).name())
	}
	return []fault{{keyword: "type", message: fmt.Sprintf("expected %s, got %s", typeList(names), show(v))}}
}
