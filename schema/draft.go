package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// rule is one compiled schema of a document that a builder made: JSON Schema, draft 7,
// without what builders leave out or turn into checks.
type rule struct {
	at     string // its pointer in the document
	always bool   // it is true or false itself
	accept bool   // which of them
	steps  *steps
	ref    *rule

	types    []string
	constant []any // one value, or none
	enum     []any
	format   func(string) bool

	minimum, maximum, above, under, multiple *big.Rat
	counts                                   map[string]int // minLength and its like
	unique                                   bool

	required      []string
	properties    []member
	propertyNames *rule
	additional    *rule
	dependencies  []dependency

	items, additionalItems, contains *rule
	tuple                            []*rule // items that are a list; nil otherwise

	not, test, then, otherwise *rule
	allOf, anyOf, oneOf        []*rule

	checks  []check
	members *members
}

type member struct {
	name string
	rule *rule
}

// dependency asks for other properties, or for a schema, where a property is.
type dependency struct {
	name  string
	rule  *rule
	names []string
}

// errEndless is the fault of a schema that applies itself to the same value.
var errEndless = errors.New("the schema refers to itself without end")

// compiler turns a builder's document into rules.
type compiler struct {
	root   map[string]any
	checks []check
	steps  *steps
	known  map[string]*rule // what references lead to, by pointer
}

// compileDocument compiles a document with the checks it names.
func compileDocument(document any, checks []check, steps *steps) (*rule, error) {
	c := &compiler{checks: checks, steps: steps, known: map[string]*rule{}}
	c.root, _ = document.(map[string]any)
	r := &rule{}
	c.known[""] = r
	c.fill(r, document, "")
	if endless(r, map[*rule]int{}) {
		return nil, errEndless
	}
	return r, nil
}

func (c *compiler) rule(document any, at string) *rule {
	if document == nil {
		return nil
	}
	if r := c.known[at]; r != nil {
		return r
	}
	r := &rule{}
	c.fill(r, document, at)
	return r
}

func (c *compiler) rules(list any, at string) (rules []*rule) {
	items, _ := list.([]any)
	for i, item := range items {
		rules = append(rules, c.rule(item, at+"/"+strconv.Itoa(i)))
	}
	return rules
}

// reference compiles what a reference leads to, once: it may lead back to here.
func (c *compiler) reference(pointer string) *rule {
	if r := c.known[pointer]; r != nil {
		return r
	}
	r := &rule{}
	c.known[pointer] = r
	definitions, _ := c.root["definitions"].(map[string]any)
	c.fill(r, definitions[pointer[len("/definitions/"):]], pointer)
	return r
}

func (c *compiler) fill(r *rule, document any, at string) {
	r.at = at
	m, ok := document.(map[string]any)
	if !ok {
		r.always = true
		r.accept, _ = document.(bool)
		return
	}
	if ref, ok := m["$ref"].(string); ok { // beside it everything is ignored
		r.ref = c.reference(ref[len("#"):])
		return
	}
	one := func(key string) *rule { return c.rule(m[key], at+"/"+key) }
	r.fillValue(m)
	r.propertyNames, r.additional = one("propertyNames"), one("additionalProperties")
	r.contains, r.additionalItems = one("contains"), one("additionalItems")
	if _, list := m["items"].([]any); list {
		r.tuple = c.rules(m["items"], at+"/items")
	} else {
		r.items = one("items")
	}
	r.not, r.test, r.then, r.otherwise = one("not"), one("if"), one("then"), one("else")
	r.allOf, r.anyOf, r.oneOf = c.rules(m["allOf"], at+"/allOf"), c.rules(m["anyOf"], at+"/anyOf"), c.rules(m["oneOf"], at+"/oneOf")
	c.fillMembers(r, m)
	c.fillChecks(r, m)
}

// fillValue takes what is about single values.
func (r *rule) fillValue(m map[string]any) {
	switch types := m["type"].(type) {
	case string:
		r.types = []string{types}
	case []any:
		for _, name := range types {
			r.types = append(r.types, name.(string))
		}
	}
	if value, ok := m["const"]; ok {
		r.constant = []any{value}
	}
	r.enum, _ = m["enum"].([]any)
	if name, ok := m["format"].(string); ok {
		r.format = formats[name]
	}
	r.minimum, r.maximum = rational(m["minimum"]), rational(m["maximum"])
	r.above, r.under = rational(m["exclusiveMinimum"]), rational(m["exclusiveMaximum"])
	r.multiple = rational(m["multipleOf"])
	for _, key := range []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"} {
		if limit, ok := m[key].(int64); ok {
			if r.counts == nil {
				r.counts = map[string]int{}
			}
			r.counts[key] = int(limit)
		}
	}
	r.unique, _ = m["uniqueItems"].(bool)
	switch names := m["required"].(type) {
	case []string:
		r.required = names
	case []any:
		for _, name := range names {
			r.required = append(r.required, name.(string))
		}
	}
}

// fillMembers takes what is about the properties of objects.
func (c *compiler) fillMembers(r *rule, m map[string]any) {
	properties, _ := m["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		r.properties = append(r.properties, member{name, c.rule(properties[name], r.at+"/properties/"+conf.EscapePointer(name))})
	}
	dependencies, _ := m["dependencies"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(dependencies)) {
		d := dependency{name: name}
		if names, ok := dependencies[name].([]string); ok {
			d.names = names
		} else {
			d.rule = c.rule(dependencies[name], r.at+"/dependencies/"+conf.EscapePointer(name))
		}
		r.dependencies = append(r.dependencies, d)
	}
}

// fillChecks takes what is ours.
func (c *compiler) fillChecks(r *rule, m map[string]any) {
	if m[stepKey] != nil {
		r.steps = c.steps
	}
	numbers, _ := m[checkKey].([]int)
	for _, n := range numbers {
		r.checks = append(r.checks, c.checks[n])
	}
	inside, ok := m[patternKey].(map[string]any)
	if !ok {
		return
	}
	found := *c.checks[inside["check"].(int)].(*members)
	for _, key := range found.keys {
		found.schemas = append(found.schemas, c.rule(inside[key], r.at+"/"+patternKey+"/"+key))
	}
	if found.additional {
		found.rest = c.rule(inside["additional"], r.at+"/"+patternKey+"/additional")
	}
	r.members = &found
}

// inPlace returns the rules that a rule applies to the value it is applied to.
func (r *rule) inPlace() []*rule {
	list := slices.Concat([]*rule{r.ref, r.not, r.test, r.then, r.otherwise}, r.allOf, r.anyOf, r.oneOf)
	for _, d := range r.dependencies {
		list = append(list, d.rule)
	}
	return list
}

// parts returns the rules that a rule applies to parts of its value.
func (r *rule) parts() []*rule {
	list := slices.Concat([]*rule{r.propertyNames, r.additional, r.items, r.additionalItems, r.contains}, r.tuple)
	for _, p := range r.properties {
		list = append(list, p.rule)
	}
	if r.members != nil {
		list = append(append(list, r.members.schemas...), r.members.rest)
	}
	return list
}

// endless reports whether a rule, or one it leads to, comes back to itself without going
// into the value.
func endless(r *rule, state map[*rule]int) bool {
	const (
		open = 1
		done = 2
	)
	if r == nil || state[r] == done {
		return false
	}
	if state[r] == open {
		return true
	}
	state[r] = open
	for _, next := range r.inPlace() {
		if endless(next, state) {
			return true
		}
	}
	state[r] = done
	for _, next := range r.parts() {
		if next != nil && state[next] != open && endless(next, state) {
			return true
		}
	}
	return false
}

// rational returns a number exactly, nil for what is none.
func rational(v any) *big.Rat {
	switch v := v.(type) {
	case json.Number:
		r, _ := new(big.Rat).SetString(v.String())
		return r
	case int64:
		return new(big.Rat).SetInt64(v)
	case int:
		return new(big.Rat).SetInt64(int64(v))
	case float64:
		r, _ := new(big.Rat).SetString(fmt.Sprint(v))
		return r
	}
	return nil
}
