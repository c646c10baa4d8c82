package schema

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// check is a rule that JSON Schema does not have.
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

// steps counts how often schemas are applied in one validation.
type steps struct{ left int }

var errSteps = errors.New("checking takes too many steps")

func (s *steps) take() {
	if s.left--; s.left < 0 {
		panic(errSteps)
	}
}

// members is patternProperties with the additionalProperties that belong to it.
type members struct {
	patterns   []*pattern
	keys       []string // of the schemas in the document
	known      map[string]bool
	additional bool

	schemas []*rule
	rest    *rule
}

func (m *members) test(any) []fault { return nil }

func (m *members) apply(a *applying, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		matched := m.known[name]
		for i, p := range m.patterns {
			found, err := p.match(name)
			if err != nil {
				a.fail(patternKey+"/"+m.keys[i], "the name %s cannot be checked against the pattern %s: %v\x00", conf.Quote(cut(name, 40)), conf.Quote(cut(p.text, 60)), err)
			}
			if found {
				matched = true
				a.inside(m.schemas[i], object[name], name)
			}
		}
		if !matched && m.rest != nil {
			a.inside(m.rest, object[name], name)
		}
	}
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
