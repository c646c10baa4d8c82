package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
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

// FileError is a file that was named and cannot be read.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// Arguments turns words into ctx.config and ctx.data, as the plugin's form and its
// inputs say: key=value sets a field of the form, else a property of the inputs;
// what is no pair is a file.
func (a *App) Arguments(plan *tags.Plan, given Arguments) (config *value.Object, data value.Value, err error) {
	r := reader{app: a, plan: plan, inputs: form.FromInputs(plan.Inputs), config: map[string]any{}}
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

// dataText reads --data.
func (a *App) dataText(given Arguments) (value.Value, error) {
	return a.jsonOf("--data", given.Data, given.Stdin, "text needs quotes: '\"text\"'")
}

// ArgumentList reads --args: the arguments of a call as a JSON list.
func (a *App) ArgumentList(text string, stdin io.Reader) ([]value.Value, error) {
	const hint = "a list has brackets: '[1, \"text\"]'"
	v, err := a.jsonOf("--args", text, stdin, hint)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, &ArgumentError{"--args", errors.New("it is no list of arguments"), hint}
	}
	return append([]value.Value{}, list...), nil // none is not nil
}

// jsonOf reads the JSON that a flag gives: itself, @FILE, or - for standard input.
func (a *App) jsonOf(flag, given string, stdin io.Reader, hint string) (value.Value, error) {
	text := []byte(given)
	var err error
	if given == "-" {
		text, err = readAll(stdin, maxDataText)
	} else if path, ok := strings.CutPrefix(given, "@"); ok {
		if text, err = a.readFile(path, maxDataText); err != nil {
			return nil, unreadable(path, err)
		}
	}
	if err != nil {
		return nil, &FileError{fmt.Errorf("read %s: %w", flag, err)}
	}
	v, err := value.FromJSON(text)
	if err != nil {
		return nil, &ArgumentError{flag, err, "give JSON, @FILE with JSON, or - for standard input; " + hint}
	}
	return v, nil
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return data, err
}

func (a *App) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Dir, name)
}

func (a *App) readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(a.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

// reader collects the words of one command.
type reader struct {
	app    *App
	plan   *tags.Plan
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
	if !pair || r.plan.UI.Field(key) == nil && r.inputs.Field(key) == nil && !likeKey(key) {
		r.files = append(r.files, word)
		return nil
	}
	if field := r.plan.UI.Field(key); field != nil {
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
	err := r.plan.UI.Set(map[string]any{}, key, "")
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
	return &ArgumentError{key, fmt.Errorf("plugin %q has no such setting and takes no such input", r.plan.Name), hint}
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
	all, err := r.plan.UI.Config(r.config)
	if err != nil {
		return nil, &ArgumentError{Word: "settings", Err: err}
	}
	config := value.NewObject()
	for _, key := range r.plan.UI.Keys() {
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

// join makes ctx.data of --data, pairs and files.
func (r *reader) join() (value.Value, error) {
	if len(r.files) > 0 {
		if err := r.placeFiles(); err != nil {
			return nil, err
		}
	}
	if len(r.named) == 0 {
		return r.data, nil
	}
	object, ok := r.data.(*value.Object)
	if r.data != nil && !ok {
		return nil, &ArgumentError{r.named[0].key, errors.New("--data is no object that this could be put into"), "give the input in --data, or as KEY=VALUE, not both"}
	}
	if object == nil {
		object = value.NewObject()
	}
	for _, n := range r.named {
		object.Set(n.key, n.value)
	}
	return object, nil
}

// placeFiles finds where the files belong: into the one property of the inputs that
// takes a file, else they are the data, one or a list.
func (r *reader) placeFiles() error {
	field := r.onlyFileField()
	open := r.app.OpenFile
	if field != nil && field.Type == form.NDArray || field == nil && wantsArray(r.plan.Inputs) {
		open = r.app.OpenArray
	}
	list := make([]any, len(r.files))
	for i, name := range r.files {
		v, err := open(name)
		if err != nil {
			return err
		}
		list[i] = v
	}
	var v value.Value = list
	if len(list) == 1 {
		v = list[0]
	}
	if field != nil {
		r.named = append(r.named, named{field.DataID, v})
		return nil
	}
	if r.data != nil {
		return &ArgumentError{r.files[0], errors.New("--data says already what the data is"), "name the input the file is for: KEY=FILE"}
	}
	r.data = v
	return nil
}

// onlyFileField is the one property that takes a file or an array and was not given
// yet, nil when there is none or more than one.
func (r *reader) onlyFileField() (only *form.Field) {
	for i := range r.inputs.Fields {
		f := &r.inputs.Fields[i]
		if f.Type != form.File && f.Type != form.NDArray || r.given(f.DataID) {
			continue
		}
		if only != nil {
			return nil
		}
		only = f
	}
	return only
}

func (r *reader) given(key string) bool {
	if object, ok := r.data.(*value.Object); ok && object.Get(key) != nil {
		return true
	}
	return slices.ContainsFunc(r.named, func(n named) bool { return n.key == key })
}

// wantsArray reports inputs that are an array themselves.
func wantsArray(inputs *conf.Node) bool {
	if inputs == nil || inputs.Kind != conf.Map || inputs.Get("properties") != nil {
		return false
	}
	kind, _ := inputs.Get("type").Str()
	return kind == form.NDArray || inputs.Get("ndarray") != nil && inputs.Get("type") == nil
}

// OpenFile describes a file of this machine; its content is read when the plugin
// gets it.
func (a *App) OpenFile(name string) (value.Value, error) {
	path := a.path(name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(name, err)
	}
	file := &value.File{Name: filepath.Base(path), Size: info.Size(), Path: path}
	switch {
	case info.IsDir():
		file.Type, file.Size = folderMIME, 0
		return file, nil
	case !info.Mode().IsRegular(): // a pipe can be read once, so it is read now
		if file.Data, err = a.readFile(name, maxArray); err != nil {
			return nil, unreadable(name, err)
		}
		file.Path, file.Size = "", int64(len(file.Data))
		file.Type = mimeNamed(mimetype.Detect(file.Data), path)
		return file, nil
	}
	if file.Type, err = MIMEType(path); err != nil {
		return nil, unreadable(name, err)
	}
	return file, nil
}

// OpenArray reads an array: a .npy file, or an image.
func (a *App) OpenArray(name string) (value.Value, error) {
	data, err := a.readFile(name, maxArray)
	if err != nil {
		return nil, unreadable(name, err)
	}
	array, err := ReadArray(data)
	if err != nil {
		return nil, &FileError{fmt.Errorf("read %s: %w", name, err)}
	}
	return array, nil
}

func unreadable(name string, err error) error {
	var path *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &FileError{fmt.Errorf("there is no file %s", name)}
	case errors.As(err, &path):
		err = path.Err
	}
	return &FileError{fmt.Errorf("read %s: %w", name, err)}
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

// ReadArray reads a .npy file or an image by what its first bytes say.
func ReadArray(data []byte) (*ndarray.Array, error) {
	if bytes.HasPrefix(data, []byte("\x93NUMPY")) {
		return ndarray.ReadNPY(bytes.NewReader(data), len(data))
	}
	array, err := ndarray.ReadImage(data)
	if err != nil {
		return nil, errors.New("it is neither a .npy file nor an image (PNG, JPEG, GIF, TIFF)")
	}
	return array, nil
}
