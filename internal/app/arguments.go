package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/workspace"
)

// Limits of what a command gives to a plugin, in bytes.
const (
	maxDataText = 64 << 20 // --data and --args
	maxArray    = 2 << 30  // an array or image file
)

// Arguments are what a person typed behind the name of a plugin.
type Arguments struct {
	Words []string // FILE or key=value, in order
	Data  string   // --data: JSON, @file or -; "" for none
	Stdin io.Reader
}

// ArgumentError is a word that does not fit the plugin.
type ArgumentError struct {
	Word string
	Err  error
	Hint string
}

func (e *ArgumentError) Error() string { return fmt.Sprintf("%s: %v", e.Word, e.Err) }
func (e *ArgumentError) Unwrap() error { return e.Err }

// Arguments turns words into ctx.config and ctx.data, as the plugin's form and its
// inputs say: key=value sets a field of the form, else a property of the inputs;
// what is no pair is a file.
func (a *App) Arguments(plan *tags.Plan, given Arguments) (config *value.Object, data value.Value, err error) {
	return a.arguments(fmt.Sprintf("plugin %q", plan.Name), plan.UI, plan.Inputs, given)
}

// OperatorArguments does the same for an operator of a plugin.
func (a *App) OperatorArguments(op *workspace.Operator, given Arguments) (config *value.Object, data value.Value, err error) {
	return a.arguments(fmt.Sprintf("op %q", op.Name), op.UI, op.Inputs, given)
}

func (a *App) arguments(who string, ui *form.Form, inputs *conf.Node, given Arguments) (config *value.Object, data value.Value, err error) {
	r := reader{app: a, who: who, ui: ui, schema: inputs, inputs: form.FromInputs(inputs), config: map[string]any{}}
	if given.Data != "" {
		if r.data, err = a.dataText(given); err != nil {
			return nil, nil, err
		}
	}
	for _, word := range given.Words {
		if err := r.word(word); err != nil {
			return nil, nil, err
		}
	}
	if data, err = r.join(); err != nil {
		return nil, nil, err
	}
	config, err = r.form()
	return config, data, err
}

// reader collects the words of one command.
type reader struct {
	app    *App
	who    string // takes the words, for messages
	ui     *form.Form
	schema *conf.Node // of the inputs
	inputs *form.Form

	config map[string]any // of the plugin's form
	data   value.Value    // of --data
	named  []named        // properties of the inputs
	files  []string
}

type named struct {
	key   string
	value value.Value
}

// likeKey tells what stands before "=" in key=value, where no form knows the key, from
// a path; a path like that is written "./a=b".
func likeKey(text string) bool {
	for i, r := range text {
		if !unicode.IsLetter(r) && r != '_' && (i == 0 || !unicode.IsNumber(r) && r != '.' && r != '-') {
			return false
		}
	}
	return text != ""
}

func (r *reader) word(word string) error {
	key, text, pair := strings.Cut(word, "=")
	if !pair || r.ui.Field(key) == nil && r.inputs.Field(key) == nil && !likeKey(key) {
		r.files = append(r.files, word)
		return nil
	}
	if field := r.ui.Field(key); field != nil {
		v, err := field.Parse(text)
		if err != nil {
			return &ArgumentError{Word: key, Err: err}
		}
		r.config[field.DataID] = v
		return nil
	}
	field := r.inputs.Field(key)
	if field == nil {
		return r.unknown(key, word)
	}
	v, err := r.typed(field, text)
	if err != nil {
		return err
	}
	r.named = append(r.named, named{key, v})
	return nil
}

// unknown names what could have been meant, of both forms.
func (r *reader) unknown(key, word string) error {
	err := r.ui.Set(map[string]any{}, key, "")
	var first *form.UnknownKeyError
	if !errors.As(err, &first) {
		return err
	}
	var second *form.UnknownKeyError
	if errors.As(r.inputs.Set(map[string]any{}, key, ""), &second) {
		first.Keys = append(first.Keys, second.Keys...)
		if first.Nearest == "" {
			first.Nearest = second.Nearest
		}
	}
	hint := first.Hint()
	if _, err := os.Stat(r.app.path(word)); err == nil {
		hint = "to name the file of that name, write ./" + word
	}
	return &ArgumentError{key, fmt.Errorf("%s has no such setting and takes no such input", r.who), hint}
}

// typed is the value of one property of the inputs.
func (r *reader) typed(field *form.Field, text string) (value.Value, error) {
	switch field.Type {
	case form.File:
		return r.app.OpenFile(text)
	case form.NDArray:
		return r.app.OpenArray(text)
	}
	v, err := field.Parse(text)
	if err != nil {
		return nil, &ArgumentError{Word: field.ID, Err: err}
	}
	return fromPlain(v)
}

// form is ctx.config: what was typed, and the defaults of the rest, in the order of
// the form.
func (r *reader) form() (*value.Object, error) {
	all, err := r.ui.Config(r.config)
	if err != nil {
		return nil, &ArgumentError{Word: "settings", Err: err}
	}
	config := value.NewObject()
	for _, key := range r.ui.Keys() {
		if v, ok := all[key]; ok {
			plain, err := fromPlain(v)
			if err != nil {
				return nil, err
			}
			config.Set(key, plain)
		}
	}
	return config, nil
}

// fromPlain turns what a form answers into a value.
func fromPlain(v any) (value.Value, error) {
	switch v.(type) {
	case nil, bool, string, float64:
		return v, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return value.FromJSON(text)
}
