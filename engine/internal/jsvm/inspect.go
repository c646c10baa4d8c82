package jsvm

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// inspect shows a value as a console does: text as it is, objects as JSON.
func (vm *VM) inspect(v goja.Value) (out string) {
	if err := vm.rt.Try(func() { out = vm.show(v) }); err != nil {
		return "(a value that cannot be shown)"
	}
	return cut(out)
}

func (vm *VM) show(v goja.Value) string {
	o, ok := v.(*goja.Object)
	if !ok {
		if v == nil {
			return "undefined"
		}
		if f := v.ToFloat(); goja.IsNumber(v) && f == 0 && math.Signbit(f) {
			return "-0"
		}
		return v.String()
	}
	if _, isFunction := goja.AssertFunction(o); isFunction {
		return fmt.Sprintf("[function %s]", text(o.Get("name")))
	}
	if o.ExportType() == promiseType {
		return "[promise]"
	}
	if o.ClassName() == "Error" {
		return o.String()
	}
	read, err := vm.fromJS(o)
	if err != nil {
		return fmt.Sprintf("[object: %v]", err)
	}
	return Show(read)
}

// Show is one line for a value that crossed: text as it is, arrays by their shape.
func Show(v value.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return fmt.Sprintf("[%d bytes]", len(v))
	case *ndarray.Array:
		if v.Len() > 100 {
			return fmt.Sprintf("[%s array %s]", v.DType, shape(v.Shape))
		}
	case *value.File:
		return fmt.Sprintf("[file %s, %d bytes]", v.Name, v.Size)
	case *value.Blob:
		return fmt.Sprintf("[blob %s, %d bytes]", v.Type, len(v.Data))
	}
	jsonText, err := value.JSON(v)
	if err != nil {
		return fmt.Sprintf("[%v]", err)
	}
	return string(jsonText)
}

func shape(axes []int) string {
	words := make([]string, len(axes))
	for i, n := range axes {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, "x")
}
