package workflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// answer is a schema of one value: the whole of a plugin's inputs or outputs, with
// ImJoy's shorthand, or that of a part.
type answer struct {
	node *conf.Node
	part bool
}

// fields are the properties of an object.
func (a answer) fields() []form.Field {
	if a.part && !a.node.Get("properties").Map() {
		return nil
	}
	return form.FromInputs(a.node).Fields
}

func (a answer) names() (names []string) {
	for _, f := range a.fields() {
		names = append(names, f.DataID)
	}
	return names
}

func (a answer) field(name string) *form.Field {
	for _, f := range a.fields() {
		if f.DataID == name {
			return &f
		}
	}
	return nil
}

// descend goes along the path of a reference, as far as the schema says what is there.
func descend(a answer, path []string) (_ answer, missing string) {
	for _, key := range path {
		if len(a.fields()) == 0 {
			return answer{}, ""
		}
		f := a.field(key)
		if f == nil {
			return a, key
		}
		a = answer{node: f.Node, part: true}
	}
	return a, ""
}

// kind is what a value is, "" when the schema leaves it open.
func (a answer) kind() string {
	n := a.node
	switch {
	case !n.Map():
		return ""
	case !a.part && len(a.fields()) > 0:
		return form.Object
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf", "not", "$ref", "enum", "const", "if"} {
		if n.Get(key) != nil {
			return ""
		}
	}
	for _, key := range []string{form.NDArray, form.File} {
		if n.Get(key) != nil {
			return key
		}
	}
	kind, _ := n.Get("type").Str()
	if kind == "" && n.Get("properties").Map() {
		return form.Object
	}
	return kind
}

// differ says how what is given can never be what is taken, "" when it may be.
func differ(gives, takes answer, depth int) string {
	have, want := gives.kind(), takes.kind()
	switch {
	case depth > maxCompared || have == "" || want == "":
		return ""
	case have != want && !(have == form.Integer && want == form.Number):
		return fmt.Sprintf("%s instead of %s", phrase(have), phrase(want))
	case want == form.NDArray:
		return differentArrays(gives.node.Get(form.NDArray), takes.node.Get(form.NDArray))
	case want == form.Object:
		return differentObjects(gives, takes, depth)
	}
	return ""
}

func phrase(kind string) string {
	switch kind {
	case form.NDArray:
		return "an n-d array"
	case form.Object, form.Integer:
		return "an " + kind
	case form.List:
		return "a list"
	}
	return "a " + kind
}

func differentObjects(gives, takes answer, depth int) string {
	if len(gives.fields()) == 0 {
		return "" // it may have any
	}
	for _, want := range takes.fields() {
		have := gives.field(want.DataID)
		switch {
		case have == nil && want.Required && !(takes.part && takes.node.Get("required") == nil): // ImJoy's rule holds for the whole only
			return fmt.Sprintf("%s is missing", conf.Quote(want.DataID))
		case have != nil:
			if why := differ(answer{have.Node, true}, answer{want.Node, true}, depth+1); why != "" {
				return fmt.Sprintf("%s is %s", conf.Quote(want.DataID), why)
			}
		}
	}
	return ""
}

// differentArrays compares what two schemas say of arrays.
func differentArrays(gives, takes *conf.Node) string {
	have, okHave := gives.Get("dtype").Strings()
	want, okWant := takes.Get("dtype").Strings()
	if okHave && okWant && len(have) > 0 && len(want) > 0 && !slices.ContainsFunc(have, func(d string) bool { return slices.Contains(want, d) }) {
		return fmt.Sprintf("elements are %s instead of %s", strings.Join(have, " or "), strings.Join(want, " or "))
	}
	if a, ok := axes(gives); ok {
		if b, ok := axes(takes); ok && a != b {
			return fmt.Sprintf("it has %d axes instead of %d", a, b)
		}
	}
	return ""
}

// axes is how many axes an array has, if that is one number.
func axes(n *conf.Node) (int, bool) {
	if shape := n.Get("shape"); shape.List() {
		return len(shape.Items), true
	}
	count, ok := n.Get("ndim").Float()
	return int(count), ok
}
