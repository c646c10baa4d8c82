package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// dtypes are the element types of arrays. ImJoy itself knows only the first eight.
var dtypes = []string{"int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64", "int64", "uint64", "bool", "float16"}

// ndarrayCheck is the keyword `ndarray`: the value is an array of a shape and type.
// Its data is never looked at.
type ndarrayCheck struct {
	at     string
	shape  []int // -1 where any length will do; nil for any shape
	dtypes []string
	ndims  []int
	axes   []string
}

func (*ndarrayCheck) name() string { return "ndarray" }

func (o *object) ndarray(key string, n *conf.Node) {
	switch {
	case n.Map():
		o.add(o.ndarrayCheck(key, n, ndarrayKeys))
	case n.Kind == conf.Bool || n.Kind == conf.Null:
		o.add(&ndarrayCheck{at: key})
	default:
		o.report(ruleKeyword, n, fmt.Sprintf("ndarray is an object, not a %s", n.Kind), `write {"shape": [null, null], "dtype": "float32"}, or {} for any array`)
	}
}

func (o *object) ndarrayCheck(at string, n *conf.Node, known []string) *ndarrayCheck {
	c := &ndarrayCheck{at: at}
	o.unknownKeys(n, known, "ndarray")
	c.shape = o.shape(at, n)
	for _, entry := range o.texts(at, n, "dtype") {
		name := strings.ToLower(strings.TrimSpace(entry.Text))
		if slices.Contains(dtypes, name) {
			c.dtypes = append(c.dtypes, name)
			continue
		}
		near := map[string]string{"double": "float64", "float": "float32", "single": "float32", "int": "int32", "long": "int64", "byte": "uint8", "boolean": "bool", "half": "float16"}[name]
		if near == "" {
			near = source.Nearest(name, dtypes)
		}
		d := o.report(ruleKeyword, entry, fmt.Sprintf("there is no dtype %s", conf.Quote(cut(entry.Text, 40))), "the dtypes are "+strings.Join(dtypes, ", "))
		if near != "" {
			d.Hint = "did you mean " + conf.Quote(near) + "?"
		}
	}
	for _, f := range o.numbers(at, n, "ndim") {
		if f != float64(int(f)) || f > 64 {
			o.report(ruleKeyword, n.Get("ndim"), "ndim is a whole number up to 64", "")
			continue
		}
		c.ndims = append(c.ndims, int(f))
	}
	c.axes = o.axes(at, n)
	o.sameRank(c, n)
	return c
}

func (o *object) shape(at string, n *conf.Node) []int {
	value := o.rule(at, n, "shape")
	if value == nil {
		return nil
	}
	if !value.List() {
		o.report(ruleKeyword, value, "a shape is a list with a length for each axis", "write null where any length will do: [null, null, 3]")
		return nil
	}
	shape := make([]int, len(value.Items))
	for i, item := range value.Items {
		shape[i] = -1
		if item.Kind != conf.Number {
			continue // null, "x", "width": any length
		}
		f, ok := item.Float()
		if !ok || f < 0 || f != float64(int64(f)) || f > 1<<50 {
			o.report(ruleKeyword, item, "the length of an axis is a whole number", "")
			continue
		}
		shape[i] = int(f)
	}
	return shape
}

// axes are names of axes: a text with a letter for each, or a list.
func (o *object) axes(at string, n *conf.Node) []string {
	value := o.rule(at, n, "axes")
	if value == nil {
		return nil
	}
	if text, isText := value.Str(); isText {
		return strings.Split(text, "")
	}
	names, ok := value.Strings()
	if !ok {
		o.report(ruleKeyword, value, "axes is a text with a letter for each axis, or a list of names", `write "YXC"`)
		return nil
	}
	return names
}

// sameRank reports keywords that contradict each other.
func (o *object) sameRank(c *ndarrayCheck, n *conf.Node) {
	if c.shape != nil && len(c.ndims) > 0 && !slices.Contains(c.ndims, len(c.shape)) {
		o.report(ruleKeyword, n.Get("ndim"), fmt.Sprintf("ndim does not fit the shape, which has %s", axesCount(len(c.shape))), "")
	}
	if rank := c.rank(); c.axes != nil && rank >= 0 && rank != len(c.axes) {
		o.report(ruleKeyword, n.Get("axes"), fmt.Sprintf("there are %s here, but the array has %d", axesCount(len(c.axes)), rank), "")
	}
}

// rank is the number of axes if it is fixed without looking at `axes`, else -1.
func (c *ndarrayCheck) rank() int {
	switch {
	case c.shape != nil:
		return len(c.shape)
	case len(c.ndims) == 1:
		return c.ndims[0]
	}
	return -1
}

func (c *ndarrayCheck) test(v any) []fault {
	a, isArray := arrayOf(v)
	if !isArray {
		return []fault{{keyword: c.at, message: "expected an array, got " + show(v), hint: `an array is {"_rtype": "ndarray", "_rshape", "_rdtype"}`}}
	}
	var faults []fault
	add := func(key, format string, args ...any) {
		faults = append(faults, fault{keyword: rulePath(c.at, key), message: fmt.Sprintf(format, args...)})
	}
	if len(c.dtypes) > 0 && !slices.Contains(c.dtypes, a.dtype) {
		add("dtype", "the array is of %s, expected %s", orText(a.dtype, "no known dtype"), orList(c.dtypes))
	}
	if a.shape == nil {
		return faults // bytes of unknown length
	}
	switch {
	case c.shape != nil && !fitsShape(c.shape, a.shape):
		add("shape", "the array has the shape %s, expected %s", shapeText(a.shape), shapeText(c.shape))
	case len(c.ndims) > 0 && !slices.Contains(c.ndims, len(a.shape)):
		add("ndim", "the array has %s, expected %s", axesCount(len(a.shape)), orList(mapped(c.ndims, strconv.Itoa)))
	case c.axes != nil && len(c.axes) != len(a.shape):
		add("axes", "the array has %s, expected %d: %s", axesCount(len(a.shape)), len(c.axes), axesText(c.axes))
	}
	return faults
}

func fitsShape(want, got []int) bool {
	return slices.EqualFunc(want, got, func(w, g int) bool { return w < 0 || w == g })
}

func axesCount(n int) string {
	if n == 1 {
		return "1 axis"
	}
	return fmt.Sprintf("%d axes", n)
}

func axesText(axes []string) string {
	for _, name := range axes {
		if utf8.RuneCountInString(name) != 1 {
			return strings.Join(axes, ", ")
		}
	}
	return strings.Join(axes, "")
}

// shapeText writes a shape as numpy does, with "any" for a free length.
func shapeText(shape []int) string {
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = strconv.Itoa(n)
		if n < 0 {
			parts[i] = "any"
		}
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// arrayValue is what is known of an array.
type arrayValue struct {
	dtype string
	shape []int
}

// arrayOf recognises an array among plain values: an n-d array, a typed array, or
// bytes, which count as a list of uint8.
func arrayOf(v any) (a arrayValue, ok bool) {
	object, isObject := v.(map[string]any)
	if !isObject {
		return a, false
	}
	a.dtype, _ = object["_rdtype"].(string)
	if list, ok := object["_rshape"].([]any); ok {
		a.shape = make([]int, len(list))
		for i, item := range list {
			f, _ := toFloat(item)
			a.shape[i] = int(f)
		}
	}
	switch object["_rtype"] {
	case "ndarray":
		return a, a.shape != nil
	case "typedarray":
		return a, true
	case "bytes", "memoryview":
		a.dtype = "uint8"
		return a, true
	}
	return a, false
}
