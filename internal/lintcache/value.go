package lintcache

import (
	"fmt"
	"reflect"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Summaries grow with the rules over repositories, so they are written by what they are
// made of: structs with exported fields, lists, texts, numbers and places.

var placeType = reflect.TypeFor[source.Place]()

func (w *writer) value(v reflect.Value) {
	if v.Type() == placeType {
		w.place(v.Interface().(source.Place))
		return
	}
	switch v.Kind() {
	case reflect.String:
		w.text(v.String())
	case reflect.Int:
		w.int(int(v.Int()))
	case reflect.Bool:
		w.bool(v.Bool())
	case reflect.Slice:
		w.int(v.Len())
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			w.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.value(v.Field(i))
		}
	default:
		w.err = fmt.Errorf("a %s cannot be kept", v.Type())
	}
}

// value reads what writer.value wrote into a zero value.
func (r *reader) value(v reflect.Value) {
	if v.Type() == placeType {
		v.Set(reflect.ValueOf(r.place()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Int:
		v.SetInt(int64(r.int()))
	case reflect.Bool:
		v.SetBool(r.bool())
	case reflect.Slice:
		if n := r.count(); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.value(v.Field(i))
		}
	}
}
