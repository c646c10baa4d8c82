package schema

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Violation is one way in which a value breaks a rule of a schema.
type Violation struct {
	Pointer string       // into the data; "" is the whole
	Keyword string       // of the rule: "minimum", "file/ext"
	Message string       // what is wrong, in a sentence
	Hint    string       // what to do; may be empty
	Rule    source.Place // where the rule is written
}

// Validate checks a value and returns all violations, sorted by their place in the
// data; nil when there is none.
func (s *Schema) Validate(v any) []Violation {
	if s == nil {
		return nil
	}
	plain, fault := normal(v)
	if fault != nil {
		fault.Rule = s.node.Place
		return []Violation{*fault}
	}
	err := s.apply(plain)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Violation{{Message: fmt.Sprintf("the data cannot be checked: %v", strings.TrimPrefix(err.Error(), "jsonschema: ")), Rule: s.node.Place}}
	}
	r := reporter{schema: s, data: plain}
	list := r.all(invalid)
	slices.SortStableFunc(list, func(a, b Violation) int {
		return cmp.Or(comparePointers(a.Pointer, b.Pointer), cmp.Compare(a.Rule.Start, b.Rule.Start), cmp.Compare(a.Message, b.Message))
	})
	list = slices.Compact(list)
	return list[:min(len(list), MaxViolations)]
}

// comparePointers orders by the data's structure: item 2 before item 10.
func comparePointers(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "/"), strings.Split(b, "/"), func(x, y string) int {
		i, errX := strconv.Atoi(x)
		j, errY := strconv.Atoi(y)
		if errX == nil && errY == nil {
			return cmp.Compare(i, j)
		}
		return cmp.Compare(x, y)
	})
}

// reporter turns the library's tree of errors into violations. The library says
// which rule failed where; what is told is made from the rule and the data.
type reporter struct {
	schema *Schema
	data   any
	told   int
}

// all returns the violations under an error.
func (r *reporter) all(e *jsonschema.ValidationError) []Violation {
	f := r.failure(e)
	switch {
	case r.told > 4*MaxViolations:
		return nil
	case e.Message != "" && len(e.Causes) > 0 && (f.keyword == "anyOf" || f.keyword == "oneOf"):
		return r.alternatives(f, e)
	case len(e.Causes) > 0 && f.keyword != "contains":
		var list []Violation
		for _, cause := range e.Causes {
			list = append(list, r.all(cause)...)
		}
		return list
	}
	list := f.violations()
	r.told += len(list)
	return list
}

// failure is one failed rule with all that is needed to talk about it.
type failure struct {
	message string // of the library, or of our own checks
	keyword string // "minimum", "file/ext"
	pointer string // into the data
	value   any    // there
	rule    *conf.Node
	schema  *conf.Node // the schema that the rule is a keyword of
	known   *conf.Node // the properties that schema names
	detail  string     // of dependencies: "NAME/0"
}

func (r *reporter) failure(e *jsonschema.ValidationError) failure {
	_, fragment, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	at := unescape(strings.TrimSuffix(fragment, "/"))
	f := failure{message: e.Message, pointer: unescape(e.InstanceLocation), rule: r.schema.rules[at]}
	f.value = find(r.data, f.pointer)
	if ofName().MatchString(e.KeywordLocation) {
		keys := conf.SplitPointer(f.pointer)
		f.value = keys[len(keys)-1]
	}
	for cut := strings.LastIndexByte(at, '/'); cut >= 0; cut = strings.LastIndexByte(at[:cut], '/') {
		if parent := r.schema.rules[at[:cut]]; parent != nil && !parent.List() && isSchema(at[:cut]) {
			f.schema, f.keyword, f.known = parent, at[cut+1:], r.schema.rules[at[:cut]+"/properties"]
			break
		}
	}
	if strings.HasPrefix(e.Message, "not allowed") && isSchema(at) { // the schema false
		f.keyword = "false"
		if up := strings.TrimSuffix(at, "/"+patternKey+"/additional"); up != at {
			f.known = r.schema.rules[up+"/properties"]
		}
	}
	if name, rest, ok := strings.Cut(f.keyword, "/"); ok && name == "dependencies" {
		f.keyword, f.detail = name, rest
		f.rule = f.schema.Get(name)
	}
	if f.rule == nil {
		f.rule = f.schema
	}
	if f.rule == nil {
		f.rule = r.schema.node
	}
	if f.keyword == "minContains" && f.schema.Get("contains") != nil {
		f.keyword, f.rule = "contains", f.schema.Get("contains")
	}
	return f
}

// ofName matches the place of a rule for the names of properties.
var ofName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|/)propertyNames/[^/]+$`) })

// isSchema reports whether a pointer of the document leads to a schema rather than
// to a keyword's value.
func isSchema(at string) bool {
	if at == "" {
		return true
	}
	parts := strings.Split(at[1:], "/")
	for i := 0; i < len(parts); i++ {
		switch parts[i] {
		case "properties", "definitions", "dependencies", patternKey:
			i++
		case "allOf", "anyOf", "oneOf":
			i++
		case "items":
			if i+1 < len(parts) {
				if _, err := strconv.Atoi(parts[i+1]); err == nil {
					i++
				}
			}
		case "additionalProperties", "additionalItems", "contains", "propertyNames", "not", "if", "then", "else":
		default:
			return false
		}
		if i >= len(parts) {
			return false
		}
	}
	return true
}

// find returns the part of plain data that a pointer leads to.
func find(v any, pointer string) any {
	for _, key := range conf.SplitPointer(pointer) {
		switch container := v.(type) {
		case map[string]any:
			v = container[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(container) {
				return nil
			}
			v = container[i]
		default:
			return nil
		}
	}
	return v
}

// alternatives reports that none of several schemas fits: the one that was meant,
// if that can be told, or all of them shortly.
func (r *reporter) alternatives(f failure, e *jsonschema.ValidationError) []Violation {
	branches := make([][]Violation, len(e.Causes))
	var plausible [][]Violation
	onlyTypes := true
	for i, cause := range e.Causes {
		branches[i] = r.all(cause)
		if !slices.ContainsFunc(branches[i], func(v Violation) bool { return v.otherKind(f.pointer) }) {
			plausible = append(plausible, branches[i])
		}
		onlyTypes = onlyTypes && len(branches[i]) == 1 && branches[i][0].Keyword == "type" && branches[i][0].Pointer == f.pointer
	}
	if len(plausible) == 1 {
		return plausible[0]
	}
	v := f.violation()
	if onlyTypes {
		var names []string
		for _, cause := range e.Causes {
			names = append(names, r.failure(cause).typeNames()...)
		}
		if names = slices.Compact(names); len(names) > 0 {
			v.Keyword = "type"
			v.Message = fmt.Sprintf("expected %s, got %s", typeList(names), show(f.value))
			return []Violation{v}
		}
	}
	v.Message = fmt.Sprintf("%s fits none of the %d allowed forms", show(f.value), len(branches))
	var forms []string
	for i, branch := range branches {
		if len(branch) > 0 && i < 4 {
			forms = append(forms, fmt.Sprintf("form %d: %s", i+1, telling(branch).Message))
		}
	}
	v.Hint = strings.Join(forms, "; ")
	return []Violation{v}
}

// otherKind reports whether a violation shows that a form was not meant: the value
// is of another type, or a property that tells forms apart has another value.
func (v Violation) otherKind(pointer string) bool {
	switch v.Keyword {
	case "type", "file", "ndarray", "url":
		return v.Pointer == pointer
	case "const", "enum":
		return v.Pointer == pointer || isChild(pointer, v.Pointer)
	}
	return false
}

// telling returns the violation of a form that says best why it does not fit.
func telling(form []Violation) Violation {
	for _, v := range form {
		if v.Keyword == "const" || v.Keyword == "enum" || v.Keyword == "type" {
			return v
		}
	}
	return form[0]
}

// isChild reports whether a pointer is that of a member of another.
func isChild(parent, pointer string) bool {
	rest, under := strings.CutPrefix(pointer, parent+"/")
	return under && !strings.Contains(rest, "/")
}
