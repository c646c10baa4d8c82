package form

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Parse returns the value that text stands for: what somebody typed behind `key=` or
// into a box. Files and arrays stay text, the path or URL: opening them is the
// caller's.
func (f *Field) Parse(text string) (any, error) {
	switch f.Type {
	case Number, Integer:
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
			return nil, fmt.Errorf("%q is no number", text)
		}
		return f.Check(value)
	case Boolean:
		return parseBool(text)
	case Choose:
		return f.option(text)
	case Color:
		value, err := parseColor(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		return value, nil
	case Comment, Button, Ops:
		return f.Check(text)
	case String, Variable, File, NDArray, URL:
		return text, nil
	}
	return f.parseJSON(text)
}

// Check returns the value in the field's type, or why it does not fit: for values
// that come typed, as in a JSON body.
func (f *Field) Check(value any) (any, error) {
	value = normal(value)
	switch f.Type {
	case Number, Integer:
		number, ok := value.(float64)
		if !ok {
			return nil, fmt.Errorf("%s is no number", printedValue(value))
		}
		if why := f.outside(number); why != "" {
			return nil, fmt.Errorf("%s %s", printedValue(value), why)
		}
	case Boolean:
		if _, ok := value.(bool); !ok {
			return nil, fmt.Errorf("%s is neither true nor false", printedValue(value))
		}
	case Choose:
		for _, o := range f.Options {
			if reflect.DeepEqual(o.Value, value) {
				return value, nil
			}
		}
		return nil, f.noOption(textOfValue(value))
	case String, Variable, URL:
		if _, ok := value.(string); !ok {
			return nil, fmt.Errorf("%s is no text", printedValue(value))
		}
	case Color:
		text := textOfValue(value)
		return f.Parse(text)
	case Comment:
		if text, ok := value.(string); ok {
			return map[string]any{"type": Comment, "value": text}, nil
		}
	case Button, Ops:
		return nil, errors.New("it has no value that can be set")
	case List:
		if _, ok := value.([]any); !ok {
			return nil, fmt.Errorf("%s is no list", printedValue(value))
		}
	case Object:
		if _, ok := value.(map[string]any); !ok {
			return nil, fmt.Errorf("%s is no object", printedValue(value))
		}
	}
	return value, nil
}

// outside says why a number is not allowed, "" when it is.
func (f *Field) outside(value float64) string {
	switch {
	case f.Min != nil && value < *f.Min:
		return "is below the minimum " + number(*f.Min)
	case f.Max != nil && value > *f.Max:
		return "is above the maximum " + number(*f.Max)
	case f.Type == Integer && value != math.Trunc(value):
		return "is no whole number"
	case f.Step != nil && !onGrid(value, f.base(), *f.Step):
		if base := f.base(); base != 0 {
			return fmt.Sprintf("is not reached in steps of %s from %s", number(*f.Step), number(base))
		}
		return "is not a multiple of " + number(*f.Step)
	}
	return ""
}

// base is where the steps of a number begin, as in an HTML form: the minimum, else
// the default.
func (f *Field) base() float64 {
	if f.Min != nil {
		return *f.Min
	}
	if value, ok := f.Default.(float64); ok && f.Step != nil && !onGrid(value, 0, *f.Step) {
		return value
	}
	return 0
}

// onGrid reports whether value is a whole number of steps away from base, but for
// the error that decimal fractions have in binary.
func onGrid(value, base, step float64) bool {
	steps := (value - base) / step
	return math.Abs(steps-math.Round(steps)) <= 1e-9*max(1, math.Abs(steps))
}

// option finds the answer that text stands for: by its label, else by its value.
func (f *Field) option(text string) (any, error) {
	for _, o := range f.Options {
		if o.Label == text {
			return clone(o.Value), nil
		}
	}
	for _, o := range f.Options {
		if textOfValue(o.Value) == text {
			return clone(o.Value), nil
		}
	}
	if value, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
		for _, o := range f.Options {
			if o.Value == value {
				return value, nil
			}
		}
	}
	return nil, f.noOption(text)
}

func (f *Field) noOption(text string) error {
	if near := source.Nearest(text, f.labels()); near != "" {
		return fmt.Errorf("%q is none of the options: did you mean %q?", text, near)
	}
	return fmt.Errorf("%q is none of the options: %s", text, strings.Join(f.labels(), ", "))
}

// labels returns the labels of the options.
func (f *Field) labels() []string {
	labels := make([]string, len(f.Options))
	for i, o := range f.Options {
		labels[i] = o.Label
	}
	return labels
}

func parseBool(text string) (any, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return nil, fmt.Errorf("%q is neither true nor false", text)
}

// parseJSON reads lists and objects; where anything is allowed, other text is text.
func (f *Field) parseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows the value")
	}
	if err != nil {
		if f.Type == List || f.Type == Object {
			return nil, fmt.Errorf("%q is no JSON: %w", text, err)
		}
		return text, nil
	}
	return f.Check(value)
}
