package app

import (
	"errors"
	"slices"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/tags/form"
)

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
	if field != nil && field.Type == form.NDArray || field == nil && wantsArray(r.schema) {
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
