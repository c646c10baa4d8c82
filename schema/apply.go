package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// failed is a rule that a value breaks: a leaf, or a keyword with what failed below it.
// Without a message it only holds the others together.
type failed struct {
	rule    string // pointer of the keyword in the document
	value   string // pointer into the data
	name    bool   // the value is the name of the property there
	message string
	causes  []*failed
}

// applying is one rule at one value.
type applying struct {
	*rule
	value string // pointer into the data
	name  bool
	found []*failed
}

// apply returns how a value breaks a rule, nil if it does not.
func (r *rule) apply(v any, pointer string, name bool) *failed {
	if r.always {
		if r.accept {
			return nil
		}
		return &failed{rule: r.at, value: pointer, name: name, message: "not allowed"}
	}
	if r.steps != nil {
		r.steps.take()
	}
	a := &applying{rule: r, value: pointer, name: name}
	switch {
	case r.ref != nil:
		a.nested("$ref", "doesn't validate", r.ref.apply(v, pointer, name))
	case len(r.types) > 0 && !slices.ContainsFunc(r.types, func(t string) bool { return isOfType(v, t) }):
		a.fail("type", "another type")
	default:
		a.simple(v)
		switch v := v.(type) {
		case map[string]any:
			a.object(v)
		case []any:
			a.list(v)
		case string:
			a.between("Length", utf8.RuneCountInString(v))
		default:
			a.number(v)
		}
		a.combined(v)
		a.own(v)
	}
	switch len(a.found) {
	case 0:
		return nil
	case 1:
		return a.found[0]
	}
	return &failed{rule: r.at, value: pointer, name: name, causes: a.found}
}

// join appends keywords to a pointer.
func join(at, keyword string) string { return at + "/" + keyword }

func (a *applying) fail(keyword, format string, args ...any) *failed {
	f := &failed{rule: join(a.at, keyword), value: a.value, name: a.name, message: fmt.Sprintf(format, args...)}
	a.found = append(a.found, f)
	return f
}

// nested adds a keyword that failed because of what failed below it.
func (a *applying) nested(keyword, message string, causes ...*failed) {
	if len(causes) == 1 && causes[0] == nil {
		return
	}
	f := a.fail(keyword, "%s", message)
	for _, cause := range causes {
		if keyword == "$ref" && cause.message == "" {
			f.causes = cause.causes
			return
		}
		f.causes = append(f.causes, cause)
	}
}

// inside applies a rule to a part of the value.
func (a *applying) inside(r *rule, v any, key string) {
	f := r.apply(v, join(a.value, conf.EscapePointer(key)), false)
	if f != nil {
		a.found = append(a.found, f)
	}
}

// simple is what holds for values of any type.
func (a *applying) simple(v any) {
	if len(a.constant) > 0 && !equal(v, a.constant[0]) {
		a.fail("const", "another value")
	}
	if len(a.enum) > 0 && !slices.ContainsFunc(a.enum, func(item any) bool { return equal(v, item) }) {
		a.fail("enum", "another value")
	}
	if text, ok := v.(string); ok && a.format != nil && !a.format(text) {
		a.fail("format", "another format")
	}
}

// between checks a number of things against the limits of keywords such as minItems.
func (a *applying) between(things string, n int) {
	if least, ok := a.counts["min"+things]; ok && n < least {
		a.fail("min"+things, "too few")
	}
	if most, ok := a.counts["max"+things]; ok && n > most {
		a.fail("max"+things, "too many")
	}
}

func (a *applying) number(v any) {
	if a.minimum == nil && a.maximum == nil && a.above == nil && a.under == nil && a.multiple == nil {
		return
	}
	n := rational(v)
	if n == nil {
		return
	}
	if a.minimum != nil && n.Cmp(a.minimum) < 0 {
		a.fail("minimum", "too small")
	}
	if a.above != nil && n.Cmp(a.above) <= 0 {
		a.fail("exclusiveMinimum", "too small")
	}
	if a.maximum != nil && n.Cmp(a.maximum) > 0 {
		a.fail("maximum", "too large")
	}
	if a.under != nil && n.Cmp(a.under) >= 0 {
		a.fail("exclusiveMaximum", "too large")
	}
	if a.multiple != nil && !n.Quo(n, a.multiple).IsInt() {
		a.fail("multipleOf", "no multiple")
	}
}

func (a *applying) object(v map[string]any) {
	a.between("Properties", len(v))
	if slices.ContainsFunc(a.required, func(name string) bool { _, there := v[name]; return !there }) {
		a.fail("required", "missing properties")
	}
	for _, p := range a.properties {
		if value, ok := v[p.name]; ok {
			a.inside(p.rule, value, p.name)
		}
	}
	if a.propertyNames != nil {
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if f := a.propertyNames.apply(name, join(a.value, conf.EscapePointer(name)), true); f != nil {
				a.found = append(a.found, f)
			}
		}
	}
	if a.additional != nil && !(a.additional.always && a.additional.accept) {
		a.others(v)
	}
	for _, d := range a.dependencies {
		if _, ok := v[d.name]; ok {
			a.depends(d, v)
		}
	}
}

// others checks the properties that the schema does not name.
func (a *applying) others(v map[string]any) {
	var names []string
	for name := range v {
		if _, named := slices.BinarySearchFunc(a.properties, name, func(p member, name string) int { return strings.Compare(p.name, name) }); !named {
			names = append(names, name)
		}
	}
	if a.additional.always { // false
		if len(names) > 0 {
			a.fail("additionalProperties", "unknown properties")
		}
		return
	}
	slices.Sort(names)
	for _, name := range names {
		a.inside(a.additional, v[name], name)
	}
}

func (a *applying) depends(d dependency, v map[string]any) {
	keyword := "dependencies/" + conf.EscapePointer(d.name)
	if d.rule != nil {
		if f := d.rule.apply(v, a.value, a.name); f != nil {
			a.found = append(a.found, f)
		}
		return
	}
	for i, name := range d.names {
		if _, ok := v[name]; !ok {
			a.fail(keyword+"/"+strconv.Itoa(i), "missing property")
		}
	}
}

func (a *applying) list(v []any) {
	a.between("Items", len(v))
	if a.unique {
		if i, j, twice := repeated(v); twice {
			a.fail("uniqueItems", "items at index %d and %d are equal", i, j)
		}
	}
	for i, item := range v {
		switch {
		case a.items != nil:
			a.inside(a.items, item, strconv.Itoa(i))
		case i < len(a.tuple):
			a.inside(a.tuple[i], item, strconv.Itoa(i))
		case a.tuple != nil && a.additionalItems != nil && !a.additionalItems.always:
			a.inside(a.additionalItems, item, strconv.Itoa(i))
		}
	}
	if more := a.additionalItems; a.tuple != nil && more != nil && more.always && !more.accept && len(v) > len(a.tuple) {
		a.fail("additionalItems", "too many items")
	}
	if a.contains != nil {
		a.containing(v)
	}
}

func (a *applying) containing(v []any) {
	var causes []*failed
	for i, item := range v {
		f := a.contains.apply(item, join(a.value, strconv.Itoa(i)), false)
		if f == nil {
			return
		}
		causes = append(causes, f)
	}
	a.fail("minContains", "no item fits").causes = causes
}

// combined is what applies other schemas to the same value.
func (a *applying) combined(v any) {
	in := func(r *rule) *failed { return r.apply(v, a.value, a.name) }
	if a.not != nil && in(a.not) == nil {
		a.fail("not", "it fits")
	}
	for i, r := range a.allOf {
		a.nested("allOf/"+strconv.Itoa(i), "allOf failed", in(r))
	}
	if len(a.anyOf) > 0 {
		var causes []*failed
		for _, r := range a.anyOf {
			if f := in(r); f != nil {
				causes = append(causes, f)
			}
		}
		if len(causes) == len(a.anyOf) {
			a.fail("anyOf", "anyOf failed").causes = causes
		}
	}
	if len(a.oneOf) > 0 {
		a.exactlyOne(in)
	}
	switch {
	case a.test == nil:
	case in(a.test) == nil:
		if a.then != nil {
			a.nested("then", "if-then failed", in(a.then))
		}
	case a.otherwise != nil:
		a.nested("else", "if-else failed", in(a.otherwise))
	}
}

func (a *applying) exactlyOne(in func(*rule) *failed) {
	fits := -1
	var causes []*failed
	for i, r := range a.oneOf {
		f := in(r)
		switch {
		case f != nil:
			causes = append(causes, f)
		case fits >= 0:
			a.fail("oneOf", "valid against schemas at indexes %d and %d", fits, i)
			return
		default:
			fits = i
		}
	}
	if fits < 0 {
		a.fail("oneOf", "oneOf failed").causes = causes
	}
}

// own runs the checks of ours.
func (a *applying) own(v any) {
	for _, c := range a.checks {
		for _, f := range c.test(v) {
			a.fail(f.keyword, "%s\x00%s", f.message, f.hint)
		}
	}
	if object, ok := v.(map[string]any); ok && a.members != nil {
		a.members.apply(a, object)
	}
}
