package app

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Results of up to these sizes are printed; larger parts go to files.
const (
	maxPrintedElements = 1000
	maxPrintedBytes    = 64 << 10
)

// Output writes what a run answers: small values as JSON, large arrays and bytes to
// files of Folder, named in the JSON.
type Output struct {
	Folder string // "" writes no files: large parts are described instead
	// Left counts the parts that were only described.
	Left int
	// Wrote are the files that were written, in order.
	Wrote []string
}

// JSON returns the text of a result, without a line break at its end.
func (o *Output) JSON(v value.Value) ([]byte, error) {
	v, err := o.reduce(v, "result", 0)
	if err != nil {
		return nil, err
	}
	return value.JSON(v)
}

// reduce replaces large parts of a value by objects that say where they are. name is
// the file's, made of the keys that lead to the part.
func (o *Output) reduce(v value.Value, name string, depth int) (value.Value, error) {
	if depth > value.MaxDepth {
		return v, nil // value.JSON says what is wrong with it
	}
	switch v := v.(type) {
	case *ndarray.Array:
		if v.Len() <= maxPrintedElements && len(v.Data) <= maxPrintedBytes {
			return v, nil
		}
		return o.array(v, name)
	case []byte:
		if len(v) <= maxPrintedBytes {
			return v, nil
		}
		return o.bytes(v, "bytes", name+".bin")
	case *value.Blob:
		if len(v.Data) <= maxPrintedBytes {
			return v, nil
		}
		return o.bytes(v.Data, "blob", name+".bin")
	case *value.File:
		if v.Path != "" || len(v.Data) <= maxPrintedBytes {
			return v, nil
		}
		return o.bytes(v.Data, "file", v.Name)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			part, err := o.reduce(item, name+"-"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = part
		}
		return list, nil
	case *value.Object:
		if v == nil {
			return nil, nil
		}
		object := value.NewObject()
		for key, item := range v.All() {
			part, err := o.reduce(item, name+"-"+key, depth+1)
			if err != nil {
				return nil, err
			}
			object.Set(key, part)
		}
		return object, nil
	}
	return v, nil
}

// array describes a large array. With a folder it is kept there: what is a picture
// as PNG, everything else as .npy.
func (o *Output) array(a *ndarray.Array, name string) (value.Value, error) {
	shape := make([]any, len(a.Shape))
	for i, n := range a.Shape {
		shape[i] = float64(n)
	}
	object := value.NewObject("_rtype", "ndarray", "_rdtype", string(a.DType), "_rshape", shape)
	if o.Folder == "" {
		o.Left++
		s := a.Summarize()
		for _, part := range []struct {
			key string
			n   float64
		}{{"min", s.Min}, {"max", s.Max}, {"mean", s.Mean}} {
			if !math.IsNaN(part.n) && !math.IsInf(part.n, 0) {
				object.Set(part.key, part.n)
			}
		}
		return object, nil
	}
	var data bytes.Buffer
	ext, write := ".npy", a.WriteNPY
	if _, ok := a.Image(); ok && a.DType == "uint8" {
		ext, write = ".png", a.WritePNG
	}
	if err := write(&data); err != nil {
		return nil, fmt.Errorf("write %s: %w", name+ext, err)
	}
	path, err := o.write(name+ext, data.Bytes())
	object.Set("path", path)
	return object, err
}

func (o *Output) bytes(data []byte, kind, name string) (value.Value, error) {
	object := value.NewObject("_rtype", kind, "size", float64(len(data)))
	if o.Folder == "" {
		o.Left++
		return object, nil
	}
	path, err := o.write(name, data)
	object.Set("path", path)
	return object, err
}

// notInNames is what a key of a plugin's object may not bring into a file name.
var notInNames = regexp.MustCompile(`[^\pL\pN._-]+`)

// write keeps data under a name of the folder; nothing that is there is replaced.
func (o *Output) write(name string, data []byte) (string, error) {
	name = strings.TrimLeft(notInNames.ReplaceAllString(filepath.Base(name), "_"), ".-")
	if name == "" {
		name = "result"
	}
	if err := os.MkdirAll(o.Folder, 0o777); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(o.Folder)
	if err != nil {
		return "", err
	}
	defer root.Close()
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for i := 0; ; i++ {
		if i > 0 {
			name = fmt.Sprintf("%s-%d%s", stem, i+1, ext)
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if os.IsExist(err) && i < 10_000 {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("write %s: %w", name, err)
		}
		_, err = f.Write(data)
		if e := f.Close(); err == nil {
			err = e
		}
		path := filepath.Join(o.Folder, name)
		o.Wrote = append(o.Wrote, path)
		return path, err
	}
}
