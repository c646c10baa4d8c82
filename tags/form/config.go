package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// UnknownKeyError says that a form has no field of that name.
type UnknownKeyError struct {
	Key     string
	Nearest string   // what was probably meant, or ""
	Keys    []string // all there are
}

func (e *UnknownKeyError) Error() string {
	if len(e.Keys) == 0 {
		return fmt.Sprintf("the form has no fields, so %q cannot be set", e.Key)
	}
	return fmt.Sprintf("the form has no field %q", e.Key)
}

// Hint is what to do about it.
func (e *UnknownKeyError) Hint() string {
	switch {
	case e.Nearest != "":
		return fmt.Sprintf("did you mean %q?", e.Nearest)
	case len(e.Keys) > 0:
		return "its fields are " + strings.Join(e.Keys, ", ")
	}
	return ""
}

// Set puts the value that text stands for into values, under the key the plugin
// sees. The key may be an id or a dataID. An unknown key is an [*UnknownKeyError].
func (f *Form) Set(values map[string]any, key, text string) error {
	field, err := f.find(key)
	if err != nil {
		return err
	}
	value, err := field.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	values[field.DataID] = value
	return nil
}

// Defaults returns the value of every field that has one, as nobody changed it.
func (f *Form) Defaults() map[string]any {
	values := make(map[string]any)
	if f == nil {
		return values
	}
	for i := range f.Fields {
		if field := &f.Fields[i]; field.Default != nil {
			values[field.DataID] = clone(field.Default)
		}
	}
	return values
}

// Config returns what the plugin finds in ctx.config: the given values, checked, and
// the default of every other field. [Form.Keys] tells the order. A key that is no
// field's is an [*UnknownKeyError].
func (f *Form) Config(values map[string]any) (map[string]any, error) {
	config := f.Defaults()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		field, err := f.find(key)
		if err != nil {
			return nil, err
		}
		checked, err := field.Check(values[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		config[field.DataID] = checked
	}
	return config, nil
}

func (f *Form) find(key string) (*Field, error) {
	if field := f.Field(key); field != nil {
		return field, nil
	}
	keys := f.Keys()
	return nil, &UnknownKeyError{Key: key, Nearest: source.Nearest(key, keys), Keys: keys}
}
